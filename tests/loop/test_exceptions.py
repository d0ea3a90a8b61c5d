"""Exception reports: who sees them, and the clock of a major event; what is overdue comes up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from riskloop.loop import actions
from riskloop.loop.actions import Refused
from riskloop.loop.deadlines import clock
from riskloop.loop.escalation import escalated_to
from riskloop.loop.exceptions.seeing import lines, seen_by
from riskloop.loop.history import timeline
from riskloop.loop.models import EscalationRule, ExceptionReport, Measure, QuasiEvent
from riskloop.loop.reminding import remind
from riskloop.organisation.models import History, User
from riskloop.outgoing.models import Notice
from tests.loop.working import finding

Person = Callable[..., User]
FRIDAY = dt.date(2026, 11, 20)
MONDAY = dt.date(2026, 11, 23)
WORDS = "柜员疑似挪用客户资金。"


def TODAY() -> dt.date:  # noqa: N802 — as of the other tests
    return timezone.localdate()


@pytest.fixture
def monitor(person: Person) -> User:
    return person("monitor")


@pytest.fixture
def branch(person: Person) -> User:
    return person("branch", "R09", "B1")


@pytest.fixture
def reviewer(person: Person) -> User:
    return person("reviewer", "R06")


def code_of(call: Callable[..., Any], *given: Any) -> str:
    lines_before = History.objects.count()
    with pytest.raises(Refused) as refusal:
        call(*given)
    assert History.objects.count() == lines_before
    return refusal.value.code


def test_a_report_goes_upwards_and_not_to_the_outlet(
    event: QuasiEvent, monitor: User, branch: User, reviewer: User, person: Person
) -> None:
    outlet, sub = person("outlet", "R07", "O1"), person("sub", "R08", "S1")
    insider = person("insider", "R09", "B1", staff_id="G2")
    beside = person("beside", "R09", "B2")
    report = actions.report_exception(event, monitor, WORDS, TODAY())
    for reader in (branch, reviewer, monitor):
        assert list(seen_by(reader)) == [report], reader
    for reader in (outlet, sub, insider, beside):
        assert not seen_by(reader).exists(), reader
    assert [n.person for n in Notice.objects.filter(kind="exception")] == [branch]
    # The outlet reads the event's history: it says nothing of the report, nor does the log what was written.
    assert "report_exception" not in {line.what for line in timeline(event)}
    line = History.objects.get(action="report_exception")
    assert (line.object_type, line.reason) == ("exception_report", "")
    assert WORDS not in str(line.after)


def test_a_major_one_goes_past_the_department(
    event: QuasiEvent, monitor: User, branch: User, reviewer: User
) -> None:
    report = actions.report_exception(event, monitor, WORDS, TODAY(), "2")
    assert not seen_by(branch).exists()
    assert list(seen_by(reviewer)) == [report]
    assert [n.person for n in Notice.objects.filter(kind="major_exception")] == [reviewer]
    assert code_of(actions.acknowledge_exception, report, branch, "…") == "role"
    actions.acknowledge_exception(report, reviewer, "已停职。")
    assert code_of(actions.acknowledge_exception, report, reviewer, "…") == "acknowledged"


def test_the_clock_of_a_major_event_runs_five_working_days(
    event: QuasiEvent, monitor: User, reviewer: User
) -> None:
    report = actions.report_exception(event, monitor, WORDS, FRIDAY, "1")
    (line,) = lines(seen_by(reviewer))
    assert line.due is not None
    assert line.due.on == dt.date(2026, 11, 27)
    early = FRIDAY - dt.timedelta(days=1)
    assert code_of(actions.report_to_regulator, report, reviewer, early, "1号") == "reported_on"
    assert code_of(actions.report_to_regulator, report, reviewer, FRIDAY, " ") == "reference"
    actions.report_to_regulator(report, reviewer, FRIDAY, "1号")
    assert [one.due for one in lines(seen_by(reviewer))] == [None]
    assert code_of(actions.report_to_regulator, report, reviewer, FRIDAY, "1号") == "reported"


def test_only_a_major_event_is_reported_to_the_regulator(
    event: QuasiEvent, monitor: User, reviewer: User, person: Person
) -> None:
    report = actions.report_exception(event, monitor, WORDS, TODAY())
    assert code_of(actions.report_to_regulator, report, reviewer, TODAY(), "1号") == "not_major"
    third = person("third", "R09")
    assert code_of(actions.acknowledge_exception, report, third, " ") == "note"


def test_a_report_is_whole(event: QuasiEvent, monitor: User, person: Person) -> None:
    assert code_of(actions.report_exception, event, monitor, WORDS, TODAY()) == "nobody"
    person("branch", "R09", "B1")
    to_come = TODAY() + dt.timedelta(days=1)
    assert code_of(actions.report_exception, event, monitor, " ", TODAY()) == "words"
    assert code_of(actions.report_exception, event, monitor, WORDS, to_come) == "known_on"
    assert code_of(actions.report_exception, event, monitor, WORDS, TODAY(), "9") == "criterion"
    assert not ExceptionReport.objects.exists()


def test_who_reports_does_not_acknowledge(event: QuasiEvent, branch: User) -> None:
    report = actions.report_exception(event, branch, WORDS, TODAY())
    assert code_of(actions.acknowledge_exception, report, branch, "…") == "same_person"


def test_a_case_clue_closes_with_a_report_only(
    event: QuasiEvent, monitor: User, branch: User, person: Person
) -> None:
    actions.take(event, monitor)
    actions.pass_on(event, monitor, "rule_broken", "…")
    actions.determine(event, monitor, finding("case_clue", "P7"))
    measure = actions.set_measure(event, monitor, "2_management", "移送", branch, TODAY())
    actions.report_done(measure, branch, "已移送")
    actions.verify(measure, person("other"))
    assert code_of(actions.close, event, monitor) == "no_report"
    actions.report_exception(event, monitor, WORDS, TODAY())
    actions.close(event, monitor)
    assert event.state == "closed"


def overdue_since(event: QuasiEvent, working_days: int) -> None:
    """The event is due so many working days ago: a general one has three for discrimination."""
    begun = clock().calendar.before(TODAY(), working_days + 3)
    QuasiEvent.objects.filter(pk=event.pk).update(clock_from=begun, grade="general")


@pytest.mark.parametrize(("late", "levels"), [(0, ""), (1, "2"), (2, "2"), (3, "21"), (4, "21"), (5, "210")])
def test_what_is_overdue_comes_up_level_by_level(
    event: QuasiEvent, person: Person, late: int, levels: str
) -> None:
    # A conclusion in all has five days: the step's limit is the sooner one.
    people = {"2": person("two", "R09", "B1"), "1": person("one", "R09", "B"), "0": person("nought", "R09")}
    overdue_since(event, late)
    here = clock()
    seen = "".join(
        name for name, who in people.items() if QuasiEvent.objects.filter(escalated_to(who, here)).exists()
    )
    assert seen == levels
    beside = person("beside", "R09", "B2")
    assert not QuasiEvent.objects.filter(escalated_to(beside, here)).exists()


def test_the_rule_is_dated_data(event: QuasiEvent, branch: User) -> None:
    overdue_since(event, 2)
    assert QuasiEvent.objects.filter(escalated_to(branch, clock())).exists()
    EscalationRule.objects.create(level="tier2_branch", days=2, effective_from=TODAY())
    assert not QuasiEvent.objects.filter(escalated_to(branch, clock())).exists()


def test_a_supervisor_urges_on_what_has_come_up_to_him(
    event: QuasiEvent, monitor: User, branch: User
) -> None:
    assert code_of(actions.urge, event, branch, "请三日内办结。") == "not_escalated"
    overdue_since(event, 2)
    actions.take(event, monitor)
    assert code_of(actions.urge, event, branch, " ") == "words"
    actions.urge(event, branch, "请三日内办结。")
    assert [n.person for n in Notice.objects.filter(kind="urged")] == [monitor]
    assert event.state == "assigned"


def ago(working_days: int) -> dt.date:
    return clock().calendar.before(TODAY(), working_days)


@pytest.mark.parametrize(("late", "up"), [(0, False), (2, True)])
def test_a_query_that_nobody_answers_comes_up_and_who_owes_it_is_urged_on(
    event: QuasiEvent, monitor: User, branch: User, person: Person, late: int, up: bool
) -> None:
    verifier = person("sub", "R08", "S1")
    QuasiEvent.objects.filter(pk=event.pk).update(grade="general", clock_from=TODAY())
    actions.take(event, monitor)
    query = actions.ask(event, monitor, "1_transaction", "请核实。")
    # An answer about a general event may take three working days.
    sent = timezone.make_aware(dt.datetime.combine(ago(3 + late), dt.time(9)))
    query.rounds.update(sent_at=sent)
    assert QuasiEvent.objects.filter(escalated_to(branch, clock())).exists() is up
    if up:
        actions.urge(event, branch, "请今日答复。")
        assert {n.person for n in Notice.objects.filter(kind="urged")} == {monitor, verifier}
        actions.withdraw_query(query, monitor, "已查明。")
        assert not QuasiEvent.objects.filter(escalated_to(branch, clock())).exists()


def test_a_measure_that_nobody_carries_out_comes_up(
    event: QuasiEvent, monitor: User, branch: User, person: Person
) -> None:
    actions.take(event, monitor)
    actions.pass_on(event, monitor, "rule_broken", "…")
    actions.determine(event, monitor, finding())
    owner = person("owner", "R09", "B1")
    measure = actions.set_measure(event, monitor, "2_management", "整改", owner, TODAY())
    assert not QuasiEvent.objects.filter(escalated_to(branch, clock())).exists()
    Measure.objects.filter(pk=measure.pk).update(due_on=ago(2))
    assert QuasiEvent.objects.filter(escalated_to(branch, clock())).exists()
    actions.urge(event, branch, "请尽快整改。")
    assert {n.person for n in Notice.objects.filter(kind="urged")} == {monitor, owner}
    actions.report_done(measure, owner, "已整改。")
    assert not QuasiEvent.objects.filter(escalated_to(branch, clock())).exists()


def test_everybody_is_told_once_a_day(event: QuasiEvent, monitor: User, branch: User) -> None:
    actions.take(event, monitor)
    begun = dt.date(2026, 11, 10)
    QuasiEvent.objects.filter(pk=event.pk).update(clock_from=begun)
    assert remind(MONDAY - dt.timedelta(days=1)) == 0
    assert remind(MONDAY) == 2
    assert remind(MONDAY) == 0
    told = {n.person: n.parameters for n in Notice.objects.filter(kind__in=("due_today", "escalated"))}
    assert told == {monitor: {"overdue": 1, "soon": 0}, branch: {"number": 1}}
    assert remind(MONDAY + dt.timedelta(days=1)) == 2


def test_queries_and_measures_are_among_what_is_due(
    event: QuasiEvent, monitor: User, branch: User, person: Person
) -> None:
    actions.take(event, monitor)
    query = actions.ask(event, monitor, "1_transaction", "请核实。")
    query.rounds.update(sent_at=dt.datetime(2026, 11, 10, 2, tzinfo=dt.UTC))
    QuasiEvent.objects.filter(pk=event.pk).update(clock_from=MONDAY)
    remind(MONDAY)
    told = {n.person: n.parameters for n in Notice.objects.filter(kind="due_today")}
    assert told[branch] == {"overdue": 1, "soon": 0}
