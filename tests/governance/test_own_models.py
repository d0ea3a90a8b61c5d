"""A model of the bank's own is under supervision once its admission is approved, and not before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from riskloop.detection.model_tests import record
from riskloop.detection.plan import Decided
from riskloop.governance.changes.actions import DecideChange, ProposeChange
from riskloop.governance.in_force import InForce
from riskloop.governance.models import ModelChange
from riskloop.models.catalogue import model_of
from riskloop.organisation.action import Refused, do
from riskloop.organisation.models import User
from tests.loop.conftest import bank, person
from tests.models.own_folder import Put, folder, put

__all__ = ["bank", "folder", "person", "put"]

Person = Callable[..., User]
DAY = dt.timedelta(days=1)


def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def maintainer(person: Person) -> User:
    return person("maintainer", "R02")


@pytest.fixture
def reviewer(person: Person) -> User:
    return person("reviewer", "R03")


def propose(user: User, kind: str = "admit", on: dt.date | None = None, **asked: Any) -> ModelChange:
    change = ProposeChange(user, model_of("X01"), kind, on or today(), "分行反映。", **asked)
    return do(change).asked


def decide(change: ModelChange, user: User, approve: bool = True) -> None:
    do(DecideChange(user, change, approve=approve, why="同意。"))


def supervised() -> list[bool]:
    return [InForce().supervised("X01", today() + n * DAY) for n in range(3)]


def test_it_runs_from_the_day_of_its_admission(put: Put, maintainer: User, reviewer: User) -> None:
    put()
    model = model_of("X01")
    record([model])
    assert (supervised(), InForce()(model, today())) == ([False] * 3, None)
    change = propose(maintainer, on=today() + DAY)
    assert supervised() == [False] * 3
    decide(change, reviewer)
    assert supervised() == [False, True, True]
    assert InForce()(model, today() + DAY) == Decided()
    decide(propose(maintainer, "exit", today() + 2 * DAY), reviewer)
    assert supervised() == [False, True, False]


def test_what_was_rejected_does_not_run(put: Put, maintainer: User, reviewer: User) -> None:
    put()
    record([model_of("X01")])
    decide(propose(maintainer), reviewer, approve=False)
    assert supervised() == [False] * 3


def test_nobody_admits_what_has_not_passed_its_tests(put: Put, maintainer: User, reviewer: User) -> None:
    """Neither when it is asked for, nor when it is decided: the file may have changed between."""
    put()
    with pytest.raises(Refused) as refusal:
        propose(maintainer)
    assert refusal.value.code == "untested"
    record([model_of("X01")])
    change = propose(maintainer)
    (put().parent / "versions.json").unlink()
    with pytest.raises(Refused) as refusal:
        decide(change, reviewer)
    assert refusal.value.code == "untested"
    assert supervised() == [False] * 3


def test_a_file_that_is_gone_is_not_admitted(
    put: Put, maintainer: User, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    put()
    record([model_of("X01")])
    change = propose(maintainer)
    monkeypatch.delenv("RISKLOOP_MODELS")
    with pytest.raises(Refused) as refusal:
        decide(change, reviewer)
    assert refusal.value.code == "model"


def test_it_cannot_leave_before_it_entered(put: Put, maintainer: User) -> None:
    put()
    with pytest.raises(Refused) as refusal:
        propose(maintainer, "exit")
    assert refusal.value.code == "admission"


def test_its_values_are_decided_before_or_after_and_change_nothing_of_that(
    put: Put, maintainer: User, reviewer: User
) -> None:
    put()
    change = propose(maintainer, "values", values={"count": "4"})
    ModelChange.objects.filter(pk=change.pk).update(state="approved")
    assert supervised() == [False] * 3
    assert InForce().parameters(model_of("X01"), today()).count == 4


@pytest.mark.parametrize(("code", "at_first"), [("X01", False), ("A11", True)])
@given(
    kinds=st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["admit", "exit", "values"])), max_size=8),
    day=st.integers(0, 10),
)
def test_the_last_admission_or_exit_until_a_day_decides(
    code: str, at_first: bool, kinds: list[tuple[int, str]], day: int
) -> None:
    first = dt.date(2030, 1, 1)
    made = [ModelChange(model=code, kind=kind, effective_from=first + on * DAY) for on, kind in kinds]
    in_force = InForce()
    in_force.__dict__["_by_model"] = {code: sorted(made, key=lambda change: change.effective_from)}
    until = [kind for on, kind in sorted(kinds, key=lambda one: one[0]) if on <= day and kind != "values"]
    assert in_force.supervised(code, first + day * DAY) == (until[-1] == "admit" if until else at_first)
