"""Files attached to events: what is taken, what is kept of it, by whom, and that nothing else is left."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from riskloop.bank.home import Home
from riskloop.loop import actions
from riskloop.loop.actions import Refused
from riskloop.loop.attachments import belonging, files
from riskloop.loop.attachments.belonging import Belonging
from riskloop.loop.attachments.file_kinds import LONGEST_NAME, MOST_PARTS, UNPACKED_MB, cleaned, media_type_of
from riskloop.loop.attachments.files import Damaged, Incoming, kept_only_if_done, path_of, read, received
from riskloop.loop.attachments.reading import all_hashes, attachments_of, damaged, disposition, is_append_only
from riskloop.loop.models import Attachment, Purpose, QuasiEvent
from riskloop.organisation.models import History, User
from tests.loop import attached
from tests.loop.test_actions import DUE, refused
from tests.loop.working import determine

Person = Callable[..., User]
MB = 1024 * 1024
OFFICE = "application/vnd.openxmlformats-officedocument"
VBA = "application/vnd.ms-office.vbaProject"


@pytest.fixture
def home(tmp_path: Path, settings: object) -> Home:
    settings.HOME = Home(tmp_path)
    return settings.HOME


@pytest.fixture
def given(home: Home) -> Iterator[Callable[..., Incoming]]:
    """Receives a file, and closes it in the end, as a request does."""
    open_ones: list[Incoming] = []

    def receive(name: str = "凭证.pdf", content: bytes = attached.PDF) -> Incoming:
        open_ones.append(received(home, name, [content], 20))
        return open_ones[-1]

    yield receive
    for one in open_ones:
        one.close()


Given = Callable[..., Incoming]


@pytest.fixture
def monitor(person: Person) -> User:
    return person("monitor")


def left(home: Home) -> list[Path]:
    """Every file in the home's folder of files."""
    return [path for path in home.files.rglob("*") if path.is_file()]


# ── what is kept ──


def test_a_file_is_attached_with_its_marks(
    event: QuasiEvent, monitor: User, given: Given, home: Home
) -> None:
    (kept,) = actions.attach(event, monitor, [given()])
    kept.refresh_from_db()
    marks = (
        kept.name,
        kept.size,
        kept.media_type,
        kept.sha256,
        kept.purpose,
        kept.object_id,
        kept.uploaded_by,
    )
    sha256 = hashlib.sha256(attached.PDF).hexdigest()
    expected = ("凭证.pdf", len(attached.PDF), "application/pdf", sha256, "event", str(event.pk), monitor)
    assert marks == expected
    assert path_of(home, sha256).read_bytes() == attached.PDF
    assert path_of(home, sha256).stat().st_mode & 0o777 == 0o400
    assert (line := History.objects.get(action="attach")).object_id == str(event.pk)
    assert (line.after["sha256"], line.actor, line.role) == (sha256, monitor, "R04")


def test_the_same_content_lies_there_once(event: QuasiEvent, monitor: User, given: Given, home: Home) -> None:
    actions.attach(event, monitor, [given(), given("again.pdf")])
    for one in Attachment.objects.all():
        assert read(home, one.sha256) == attached.PDF
    assert Attachment.objects.count() == 2
    assert left(home) == [path_of(home, hashlib.sha256(attached.PDF).hexdigest())]


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", attached.PDF, "application/pdf"),
        ("a.PNG", attached.PNG, "image/png"),
        ("a.jpg", attached.JPEG, "image/jpeg"),
        ("a.b.jpeg", attached.JPEG, "image/jpeg"),
        (
            "a.docx",
            attached.word(),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("a.xlsx", attached.excel(), f"{OFFICE}.spreadsheetml.sheet"),
        ("a.txt", attached.TEXT.encode(), "text/plain"),
        ("a.csv", attached.TEXT.encode("gb18030"), "text/csv"),
        ("a.csv", attached.TEXT.encode("utf-8-sig"), "text/csv"),
        # A character that the edge between two chunks cuts.
        ("a.txt", b"a" * (MB - 1) + "闭环".encode(), "text/plain"),
    ],
)
def test_what_is_taken(given: Given, name: str, content: bytes, media_type: str) -> None:
    incoming = given(name, content)
    assert media_type_of(name, incoming.file) == media_type
    assert incoming.file.tell() == 0


# ── what is refused ──

REFUSED = {
    "empty": ("a.pdf", b"", "empty"),
    "a program": ("a.exe", attached.PROGRAM, "kind"),
    "without extension": ("凭证", attached.PDF, "name"),
    "no name at all": (".pdf", attached.PDF, "name"),
    "a path": ("../../etc/a.pdf", attached.PDF, "name"),
    "a path of Windows": ("C:\\a.pdf", attached.PDF, "name"),
    "a line break": ("a\r\nb\x00.pdf", attached.PDF, "name"),
    "turned round": ("a\u202efdp.exe.pdf", attached.PDF, "name"),
    "too long a name": ("长" * LONGEST_NAME + ".pdf", attached.PDF, "name"),
    "a program as PDF": ("a.pdf", attached.PROGRAM, "content"),
    "a PDF after something": ("a.pdf", b"\n<html>" + attached.PDF, "content"),
    "a JPEG as PNG": ("a.png", attached.JPEG, "content"),
    "a page as picture": ("a.jpg", b"<!doctype html><script>alert(1)</script>", "content"),
    "a program as text": ("a.txt", attached.PROGRAM, "content"),
    "text with an escape": ("a.csv", b"a,\x1b[31mb\n", "content"),
    "text in UTF-16": ("a.txt", attached.TEXT.encode("utf-16"), "content"),
    "no character": ("a.txt", b"\xff\xfe\xfd", "content"),
    "an old Word file": ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "content"),
    "any archive": ("a.docx", attached.office(None, document__xml="<x/>"), "content"),
    "a workbook as document": ("a.docx", attached.excel(), "content"),
    "a document without its main part": ("a.docx", attached.office(attached.types_of()), "content"),
    "with the types not readable": ("a.docx", attached.office("<Types", document__xml=""), "content"),
    "declares what grows": (
        "a.docx",
        attached.office(attached.types_of(before='<!DOCTYPE x [<!ENTITY a "a">]>'), document__xml="<x/>"),
        "content",
    ),
    "with macros": (
        "a.docx",
        attached.office(attached.types_of(attached.MACRO_MAIN), document__xml="<x/>", vbaProject__bin="x"),
        "content",
    ),
    "with macros under another name": (
        "a.docx",
        attached.office(
            attached.types_of(attached.MAIN, "application/vnd.ms-office.vbaProject"),
            document__xml="<x/>",
            o0="x",
        ),
        "content",
    ),
    "with a control": (
        "a.docx",
        attached.office(attached.types_of(), document__xml="<x/>", activeX1__bin="x"),
        "content",
    ),
    "of too many parts": (
        "a.docx",
        attached.office(attached.types_of(), **{f"p{n}": "" for n in range(MOST_PARTS)}),
        "content",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_leaves_nothing(
    event: QuasiEvent, monitor: User, given: Given, home: Home, case: str
) -> None:
    name, content, code = REFUSED[case]
    incoming = given(name, content)
    refused(code, lambda: actions.attach(event, monitor, [given("good.png", attached.PNG), incoming]))
    assert not Attachment.objects.exists()
    incoming.close()
    assert [path for path in left(home) if path.parent.name != "incoming"] == []


def test_a_bomb_is_not_unpacked(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what it says of itself: some kilobytes that are ever so many megabytes of nothing."""
    monkeypatch.setattr("riskloop.loop.attachments.file_kinds.UNPACKED_MB", 2)
    content = attached.office(attached.types_of(), document__xml=" " * 3 * MB)
    assert len(content) < MB // 100
    with pytest.raises(Refused, match=r"bomb\.docx") as refusal:
        media_type_of("bomb.docx", given("bomb.docx", content).file)
    assert refusal.value.code == "content"
    assert UNPACKED_MB >= 100


def test_a_document_with_a_password_is_refused(given: Given) -> None:
    """One packed with a password: neither its types nor its parts can be seen."""
    content = bytearray(attached.word())
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(mark, at + 4)
    with pytest.raises(Refused) as refusal:
        media_type_of("a.docx", given("a.docx", bytes(content)).file)
    assert refusal.value.code == "content"


def test_what_is_too_large_is_stopped_on_the_way(home: Home) -> None:
    taken: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number in range(100):
            taken.append(number)
            yield bytes(MB)

    with pytest.raises(Refused, match="2 MB") as refusal:
        received(home, "a.pdf", chunks(), 2)
    assert refusal.value.code == "size"
    assert len(taken) == 3
    assert left(home) == []


def test_the_action_itself_looks_at_the_size(
    event: QuasiEvent, monitor: User, given: Given, settings: object
) -> None:
    settings.ATTACHMENT_MB = 1
    refused("size", lambda: actions.attach(event, monitor, [given("a.pdf", attached.PDF + bytes(MB))]))


def test_an_event_has_room_for_so_much(
    event: QuasiEvent, monitor: User, given: Given, settings: object
) -> None:
    settings.ATTACHMENTS_MB = 1
    half = attached.PDF + bytes(MB // 2)
    actions.attach(event, monitor, [given("a.pdf", half)])
    refused("total", lambda: actions.attach(event, monitor, [given("b.pdf", half)]))


def test_one_form_brings_so_many(event: QuasiEvent, monitor: User, given: Given) -> None:
    refused("many", lambda: actions.attach(event, monitor, [given() for _ in range(11)]))
    refused("file", lambda: actions.attach(event, monitor, []))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("  a  b .pdf", "a b .pdf"),
        ("e\u0301.pdf", "é.pdf"),
        ("a\u3000b.pdf", "a b.pdf"),
        (".a.pdf", ".a.pdf"),
    ],
)
def test_a_name_is_cleaned(name: str, kept: str) -> None:
    assert cleaned(name) == kept


# ── nothing is left behind ──


def test_what_was_kept_is_discarded_where_the_transaction_fails(
    event: QuasiEvent, monitor: User, given: Given, home: Home
) -> None:
    incoming = given()

    def fail_afterwards() -> None:
        with kept_only_if_done(home, [incoming.sha256]), transaction.atomic():
            actions.attach(event, monitor, [incoming])
            assert path_of(home, incoming.sha256).exists()
            raise KeyError

    with pytest.raises(KeyError):
        fail_afterwards()
    assert left(home) == []


def test_what_another_attachment_names_is_not_discarded(
    event: QuasiEvent, monitor: User, given: Given, home: Home
) -> None:
    actions.attach(event, monitor, [given()])
    bad = given("bad.pdf", attached.PROGRAM)
    refused("content", lambda: actions.attach(event, monitor, [given("same.pdf"), bad]))
    assert read(home, given().sha256) == attached.PDF


def test_who_breaks_off_leaves_nothing(home: Home) -> None:
    incoming = Incoming(home, "a.pdf", 20)
    incoming.write(b"%PDF")
    assert left(home)
    del incoming
    assert left(home) == []


def test_what_a_killed_process_left_is_swept(home: Home) -> None:
    (home.files / "incoming").mkdir(parents=True)
    old, new = home.files / "incoming" / "old", home.files / "incoming" / "new"
    old.touch()
    new.touch()
    os.utime(old, (0, 0))
    received(home, "a.pdf", [attached.PDF], 20).close()
    assert left(home) == [new]


def test_what_is_kept_is_found_by_a_hash_alone(home: Home) -> None:
    for name in ("../secret_key", "a" * 63, "A" * 64, "a" * 64 + "\n"):
        with pytest.raises(ValueError, match="no SHA-256"):
            path_of(home, name)


def test_who_discards_a_file_waits_for_who_keeps_the_same(db: None) -> None:
    told: list[str] = []

    def discard() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
                files.lock("a" * 64)
        except DatabaseError as problem:
            told.append(str(problem))
        finally:
            connection.close()

    files.lock("a" * 64)
    other = threading.Thread(target=discard)
    other.start()
    other.join(20)
    assert "lock timeout" in told[0]


# ── the bytes are those that were attached ──


def test_a_changed_file_is_noticed(event: QuasiEvent, monitor: User, given: Given, home: Home) -> None:
    actions.attach(event, monitor, [given(), given("b.png", attached.PNG)])
    changed, gone = (path_of(home, sha256) for sha256 in all_hashes())
    assert damaged(home, all_hashes()) == []
    changed.chmod(0o600)
    changed.write_bytes(changed.read_bytes()[:-1] + b"?")
    gone.unlink()
    assert damaged(home, all_hashes()) == all_hashes()
    for sha256 in all_hashes():
        with pytest.raises(Damaged):
            read(home, sha256)


def test_the_same_content_attached_anew_mends_what_was_damaged(
    event: QuasiEvent, monitor: User, given: Given, home: Home
) -> None:
    (kept,) = actions.attach(event, monitor, [given()])
    path_of(home, kept.sha256).unlink()
    actions.attach(event, monitor, [given("again.pdf")])
    assert damaged(home, all_hashes()) == []


# ── who, and when ──


@pytest.mark.parametrize(
    ("role", "unit_id", "may"),
    [
        ("R04", "B1", True),
        ("R09", "B", True),
        ("R08", "S1", True),
        ("R07", "O1", True),
        ("R06", "HO", False),
        ("R14", "O1", False),
        ("R04", "B2", False),
        ("R01", "HO", False),
    ],
)
def test_who_works_on_the_event_attaches(
    event: QuasiEvent, person: Person, given: Given, role: str, unit_id: str, may: bool
) -> None:
    user = person("tried", role, unit_id)
    if may:
        assert len(actions.attach(event, user, [given()])) == 1
        assert History.objects.get(action="attach").role == role
    else:
        refused("role", lambda: actions.attach(event, user, [given()]))


def test_who_handled_it_attaches_nothing(event: QuasiEvent, person: Person, given: Given) -> None:
    handler = person("handler", "R07", "O1", staff_id="G1")
    refused("recusal", lambda: actions.attach(event, handler, [given()]))


def test_the_units_own_people_attach(event: QuasiEvent, person: Person, given: Given) -> None:
    """As they answer: of the unit, and with no hand in the business."""
    QuasiEvent.objects.update(teller_ids=["T9"], authoriser_ids=["T9"])
    event.refresh_from_db()
    assert actions.attach(event, person("own", "R07", "O1", staff_id="G1"), [given()])


@pytest.mark.parametrize("state", ["excluded", "closed"])
def test_nothing_is_attached_to_what_has_ended(
    event: QuasiEvent, monitor: User, given: Given, state: str
) -> None:
    QuasiEvent.objects.update(state=state)
    refused("state", lambda: actions.attach(event, monitor, [given()]))


def test_a_file_belongs_to_a_thing_of_the_event(
    event: QuasiEvent, monitor: User, person: Person, given: Given
) -> None:
    actions.take(event, monitor)
    determine(event, monitor, "internal", "P4", "attention")
    measure = actions.set_measure(event, monitor, "2_management", "补办", person("verifier", "R09"), DUE)
    (kept,) = actions.attach(event, monitor, [given()], Purpose.MEASURE, str(measure.pk))
    assert (kept.purpose, kept.object_id) == ("measure", str(measure.pk))
    assert [a.attachment for a in attachments_of(event, monitor, Purpose.MEASURE, measure.pk)] == [kept]
    assert attachments_of(event, monitor, Purpose.EVENT) == []
    for purpose, of in [
        (Purpose.MEASURE, str(measure.pk + 1)),
        (Purpose.MEASURE, "²"),
        (Purpose.EVENT, str(measure.pk)),
        (Purpose.APPEAL, "1"),
        ("nothing", "1"),
    ]:
        refused("object", lambda p=purpose, o=of: actions.attach(event, monitor, [given()], p, o))


def test_what_a_thing_keeps_from_somebody_he_does_not_see(
    event: QuasiEvent, monitor: User, person: Person, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_unit = person("outlet", "R07", "O1")
    report = Belonging(lambda _event, _id: True, lambda reader, _event, _id: reader == monitor)
    monkeypatch.setitem(belonging.BELONGINGS, Purpose.EXCEPTION_REPORT, report)
    actions.attach(event, monitor, [given()], Purpose.EXCEPTION_REPORT, "1")
    assert len(attachments_of(event, monitor)) == 1
    assert attachments_of(event, own_unit) == []


def test_a_number_in_a_name_is_masked(event: QuasiEvent, monitor: User, given: Given) -> None:
    from riskloop.loop.personal import unmask

    actions.attach(event, monitor, [given("流水6222021234567890123.pdf")])
    assert [a.name for a in attachments_of(event, monitor)] == ["流水6222***********0123.pdf"]
    unmask(event, monitor, "核对客户身份与交易背景")
    assert [a.name for a in attachments_of(event, monitor)] == ["流水6222021234567890123.pdf"]


# ── struck through ──


def test_a_wrong_file_is_struck_through_and_stays(
    event: QuasiEvent, monitor: User, given: Given, home: Home
) -> None:
    (kept,) = actions.attach(event, monitor, [given()])
    QuasiEvent.objects.update(state="closed")
    actions.strike(kept, monitor, "客户材料传错")
    kept.refresh_from_db()
    assert (kept.struck_reason, read(home, kept.sha256)) == ("客户材料传错", attached.PDF)
    line = History.objects.get(action="strike")
    assert (line.reason, line.after["name"]) == ("客户材料传错", "凭证.pdf")
    refused("struck", lambda: actions.strike(kept, monitor, "再来"))
    assert [a.may_strike for a in attachments_of(event, monitor)] == [False]


def test_only_its_uploader_strikes_a_file_through_and_says_why(
    event: QuasiEvent, monitor: User, person: Person, given: Given
) -> None:
    (kept,) = actions.attach(event, monitor, [given()])
    refused("uploader", lambda: actions.strike(kept, person("other"), "错"))
    refused("why", lambda: actions.strike(kept, monitor, "  "))


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM loop_attachment",
        "UPDATE loop_attachment SET name = 'x'",
        "UPDATE loop_attachment SET struck_at = now(), sha256 = 'x'",
        "UPDATE loop_attachment SET struck_reason = 'x'",
        "UPDATE loop_attachment SET struck_at = NULL",
        "TRUNCATE loop_attachment",
    ],
)
@pytest.mark.parametrize("struck", [False, True])
def test_the_database_refuses_every_other_change(
    event: QuasiEvent, monitor: User, given: Given, change: str, struck: bool
) -> None:
    (kept,) = actions.attach(event, monitor, [given()])
    if struck:
        actions.strike(kept, monitor, "错")
    with connection.cursor() as cursor:
        # What the test's own transaction still owes would be in the way of a TRUNCATE.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(change)
    assert is_append_only()


def test_the_name_of_a_download_is_safe_in_a_header() -> None:
    plain, whole = disposition('凭证"; x="%41.pdf').split("; filename*=")
    assert plain == 'attachment; filename="___; x=__41.pdf"'
    assert whole == "UTF-8''%E5%87%AD%E8%AF%81%22%3B%20x%3D%22%2541.pdf"
