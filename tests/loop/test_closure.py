"""Closure in full: kinds and proof, sending back, repeat offences, appeals, reopening, and to begin anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from riskloop.bank.home import Home
from riskloop.loop import actions
from riskloop.loop.actions import Refused
from riskloop.loop.actions.closure import last_day
from riskloop.loop.attachments.files import received
from riskloop.loop.models import (
    Attachment,
    Measure,
    MeasureState,
    ObjectionState,
    QuasiEvent,
    RepeatRule,
    Standing,
    State,
    Step,
    TimeLimit,
)
from riskloop.loop.repeats import repeated, repeats_of
from riskloop.organisation.models import History, User
from riskloop.outgoing.models import Notice
from tests.loop.attached import PDF
from tests.loop.conftest import found
from tests.loop.working import determine, finding

Person = Callable[..., User]
DUE = dt.date(2024, 3, 22)
WORDS = "已取得书面授权。"


@pytest.fixture
def monitor(person: Person) -> User:
    return person("monitor")


@pytest.fixture
def approver(person: Person) -> User:
    return person("approver")


@pytest.fixture
def verifier(person: Person) -> User:
    return person("verifier", "R09", "B1")


@pytest.fixture
def outlet(person: Person) -> User:
    return person("outlet", "R07", "O1")


@pytest.fixture
def supervisor(person: Person) -> User:
    return person("supervisor", "R06")


@pytest.fixture
def determined(event: QuasiEvent, monitor: User) -> QuasiEvent:
    actions.take(event, monitor)
    determine(event, monitor, "internal", "P4", "attention", "口头授权，未留凭证。")
    return event


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Home:
    settings.HOME = Home(tmp_path)
    return settings.HOME


def code_of(call: Callable[..., Any], *given: Any) -> str:
    lines = History.objects.count()
    with pytest.raises(Refused) as refusal:
        call(*given)
    assert History.objects.count() == lines
    return refusal.value.code


def closed(event: QuasiEvent, monitor: User, verifier: User, approver: User) -> Measure:
    measure = actions.set_measure(event, monitor, "2_management", "复训", verifier, DUE)
    actions.report_done(measure, verifier, "已复训")
    actions.verify(measure, approver)
    actions.close(event, monitor)
    return measure


def test_a_correction_is_done_with_its_proof(
    determined: QuasiEvent, monitor: User, verifier: User, approver: User, home: Home
) -> None:
    measure = actions.set_measure(determined, monitor, "1_correction", "补办授权", verifier, DUE)
    assert code_of(actions.report_done, measure, verifier, "已补办") == "proof"
    with closing(received(home, "授权书.pdf", [PDF], 20)) as proof:
        actions.report_done(measure, verifier, "已补办", [proof])
    actions.send_measure_back(measure, approver, "授权书没有盖章。")
    assert (measure.state, measure.done_note, measure.sent_back_note) == ("open", "", "授权书没有盖章。")
    assert Notice.objects.filter(person=verifier, kind="measure_sent_back").count() == 1
    # What was not good enough does not show it a second time.
    assert code_of(actions.report_done, measure, verifier, "已盖章") == "proof"
    with closing(received(home, "授权书2.pdf", [PDF + b"\n%2"], 23)) as proof:
        actions.report_done(measure, verifier, "已盖章", [proof])
    actions.verify(measure, approver)
    assert measure.state == MeasureState.VERIFIED


def test_what_is_refused_leaves_no_file(
    determined: QuasiEvent, monitor: User, verifier: User, home: Home
) -> None:
    measure = actions.set_measure(determined, monitor, "1_correction", "补办授权", verifier, DUE)
    with closing(received(home, "授权书.pdf", [PDF], 20)) as proof:
        assert code_of(actions.report_done, measure, verifier, " ", [proof]) == "note"
    assert not Attachment.objects.exists()


def test_a_process_change_goes_to_a_department(
    determined: QuasiEvent, monitor: User, verifier: User, outlet: User
) -> None:
    given = determined, monitor, "4_process", "改流程"
    assert code_of(actions.set_measure, *given, outlet, DUE) == "department"
    measure = actions.set_measure(*given, verifier, DUE)
    assert code_of(actions.set_owner, measure, monitor, outlet) == "department"


def test_a_measure_is_due_within_the_limit(determined: QuasiEvent, monitor: User, verifier: User) -> None:
    given, latest = (determined, monitor, "2_management", "…", verifier), last_day(determined)
    assert code_of(actions.set_measure, *given, latest + dt.timedelta(days=1)) == "due_on"
    actions.set_measure(*given, latest)
    TimeLimit.objects.create(
        step=Step.MEASURE, grade=determined.grade, days=1, warn_before=0, effective_from=timezone.localdate()
    )
    assert (
        code_of(actions.set_measure, determined, monitor, "2_management", "…", verifier, latest) == "due_on"
    )


def test_who_did_it_does_not_send_it_back(
    determined: QuasiEvent, monitor: User, verifier: User, approver: User
) -> None:
    measure = actions.set_measure(determined, monitor, "2_management", "…", verifier, DUE)
    assert code_of(actions.send_measure_back, measure, approver, "…") == "open"
    actions.report_done(measure, verifier, "已复训")
    assert code_of(actions.send_measure_back, measure, verifier, "…") == "same_person"
    assert code_of(actions.send_measure_back, measure, approver, " ") == "why"


def test_an_upheld_appeal_lets_the_event_begin_anew(
    determined: QuasiEvent, monitor: User, verifier: User, outlet: User, supervisor: User
) -> None:
    owed = actions.set_measure(determined, monitor, "2_management", "复训", verifier, DUE)
    objection = actions.appeal(determined, outlet, WORDS)
    assert Notice.objects.filter(person=supervisor, kind="objection_made").count() == 1
    actions.uphold_appeal(objection, supervisor, "授权有效。")
    event = QuasiEvent.objects.get(pk=determined.pk)
    assert (event.state, event.outcome, event.assignee, event.score, event.driver) == (
        "new",
        "",
        None,
        None,
        None,
    )
    assert (event.grade, event.clock_from) == ("general", timezone.localdate())
    assert [d.standing for d in event.determinations.all()] == [Standing.ANNULLED]
    owed.refresh_from_db()
    assert owed.state == MeasureState.LAPSED
    assert Notice.objects.filter(person=outlet, kind="objection_decided").count() == 1
    line = History.objects.filter(action="uphold_appeal").get()
    assert (line.before["state"], line.after["state"], line.after["lapsed"]) == ("determined", "new", 1)
    assert code_of(actions.report_done, owed, verifier, "已复训") == "state"
    # The whole way again, to its end.
    actions.take(event, monitor)
    determine(event, monitor, "external", "E4", "general", "出租账户。")
    assert code_of(actions.close, event, monitor) == "no_measure"


def test_a_rejected_appeal_leaves_everything_as_it_is(
    determined: QuasiEvent, outlet: User, supervisor: User, monitor: User
) -> None:
    objection = actions.appeal(determined, outlet, WORDS)
    assert code_of(actions.appeal, determined, outlet, WORDS) == "undecided"
    assert code_of(actions.reject_appeal, objection, monitor, "…") == "role"
    actions.reject_appeal(objection, supervisor, "授权在事后。")
    assert (objection.state, determined.state) == (ObjectionState.REJECTED, State.DETERMINED)
    assert code_of(actions.uphold_appeal, objection, supervisor, "…") == "decided"
    assert code_of(actions.appeal, determined, outlet, WORDS) == "decided"


def test_an_appeal_is_withdrawn_by_its_author_alone_and_may_be_made_again(
    determined: QuasiEvent, outlet: User, verifier: User
) -> None:
    objection = actions.appeal(determined, outlet, WORDS)
    assert code_of(actions.withdraw_appeal, objection, verifier, "…") == "author"
    actions.withdraw_appeal(objection, outlet, "撤回。")
    assert actions.appeal(determined, outlet, WORDS).pk != objection.pk


def test_an_appeal_has_its_limit(determined: QuasiEvent, outlet: User) -> None:
    long_ago = timezone.now() - dt.timedelta(days=60)
    QuasiEvent.objects.filter(pk=determined.pk).update(concluded_at=long_ago)
    assert code_of(actions.appeal, determined, outlet, WORDS) == "too_late"


def test_an_undecided_appeal_keeps_the_event_open(
    determined: QuasiEvent, monitor: User, verifier: User, approver: User, outlet: User
) -> None:
    measure = actions.set_measure(determined, monitor, "2_management", "复训", verifier, DUE)
    actions.report_done(measure, verifier, "已复训")
    actions.verify(measure, approver)
    actions.appeal(determined, outlet, WORDS)
    assert code_of(actions.close, determined, monitor) == "undecided"


def test_a_closed_event_is_reopened_by_another_than_who_asked_and_who_concluded(
    determined: QuasiEvent, monitor: User, verifier: User, approver: User, supervisor: User, person: Person
) -> None:
    measure = closed(determined, monitor, verifier, approver)
    objection = actions.ask_reopening(determined, approver, "客户来函否认。")
    assert code_of(actions.reopen, objection, approver, "…") == "same_person"
    assert code_of(actions.reopen, objection, monitor, "…") == "concluded"
    assert code_of(actions.uphold_appeal, objection, supervisor, "…") == "kind"
    actions.reopen(objection, person("third"), "同意重开。")
    determined.refresh_from_db()
    assert (determined.state, determined.closed_at, determined.outcome) == (State.NEW, None, "")
    measure.refresh_from_db()
    assert measure.state == MeasureState.VERIFIED


def test_what_was_excluded_is_reopened_or_not(
    event: QuasiEvent, monitor: User, approver: User, supervisor: User
) -> None:
    actions.take(event, monitor)
    assert code_of(actions.ask_reopening, event, supervisor, "…") == "state"
    actions.exclude(event, monitor, "genuine", "属实")
    objection = actions.ask_reopening(event, supervisor, "另有线索。")
    actions.refuse_reopening(objection, approver, "已核实过。")
    assert event.state == State.EXCLUDED
    again = actions.ask_reopening(event, supervisor, "又有线索。")
    actions.reopen(again, approver, "同意。")
    assert (event.state, event.exclusion_reason, event.concluded_by) == (State.NEW, None, None)


def another(unit_id: str, day: dt.date, number: int) -> QuasiEvent:
    named = {"customer_id": None, "teller_id": None, "authoriser_id": None, "account_id": None}
    found({"subject_id": f"E-{number}", "unit_id": unit_id, "entry_ids": [f"N{number}"]} | named, day=day)
    return QuasiEvent.objects.get(subject_id=f"E-{number}")


def told(event: QuasiEvent, reader: User) -> list[tuple[QuasiEvent, Any, bool]]:
    return [(one.event, one.people, one.same_unit) for one in repeats_of(event, reader)]


def test_the_same_driver_in_the_same_unit_or_of_the_same_person_is_a_repeat(
    determined: QuasiEvent, monitor: User, person: Person
) -> None:
    day = determined.booked_on
    same_unit = another("O1", day + dt.timedelta(days=30), 1)
    same_person = another("O2", day + dt.timedelta(days=40), 2)
    neither = another("O2", day + dt.timedelta(days=41), 3)
    other_driver = another("O1", day + dt.timedelta(days=42), 4)
    too_late = another("O1", day + dt.timedelta(days=230), 5)
    findings = {
        same_unit: finding("internal", "P4", responsible={"G2": "1_direct"}),
        same_person: finding("internal", "P4", responsible={"G1": "1_direct"}),
        neither: finding("external", "P4"),
        other_driver: finding("internal", "P3", responsible={"G1": "1_direct"}),
        too_late: finding("external", "P4"),
    }
    for event, said in findings.items():
        actions.take(event, monitor)
        actions.pass_on(event, monitor, "rule_broken", "…")
        actions.determine(event, monitor, said)
    assert [(r.event, r.people, r.same_unit) for r in repeats_of(same_unit, monitor)] == [
        (determined, [], True)
    ]
    told = [(r.event, r.people, r.same_unit) for r in repeats_of(same_person, monitor)]
    assert told == [(determined, ["G1"], False)]
    # Of the unit beside and earlier: the unit is the same, the person is not.
    assert [r.event for r in repeats_of(neither, monitor)] == [same_person]
    assert not repeats_of(other_driver, monitor)
    assert not repeats_of(determined, monitor)
    assert not repeats_of(too_late, monitor)
    # Who does not see the earlier event is not told of it.
    assert not repeats_of(same_person, person("beside", "R04", "B2"))
    assert set(repeated(QuasiEvent.objects.all())) == {same_unit, same_person, neither}
    # A rule of today says nothing of what happened before it, on the page as in the queue.
    RepeatRule.objects.create(days=365, effective_from=timezone.localdate())
    assert not repeats_of(too_late, monitor)
    assert too_late not in set(repeated(QuasiEvent.objects.all()))
    RepeatRule.objects.create(days=365, effective_from=dt.date(2024, 1, 1))
    assert [r.event for r in repeats_of(too_late, monitor)] == [same_unit, determined]
    assert too_late in set(repeated(QuasiEvent.objects.all()))


def test_what_was_annulled_is_no_offence(
    determined: QuasiEvent, monitor: User, outlet: User, supervisor: User
) -> None:
    later = another("O1", determined.booked_on + dt.timedelta(days=30), 1)
    actions.take(later, monitor)
    determine(later, monitor, "internal", "P4")
    assert repeats_of(later, monitor)
    actions.uphold_appeal(actions.appeal(determined, outlet, WORDS), supervisor, "授权有效。")
    assert not repeats_of(later, monitor)
    assert not repeated(QuasiEvent.objects.all()).exists()
