"""Asking for a change of a model and deciding on it: who may, from when, and what is then in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from riskloop.governance.changes.actions import DecideChange, ProposeChange, WithdrawChange
from riskloop.governance.in_force import InForce
from riskloop.governance.models import ChangeState, ModelChange
from riskloop.models.catalogue import model_of
from riskloop.organisation.action import Refused, do
from riskloop.organisation.models import History, Unit, User
from riskloop.outgoing.models import Notice
from tests.loop.conftest import bank, person

__all__ = ["bank", "person"]

Person = Callable[..., User]
A11 = model_of("A11")
DAY = dt.timedelta(days=1)


def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def maintainer(person: Person) -> User:
    return person("maintainer", "R02")


@pytest.fixture
def reviewer(person: Person) -> User:
    return person("reviewer", "R03")


def propose(user: User, on: dt.date | None = None, **asked: Any) -> ModelChange:
    plain = {"kind": "values", "why": "误报太多。"}
    plain |= {} if "kind" in asked else {"values": {"amount": "600000"}}
    return do(ProposeChange(user, A11, effective_from=on or today(), **plain | asked)).asked


def approve(change: ModelChange, user: User, why: str = "同意。") -> ModelChange:
    return do(DecideChange(user, change, approve=True, why=why)).asked


def refused(code: str, call: Callable[..., Any], *given_: Any, **more: Any) -> None:
    """The refusal bears this code, and nothing was written."""
    before = (History.objects.count(), list(ModelChange.objects.order_by("pk").values()))
    with pytest.raises(Refused) as refusal:
        call(*given_, **more)
    assert refusal.value.code == code
    assert (History.objects.count(), list(ModelChange.objects.order_by("pk").values())) == before


def amount(day: dt.date, branch: str | None = None) -> int:
    return int(InForce().parameters(A11, day, branch).amount)


def test_a_value_is_in_force_from_its_day_once_another_person_has_approved_it(
    maintainer: User, reviewer: User
) -> None:
    change = propose(maintainer, today() + DAY)
    assert (change.values, amount(today() + DAY)) == ({"amount": "600000"}, 500_000)
    approve(change, reviewer, "同意。")
    assert [amount(today() + n * DAY) for n in range(3)] == [500_000, 600_000, 600_000]
    assert (change.state, change.decided_by, change.decision_note) == ("approved", reviewer, "同意。")
    lines = History.objects.filter(object_type="model_change", object_id=str(change.pk)).order_by("pk")
    assert [(one.action, one.actor, one.role) for one in lines] == [
        ("propose_model_change", maintainer, "R02"),
        ("decide_model_change", reviewer, "R03"),
    ]


def test_nobody_decides_on_what_he_proposed_himself(maintainer: User, reviewer: User) -> None:
    change = propose(maintainer)
    ModelChange.objects.update(proposed_by=reviewer)
    refused("same_person", approve, change, reviewer)
    refused("same_person", do, DecideChange(reviewer, change, approve=False, why="不同意。"))


@pytest.mark.parametrize("role", ["R01", "R03", "R04", "R06", "R14"])
def test_only_the_maintainer_proposes(person: Person, role: str) -> None:
    refused("role", propose, person("one", role))


@pytest.mark.parametrize("role", ["R01", "R02", "R04", "R06", "R14"])
def test_only_the_reviewer_decides(person: Person, maintainer: User, role: str) -> None:
    refused("role", approve, propose(maintainer), person("one", role))


def test_what_is_rejected_needs_a_reason_and_never_comes_into_force(maintainer: User, reviewer: User) -> None:
    change = propose(maintainer)
    refused("why", do, DecideChange(reviewer, change, approve=False))
    do(DecideChange(reviewer, change, approve=False, why="依据不足。"))
    assert (change.state, amount(today())) == ("rejected", 500_000)
    refused("decided", approve, change, reviewer)


def test_who_proposed_it_takes_it_back(person: Person, maintainer: User, reviewer: User) -> None:
    change = propose(maintainer)
    refused("person", do, WithdrawChange(person("other", "R02"), change, "…"))
    refused("why", do, WithdrawChange(maintainer, change))
    do(WithdrawChange(maintainer, change, "写错了。"))
    assert change.state == ChangeState.WITHDRAWN
    refused("decided", approve, change, reviewer)
    refused("decided", do, WithdrawChange(maintainer, change, "…"))


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("effective_from", {"on": dt.date(2020, 1, 1)}),
        ("why", {"why": " "}),
        ("kind", {"kind": "colour"}),
        ("values", {"values": {"colour": "1"}}),
        ("values", {"values": {"amount": "0"}}),
        ("values", {"values": {"amount": "viel"}}),
        ("values", {"kind": "exit", "values": {"amount": "1"}}),
        ("same", {"values": {"amount": "500000.00"}}),
        ("same", {"values": {}}),
        ("admission", {"kind": "admit"}),
    ],
)
def test_what_cannot_be_asked_is_refused(maintainer: User, code: str, asked: dict[str, Any]) -> None:
    refused(code, propose, maintainer, **asked)


def test_what_is_no_longer_possible_is_not_approved(maintainer: User, reviewer: User) -> None:
    """Its day has passed meanwhile, or another decision takes effect on it."""
    first, second = propose(maintainer), propose(maintainer, values={"amount": "700000"})
    approve(first, reviewer)
    refused("twice", approve, second, reviewer)
    ModelChange.objects.filter(pk=second.pk).update(effective_from=today() - DAY)
    refused("late", approve, second, reviewer)
    do(DecideChange(reviewer, second, approve=False, why="已过期。"))


def test_a_branch_has_values_of_its_own_that_its_own_reviewer_approves(
    person: Person, maintainer: User, reviewer: User
) -> None:
    branch = Unit.objects.get(pk="B")
    own_maintainer, own_reviewer = person("bm", "R02", "B"), person("br", "R03", "B")
    refused("role", propose, own_maintainer)
    refused("level", propose, maintainer, branch=Unit.objects.get(pk="B1"))
    change = propose(own_maintainer, branch=branch, values={"amount": "800000"})
    approve(change, own_reviewer)
    assert (amount(today()), amount(today(), "B")) == (500_000, 800_000)
    decided = InForce()(A11, today())
    assert decided is not None
    (own,) = decided.own
    assert (own.branch, own.units, own.settings) == (
        "B",
        {"B", "B1", "B2", "S1", "S2", "O1", "O2"},
        {"amount": "800000"},
    )
    # What the bank decides later of another value reaches the branch; its own value stays its own.
    approve(propose(maintainer, values={"amount": "550000", "on_site": "2000000"}), reviewer)
    there = InForce().parameters(A11, today(), "B")
    assert (there.amount, there.on_site) == (800_000, 2_000_000)
    refused("role", approve, propose(maintainer, today() + DAY), own_reviewer)


def test_a_model_leaves_and_enters_supervision_by_the_head_office_alone(
    person: Person, maintainer: User, reviewer: User
) -> None:
    leaving = propose(maintainer, today() + DAY, kind="exit")
    refused("role", approve, leaving, person("br", "R03", "B"))
    refused("level", propose, maintainer, kind="exit", branch=Unit.objects.get(pk="B"))
    approve(leaving, reviewer)
    supervised = [InForce().supervised("A11", today() + n * DAY) for n in range(2)]
    assert (supervised, InForce()(A11, today() + DAY)) == ([True, False], None)
    refused("admission", propose, maintainer, today() + 2 * DAY, kind="exit")
    back = propose(maintainer, today() + 3 * DAY, kind="admit")
    again = propose(maintainer, today() + 3 * DAY, kind="admit")
    approve(back, reviewer)
    refused("admission", approve, again, reviewer)
    assert [InForce().supervised("A11", today() + n * DAY) for n in range(4)] == [True, False, False, True]


@given(
    changes=st.lists(
        st.tuples(
            st.integers(0, 9),
            st.sampled_from([None, "B"]),
            st.dictionaries(st.sampled_from(["amount", "on_site"]), st.integers(1, 10**6), min_size=1),
        ),
        unique_by=lambda one: one[:2],
        max_size=8,
    ),
    day=st.integers(0, 10),
)
def test_the_values_of_a_day_follow_from_the_decisions_until_then(
    changes: list[tuple[int, str | None, dict[str, int]]], day: int
) -> None:
    """The latest decision on each value counts; a branch's own beats the bank's, whenever it was made."""
    made = [
        ModelChange(
            model="A11",
            kind="values",
            unit_id=unit,
            values={name: str(value) for name, value in values.items()},
            effective_from=dt.date(2030, 1, 1) + on * DAY,
        )
        for on, unit, values in changes
    ]
    in_force = InForce()
    in_force.__dict__["_by_model"] = {"A11": sorted(made, key=lambda change: change.effective_from)}

    def expected(name: str, delivered: int, *units: str | None) -> int:
        found = delivered
        for unit in units:
            until = [one for one in sorted(changes, key=lambda one: one[0]) if one[0] <= day]
            found = next((v[name] for _on, u, v in reversed(until) if u == unit and name in v), found)
        return found

    on = dt.date(2030, 1, 1) + day * DAY
    whole, own = in_force.parameters(A11, on), in_force.parameters(A11, on, "B")
    assert whole.amount == expected("amount", 500_000, None)
    assert own.amount == expected("amount", 500_000, None, "B")
    assert own.on_site == expected("on_site", 1_000_000, None, "B")


def test_who_may_decide_is_told_and_then_who_asked(person: Person, maintainer: User, reviewer: User) -> None:
    """A branch's own values wait for the branch's reviewer; nobody is told of what he asked for himself."""
    own_reviewer = person("br", "R03", "B")

    def told() -> list[tuple[str, User]]:
        rows = Notice.objects.select_related("person").order_by("pk")
        found = [(row.kind.removeprefix("model_change_"), row.person) for row in rows]
        Notice.objects.all().delete()
        return found

    change = propose(maintainer)
    assert told() == [("proposed", reviewer)]
    approve(change, reviewer)
    assert told() == [("decided", maintainer)]
    propose(maintainer, branch=Unit.objects.get(pk="B"), values={"amount": "700000"})
    assert told() == [("proposed", own_reviewer)]
    propose(maintainer, kind="exit")
    assert told() == [("proposed", reviewer)]
