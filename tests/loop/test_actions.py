"""Who may do what to an event, and what each action leaves behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from riskloop.loop import actions
from riskloop.loop.actions import Refused
from riskloop.loop.models import Measure, QuasiEvent, State
from riskloop.organisation.models import History, User
from tests.loop.working import determine, finding

Person = Callable[..., User]
DUE = dt.date(2024, 3, 22)
SETTING_UP = ("create_account", "assign_role")
"""What the tests themselves write down by making their people."""


@pytest.fixture
def monitor(person: Person) -> User:
    return person("monitor")


@pytest.fixture
def verifier(person: Person) -> User:
    return person("verifier", "R09")


@pytest.fixture
def determined(event: QuasiEvent, monitor: User) -> QuasiEvent:
    actions.take(event, monitor)
    determine(event, monitor, "internal", "P4", "attention", "口头授权，未留凭证。")
    return event


def refused(code: str, work: Callable[[], object]) -> None:
    """The action is refused with this code, and leaves neither a change nor a line of history."""
    work_of_people = History.objects.exclude(action__in=SETTING_UP)
    lines = work_of_people.count()
    before = list(QuasiEvent.objects.order_by("pk").values())
    with pytest.raises(Refused) as refusal:
        work()
    assert refusal.value.code == code
    assert str(refusal.value)
    assert work_of_people.count() == lines
    assert list(QuasiEvent.objects.order_by("pk").values()) == before


def test_the_whole_way(event: QuasiEvent, monitor: User, verifier: User, person: Person) -> None:
    actions.take(event, monitor)
    actions.pass_on(event, monitor, "no_authority", "口头授权，未留凭证。")
    actions.determine(event, monitor, finding("internal", "P4", "key_attention", "简化流程。"))
    assert (event.state, event.outcome, event.score) == ("rated", "", None)
    actions.approve(event, person("approver"), "同意")
    # weight of key attention 5 × factor of a skipped procedure 2
    assert event.score == Decimal(10)
    measure = actions.set_measure(event, monitor, "2_management", "补办授权手续", verifier, DUE)
    actions.report_done(measure, verifier, "已补办")
    actions.verify(measure, monitor)
    actions.close(event, monitor)
    event.refresh_from_db()
    assert (event.state, event.outcome, event.grade) == ("closed", "internal", "key_attention")
    lines = (
        History.objects.exclude(action__in=SETTING_UP)
        .order_by("id")
        .values_list("action", "actor__username", "role")
    )
    assert list(lines) == [
        ("found", None, ""),
        ("take", "monitor", "R04"),
        ("pass_on", "monitor", "R04"),
        ("determine", "monitor", "R04"),
        ("approve", "approver", "R04"),
        ("set_measure", "monitor", "R04"),
        ("report_done", "verifier", "R09"),
        ("verify", "monitor", "R04"),
        ("close", "monitor", "R04"),
    ]


def test_history_says_what_changed(event: QuasiEvent, monitor: User) -> None:
    actions.take(event, monitor)
    line = History.objects.get(action="take")
    assert line.before | {"stage_since": ""} == {"assignee_id": None, "state": "new", "stage_since": ""}
    assert line.after == {
        "assignee_id": monitor.pk,
        "state": "assigned",
        "stage_since": event.stage_since.isoformat(),
    }


def test_an_exclusion_keeps_its_reason(event: QuasiEvent, monitor: User) -> None:
    actions.take(event, monitor)
    actions.exclude(event, monitor, "genuine", "购房款")
    event.refresh_from_db()
    assert (event.state, event.outcome, event.exclusion_reason_id) == ("excluded", "excluded", "genuine")
    assert History.objects.get(action="exclude").reason == "购房款"


def test_a_reason_must_be_on_the_list(event: QuasiEvent, monitor: User) -> None:
    actions.take(event, monitor)
    refused("reason", lambda: actions.exclude(event, monitor, "because", ""))


@pytest.mark.parametrize("staff_id", ["G1", "G2"], ids=["handler", "authoriser"])
def test_who_had_a_hand_in_it_does_not_handle_it(event: QuasiEvent, person: Person, staff_id: str) -> None:
    colleague = person("colleague", staff_id=staff_id)
    refused("recusal", lambda: actions.take(event, colleague))


@pytest.mark.parametrize("staff_id", ["G1", "G2"], ids=["handler", "authoriser"])
def test_who_had_a_hand_in_it_does_not_put_it_right(
    determined: QuasiEvent, person: Person, monitor: User, staff_id: str
) -> None:
    hand = person("hand", "R09", "HO", staff_id)
    refused("owner_recusal", lambda: actions.set_measure(determined, monitor, "2_management", "…", hand, DUE))


@pytest.mark.parametrize("role", ["R01", "R02", "R03", "R06", "R09", "R14"])
def test_only_a_monitor_takes(event: QuasiEvent, person: Person, role: str) -> None:
    refused("role", lambda: actions.take(event, person("other", role)))


def test_a_role_reaches_its_own_subtree_only(event: QuasiEvent, person: Person) -> None:
    refused("role", lambda: actions.take(event, person("beside", unit_id="B2")))
    actions.take(event, person("own", unit_id="B1"))


def test_a_role_that_ended_reaches_nothing(event: QuasiEvent, monitor: User) -> None:
    monitor.assignments.update(to_on=dt.date(2020, 1, 1))
    refused("role", lambda: actions.take(event, monitor))


def test_only_one_takes_it(event: QuasiEvent, monitor: User, person: Person) -> None:
    other = person("other")
    stale = QuasiEvent.objects.get()
    actions.take(event, monitor)
    refused("state", lambda: actions.take(stale, other))
    refused("assignee", lambda: actions.exclude(event, other, "genuine"))
    refused("assignee", lambda: actions.pass_on(event, other, "fraud", "…"))
    refused("assignee", lambda: actions.hand_back(event, other, "…"))


def test_handing_back_needs_a_reason(event: QuasiEvent, monitor: User) -> None:
    actions.take(event, monitor)
    refused("why", lambda: actions.hand_back(event, monitor, " "))
    actions.hand_back(event, monitor, "非本人专业")
    event.refresh_from_db()
    assert (event.state, event.assignee_id) == (State.NEW, None)


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("outcome", {"outcome": "excluded"}),
        ("driver", {"driver": "Z9"}),
        ("driver", {"other_drivers": ("Z9",)}),
        ("driver_twice", {"driver": "P1", "other_drivers": ("P1",)}),
        ("driver_twice", {"other_drivers": ("P2", "P2")}),
        ("grade", {"grade": "huge"}),
        ("note", {"note": "  "}),
        ("event_type", {"event_type": "weather"}),
        ("responsible", {"responsible": {}}),
        ("responsible", {"responsible": {"nobody": "1_direct"}}),
        ("level", {"responsible": {"G1": "a little"}}),
        ("amount", {"loss": Decimal(-1)}),
        ("amount", {"near_miss": Decimal(10) ** 15}),
        ("recovered", {"loss": Decimal(1), "recovered": Decimal(2)}),
    ],
)
def test_a_determination_is_whole(event: QuasiEvent, monitor: User, code: str, given: dict[str, Any]) -> None:
    actions.take(event, monitor)
    actions.pass_on(event, monitor, "rule_broken", "…")
    refused(code, lambda: actions.determine(event, monitor, finding(**given)))


def test_no_step_is_skipped(event: QuasiEvent, monitor: User) -> None:
    refused("assignee", lambda: actions.pass_on(event, monitor, "fraud", "…"))
    actions.take(event, monitor)
    refused("state", lambda: actions.determine(event, monitor, finding()))
    refused("state", lambda: actions.close(event, monitor))
    actions.pass_on(event, monitor, "fraud", "…")
    refused("state", lambda: actions.close(event, monitor))


def test_a_determination_keeps_who_answers_and_what_it_cost(event: QuasiEvent, monitor: User) -> None:
    actions.take(event, monitor)
    actions.pass_on(event, monitor, "rule_broken", "…")
    said = finding(
        driver="P3",
        other_drivers=("P1", "R2"),
        responsible={"G1": "1_direct", "G2": "3_management"},
        loss=Decimal("120.50"),
        recovered=Decimal(20),
        near_miss=Decimal(1000),
    )
    actions.determine(event, monitor, said)
    found = event.determinations.get()
    assert (found.standing, found.driver.code, found.controllable) == ("in_force", "P3", True)
    assert sorted(d.code for d in found.other_drivers.all()) == ["P1", "R2"]
    assert dict(found.responsible.values_list("staff_id", "level_id")) == said.responsible
    assert (found.loss, found.recovered, found.near_miss) == (said.loss, said.recovered, said.near_miss)
    assert History.objects.get(action="determine").after["responsible"] == ["G1 1_direct", "G2 3_management"]


@pytest.mark.parametrize(
    ("given", "controllable"),
    [
        ({}, True),
        ({"driver": "E3"}, False),
        ({"outcome": "external"}, False),
        ({"controllable": False}, False),
        ({"driver": "S1", "controllable": True}, True),
    ],
)
def test_whether_it_was_controllable_is_as_the_driver_says_unless_said(
    event: QuasiEvent, monitor: User, given: dict[str, Any], controllable: bool
) -> None:
    actions.take(event, monitor)
    actions.pass_on(event, monitor, "rule_broken", "…")
    actions.determine(event, monitor, finding(**given))
    assert (event.controllable, event.determinations.get().controllable) == (controllable, controllable)


@pytest.fixture
def rated(event: QuasiEvent, monitor: User) -> QuasiEvent:
    actions.take(event, monitor)
    determine(event, monitor, "internal", "P4", "key_attention", "简化流程。")
    return event


def test_four_eyes_above_a_grade(rated: QuasiEvent, monitor: User, person: Person) -> None:
    refused("same_person", lambda: actions.approve(rated, monitor))
    refused("state", lambda: actions.set_measure(rated, monitor, "2_management", "…", None, DUE))
    refused("role", lambda: actions.approve(rated, person("verifier", "R09")))
    approver = person("approver")
    actions.approve(rated, approver, "同意")
    found = rated.determinations.get()
    assert (rated.state, rated.outcome, rated.score) == ("determined", "internal", Decimal(10))
    assert (found.standing, found.decided_by, rated.concluded_by) == ("in_force", approver, monitor)
    refused("state", lambda: actions.approve(rated, approver))


def test_sent_back_it_is_determined_anew(rated: QuasiEvent, monitor: User, person: Person) -> None:
    approver = person("approver")
    refused("why", lambda: actions.send_back(rated, approver, " "))
    refused("same_person", lambda: actions.send_back(rated, monitor, "…"))
    actions.send_back(rated, approver, "未核实授权人")
    assert (rated.state, rated.assignee, rated.outcome) == ("suspected", monitor, "")
    actions.determine(rated, monitor, finding(grade="attention", driver="P4"))
    standing = rated.determinations.order_by("pk").values_list("standing", "decision_note")
    assert list(standing) == [("sent_back", "未核实授权人"), ("in_force", "")]
    assert rated.score == Decimal(6)


def test_sent_back_to_one_who_may_no_longer_it_goes_to_the_queue(
    rated: QuasiEvent, monitor: User, person: Person
) -> None:
    monitor.assignments.update(to_on=dt.date(2020, 1, 1))
    actions.send_back(rated, person("approver"), "…")
    assert (rated.state, rated.assignee, rated.suspicion) == ("new", None, None)


def test_it_is_assigned_by_hand(event: QuasiEvent, monitor: User, person: Person) -> None:
    chief = person("chief")
    refused("monitor", lambda: actions.assign(event, chief, None))
    refused("monitor", lambda: actions.assign(event, chief, person("verifier", "R09")))
    refused("monitor", lambda: actions.assign(event, chief, person("beside", unit_id="B2")))
    hand = person("hand", staff_id="G1")
    refused("monitor_recusal", lambda: actions.assign(event, chief, hand))
    refused("role", lambda: actions.assign(event, person("viewer", "R14"), monitor))
    actions.assign(event, chief, monitor)
    assert (event.state, event.assignee) == ("assigned", monitor)
    refused("state", lambda: actions.assign(event, chief, monitor))


def test_it_is_handed_over(event: QuasiEvent, monitor: User, person: Person) -> None:
    other = person("other")
    actions.take(event, monitor)
    refused("why", lambda: actions.hand_over(event, monitor, other, " "))
    refused("monitor", lambda: actions.hand_over(event, monitor, monitor, "…"))
    actions.hand_over(event, monitor, other, "休假")
    assert (event.state, event.assignee) == ("assigned", other)
    refused("assignee", lambda: actions.exclude(event, monitor, "genuine"))
    # Whoever assigns takes it from the one and gives it to the other.
    actions.hand_over(event, monitor, monitor, "销假")
    assert event.assignee == monitor


def test_it_is_put_aside_for_a_while(event: QuasiEvent, monitor: User) -> None:
    today = timezone.localdate()
    actions.take(event, monitor)
    refused("awake", lambda: actions.wake(event, monitor))
    for until in (None, today, today + dt.timedelta(days=31)):
        refused("until", lambda until=until: actions.snooze(event, monitor, until, "…"))
    refused("why", lambda: actions.snooze(event, monitor, today + dt.timedelta(days=1), ""))
    actions.snooze(event, monitor, today + dt.timedelta(days=3), "等客户回电")
    assert (event.snoozed, event.state) == (True, "assigned")
    actions.wake(event, monitor)
    assert not event.snoozed
    actions.snooze(event, monitor, today + dt.timedelta(days=3), "等客户回电")
    actions.exclude(event, monitor, "genuine")
    assert not event.snoozed


def test_a_measure_is_whole(determined: QuasiEvent, monitor: User, verifier: User, person: Person) -> None:
    kind = "2_management"
    refused("kind", lambda: actions.set_measure(determined, monitor, "", "…", verifier, DUE))
    refused("description", lambda: actions.set_measure(determined, monitor, kind, " ", verifier, DUE))
    refused("due_on", lambda: actions.set_measure(determined, monitor, kind, "…", verifier, None))
    refused("owner", lambda: actions.set_measure(determined, monitor, kind, "…", None, DUE))
    refused("owner", lambda: actions.set_measure(determined, monitor, kind, "…", monitor, DUE))
    beside = person("beside", "R08", "S2")
    refused("owner", lambda: actions.set_measure(determined, monitor, kind, "…", beside, DUE))


@pytest.fixture
def measure(determined: QuasiEvent, monitor: User, verifier: User) -> Measure:
    return actions.set_measure(determined, monitor, "2_management", "补办授权手续", verifier, DUE)


def test_the_owner_reports_and_another_verifies(
    measure: Measure, monitor: User, verifier: User, person: Person
) -> None:
    refused("owner", lambda: actions.report_done(measure, person("other", "R09"), "…"))
    refused("open", lambda: actions.verify(measure, monitor))
    refused("note", lambda: actions.report_done(measure, verifier, ""))
    actions.report_done(measure, verifier, "已补办")
    refused("done", lambda: actions.report_done(measure, verifier, "再次"))
    refused("same_person", lambda: actions.verify(measure, verifier))
    actions.verify(measure, monitor)
    refused("verified", lambda: actions.verify(measure, monitor))
    assert measure.state == "verified"


def test_it_closes_when_all_is_verified(measure: Measure, monitor: User, verifier: User) -> None:
    event = measure.event
    refused("unverified", lambda: actions.close(event, monitor))
    actions.report_done(measure, verifier, "已补办")
    refused("unverified", lambda: actions.close(event, monitor))
    actions.verify(measure, monitor)
    actions.close(event, monitor)
    refused("state", lambda: actions.close(event, monitor))


def test_it_does_not_close_without_a_measure(determined: QuasiEvent, monitor: User) -> None:
    refused("no_measure", lambda: actions.close(determined, monitor))


def test_a_failure_leaves_nothing(event: QuasiEvent, monitor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(lines: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr("riskloop.organisation.history.record", fail)
    with pytest.raises(OSError, match="no room"):
        actions.take(event, monitor)
    assert QuasiEvent.objects.get().state == State.NEW


def test_a_refusal_speaks_the_readers_language(event: QuasiEvent, person: Person) -> None:
    viewer = person("viewer", "R14")
    with override("en"), pytest.raises(Refused, match="None of your roles"):
        actions.take(event, viewer)
    with override("zh-hans"), pytest.raises(Refused) as refusal:
        actions.take(event, viewer)
    assert "岗位" in str(refusal.value)
