"""Who may do what to an event, and what each action leaves behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.utils.translation import override

from riskloop.loop import actions
from riskloop.loop.actions import Refused
from riskloop.loop.models import Measure, QuasiEvent, State
from riskloop.organisation.models import History, User

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
    actions.determine(event, monitor, "internal", "P4", "attention", "口头授权，未留凭证。")
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


def test_the_whole_way(event: QuasiEvent, monitor: User, verifier: User) -> None:
    actions.take(event, monitor)
    actions.determine(event, monitor, "internal", "P4", "key_attention", "简化流程。")
    # weight of key attention 5 × factor of a skipped procedure 2
    assert event.score == Decimal(10)
    measure = actions.set_measure(event, monitor, "补办授权手续", verifier, DUE)
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
        ("determine", "monitor", "R04"),
        ("set_measure", "monitor", "R04"),
        ("report_done", "verifier", "R09"),
        ("verify", "monitor", "R04"),
        ("close", "monitor", "R04"),
    ]


def test_history_says_what_changed(event: QuasiEvent, monitor: User) -> None:
    actions.take(event, monitor)
    line = History.objects.get(action="take")
    assert line.before == {"assignee_id": None, "state": "new"}
    assert line.after == {"assignee_id": monitor.pk, "state": "assigned"}


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
    refused("owner_recusal", lambda: actions.set_measure(determined, monitor, "…", hand, DUE))


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
    refused("assignee", lambda: actions.determine(event, other, "internal", "P1", "general", "…"))
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
        ("outcome", ("excluded", "P1", "general", "…")),
        ("driver", ("internal", "Z9", "general", "…")),
        ("grade", ("internal", "P1", "huge", "…")),
        ("note", ("internal", "P1", "general", "  ")),
    ],
)
def test_a_determination_is_whole(
    event: QuasiEvent, monitor: User, code: str, given: tuple[str, str, str, str]
) -> None:
    actions.take(event, monitor)
    refused(code, lambda: actions.determine(event, monitor, *given))


def test_a_measure_is_whole(determined: QuasiEvent, monitor: User, verifier: User, person: Person) -> None:
    refused("description", lambda: actions.set_measure(determined, monitor, " ", verifier, DUE))
    refused("due_on", lambda: actions.set_measure(determined, monitor, "…", verifier, None))
    refused("owner", lambda: actions.set_measure(determined, monitor, "…", None, DUE))
    refused("owner", lambda: actions.set_measure(determined, monitor, "…", monitor, DUE))
    beside = person("beside", "R08", "S2")
    refused("owner", lambda: actions.set_measure(determined, monitor, "…", beside, DUE))


@pytest.fixture
def measure(determined: QuasiEvent, monitor: User, verifier: User) -> Measure:
    return actions.set_measure(determined, monitor, "补办授权手续", verifier, DUE)


def test_the_owner_reports_and_another_verifies(
    measure: Measure, monitor: User, verifier: User, person: Person
) -> None:
    refused("owner", lambda: actions.report_done(measure, person("other", "R09"), "…"))
    refused("not_done", lambda: actions.verify(measure, monitor))
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
