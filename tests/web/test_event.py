"""The page of one event: what was found, what may be done now and why not, and what was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from riskloop.loop import actions
from riskloop.loop.models import QuasiEvent, State
from riskloop.organisation.models import History
from tests.web.reading import Page
from tests.web.stage import People

AsUser = Callable[..., Client]
FOUND = {
    "outcome": "internal",
    "event_type": "execution",
    "driver": "P3",
    "grade": "key_attention",
    "responsible-A1111": "1_direct",
    "note": "审核不严",
}
"""A determination as the form sends it; the authoriser of the event answers for it."""


@pytest.fixture
def event(bank: People) -> QuasiEvent:
    """A new event in outlet 1111, handled by the person who is also `bank.handler`."""
    return QuasiEvent.objects.filter(state="new", unit_id="1111", model="A11").earliest("pk")


def do(client: Client, event: QuasiEvent, action: str, **given: Any) -> HttpResponse:
    fields = {f"{action}-{name}": value for name, value in given.items()}
    answer = client.post(reverse("act", args=[event.pk, action]), fields)
    event.refresh_from_db()
    return answer


def do_on_measure(client: Client, event: QuasiEvent, action: str, **given: Any) -> HttpResponse:
    measure = event.measures.get()
    fields = {f"{action}-{measure.pk}-{name}": value for name, value in given.items()}
    return client.post(reverse("act_on_measure", args=[measure.pk, action]), fields)


def suspect(client: Client, event: QuasiEvent) -> None:
    do(client, event, "take")
    do(client, event, "pass_on", reason="no_papers", note="缺授权书")


def said(client: Client, event: QuasiEvent) -> list[str]:
    return Page(client.get(reverse("event", args=[event.pk])).content.decode()).said


def test_from_entry_to_closure(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    monitor, verifier = as_user(bank.monitor), as_user(bank.verifier)
    back = reverse("event", args=[event.pk])
    assert do(monitor, event, "take").url == back
    assert do(monitor, event, "pass_on", reason="no_papers", note="缺授权书").url == back
    determined = do(monitor, event, "determine", **FOUND)
    assert determined.url == back
    assert (event.state, event.outcome) == ("rated", "")
    assert do(as_user(bank.approver), event, "approve", note="同意").url == back
    due_on = timezone.localdate() + dt.timedelta(days=3)
    given = {"kind": "2_management", "description": "补凭证", "owner": bank.verifier.pk}
    do(monitor, event, "set_measure", due_on=due_on, **given)
    assert do_on_measure(verifier, event, "report_done", note="已补").url == back
    assert do_on_measure(monitor, event, "verify").url == back
    assert do(monitor, event, "close").url == back
    assert event.state == "closed"
    assert event.score == 5

    page = monitor.get(back)
    steps = [(moment.what, moment.who) for moment in page.context["timeline"]]
    assert steps == [
        ("模型发现", "系统"),
        ("领取", "林岚"),
        ("转认定", "林岚"),
        ("已认定", "林岚"),
        ("认定复核通过", "沈洁"),
        ("下达整改措施", "林岚"),
        ("报告整改完成", "周正"),
        ("整改已验证", "林岚"),
        ("已闭环", "林岚"),
    ]
    assert {"补凭证", "审核不严", "已补", "缺授权书", "直接责任"} <= set(Page(page.content.decode()).said)


def test_a_refusal_of_the_person_is_told_and_changes_nothing(
    bank: People, as_user: AsUser, event: QuasiEvent
) -> None:
    """Wang stands behind the teller who handled the transaction."""
    before = History.objects.exclude(action="signed_in").count()
    answer = do(as_user(bank.handler), event, "take")
    assert answer.status_code == 403
    assert "您经办了该笔业务" in answer.content.decode()
    assert (event.state, event.assignee) == ("new", None)
    assert History.objects.exclude(action="signed_in").count() == before


def test_the_page_says_beforehand_why_not(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    page = as_user(bank.handler).get(reverse("event", args=[event.pk])).content.decode()
    assert "您经办了该笔业务" in page
    assert reverse("act", args=[event.pk, "take"]) not in page


def test_a_viewer_of_the_event_who_may_not_act_reads_why(
    bank: People, as_user: AsUser, event: QuasiEvent
) -> None:
    page = as_user(bank.verifier).get(reverse("event", args=[event.pk])).content.decode()
    assert "您的岗位无权对该机构进行此操作" in page


def test_someone_was_quicker(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    other = QuasiEvent.objects.filter(state="new", unit_id="1211").earliest("pk")
    actions.take(other, bank.branch)
    answer = do(as_user(bank.monitor), other, "take")
    assert answer.status_code == 409
    assert other.assignee == bank.branch


def test_what_is_lacking_is_named_and_the_rest_is_kept(
    bank: People, as_user: AsUser, event: QuasiEvent
) -> None:
    client = as_user(bank.monitor)
    suspect(client, event)
    given = {"outcome": "internal", "grade": "general", "note": "写好的内容", "loss": "88.80"}
    answer = do(client, event, "determine", **given, **{"responsible-other-0": "H1211"})
    assert answer.status_code == 422
    form = answer.context["offers"]["determine"].form
    assert set(form.errors) == {"driver", "event_type", "responsible"}
    page = answer.content.decode()
    assert all(kept in page for kept in ("写好的内容", "88.80", 'value="H1211"'))
    assert event.state == "suspected"


def test_others_than_those_behind_the_event_may_answer_for_it(
    bank: People, as_user: AsUser, event: QuasiEvent
) -> None:
    client = as_user(bank.monitor)
    suspect(client, event)
    others = {"responsible-other-1": "H1211", "responsible-level-1": "3_management"}
    do(client, event, "determine", **FOUND | others | {"grade": "general"})
    answering = event.determinations.get().responsible.values_list("staff_id", "level_id")
    assert dict(answering) == {"A1111": "1_direct", "H1211": "3_management"}


def test_an_owner_who_may_not_own_cannot_be_chosen(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    client = as_user(bank.monitor)
    suspect(client, event)
    external = {"outcome": "external", "event_type": "external_fraud", "driver": "E1", "grade": "general"}
    do(client, event, "determine", **external, note="核实")
    assert event.state == "determined"
    answer = do(
        client,
        event,
        "set_measure",
        kind="2_management",
        description="x",
        owner=bank.handler.pk,
        due_on=timezone.localdate(),
    )
    assert answer.status_code == 422
    assert not event.measures.exists()


@pytest.mark.parametrize("action", ["delete", "report_done", "execute"])
def test_there_is_no_other_action(bank: People, as_user: AsUser, event: QuasiEvent, action: str) -> None:
    assert do(as_user(bank.monitor), event, action).status_code == 404


def test_personal_data_is_masked(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    page = as_user(bank.monitor).get(reverse("event", args=[event.pk])).content.decode()
    for secret in ("张小明", "110101199003071234", "13800138000", "江北市人民路一号", "江南贸易有限公司"):
        assert secret not in page
    assert "张" in page


def test_evidence_is_told_in_words(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    page = said(as_user(bank.monitor), event)
    assert {"交易流水", "账户", "客户", "柜员"} <= set(page)
    assert {"借方账号", "金额", "记账时间", "柜面"} <= set(page)
    assert f"{event.amount:,.2f}" in page
    assert "credit_account_id" not in page, "an empty column"


def test_a_withdrawn_event_says_so(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    event.withdrawn_on = timezone.now()
    event.save()
    page = as_user(bank.monitor).get(reverse("event", args=[event.pk])).content.decode()
    assert "更新后的数据不再支持该事件" in page


def test_an_event_of_a_unit_that_the_bank_does_not_know(
    bank: People, as_user: AsUser, event: QuasiEvent
) -> None:
    QuasiEvent.objects.filter(pk=event.pk).update(unit_id="9999")
    assert "9999" in said(as_user(bank.monitor), event)
    assert as_user(bank.branch).get(reverse("event", args=[event.pk])).status_code == 404
    assert event.pk in queue_of(as_user(bank.monitor), model="A11", state="new")


def test_a_retired_model_leaves_its_events_readable(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    QuasiEvent.objects.filter(pk=event.pk).update(model="A99", evidence={"old": "1234.50"})
    page = said(as_user(bank.monitor), event)
    assert "A99" in page
    assert "old" in page
    assert "1,234.5" in page


def test_what_people_write_is_text_and_never_markup(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    client = as_user(bank.monitor)
    do(client, event, "take")
    do(client, event, "hand_back", why="<script>alert(1)</script>")
    page = client.get(reverse("event", args=[event.pk])).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def queue_of(client: Client, **given: str) -> list[Any]:
    return [row.record.pk for row in client.get(reverse("events"), given).context["table"].rows]


def test_next_and_previous_follow_the_queue(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    ids = queue_of(client, state="new", sort="amount")
    place = client.get(reverse("event", args=[ids[3]])).context["place"]
    assert (place.previous, place.next) == (ids[2], ids[4])
    assert client.get(reverse("event", args=[ids[0]])).context["place"].previous is None


def test_what_is_done_with_leaves_its_place_to_the_next(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    ids = queue_of(client, state="new", sort="amount", unit="1211")
    client.get(reverse("event", args=[ids[3]]))
    actions.take(QuasiEvent.objects.get(pk=ids[3]), bank.monitor)
    place = client.get(reverse("event", args=[ids[3]])).context["place"]
    assert (place.previous, place.next) == (ids[2], ids[4])


def test_the_next_event_is_never_one_that_the_reader_may_not_see(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.branch)
    first = queue_of(client)[0]
    place = client.get(reverse("event", args=[first])).context["place"]
    assert QuasiEvent.objects.get(pk=place.next).unit_id == "1211"


@pytest.mark.parametrize("state", [*State])
def test_a_page_needs_few_queries(bank: People, as_user: AsUser, state: str) -> None:
    client = as_user(bank.monitor)
    place = reverse("event", args=[QuasiEvent.objects.filter(state=state).earliest("pk").pk])
    client.get(place)
    with CaptureQueriesContext(connection) as caught:
        client.get(place)
    assert len(caught) <= 55


def test_a_look_that_changes_nothing_in_the_session_does_not_write_it(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    places = [reverse("events"), reverse("event", args=[queue_of(client, state="new", sort="amount")[0]])]
    for place in places:
        client.get(place)
        with CaptureQueriesContext(connection) as caught:
            client.get(place)
        assert not [
            one for one in caught.captured_queries if one["sql"].startswith('UPDATE "django_session"')
        ]


def joined(event: QuasiEvent) -> list[QuasiEvent]:
    """The event and two others of its unit in one bundle."""
    others = QuasiEvent.objects.filter(state="new", unit_id="1211", withdrawn_on=None).order_by("pk")[:2]
    events = [event, *others]
    QuasiEvent.objects.filter(pk__in=[e.pk for e in events]).update(bundle=event.pk)
    event.refresh_from_db()
    return events


def states(events: list[QuasiEvent]) -> list[str]:
    return [QuasiEvent.objects.get(pk=e.pk).state for e in events]


def test_a_bundle_is_shown_and_handled_together(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    events, client = joined(event), as_user(bank.monitor)
    page = client.get(reverse("event", args=[event.pk])).content.decode()
    assert all(reverse("event", args=[e.pk]) in page for e in events[1:])
    assert "同组其余2条一并办理" in page
    do(client, event, "take", whole="on")
    assert states(events) == ["assigned"] * 3
    do(client, event, "exclude", reason="genuine", whole="on")
    assert states(events) == ["excluded"] * 3
    lines = History.objects.filter(object_id__in=[str(e.pk) for e in events], action="exclude")
    assert {line.actor for line in lines} == {bank.monitor}
    assert len(lines) == 3


def test_one_of_a_bundle_can_be_handled_alone(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    events = joined(event)
    do(as_user(bank.monitor), event, "take")
    assert states(events) == ["assigned", "new", "new"]


def test_a_bundle_is_handled_whole_or_not_at_all(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    """Wang had a hand in the bundle's last event alone."""
    events = joined(event)
    others = QuasiEvent.objects.filter(pk__in=[e.pk for e in events[:2]])
    others.update(teller_ids=[], authoriser_ids=[])
    QuasiEvent.objects.filter(pk=events[2].pk).update(teller_ids=event.teller_ids)
    answer = do(as_user(bank.handler), event, "take", whole="on")
    assert answer.status_code == 403
    assert "同组事件" in answer.content.decode()
    assert states(events) == ["new"] * 3


def test_of_a_bundle_a_reader_sees_and_handles_his_own_units_only(
    bank: People, as_user: AsUser, event: QuasiEvent
) -> None:
    """Chen's branch is 12: of this bundle the first event is not his."""
    events, client = joined(event), as_user(bank.branch)
    page = client.get(reverse("event", args=[events[1].pk])).content.decode()
    assert reverse("event", args=[event.pk]) not in page
    do(client, events[1], "take", whole="on")
    assert states(events) == ["new", "assigned", "assigned"]


def test_a_situation_that_goes_on_is_told(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    day = event.booked_on + dt.timedelta(days=2)
    event.continuations.create(booked_on=day, parameter_version="v", amount=1_234_567, count=3, evidence={})
    QuasiEvent.objects.filter(pk=event.pk).update(last_on=day)
    page = as_user(bank.monitor).get(reverse("event", args=[event.pk])).content.decode()
    assert "情况持续" in page
    assert "1,234,567.00" in page
    assert f"{event.booked_on} – {day}" in page
