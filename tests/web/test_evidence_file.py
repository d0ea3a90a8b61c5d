"""The evidence file of an event: what stands in it, in both forms; who gets it, and the trace it leaves."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from riskloop.bank.home import Home
from riskloop.loop import actions
from riskloop.loop.attachments.files import received
from riskloop.loop.evidence import contents
from riskloop.loop.evidence.blocks import Section, Words
from riskloop.loop.models import Attachment, EventType, LiabilityLevel, QuasiEvent
from riskloop.loop.personal import unmask
from riskloop.organisation.assignment_actions import assign_role
from riskloop.organisation.masking import Kind, masked
from riskloop.organisation.models import History, Look, LookKind, Staff, Unit, User
from tests.loop import attached
from tests.loop.working import finding
from tests.web.calling import program
from tests.web.stage import People, person

AsUser = Callable[..., Client]
WHY = "监管机构要求调阅该事件卷宗"
ID_NUMBER = "110101199003071234"


@pytest.fixture(autouse=True)
def home(bank: People, tmp_path: Path, settings: object) -> Home:
    settings.HOME = Home(tmp_path)
    return settings.HOME


@pytest.fixture
def event(bank: People) -> QuasiEvent:
    """A closed event about an account: with rows, a conclusion and measures."""
    return QuasiEvent.objects.filter(state="closed", measures__isnull=False).earliest("pk")


@pytest.fixture
def kept(bank: People) -> Attachment:
    """Of an event that is open, struck through."""
    event = QuasiEvent.objects.filter(state="determined", unit_id="1112").earliest("pk")
    with closing(received(settings.HOME, "授权书.pdf", [attached.PDF], 20)) as incoming:
        (one,) = actions.attach(event, bank.monitor, [incoming], about="原件扫描件")
    actions.strike(one, bank.monitor, "传错客户")
    one.refresh_from_db()
    return one


def take(client: Client, event: QuasiEvent, form: str = "html", why: str = WHY) -> HttpResponse:
    return client.post(reverse("evidence_file", args=[event.pk]), {"form": form, "why": why})


def text_of(answer: HttpResponse) -> str:
    """All that the file says, in either form."""
    if answer.headers["Content-Type"].startswith("text/html"):
        return answer.content.decode()
    document = docx.Document(io.BytesIO(answer.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


# ── what stands in it ──


@pytest.mark.parametrize("form", ["html", "docx"])
def test_it_holds_the_event_from_entry_to_closure(
    bank: People, as_user: AsUser, event: QuasiEvent, form: str
) -> None:
    text = text_of(take(as_user(bank.monitor), event, form))
    measure = event.measures.earliest("pk")
    lines = History.objects.filter(object_type="quasi_event", object_id=str(event.pk)).order_by("id")
    assert lines.count() > 3
    wanted = [
        "电子证据卷",
        str(event.pk),
        event.entry_ids[0],
        event.teller_ids[0],
        event.customer_ids[0],
        event.parameter_version,
        masked("江南贸易有限公司", Kind.NAME),
        measure.description,
        measure.done_note,
        str(event.closed_by),
        *(line.digest[:12] for line in lines),
        lines.last().digest,
        History.objects.latest("id").digest,
    ]
    assert [one for one in wanted if one not in text] == []


@pytest.mark.parametrize("form", ["html", "docx"])
def test_every_determination_stands_in_it(
    bank: People, as_user: AsUser, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """Also the one that was sent back; who proposed, who decided, who answers, and what it cost."""
    event = QuasiEvent.objects.filter(state="suspected", assignee=bank.monitor).earliest("pk")
    cost = {"loss": Decimal("98765.40"), "recovered": Decimal("4321.10"), "near_miss": Decimal("777.70")}
    said = finding(grade="key_attention", note="凭证与影像不符", other_drivers=("P2",), **cost)
    actions.determine(event, bank.monitor, said)
    assert "待第二人复核" in text_of(take(as_user(bank.monitor), event, form))
    actions.send_back(event, bank.approver, "责任人未列全")
    actions.determine(event, bank.monitor, replace(said, note="已补列责任人"))
    actions.approve(event, bank.approver, "同意")
    text = text_of(take(as_user(bank.monitor), event, form))
    responsible = Staff.objects.earliest("pk")
    wanted = [
        *("已退回", "凭证与影像不符", "责任人未列全", "生效", "已补列责任人", "同意"),
        *(str(bank.approver), "98,765.40", "4,321.10", "777.70", "P1 ", "P2 "),
        *(f"{responsible.name} {responsible.pk}", LiabilityLevel.objects.get(pk="1_direct").name_zh),
        *(EventType.objects.get(pk="execution").name_zh, event.suspicion.name_zh, event.suspicion_note),
    ]
    assert [one for one in wanted if one not in text] == []
    assert text.index("责任人未列全") < text.index("已补列责任人")


@pytest.mark.parametrize("form", ["html", "docx"])
def test_why_an_event_was_excluded_and_its_bundle_stand_in_it(
    bank: People, as_user: AsUser, form: str
) -> None:
    event = QuasiEvent.objects.filter(state="excluded", unit_id="1112").earliest("pk")
    others = QuasiEvent.objects.exclude(pk=event.pk)
    near, far = (others.filter(unit_id=unit_id).earliest("pk") for unit_id in ("1112", "1211"))
    QuasiEvent.objects.filter(pk__in=[event.pk, near.pk, far.pk]).update(bundle=event.pk)
    text = text_of(take(as_user(bank.monitor), event, form))
    wanted = [event.exclusion_reason.name_zh, event.conclusion_note, str(near.pk), str(far.pk)]
    assert [one for one in wanted if one not in text] == []
    within_his_branch = text_of(take(as_user(person("viewer", "查阅人", "R14", "11")), event, form))
    assert str(near.pk) in within_his_branch
    assert str(far.pk) not in within_his_branch


@pytest.mark.parametrize("form", ["html", "docx"])
def test_the_steps_stand_in_their_order(bank: People, as_user: AsUser, event: QuasiEvent, form: str) -> None:
    text = text_of(take(as_user(bank.monitor), event, form))
    lines = History.objects.filter(object_type="quasi_event", object_id=str(event.pk)).order_by("id")
    places = [text.index(line.digest[:12]) for line in lines]
    assert places == sorted(places)


@pytest.mark.parametrize("form", ["html", "docx"])
def test_it_names_the_files_with_their_hashes(
    bank: People, as_user: AsUser, kept: Attachment, form: str
) -> None:
    text = text_of(take(as_user(bank.monitor), kept.event, form))
    assert [one for one in ("授权书.pdf", "原件扫描件", "传错客户", kept.sha256) if one not in text] == []


@pytest.mark.parametrize("form", ["html", "docx"])
@pytest.mark.parametrize("clear", [False, True])
def test_it_is_masked_as_the_reader_sees_it(
    bank: People, as_user: AsUser, kept: Attachment, form: str, clear: bool
) -> None:
    event = kept.event
    secrets = [ID_NUMBER, "张小明", event.account_ids[0]]
    if clear:
        unmask(event, bank.monitor, WHY)
    text = text_of(take(as_user(bank.monitor), event, form))
    assert [secret in text for secret in secrets] == [clear] * len(secrets)
    assert ("已脱敏" in text, "明文，理由" in text) == (not clear, clear)


def test_a_step_that_was_falsified_is_named(
    bank: People, as_user: AsUser, event: QuasiEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user(bank.monitor)
    assert "各步骤内容与摘要值一致</th><td>是<" in text_of(take(client, event))
    line = History.objects.filter(object_id=str(event.pk)).earliest("id")
    real = contents.record.digest_of
    monkeypatch.setattr(
        "riskloop.loop.evidence.record.digest_of",
        lambda one: "0" * 64 if one.pk == line.pk else real(one),
    )
    assert f"各步骤内容与摘要值一致</th><td>否：{line.pk}<" in text_of(take(client, event))


@pytest.mark.parametrize("form", ["html", "docx"])
def test_what_others_enter_stands_in_it_too(
    bank: People, as_user: AsUser, event: QuasiEvent, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """Also a letter that no XML can hold."""

    def queries(event: QuasiEvent, reader: User) -> Section | None:
        return Section("查询书", [Words(f"{event.model}\x0b<b>{reader}</b>")])

    def nothing(event: QuasiEvent, reader: User) -> Section | None:
        return None

    monkeypatch.setattr(contents, "SECTIONS", [queries, nothing])
    text = text_of(take(as_user(bank.monitor), event, form))
    assert "查询书" in text
    assert ("&lt;b&gt;林岚" if form == "html" else "\ufffd<b>林岚") in text


def test_the_page_loads_and_runs_nothing(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    answer = take(as_user(bank.monitor), event)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    html = answer.content.decode()
    assert re.findall(r"<script|\ssrc=|\shref=|url\(|@import", html) == []


def test_the_word_file_is_made_for_paper(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    answer = take(as_user(bank.monitor), event, "docx")
    name = answer.headers["Content-Disposition"].removeprefix("attachment; filename=")
    assert re.fullmatch(r'"evidence-[\w-]+\.docx"', name)
    document = docx.Document(io.BytesIO(answer.content))
    (sheet,) = document.sections
    assert (round(sheet.page_width.cm, 1), round(sheet.page_height.cm, 1)) == (21, 29.7)
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings[:3] == ["事件", "模型比对了什么", "事件相关数据"]
    assert headings[3:] == ["甄别", "认定", "整改措施", "历史记录", "在历史记录链中的位置"]
    heads = [table for table in document.tables if table.rows[0]._tr.xpath("./w:trPr/w:tblHeader")]
    assert len(heads) > 3
    assert document.core_properties.title == "电子证据卷"


def test_it_speaks_english_too(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    html = text_of(take(as_user(bank.monitor, "en"), event))
    assert '<html lang="en">' in html
    assert "Place in the chain of the history" in html


# ── who gets it, and its trace ──


@pytest.mark.parametrize("form", ["html", "docx"])
@pytest.mark.parametrize("by", ["page", "api"])
def test_it_leaves_a_trace_with_its_hash(
    bank: People, as_user: AsUser, event: QuasiEvent, form: str, by: str
) -> None:
    if by == "page":
        answer = take(as_user(bank.monitor), event, form)
    else:
        answer = program(bank.monitor).get(f"/events/{event.pk}/evidence", form=form, why=WHY)
    look = Look.objects.filter(kind=LookKind.EXPORT).latest("pk")
    assert (look.user, look.channel, look.reason) == (bank.monitor, by, WHY)
    assert (look.object_type, look.object_id) == ("quasi_event", str(event.pk))
    assert look.about.endswith(f"{form} SHA-256 {hashlib.sha256(answer.content).hexdigest()}")
    assert set(look.customer_ids) >= set(event.customer_ids)


def test_what_leaves_no_trace_is_not_handed_out(
    bank: People, as_user: AsUser, event: QuasiEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_of: Any, **_more: Any) -> None:
        raise OSError("disk")

    monkeypatch.setattr("riskloop.loop.evidence.handing_out.trace", broken)
    client = as_user(bank.monitor)
    client.raise_request_exception = False
    answer = take(client, event)
    assert answer.status_code == 500
    assert event.entry_ids[0] not in answer.content.decode()


@pytest.mark.parametrize(("form", "why"), [("html", "看看"), ("html", ""), ("pdf", WHY)])
def test_without_a_reason_there_is_none(
    bank: People, as_user: AsUser, event: QuasiEvent, form: str, why: str
) -> None:
    before = Look.objects.count()
    answer = take(as_user(bank.monitor), event, form, why)
    assert answer.status_code == 422
    assert f"{why}</textarea>" in answer.content.decode()
    assert Look.objects.count() == before


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [({"why": "看看"}, 409, "reason"), ({}, 422, "input"), ({"why": WHY, "form": "pdf"}, 422, "input")],
)
def test_the_api_refuses_as_the_page_does(
    bank: People, event: QuasiEvent, given: Any, status: int, code: str
) -> None:
    answer = program(bank.monitor).get(f"/events/{event.pk}/evidence", **given)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_who_may_not_export_gets_none(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    """The head of an outlet reads its events and exports nothing."""
    reader = person("head", "网点负责人", "R07", event.unit_id)
    assert as_user(reader).get(reverse("event", args=[event.pk])).status_code == 200
    before = Look.objects.count()
    assert take(as_user(reader), event).status_code == 403
    assert program(reader).get(f"/events/{event.pk}/evidence", why=WHY).status_code == 403
    assert Look.objects.count() == before
    assert "电子证据卷" not in as_user(reader).get(reverse("event", args=[event.pk])).content.decode()
    assert "电子证据卷" in as_user(bank.monitor).get(reverse("event", args=[event.pk])).content.decode()


def test_who_may_export_elsewhere_gets_none_here(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    """He reads the event as the head of its outlet, and exports what he views in another branch."""
    reader = person("double", "兼岗人", "R07", event.unit_id)
    assign_role(reader, "R14", Unit.objects.get(pk="12"))
    assert event.unit_id != "1211"
    client = as_user(reader)
    shown = client.get(reverse("evidence_file", args=[event.pk]))
    taken = take(client, event)
    assert (shown.status_code, taken.status_code) == (403, 403)
    assert event.customer_ids[0] not in taken.content.decode()


def test_what_is_out_of_reach_is_not_there(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    assert event.unit_id != "1211"
    assert take(as_user(bank.branch), event).status_code == 404
    assert program(bank.branch).get(f"/events/{event.pk}/evidence", why=WHY).status_code == 404
