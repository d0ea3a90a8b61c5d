"""Accounts follow their people, and what a person may no longer do goes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from riskloop.loop import actions
from riskloop.loop.models import Measure, QuasiEvent, State
from riskloop.organisation.action import do
from riskloop.organisation.assignment_actions import EndRole, assign_role
from riskloop.organisation.functions import CARRY_OUT, DISCRIMINATE
from riskloop.organisation.lifecycle import Followed, follow_staff, joiners
from riskloop.organisation.models import History, RoleAssignment, Unit, User
from riskloop.organisation.scope import holds, may
from riskloop.organisation.sync import sync_organisation
from riskloop.organisation.unit_actions import MoveUnit
from tests.loop.conftest import unit
from tests.loop.working import determine

Person = Callable[..., User]
TODAY = timezone.localdate


def staff(**changed: Any) -> None:
    """The bank hands over G1 and G2 again, G1 with other facts."""
    g1 = {"staff_id": "G1", "name": "person G1", "unit_id": "O1", "post": "teller"}
    g2 = g1 | {"staff_id": "G2", "name": "person G2"}
    sync_organisation(units=[], staff=[g1 | changed, g2], tellers=[])


def test_a_leaver_is_let_in_no_more(person: Person) -> None:
    leaver = person("leaver", "R09", "B1", staff_id="G1")
    staff(left_on=TODAY())
    assert follow_staff() == Followed(left=1, moved=0)
    leaver.refresh_from_db()
    assert not leaver.is_active
    assert not holds(leaver, CARRY_OUT)
    assert not RoleAssignment.objects.filter(user=leaver, to_on=None).exists()
    lines = History.objects.filter(object_type="user", object_id=str(leaver.pk)).order_by("id")
    assert [line.action for line in lines] == ["create_account", "assign_role", "end_role", "deactivate"]


def test_who_will_leave_is_still_here(person: Person) -> None:
    person("leaver", "R09", "B1", staff_id="G1")
    staff(left_on=TODAY() + dt.timedelta(days=1))
    assert follow_staff() == Followed(left=0, moved=0)


def test_a_mover_loses_his_old_scope_at_once_and_his_work_goes_back(
    event: QuasiEvent, person: Person
) -> None:
    """G2 authorised the event's transaction, so another member of staff is needed: G3, of the branch."""
    g3 = {"staff_id": "G3", "name": "person G3", "unit_id": "B1", "post": "monitor"}
    sync_organisation(units=[], staff=[g3], tellers=[])
    mover = person("mover", "R04", "B1", staff_id="G3")
    actions.take(event, mover)
    sync_organisation(units=[], staff=[g3 | {"unit_id": "B2"}], tellers=[])
    assert follow_staff() == Followed(left=0, moved=1)
    mover.refresh_from_db()
    event.refresh_from_db()
    assert (mover.unit_id, mover.is_active) == ("B2", True)
    assert not may(mover, DISCRIMINATE, "O1")
    assert (event.state, event.assignee) == (State.NEW, None)
    line = History.objects.get(action="released")
    assert (line.object_id, line.before["assignee_id"]) == (str(event.pk), mover.pk)
    assert follow_staff() == Followed(left=0, moved=0)


def test_an_owners_measure_is_nobodys_when_his_role_ends(event: QuasiEvent, person: Person) -> None:
    monitor, verifier, other = person("monitor"), person("v", "R09", "B1"), person("w", "R09", "B1")
    actions.take(event, monitor)
    determine(event, monitor, "internal", "P1", "general", "…")
    owed = actions.set_measure(event, monitor, "2_management", "…", verifier, TODAY())
    done = actions.set_measure(event, monitor, "2_management", "…", verifier, TODAY())
    actions.report_done(done, verifier, "…")
    do(EndRole(None, verifier.assignments.get(), "转岗"))
    assert Measure.objects.get(pk=owed.pk).owner is None
    assert Measure.objects.get(pk=done.pk).owner == verifier
    actions.set_owner(owed, monitor, other)
    actions.report_done(owed, other, "…")


def test_what_another_role_of_his_still_allows_stays_his(event: QuasiEvent, person: Person) -> None:
    monitor = person("monitor", "R04", "B1")
    assign_role(monitor, "R04", Unit.objects.get(pk="HO"))
    actions.take(event, monitor)
    do(EndRole(None, monitor.assignments.get(unit_id="B1"), "…"))
    event.refresh_from_db()
    assert event.assignee == monitor


def test_a_unit_that_moves_takes_its_events_with_it(event: QuasiEvent, person: Person) -> None:
    monitor = person("monitor", "R04", "B1")
    actions.take(event, monitor)
    do(MoveUnit(None, "S1", TODAY(), "区划调整", "B2"))
    event.refresh_from_db()
    assert (event.state, event.assignee) == (State.NEW, None)
    assert not may(monitor, DISCRIMINATE, "O1")


def test_who_ends_the_role_need_not_read_events(event: QuasiEvent, person: Person) -> None:
    monitor, administrator = person("monitor", "R04", "B1"), person("admin", "R01", "HO")
    actions.take(event, monitor)
    do(EndRole(administrator, monitor.assignments.get(), "…"))
    event.refresh_from_db()
    assert event.state == State.NEW


def test_joiners_are_those_without_an_account(person: Person) -> None:
    assert [s.pk for s in joiners()] == ["G1", "G2"]
    person("one", "R09", "B1", staff_id="G1")
    assert [s.pk for s in joiners()] == ["G2"]
    sync_organisation(
        units=[unit("O1", "outlet", "S1")],
        staff=[{"staff_id": "G2", "name": "n", "unit_id": "O1", "post": "p", "left_on": TODAY()}],
        tellers=[],
    )
    assert list(joiners()) == []
