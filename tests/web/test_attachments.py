"""Attachments by the page and by the API: what is taken or refused and why, who gets it, and its trace."""

from __future__ import annotations

import gc
import io
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import StopUpload
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse

from riskloop.bank.home import Home
from riskloop.loop import actions
from riskloop.loop.attachments.files import path_of, received
from riskloop.loop.attachments.uploads import TAKING_FILES, largest_request
from riskloop.loop.models import Attachment, QuasiEvent
from riskloop.organisation.models import History, Look, User
from riskloop.web.startup import findings
from tests.loop import attached
from tests.web import addresses
from tests.web.api_cases import a_file, new_event
from tests.web.calling import operations, program
from tests.web.stage import People, person

AsUser = Callable[..., Client]
MB = 1024 * 1024
ABOUT = "授权书原件扫描件"


@pytest.fixture(autouse=True)
def home(bank: People, tmp_path: Path, settings: object) -> Home:
    settings.HOME = Home(tmp_path)
    return settings.HOME


@pytest.fixture
def event(bank: People) -> QuasiEvent:
    return new_event()


@pytest.fixture
def kept(bank: People, event: QuasiEvent, home: Home) -> Attachment:
    with closing(received(home, "凭证.pdf", [attached.PDF], 20)) as incoming:
        return actions.attach(event, bank.verifier, [incoming])[0]


def page_of(event: QuasiEvent) -> str:
    return reverse("attachments", args=[event.pk])


def send(client: Client, event: QuasiEvent, *uploads: SimpleUploadedFile, **more: Any) -> HttpResponse:
    given = {"attach-purpose": "event", **more, "attach-chosen": list(uploads)}
    return client.post(page_of(event), given)


def left(home: Home) -> list[Path]:
    return [path for path in home.files.rglob("*") if path.is_file()]


# ── attached ──


def test_several_files_at_once(bank: People, as_user: AsUser, event: QuasiEvent, home: Home) -> None:
    client = as_user(bank.monitor)
    answer = send(client, event, a_file(), a_file("流水.csv", attached.TEXT.encode("gb18030")))
    assert answer.url == page_of(event)
    assert [a.name for a in Attachment.objects.all()] == ["凭证.pdf", "流水.csv"]
    html = client.get(page_of(event)).content.decode()
    assert "流水.csv" in html
    assert Attachment.objects.latest("uploaded_at").short_hash in html
    assert len(left(home)) == 2


def test_one_is_led_back_to_where_one_came_from(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    client = as_user(bank.monitor)
    here = reverse("event", args=[event.pk])
    assert send(client, event, a_file(), onward=here).url == here
    for elsewhere in ("https://example.com/", "//example.com", "javascript:alert(1)", ""):
        assert send(client, event, a_file(), onward=elsewhere).url == page_of(event)


@pytest.mark.parametrize(
    ("name", "content", "status", "said"),
    [
        ("a.pdf", attached.PROGRAM, 409, "a.pdf的内容与其扩展名不符"),
        ("a.exe", attached.PROGRAM, 409, "只接受以下类型的文件"),
        ("a.docx", attached.excel(), 409, "a.docx的内容与其扩展名不符"),
        ("a.pdf", b"", 409, "a.pdf是空文件"),
        ("长" * 101 + ".pdf", attached.PDF, 409, "文件名最多100个字符"),
        ("a.pdf", attached.PDF + bytes(MB), 413, "a.pdf超过1 MB"),
    ],
)
def test_a_refusal_is_said_and_leaves_nothing(
    bank: People,
    as_user: AsUser,
    event: QuasiEvent,
    home: Home,
    settings: object,
    name: str,
    content: bytes,
    status: int,
    said: str,
) -> None:
    settings.ATTACHMENT_MB = 1
    answer = send(
        as_user(bank.monitor), event, a_file("good.pdf"), a_file(name, content), **{"attach-about": ABOUT}
    )
    assert answer.status_code == status
    assert said in answer.content.decode()
    assert f"{ABOUT}</textarea>" in answer.content.decode()
    assert not Attachment.objects.exists()
    assert left(home) == []


def test_no_file_at_all(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    answer = send(as_user(bank.monitor), event)
    assert answer.status_code == 422
    assert "请选择文件" in answer.content.decode()


def test_a_path_in_a_name_leads_nowhere(
    bank: People, as_user: AsUser, event: QuasiEvent, home: Home, tmp_path: Path
) -> None:
    """The parser of requests cuts it off; and no name leads to a place anyway."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="attach-purpose"\r\n\r\nevent\r\n'
        b'--x\r\nContent-Disposition: form-data; name="attach-chosen"; filename="../../secret_key.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" + attached.PDF + b"\r\n--x--\r\n"
    )
    as_user(bank.monitor).post(page_of(event), body, content_type="multipart/form-data; boundary=x")
    kept = Attachment.objects.get()
    assert kept.name == "secret_key.pdf"
    assert left(home) == [path_of(home, kept.sha256)]
    assert not list(tmp_path.parent.glob("**/secret_key*"))


class Counted(io.BytesIO):
    """A body that knows how much of it was read."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        self.taken += len(found)
        return found


def stream(client: Client, address: str, size: int, said: int | None = None) -> tuple[HttpResponse, int]:
    """Sends one file of so many bytes; how much of the request was read."""
    head = (
        b'--x\r\nContent-Disposition: form-data; name="attach-purpose"\r\n\r\nevent\r\n'
        b'--x\r\nContent-Disposition: form-data; name="attach-about"\r\n\r\n' + ABOUT.encode() + b"\r\n"
        b'--x\r\nContent-Disposition: form-data; name="attach-chosen"; filename="a.pdf"\r\n\r\n'
    )
    body = Counted(head + attached.PDF + bytes(size) + b"\r\n--x--\r\n")
    request = {
        "wsgi.input": body,
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "CONTENT_LENGTH": str(said or len(body.getvalue())),
    }
    return client.generic("POST", address, **request), body.taken


def test_what_is_too_large_is_not_read_to_its_end(
    bank: People, as_user: AsUser, event: QuasiEvent, home: Home, settings: object
) -> None:
    settings.ATTACHMENT_MB = 1
    answer, taken = stream(as_user(bank.monitor), page_of(event), 8 * MB)
    assert answer.status_code == 413
    assert "a.pdf超过1 MB" in answer.content.decode()
    # One was chosen, and nobody is told to choose one.
    assert "请选择文件" not in answer.content.decode()
    # What was filled in stays filled in.
    assert f"{ABOUT}</textarea>" in answer.content.decode()
    assert answer.headers["X-Refused"] == "size"
    assert 0 < taken < 3 * MB
    assert left(home) == []


def test_a_request_that_says_it_is_too_large_is_not_begun(
    bank: People, as_user: AsUser, event: QuasiEvent, home: Home
) -> None:
    answer, taken = stream(as_user(bank.monitor), page_of(event), 8 * MB, said=largest_request() + 1)
    assert answer.status_code == 413
    assert "文件合计超过200 MB" in answer.content.decode()
    assert 0 < taken < MB
    assert left(home) == []


@pytest.mark.parametrize("signed_in", [True, False])
def test_nowhere_else_is_a_file_taken(
    bank: People, as_user: AsUser, event: QuasiEvent, home: Home, signed_in: bool
) -> None:
    client = as_user(bank.monitor) if signed_in else Client(enforce_csrf_checks=True)
    # With this cookie the body is looked into for the form's token, whoever sends it.
    client.cookies["csrftoken"] = "a" * 32
    address = reverse("act", args=[event.pk, "take"]) if signed_in else page_of(event)
    _answer, taken = stream(client, address, 8 * MB)
    assert 0 < taken < MB
    assert left(home) == []
    assert not home.files.exists()


def test_who_breaks_off_leaves_nothing(
    bank: People,
    as_user: AsUser,
    event: QuasiEvent,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen: list[int] = []

    def broken(self: Counted, size: int | None = -1) -> bytes:
        if self.taken > MB:
            seen.append(len(left(home)))
            raise OSError("the connection is gone")
        self.taken += len(found := io.BytesIO.read(self, size))
        return found

    monkeypatch.setattr(Counted, "read", broken)
    # What pytest keeps of the log would hold the request for longer.
    caplog.set_level("CRITICAL", "django.request")
    client = as_user(bank.monitor)
    client.raise_request_exception = False
    answer, _taken = stream(client, page_of(event), 8 * MB)
    # Nobody is there any more to read what is answered.
    assert (answer.status_code, seen) == (500, [1])
    # The request is held by what went wrong, and goes with it.
    del answer
    gc.collect()
    assert left(home) == []


def test_a_full_disk_leaves_nothing(
    bank: People, as_user: AsUser, event: QuasiEvent, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: object, chunk: bytes) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("riskloop.loop.attachments.files.Incoming.write", full)
    client = as_user(bank.monitor)
    client.raise_request_exception = False
    assert send(client, event, a_file()).status_code == 500
    assert left(home) == []


def test_the_addresses_that_take_files_are_there() -> None:
    assert {*addresses.names(), *(f"api_{name}" for name in operations())} >= TAKING_FILES


def test_the_server_takes_no_larger_request_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads a request whole before the application sees any of it."""
    from riskloop.web import server

    given: dict[str, Any] = {}

    class Server:
        def run(self) -> None:
            raise KeyboardInterrupt

        def close(self) -> None:
            given["sockets"][0].close()

    def create(_application: object, **options: Any) -> Server:
        given.update(options)
        return Server()

    monkeypatch.setattr("waitress.server.create_server", create)
    gc.unfreeze()
    try:
        server.serve(8765, lambda _address: None)
        # What was loaded before the first page is left out of collections, which would hold pages up.
        assert gc.get_freeze_count()
    finally:
        gc.unfreeze()
    assert given["max_request_body_size"] == largest_request() == 201 * MB


# ── who ──


def test_who_only_reads_is_told_that_he_attaches_nothing(
    bank: People, as_user: AsUser, event: QuasiEvent
) -> None:
    client = as_user(person("reader", "监理人", "R06", "HO"))
    html = client.get(page_of(event)).content.decode()
    assert "attach-chosen" not in html
    assert "您的岗位" in html
    assert send(client, event, a_file()).status_code == 403
    assert not Attachment.objects.exists()


def test_what_is_out_of_reach_is_not_there(
    bank: People, as_user: AsUser, event: QuasiEvent, kept: Attachment
) -> None:
    """Chen monitors another branch."""
    client = as_user(bank.branch)
    assert client.get(page_of(event)).status_code == 404
    assert send(client, event, a_file()).status_code == 404
    assert client.get(reverse("attachment", args=[kept.pk])).status_code == 404
    assert client.post(reverse("strike_attachment", args=[kept.pk])).status_code == 404
    assert Attachment.objects.count() == 1


# ── handed out ──


def test_a_download_is_saved_and_runs_nothing(bank: People, as_user: AsUser, kept: Attachment) -> None:
    answer = as_user(bank.monitor).get(reverse("attachment", args=[kept.pk]))
    assert answer.content == attached.PDF
    said = answer.headers
    assert said["Content-Type"] == "application/octet-stream"
    assert said["Content-Disposition"].startswith("attachment; filename=\"__.pdf\"; filename*=UTF-8''%E5%87")
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in said["Cache-Control"]


@pytest.mark.parametrize("by", ["page", "api"])
def test_a_download_leaves_a_trace(bank: People, as_user: AsUser, kept: Attachment, by: str) -> None:
    before = Look.objects.count()
    if by == "page":
        as_user(bank.monitor).get(reverse("attachment", args=[kept.pk]))
    else:
        assert program(bank.monitor).get(f"/attachments/{kept.pk}").content == attached.PDF
    look = Look.objects.latest("pk")
    assert Look.objects.count() == before + 1
    assert (look.user, look.kind, look.channel) == (bank.monitor, "clear_look", by)
    assert (look.object_type, look.object_id) == ("quasi_event", str(kept.event_id))
    assert look.customer_ids == kept.event.customer_ids
    assert look.about.endswith("凭证.pdf")


def test_what_leaves_no_trace_is_not_handed_out(
    bank: People, as_user: AsUser, kept: Attachment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_of: Any, **_more: Any) -> None:
        raise OSError("disk")

    monkeypatch.setattr("riskloop.loop.attachments.reading.trace", broken)
    client = as_user(bank.monitor)
    client.raise_request_exception = False
    answer = client.get(reverse("attachment", args=[kept.pk]))
    assert answer.status_code == 500
    assert attached.PDF not in answer.content


def test_who_sees_masked_data_alone_gets_no_file(bank: People, as_user: AsUser, kept: Attachment) -> None:
    viewer = person("viewer", "查询人", "R14", "HO")
    before = Look.objects.count()
    answer = as_user(viewer).get(reverse("attachment", args=[kept.pk]))
    assert (answer.status_code, answer.headers["X-Refused"]) == (403, "role")
    assert attached.PDF not in answer.content
    assert Look.objects.count() == before
    assert program(viewer).get(f"/attachments/{kept.pk}").status_code == 403
    assert "下载" not in as_user(viewer).get(page_of(kept.event)).content.decode()


@pytest.mark.parametrize("what", ["changed", "gone"])
def test_a_damaged_file_is_not_handed_out(
    bank: People, as_user: AsUser, kept: Attachment, home: Home, what: str
) -> None:
    path = path_of(home, kept.sha256)
    path.unlink()
    if what == "changed":
        path.write_bytes(b"%PDF-1.7 something else")
    answer = as_user(bank.monitor).get(reverse("attachment", args=[kept.pk]))
    assert (answer.status_code, answer.headers["X-Refused"]) == (409, "damaged")
    assert "文件与上传时不一致" in answer.content.decode()
    told = program(bank.monitor).get(f"/attachments/{kept.pk}")
    assert (told.status_code, told.json()["code"]) == (409, "damaged")


def test_the_check_names_damaged_files(bank: People, kept: Attachment, home: Home) -> None:
    def found() -> Any:
        return next(f for f in findings(home) if f.what == "attachments' files")

    assert (found().ok, found().detail) == (True, "1, each with its hash")
    path_of(home, kept.sha256).unlink()
    assert (found().ok, found().detail) == (False, f"gone or changed: {kept.sha256}")


# ── struck through ──


def test_a_wrong_file_is_struck_through(bank: People, as_user: AsUser, kept: Attachment) -> None:
    given = {f"strike-{kept.pk}-why": "传错客户"}
    address = reverse("strike_attachment", args=[kept.pk])
    other = as_user(bank.monitor)
    assert "传错了" not in other.get(page_of(kept.event)).content.decode()
    assert other.post(address, given).status_code == 403
    uploader = as_user(bank.verifier)
    assert "传错了" in uploader.get(page_of(kept.event)).content.decode()
    assert uploader.get(address).url == page_of(kept.event)
    assert uploader.post(address).status_code == 422
    assert uploader.post(address, given).url == page_of(kept.event)
    html = uploader.get(page_of(kept.event)).content.decode()
    assert "<s>凭证.pdf</s>" in html
    assert "传错客户" in html
    assert uploader.post(address, given).status_code == 409
    assert other.get(reverse("attachment", args=[kept.pk])).content == attached.PDF


# ── by the API ──


def test_the_api_attaches_and_tells(bank: People, event: QuasiEvent) -> None:
    caller = program(bank.monitor)
    (told,) = caller.post(f"/events/{event.pk}/attach", files=[a_file()], purpose="event", about=ABOUT).json()
    kept = Attachment.objects.get()
    assert (told["name"], told["size"], told["sha256"]) == ("凭证.pdf", len(attached.PDF), kept.sha256)
    assert (kept.about, told["about"]) == (ABOUT, ABOUT)
    assert caller.get(f"/events/{event.pk}/attachments").json() == [told]
    assert History.objects.get(action="attach").channel == "api"


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"files": [a_file("a.pdf", attached.PROGRAM)]}, 409, "content"),
        ({"files": [a_file("a.pdf", attached.PDF + bytes(MB))]}, 409, "size"),
        ({"files": [], "purpose": "event"}, 409, "file"),
        ({"files": [a_file()], "purpose": "measure", "of": "1"}, 409, "object"),
        ({"files": [a_file()], "purpose": "?"}, 422, "input"),
    ],
)
def test_the_api_refuses_as_the_page_does(
    bank: People, event: QuasiEvent, home: Home, settings: object, given: Any, status: int, code: str
) -> None:
    settings.ATTACHMENT_MB = 1
    for one in given["files"]:
        one.seek(0)
    answer = program(bank.monitor).post(f"/events/{event.pk}/attach", **given)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert left(home) == []


def test_a_person_of_another_unit_reads_no_name(bank: People, event: QuasiEvent, kept: Attachment) -> None:
    other: User = bank.branch
    assert program(other).get(f"/events/{event.pk}/attachments").status_code == 404


def test_nobody_is_asked_where_there_is_no_request() -> None:
    from riskloop.loop.attachments.uploads import IntoTheHome

    with pytest.raises(StopUpload):
        IntoTheHome(HttpRequest()).new_file("attach-chosen", "a.pdf", "application/pdf", 1)
