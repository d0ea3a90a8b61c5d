"""Traces are kept for good, and what is odd about them is marked: where it is, and only there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from riskloop.bank.home import Home
from riskloop.loop import actions, personal
from riskloop.loop.models import QuasiEvent
from riskloop.organisation import history, odd_looks, traces
from riskloop.organisation.action import Refused
from riskloop.organisation.models import (
    History,
    Look,
    LookKind,
    RoleAssignment,
    StaffCustomer,
    Unmasking,
    User,
)
from riskloop.organisation.odd_looks import MANY_LOOKS, MANY_UNMASKINGS
from riskloop.organisation.origin import coming_from
from riskloop.organisation.row_security import reach_of, reading
from riskloop.organisation.unmasking import running

MakePerson = Callable[..., User]
WHY = "核实客户身份与交易背景"
MONDAY = dt.date(2024, 3, 18)


@pytest.fixture
def monitor(person: MakePerson) -> User:
    return person("monitor")


@pytest.fixture
def reviewer(person: MakePerson) -> User:
    return person("reviewer", "R06", "HO")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def at(day: dt.date = MONDAY, hour: int = 10) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), timezone.get_current_timezone())


def look(user: User, when: dt.datetime | None = None, **given: Any) -> Look:
    plain = {
        "kind": LookKind.LOOK,
        "object_type": "quasi_event",
        "object_id": "one",
        "unit_id": "O1",
        "at": when or at(),
    }
    return Look.objects.create(user=user, **plain | given)


def marks_of(found: Look, reviewer: User, home: Home) -> set[str]:
    day = timezone.localtime(found.at).date()
    marked = odd_looks.looks_for(reviewer, day, day, home).get(pk=found.pk)
    return {code for code in odd_looks.CODES if getattr(marked, f"odd_{code}")}


# ── kept for good ──


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE organisation_look SET reason = 'x'",
        "DELETE FROM organisation_look",
        "TRUNCATE organisation_look",
    ],
)
def test_the_database_refuses_to_change_a_trace(monitor: User, statement: str) -> None:
    look(monitor)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"):
            cursor.execute(statement)
        transaction.set_rollback(True)


def test_missing_triggers_are_noticed(monitor: User) -> None:
    assert traces.is_append_only()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE organisation_look DISABLE TRIGGER look_no_truncate")
        assert not traces.is_append_only()
        transaction.set_rollback(True)


def test_a_look_says_who_what_why_when_and_from_where(monitor: User, event: QuasiEvent) -> None:
    personal.unmask(event, monitor, WHY)
    with coming_from("page", "10.0.0.7"):
        found = personal.trace_look(event, monitor)
    assert (found.user, found.role, found.kind) == (monitor, "R04", LookKind.CLEAR_LOOK)
    assert (found.object_type, found.object_id, found.unit_id) == ("quasi_event", str(event.pk), "O1")
    assert (found.reason, found.channel, found.address) == (WHY, "page", "10.0.0.7")
    assert found.customer_ids == ["K1"]
    assert timezone.now() - found.at < dt.timedelta(minutes=1)


@pytest.mark.parametrize(("channel", "kind"), [("page", LookKind.LOOK), ("api", LookKind.API)])
def test_a_masked_look_is_told_by_its_channel(
    monitor: User, event: QuasiEvent, channel: Any, kind: LookKind
) -> None:
    with coming_from(channel):
        assert personal.trace_look(event, monitor).kind == kind


def test_the_database_shows_a_reviewer_the_looks_of_his_units(person: MakePerson, monitor: User) -> None:
    here, _elsewhere = look(monitor, unit_id="O1"), look(monitor, unit_id="O2")
    with reading(reach_of(person("near", "R06", "B1"))):
        assert list(Look.objects.all()) == [here]


# ── in clear ──


def test_clear_is_for_one_person_and_one_event_and_a_while(
    monitor: User, person: MakePerson, event: QuasiEvent
) -> None:
    found = personal.unmask(event, monitor, f"  {WHY}  ")
    assert personal.clear_for(event, monitor) == found
    assert personal.clear_for(event, person("other")) is None
    assert running(monitor, "quasi_event", "another") is None
    assert found.until - found.granted_at == dt.timedelta(minutes=settings.UNMASKED_MINUTES)
    assert found.minutes_left(found.granted_at) == settings.UNMASKED_MINUTES
    Unmasking.objects.update(until=timezone.now())
    assert personal.clear_for(event, monitor) is None


def test_asking_is_in_the_history_of_the_event(monitor: User, event: QuasiEvent) -> None:
    personal.unmask(event, monitor, WHY)
    line = History.objects.latest("id")
    assert (line.action, line.object_id, line.actor, line.role) == ("unmask", str(event.pk), monitor, "R04")
    assert line.reason == WHY
    personal.hide_again(event, monitor)
    assert History.objects.latest("id").action == "hide_again"
    assert personal.clear_for(event, monitor) is None


def test_clear_ends_with_the_role(monitor: User, event: QuasiEvent) -> None:
    personal.unmask(event, monitor, WHY)
    RoleAssignment.objects.update(to_on=dt.date(2020, 1, 1))
    assert personal.clear_for(event, monitor) is None


def refusal(of: Callable[[], object]) -> str:
    lines = History.objects.count()
    with pytest.raises(Refused) as refused:
        of()
    assert History.objects.count() == lines
    return refused.value.code


@pytest.mark.parametrize("why", ["", "核实客户", "       x       "])
def test_a_reason_is_asked_for(monitor: User, event: QuasiEvent, why: str) -> None:
    assert refusal(lambda: personal.unmask(event, monitor, why)) == "reason"
    assert not Unmasking.objects.exists()


@pytest.mark.parametrize(
    ("role", "unit_id", "staff_id", "code"),
    [
        ("R14", "HO", "", "role"),
        ("R01", "HO", "", "role"),
        ("R04", "B2", "", "role"),
        ("R04", "HO", "G1", "recusal"),
        ("R07", "O1", "G2", "recusal"),
    ],
)
def test_who_may_not_ask(
    person: MakePerson, event: QuasiEvent, role: str, unit_id: str, staff_id: str, code: str
) -> None:
    """A viewer, an administrator, a monitor of elsewhere, the handler, the authoriser."""
    somebody = person("somebody", role, unit_id, staff_id)
    assert refusal(lambda: personal.unmask(event, somebody, WHY)) == code


def test_a_relative_of_the_customer_may_not_ask(person: MakePerson, event: QuasiEvent) -> None:
    StaffCustomer.objects.create(staff_id="G9", customer_id="K1", relation="relative")
    relative = person("relative", staff_id="G9")
    assert refusal(lambda: personal.unmask(event, relative, WHY)) == "recusal"


def test_the_outlets_own_verifier_sees_what_he_answers_for(person: MakePerson, event: QuasiEvent) -> None:
    StaffCustomer.objects.create(staff_id="G9", customer_id="K9", relation="self")
    verifier = person("verifier", "R07", "O1", "G9")
    assert personal.unmask(event, verifier, WHY).user == verifier


def test_asking_twice_is_refused(monitor: User, event: QuasiEvent) -> None:
    personal.unmask(event, monitor, WHY)
    assert refusal(lambda: personal.unmask(event, monitor, WHY)) == "running"


def test_nothing_is_hidden_twice(monitor: User, event: QuasiEvent) -> None:
    assert refusal(lambda: personal.hide_again(event, monitor)) == "over"


# ── what is odd ──


@pytest.mark.parametrize(("number", "is_odd"), [(MANY_LOOKS, False), (MANY_LOOKS + 1, True)])
def test_many_looks_without_a_case(
    monitor: User, reviewer: User, home: Home, number: int, is_odd: bool
) -> None:
    for n in range(number):
        found = look(monitor, object_id=f"event {n}")
        look(monitor, object_id=f"event {n}")
    assert ("many" in marks_of(found, reviewer, home)) is is_odd


def test_many_looks_of_two_people_or_on_two_days_are_not_one_persons(
    person: MakePerson, monitor: User, reviewer: User, home: Home
) -> None:
    other = person("other")
    for n in range(MANY_LOOKS):
        look(monitor, object_id=f"event {n}")
    look(other, object_id="one more")
    found = look(monitor, at(MONDAY + dt.timedelta(days=1)), object_id="one more")
    assert marks_of(found, reviewer, home) == set()


def test_looks_at_ones_own_cases_are_work(
    monitor: User, reviewer: User, home: Home, event: QuasiEvent
) -> None:
    actions.take(event, monitor)
    own = look(monitor, object_id=str(event.pk))
    for n in range(MANY_LOOKS):
        found = look(monitor, object_id=f"event {n}")
    assert marks_of(found, reviewer, home) == set(), "its own case does not count"
    found = look(monitor, object_id="one more")
    assert marks_of(found, reviewer, home) == {"many"}
    assert marks_of(own, reviewer, home) == set()


def test_what_was_given_to_somebody_is_his_case(
    person: MakePerson, monitor: User, reviewer: User, home: Home
) -> None:
    given = {"assignee_id": monitor.pk}
    history.record([history.line("assign", "quasi_event", "his", actor=person("other"), after=given)])
    for n in range(MANY_LOOKS):
        look(monitor, object_id=f"event {n}")
    assert marks_of(look(monitor, object_id="his"), reviewer, home) == set()


def test_asking_for_clear_is_no_part_in_a_case(
    monitor: User, reviewer: User, home: Home, event: QuasiEvent
) -> None:
    personal.unmask(event, monitor, WHY)
    for n in range(MANY_LOOKS):
        look(monitor, object_id=f"event {n}")
    found = look(monitor, object_id=str(event.pk))
    assert marks_of(found, reviewer, home) == {"many"}


def test_lists_are_nobodys_case(monitor: User, reviewer: User, home: Home) -> None:
    for n in range(MANY_LOOKS + 1):
        found = look(monitor, object_type="statistic", object_id=f"C{n}")
    assert marks_of(found, reviewer, home) == set()


@pytest.mark.parametrize(
    ("staff_id", "customer", "is_odd"),
    [
        ("G1", "K-G1", True),
        ("G1", "K-G2", True),
        ("G1", "K-far", False),
        ("", "K-G1", False),
        ("G1", "K-nobody", False),
    ],
)
def test_looks_at_own_and_colleagues_business(
    person: MakePerson, reviewer: User, home: Home, staff_id: str, customer: str, is_odd: bool
) -> None:
    """G1 and G2 work in O1; of the far one nobody knows where he works."""
    for staff, relation in (("G1", "self"), ("G2", "relative"), ("far", "self")):
        StaffCustomer.objects.create(staff_id=staff, customer_id=f"K-{staff}", relation=relation)
    looker = person("looker", staff_id=staff_id)
    User.objects.filter(pk=looker.pk).update(unit_id="O1" if staff_id else "HO")
    found = look(looker, customer_ids=["K0", customer])
    assert ("near" in marks_of(found, reviewer, home)) is is_odd


@pytest.mark.parametrize(
    ("when", "is_odd"),
    [
        (at(hour=6), True),
        (at(hour=7), False),
        (at(hour=19), False),
        (at(hour=20), True),
        (at(MONDAY - dt.timedelta(days=1)), True),
    ],
)
def test_looks_outside_working_hours(
    monitor: User, reviewer: User, home: Home, when: dt.datetime, is_odd: bool
) -> None:
    assert ("hours" in marks_of(look(monitor, when), reviewer, home)) is is_odd


def test_the_banks_calendar_says_which_days_are_worked(monitor: User, reviewer: User, home: Home) -> None:
    sunday = MONDAY - dt.timedelta(days=1)
    file = home.lake / "calendar" / "calendar.parquet"
    file.parent.mkdir(parents=True)
    pq.write_table(pa.table({"on": [sunday, MONDAY], "working": [True, False]}), file)
    assert marks_of(look(monitor, at(sunday)), reviewer, home) == set()
    assert marks_of(look(monitor, at(MONDAY)), reviewer, home) == {"hours"}


@pytest.mark.parametrize(("number", "is_odd"), [(MANY_UNMASKINGS, False), (MANY_UNMASKINGS + 1, True)])
def test_many_times_in_clear(monitor: User, reviewer: User, home: Home, number: int, is_odd: bool) -> None:
    for n in range(number):
        Unmasking.objects.create(
            user=monitor, object_type="quasi_event", object_id=n, reason=WHY, granted_at=at(), until=at()
        )
    assert ("clear" in marks_of(look(monitor, kind=LookKind.CLEAR_LOOK), reviewer, home)) is is_odd
    assert "clear" not in marks_of(look(monitor), reviewer, home), "a masked look is none"


def test_persons_are_ranked_by_odd_looks(
    person: MakePerson, monitor: User, reviewer: User, home: Home
) -> None:
    other, quiet = person("other"), person("quiet")
    look(quiet)
    look(other, at(hour=22))
    for hour in (5, 10, 23):
        look(monitor, at(hour=hour))
    found = odd_looks.ranked(odd_looks.looks_for(reviewer, MONDAY, MONDAY, home), 10)
    assert [(r.username, r.odd, r.looks) for r in found] == [("monitor", 2, 3), ("other", 1, 1)]
    assert dict(zip(odd_looks.CODES, found[0].by_mark, strict=True))["hours"] == 2


def test_a_reviewer_reads_within_his_units(person: MakePerson, monitor: User, home: Home) -> None:
    here = look(monitor, unit_id="O1")
    look(monitor, unit_id="O2")
    near = person("near", "R06", "B1")
    assert list(odd_looks.looks_for(near, MONDAY, MONDAY, home)) == [here]
    assert not odd_looks.looks_for(monitor, MONDAY, MONDAY, home).exists(), "he reviews nobody"


def test_every_mark_has_its_words() -> None:
    assert [m.code for m in odd_looks.marks()] == list(odd_looks.CODES)
    assert any(str(MANY_LOOKS) in m.why for m in odd_looks.marks())
