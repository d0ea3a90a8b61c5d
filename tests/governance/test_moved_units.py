"""A unit that moves to another branch is hit with the old one's values before, then with the new one's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.bank.memory import arrow_table
from riskloop.detection.plan import ruled
from riskloop.detection.whatif import days_of
from riskloop.governance.in_force import InForce
from riskloop.governance.models import ModelChange
from riskloop.models.catalogue import model_of
from riskloop.organisation import timeline
from riskloop.organisation.models import UnitVersion, User
from riskloop.organisation.models.dated import Source
from tests.governance.test_whatif import journal, silent
from tests.loop.conftest import bank, person

__all__ = ["bank", "person"]

Person = Callable[..., User]
A11 = model_of("A11")
FIRST, DAYS = dt.date(2024, 3, 11), 5
BRANCHES = {"B": 300_000, "C": 700_000}


def on(number: int) -> dt.date:
    return FIRST + dt.timedelta(days=number)


def move(day: dt.date, branch: str) -> None:
    timeline.set_from(UnitVersion, "S1", day, {"parent_id": branch}, Source.HAND)


def new_branch(unit_id: str) -> None:
    """Another first-level branch, known from the beginning, and today."""
    state = {"name": unit_id, "level": "tier1_branch", "parent_id": "HO"}
    timeline.set_from(UnitVersion, unit_id, timeline.ALWAYS, state, Source.FEED)
    timeline.settle_units()


@pytest.fixture
def branches(bank: None, person: Person) -> None:
    """Two branches with values of their own; S1, with the outlet O1, is of the first."""
    new_branch("C")
    move(timeline.ALWAYS, "B")
    maker = person("maintainer", "R02")
    for branch, amount in BRANCHES.items():
        ModelChange.objects.create(
            model="A11",
            kind="values",
            unit_id=branch,
            values={"amount": str(amount)},
            effective_from=FIRST,
            state="approved",
            reason="…",
            proposed_by=maker,
        )


@given(moves=st.lists(st.tuples(st.integers(0, DAYS - 1), st.sampled_from("BC")), max_size=4))
# What a case moves is moved back: each begins with the same branches.
@tried(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_of_each_day_the_values_are_those_of_the_branch_of_that_day(
    branches: None, moves: list[tuple[int, str]]
) -> None:
    with transaction.atomic():
        for number, branch in moves:
            move(on(number), branch)
        in_force = InForce()
        for number in range(DAYS):
            decided = in_force(A11, on(number))
            assert decided is not None
            path = timeline.path_as_of("O1", on(number))
            assert [one.branch for one in decided.own if "O1" in one.units] == [path[1]]
        transaction.set_rollback(True)


@pytest.mark.parametrize("moved", range(DAYS + 1))
def test_before_the_day_the_old_branchs_values_hit_and_from_it_the_new_ones(
    branches: None, tmp_path: Path, moved: int
) -> None:
    home = Home(tmp_path)
    lake = Lake(home)
    accounts = [{"account_id": "P1", "kind": "personal_settlement", "customer_id": "K1", "unit_id": "O1"}]
    lake.write_standing("accounts", FIRST, arrow_table("accounts", accounts, FIRST))
    for number in range(DAYS):
        journal(lake, on(number), (f"E{number}", "P1", 500_000, "O1"))
    move(on(moved), "C")
    found = [day.hits[0].num_rows for day in days_of(home, A11, [InForce()], None, None, silent)]
    assert found == [1] * moved + [0] * (DAYS - moved)


def test_a_move_that_is_dated_back_makes_the_days_from_then_on_stale(branches: None) -> None:
    """A run knows where a branch's values held: when that changes, it is another run."""

    def versions() -> list[str]:
        in_force = InForce()
        decided = [in_force(A11, on(number)) for number in range(DAYS)]
        return [ruled(A11, one, {}).version for one in decided if one is not None]

    before = versions()
    move(on(2), "C")
    after = versions()
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, True, False, False, False]
