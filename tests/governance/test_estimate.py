"""What a proposed change would have done stands with it before anybody decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from riskloop.bank.home import Home
from riskloop.governance.changes.actions import DecideChange, ProposeChange, WithdrawChange
from riskloop.governance.changes.estimating import estimate
from riskloop.governance.models import ModelChange
from riskloop.models.catalogue import model_of
from riskloop.organisation import timeline
from riskloop.organisation.action import Refused, do
from riskloop.organisation.models import History, Unit, UnitVersion, User
from riskloop.organisation.models.dated import Source
from tests.governance.test_moved_units import new_branch
from tests.governance.test_whatif import home, judged
from tests.loop.conftest import bank, person
from tests.outgoing.conftest import do_jobs

__all__ = ["bank", "home", "judged", "person"]
Person = Callable[..., User]


@pytest.fixture
def lake(judged: Home, settings: Any) -> Home:
    """The bank of the what-if's tests: E1 and E3 confirmed, E2 excluded, E5 waits."""
    settings.HOME = judged
    return judged


def proposed(person: Person, kind: str = "values", branch: str = "", **values: str) -> ModelChange:
    unit = Unit.objects.get(pk=branch) if branch else None
    maintainer = User.objects.filter(username="maintainer").first() or person("maintainer", "R02")
    day = timezone.localdate() + dt.timedelta(days=1)
    return do(ProposeChange(maintainer, model_of("A11"), kind, day, "…", unit, values)).asked


def estimated(change: ModelChange) -> dict[str, Any]:
    assert do_jobs() == []
    change.refresh_from_db()
    assert change.estimate is not None
    return change.estimate


def test_the_estimate_comes_by_itself(lake: Home, person: Person) -> None:
    told = estimated(proposed(person, amount="750000"))
    after = told["after"]
    assert (told["days"], told["in_force"]["hits"], after["hits"], after["lost"]) == (2, 4, 1, 3)
    assert (after["saved"], [event["unit_id"] for event in after["missed"]]) == (1, ["O1"])
    assert "subject_id" not in after["missed"][0]
    assert after["by_unit"] == {"O1": {"gained": 0, "lost": 3, "missed": 1, "saved": 1}}
    line = History.objects.get(action="estimate_model_change")
    assert (line.actor, line.after) == (None, {"missed": 1})


def test_of_a_branch_only_its_own_hits_change(lake: Home, person: Person) -> None:
    """O1 goes to another branch: it is hit with the bank's values."""
    new_branch("C")
    timeline.set_from(UnitVersion, "O1", timeline.ALWAYS, {"parent_id": "C"}, Source.HAND)
    after = estimated(proposed(person, branch="B", amount="900000"))["after"]
    assert (after["lost"], list(after["by_unit"])) == (1, ["O2"])


def test_an_exit_loses_everything(lake: Home, person: Person) -> None:
    after = estimated(proposed(person, kind="exit"))["after"]
    assert (after["hits"], after["lost"], len(after["missed"])) == (0, 4, 2)


def test_where_nothing_can_be_computed_the_reason_stands_in_its_place(
    bank: None, person: Person, settings: Any, tmp_path: Any
) -> None:
    settings.HOME = Home(tmp_path)
    assert estimated(proposed(person, amount="750000"))["problem"].startswith("there are no facts")


def test_who_would_lose_a_confirmed_event_says_why(lake: Home, person: Person) -> None:
    change, reviewer = proposed(person, amount="750000"), person("reviewer", "R03")

    def approved(why: str = "") -> str:
        try:
            do(DecideChange(reviewer, change, approve=True, why=why))
        except Refused as refused:
            return refused.code
        return "approved"

    assert approved() == "estimate"
    estimated(change)
    assert approved() == "missed"
    assert approved("该类事件另有模型覆盖。") == "approved"


def test_what_loses_nothing_is_approved_without_words(lake: Home, person: Person) -> None:
    change = proposed(person, amount="450000")
    estimated(change)
    do(DecideChange(person("reviewer", "R03"), change, approve=True))
    assert change.state == "approved"


def test_done_twice_it_says_the_same_and_what_is_decided_keeps_what_it_was_decided_by(
    lake: Home, person: Person
) -> None:
    change = proposed(person, amount="750000")
    first = estimated(change)
    estimate(change.pk)
    change.refresh_from_db()
    assert change.estimate == first
    do(WithdrawChange(User.objects.get(username="maintainer"), change, "…"))
    ModelChange.objects.filter(pk=change.pk).update(estimate=None)
    estimate(change.pk)
    change.refresh_from_db()
    assert change.estimate is None
