"""What roles may do: proposed by one, decided by another, in force from a day; every refusal once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from riskloop.organisation.action import do
from riskloop.organisation.functions import DECIDE_ROLES, EXPORT, MANAGE_PEOPLE, PROPOSE_ROLES, READ_EVENTS
from riskloop.organisation.models import History, Role, RoleDecision, Unit, User
from riskloop.organisation.role_actions import Decide, ProposeDecision, ProposeRole
from riskloop.organisation.roles import functions_in_force
from riskloop.organisation.scope import may
from tests.organisation.test_people import refused

Person = Callable[..., User]
DAY = dt.timedelta(days=1)
BRANCH = "tier1_branch"


@pytest.fixture
def head(person: Person) -> User:
    return person("head", "R01", "HO")


@pytest.fixture
def other(person: Person) -> User:
    return person("other", "R01", "HO")


@pytest.fixture
def branch(person: Person) -> User:
    """Administers the first-level branch B."""
    return person("branch", "R01", "B")


def role(code: str = "R14") -> Role:
    return Role.objects.get(pk=code)


def propose(by: User, **more: Any) -> ProposeDecision:
    given: dict[str, Any] = {
        "role": role(),
        "level": "outlet",
        "functions": [READ_EVENTS],
        "effective_from": timezone.localdate(),
        "why": "less is enough",
    }
    return ProposeDecision(by, **(given | more))


def own_role(by: User, **more: Any) -> ProposeRole:
    given: dict[str, Any] = {
        "owner": Unit.objects.get(pk="B"),
        "code": "B-VIEW",
        "name_zh": "分行查询岗",
        "name_en": "Branch viewer",
        "modelled_on": role(),
    }
    return ProposeRole(by, **(given | more))


def test_a_decision_is_in_force_once_somebody_else_approved_it(head: User, other: User) -> None:
    today = timezone.localdate()
    before = functions_in_force(today)["R14", "outlet"]
    decision = do(propose(head, effective_from=today + 2 * DAY)).decision
    assert functions_in_force(today + 2 * DAY)["R14", "outlet"] == before
    do(Decide(other, decision, True))
    assert functions_in_force(today + DAY)["R14", "outlet"] == before
    assert functions_in_force(today + 2 * DAY)["R14", "outlet"] == {READ_EVENTS}
    lines = History.objects.filter(object_type="role", object_id="R14").order_by("id")
    assert [(line.action, line.actor) for line in lines] == [
        ("propose_decision", head),
        ("decide_on_role", other),
    ]
    assert lines[1].after["id"] == decision.pk


def test_a_role_without_functions_does_not_exist_there(head: User, other: User, person: Person) -> None:
    viewer = person("viewer", "R14", "O1")
    assert may(viewer, READ_EVENTS, "O1")
    do(Decide(other, do(propose(head, functions=[])).decision, True))
    assert not may(viewer, READ_EVENTS, "O1")


def test_decisions_that_may_not_be_proposed(head: User, branch: User, person: Person) -> None:
    assert refused(propose(branch)) == ("role", True)
    assert refused(propose(person("m", "R04"))) == ("role", True)
    assert refused(propose(head, level="region"))[0] == "level"
    assert refused(propose(head, functions=["anything"]))[0] == "functions"
    assert refused(propose(head, why=" "))[0] == "why"
    assert refused(propose(head, effective_from=timezone.localdate() - DAY))[0] == "effective_from"


def test_the_administrators_of_the_head_office_cannot_be_locked_out(head: User) -> None:
    lesser = [MANAGE_PEOPLE, PROPOSE_ROLES]
    assert refused(propose(head, role=role("R01"), level="head_office", functions=lesser))[0] == "lockout"
    do(propose(head, role=role("R01"), level="head_office", functions=[*lesser, DECIDE_ROLES]))


def test_decisions_that_may_not_be_made(head: User, other: User, branch: User) -> None:
    decision = do(propose(head)).decision
    assert refused(Decide(head, decision, True)) == ("same_person", True)
    assert refused(Decide(branch, decision, True)) == ("role", True)
    assert refused(Decide(other, decision, False))[0] == "why"
    twin = do(propose(head, functions=[])).decision
    do(Decide(other, decision, True))
    assert refused(Decide(other, decision, False, "too late"))[0] == "decided"
    assert refused(Decide(other, twin, True))[0] == "twice"
    late = do(propose(head, level="sub_branch")).decision
    RoleDecision.objects.filter(pk=late.pk).update(effective_from=timezone.localdate() - DAY)
    assert refused(Decide(other, late, True))[0] == "late"
    do(Decide(other, late, False, "not needed"))
    late.refresh_from_db()
    assert late.approved is False


def test_a_branchs_own_role_that_may_not_be_proposed(branch: User, person: Person) -> None:
    assert refused(own_role(person("second", "R01", "B1"))) == ("role", True)
    assert refused(own_role(branch, owner=Unit.objects.get(pk="B1")))[0] == "level"
    assert refused(own_role(branch, name_en=" "))[0] == "name"
    assert refused(own_role(branch, code="new/role"))[0] == "code"
    assert refused(own_role(branch, code="new"))[0] == "code"
    assert refused(own_role(branch, code="R14"))[0] == "taken"
    do(own_role(branch))
    assert refused(own_role(branch, code="B-VIEW2", modelled_on=role("B-VIEW")))[0] == "modelled_on"


def test_a_branchs_own_role_never_does_more_than_its_whole(head: User, other: User, branch: User) -> None:
    own = do(own_role(branch)).role
    today = timezone.localdate()
    assert refused(propose(branch, role=own, functions=[MANAGE_PEOPLE]))[0] == "beyond"
    do(Decide(head, do(propose(branch, role=own, functions=[READ_EVENTS, EXPORT])).decision, True))
    assert functions_in_force(today)["B-VIEW", "outlet"] == {READ_EVENTS, EXPORT}
    # The whole loses something later: so does its part.
    do(Decide(other, do(propose(head, effective_from=today + DAY)).decision, True))
    assert functions_in_force(today)["B-VIEW", "outlet"] == {READ_EVENTS, EXPORT}
    assert functions_in_force(today + DAY)["B-VIEW", "outlet"] == {READ_EVENTS}
