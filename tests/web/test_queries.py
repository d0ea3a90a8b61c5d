"""The verifier's pages: what he owes, answered in one form, and nothing lost when it is too late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskloop.bank.home import Home
from riskloop.loop import actions
from riskloop.loop.deadlines import clock
from riskloop.loop.models import Attachment, QuasiEvent, Query, QueryRound
from tests.loop.attached import PDF, PROGRAM
from tests.web import stage
from tests.web.stage import People

AsUser = Callable[..., Client]
ANSWER = {
    "answer-answer_0": "本人办理。",
    "answer-answer_1": "货款。",
    "answer-answer_2": "齐全。",
    "answer-findings": "经核实，属实。",
    "answer-method": "1_papers",
}


@pytest.fixture
def query(bank: People) -> Query:
    """About an event of a class-A model, in whose unit's line only the verifier answers."""
    event = QuasiEvent.objects.filter(state="new", model__startswith="A", grade="general").earliest("pk")
    actions.take(event, bank.monitor)
    return actions.ask(event, bank.monitor, "1_transaction", "请核实。")


def page_of(query: Query) -> str:
    return reverse("query", args=[query.pk])


@pytest.mark.parametrize(("language", "button"), [("zh-hans", "提交答复"), ("en", "Send the answer")])
def test_the_verifier_sees_what_he_owes_and_answers_it_in_one_form(
    bank: People, as_user: AsUser, query: Query, language: str, button: str
) -> None:
    client = as_user(bank.verifier, language)
    listed = client.get(reverse("queries"))
    assert page_of(query) in listed.content.decode()
    assert [line.query for line in listed.context["lines"]] == [query]
    page = client.get(page_of(query)).content.decode()
    assert button in page
    answered = client.post(page_of(query), ANSWER, follow=True)
    assert answered.redirect_chain == [(reverse("queries"), 302)]
    assert answered.context["lines"] == []
    last = query.rounds.get()
    assert (last.findings, last.answers) == ("经核实，属实。", ["本人办理。", "货款。", "齐全。"])
    shown = as_user(bank.monitor, language).get(reverse("event", args=[query.event_id])).content.decode()
    assert "本人办理。" in shown


def test_files_come_in_the_same_form(
    bank: People, as_user: AsUser, query: Query, settings: Any, standing: Home
) -> None:
    client = as_user(bank.verifier)
    disguised = ANSWER | {"answer-chosen": SimpleUploadedFile("说明.pdf", PROGRAM)}
    refused = client.post(page_of(query), disguised)
    assert (refused.status_code, refused.headers["X-Refused"]) == (409, "content")
    assert "经核实，属实。" in refused.content.decode()
    assert query.rounds.get().answered_at is None
    client.post(page_of(query), ANSWER | {"answer-chosen": SimpleUploadedFile("说明.pdf", PDF)})
    attached = Attachment.objects.get(event=query.event)
    assert (attached.purpose, attached.object_id) == ("query_round", str(query.rounds.get().pk))


def test_a_file_that_is_too_large_leaves_what_was_written(
    bank: People, as_user: AsUser, query: Query, settings: Any
) -> None:
    settings.ATTACHMENT_MB = 1
    large = SimpleUploadedFile("说明.pdf", PDF + bytes(1024 * 1024))
    answer = as_user(bank.verifier).post(page_of(query), ANSWER | {"answer-chosen": large})
    assert answer.status_code == 413
    assert "经核实，属实。" in answer.content.decode()


def test_what_is_missing_is_said_at_its_field(bank: People, as_user: AsUser, query: Query) -> None:
    answer = as_user(bank.verifier).post(page_of(query), ANSWER | {"answer-answer_1": ""})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["answer_1"]
    assert "本人办理。" in answer.content.decode()


def test_an_answer_that_comes_too_late_is_not_lost(bank: People, as_user: AsUser, query: Query) -> None:
    """Withdrawn meanwhile, answered meanwhile, and the form sent twice."""
    client = as_user(bank.verifier)
    client.get(page_of(query))
    actions.withdraw_query(query, bank.monitor, "已查明。")
    late = client.post(page_of(query), ANSWER)
    assert (late.status_code, late.headers["X-Refused"]) == (409, "query_state")
    assert "经核实，属实。" in late.content.decode()
    assert "无需再答复" in late.content.decode()
    again = actions.ask(query.event, bank.monitor, "1_transaction")
    assert client.post(page_of(again), ANSWER).status_code == 302
    assert client.post(page_of(again), ANSWER).status_code == 409
    assert QueryRound.objects.filter(query=again).count() == 1


def test_another_unit_s_query_is_read_and_not_answered(bank: People, as_user: AsUser, query: Query) -> None:
    client = as_user(bank.monitor)
    assert 'name="answer-findings"' not in client.get(page_of(query)).content.decode()
    refused = client.post(page_of(query), ANSWER)
    assert (refused.status_code, refused.headers["X-Refused"]) == (403, "role")
    assert client.get(reverse("queries")).status_code == 403


def test_what_is_late_is_marked_and_a_re_query_has_a_limit_of_its_own(
    bank: People, as_user: AsUser, query: Query
) -> None:
    here = clock()
    client = as_user(bank.verifier)

    def due_after(days: int) -> str:
        sent = timezone.now() - (here.today - here.calendar.before(here.today, days))
        query.rounds.update(sent_at=sent)
        return client.get(reverse("queries")).context["lines"][0].due.mark

    # A general query may take three working days, and is warned of the day before.
    assert [due_after(days) for days in (0, 3, 4)] == ["", "warning", "overdue"]
    assert 'class="due-overdue"' in client.get(page_of(query)).content.decode()
    actions.answer(query, bank.verifier, "属实。", "1_papers", ["一", "二", "三"])
    actions.ask_again(query, bank.monitor, "2_unclear", "请补充。")
    # A second answer may take one, and is warned of on the day itself; on a day off no limit ends.
    at_the_limit = "warning" if here.calendar.works(here.today) else ""
    assert [due_after(days) for days in (0, 1, 2)] == ["", at_the_limit, "overdue"]
    page = client.get(page_of(query)).content.decode()
    assert "表述不清" in page


def test_the_monitor_asks_and_judges_on_the_page_of_the_event(
    bank: People, as_user: AsUser, query: Query
) -> None:
    client, event = as_user(bank.monitor), query.event
    blocked = client.post(reverse("act", args=[event.pk, "exclude"]), {"exclude-reason": "genuine"})
    assert (blocked.status_code, blocked.headers["X-Refused"]) == (409, "open_query")
    asked = {"ask-kind": "assistance", "ask-template": "3_assistance", "ask-words": ""}
    assert client.post(reverse("act", args=[event.pk, "ask"]), asked).status_code == 302
    assert event.queries.count() == 2
    actions.answer(query, bank.verifier, "属实。", "1_papers", ["一", "二", "三"])

    def act(action: str, **given: str) -> int:
        sent = {f"{action}-{query.pk}-{name}": value for name, value in given.items()}
        return client.post(reverse("act_on_query", args=[query.pk, action]), sent).status_code

    assert act("ask_again", fault="", words="请补充") == 422
    assert act("ask_again", fault="1_incomplete", words="请补充") == 302
    actions.answer(query, bank.verifier, "补充如下。", "2_on_site", ["一", "二", "三"])
    assert act("accept_answer") == 302
    assert act("accept_answer") == 409
    for which, found in (("asked", True), ("answered", False)):
        listed = client.get(reverse("events"), {"query": which}).context["table"].rows
        assert (event.pk in [row.record.pk for row in listed]) == found
    file = client.get(f"/api/v1/events/{event.pk}/queries").json()
    assert [len(one["rounds"]) for one in file] == [2, 1]


def test_the_evidence_file_has_every_round(bank: People, as_user: AsUser, query: Query) -> None:
    actions.answer(query, bank.verifier, "属实。", "1_papers", ["一", "二", "三"])
    actions.ask_again(query, bank.monitor, "2_unclear", "来源未说明。")
    why = {"why": "归档留存备查使用", "form": "html"}
    file = as_user(bank.monitor).get(f"/api/v1/events/{query.event_id}/evidence", why).content.decode()
    for said in ("请核实。", "客户是否本人办理", "属实。", "表述不清", "来源未说明。", "内部资料核查"):
        assert said in file


def test_who_answers_below_reads_what_he_is_asked_to_find_out(
    bank: People, as_user: AsUser, query: Query
) -> None:
    local = stage.person("luo", "罗敏", "R07", query.event.unit_id or "")
    actions.forward(query, bank.verifier, query.event.unit, "请电话联系客户。")
    page = as_user(local).get(page_of(query)).content.decode()
    assert "请电话联系客户。" in page
    assert f"转办人 {bank.verifier}" in page


def test_whom_a_query_goes_to_is_asked_for_by_that_name(bank: People, as_user: AsUser, query: Query) -> None:
    page = as_user(bank.monitor).get(reverse("event", args=[query.event_id])).content.decode()
    assert "发往 " in page or ">发往<" in page
    assert "上限" not in page
    assert "---------" not in page
