"""Whose figures are a unit's, over changes of the organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from riskloop.exposure.measures import Measures
from riskloop.exposure.periods import Period
from riskloop.exposure.report import exposure_of, exposure_of_units, taken_in
from riskloop.organisation import timeline
from riskloop.organisation.models import UnitVersion, User
from riskloop.organisation.models.dated import Source
from tests.exposure.conftest import volume

Person = Callable[..., User]
JANUARY = Period(dt.date(2024, 1, 1), dt.date(2024, 1, 31))
MARCH = Period(dt.date(2024, 3, 1), dt.date(2024, 3, 31))
CHANGED = dt.date(2024, 3, 10)


def change(unit_id: str, **state: object) -> None:
    timeline.set_from(UnitVersion, unit_id, CHANGED, state, Source.HAND)
    timeline.settle_units()


@pytest.fixture
def volumes(bank: None) -> None:
    """In January 10 in O1 and 20 in O2; in March 1 and 2."""
    volume(("O1", "T1", 10), ("O2", "T3", 20), day=JANUARY.first)
    volume(("O1", "T1", 1), ("O2", "T3", 2), day=MARCH.first)


def below(user: User, unit_id: str, period: Period) -> dict[str, int]:
    return {row.key: row.measures.volume for row in exposure_of_units(user, period, [unit_id]).rows}


def test_a_merged_units_past_counts_in_the_unit_that_it_lives_on_in(person: Person, volumes: None) -> None:
    change("O1", closed_on=CHANGED, merged_into_id="O2")
    user = person("ann")
    assert below(user, "S2", MARCH) == {"O2": 3, "S2": 0}
    assert below(user, "S1", MARCH) == {"S1": 0}
    assert below(user, "O2", MARCH) == {"O2": 3}
    # A period that was over before still says what it said.
    assert below(user, "S2", JANUARY) == {"O2": 20, "S2": 0}
    assert below(user, "S1", JANUARY) == {"O1": 10, "S1": 0}


def test_the_periods_compared_are_of_the_same_units(person: Person, volumes: None) -> None:
    volume(("O1", "T1", 100), ("O2", "T3", 200), day=dt.date(2023, 3, 31))
    change("O1", closed_on=CHANGED, merged_into_id="O2")
    assert exposure_of(person("ann"), ["O2"], MARCH).year_before == Measures(300)


def test_a_moved_unit_takes_its_past_and_all_below_it_along(person: Person, volumes: None) -> None:
    change("S1", parent_id="B2")
    user = person("ann")
    assert below(user, "B2", MARCH) == {"S1": 1, "S2": 2, "B2": 0}
    assert exposure_of(user, ["B1"], MARCH).now == Measures(0)
    assert exposure_of(user, ["B"], MARCH).now == Measures(3)


def test_what_hangs_below_a_merged_unit_goes_with_it(person: Person, volumes: None) -> None:
    change("S1", closed_on=CHANGED, merged_into_id="S2")
    assert exposure_of(person("ann"), ["S2"], MARCH).now == Measures(3)


def test_no_merger_changes_the_whole(person: Person, volumes: None) -> None:
    user = person("ann")
    before = exposure_of(user, ["HO"], MARCH)
    change("O1", closed_on=CHANGED, merged_into_id="O2")
    change("S1", parent_id="B2")
    assert exposure_of(user, ["HO"], MARCH) == before


def test_it_is_told_whose_past_was_taken_in_and_whose_left(person: Person, volumes: None) -> None:
    change("O1", closed_on=CHANGED, merged_into_id="O2")
    told = {unit: taken_in(unit, MARCH) for unit in ("O2", "S2", "S1", "B", "HO")}
    assert [(c.unit_id, c.since, c.came, c.merged) for c in told["O2"]] == [("O1", CHANGED, True, True)]
    assert [(c.unit_id, c.came) for c in told["S2"]] == [("O1", True)]
    assert [(c.unit_id, c.came) for c in told["S1"]] == [("O1", False)]
    assert told["B"] == told["HO"] == []
    assert taken_in("O2", JANUARY) == []


def test_a_move_is_told_with_the_unit_that_moved_and_not_with_all_below_it(volumes: None) -> None:
    change("S1", parent_id="B2")
    assert [(c.unit_id, c.came, c.merged) for c in taken_in("B2", MARCH)] == [("S1", True, False)]
    assert [(c.unit_id, c.came) for c in taken_in("B1", MARCH)] == [("S1", False)]


def test_another_name_is_no_move(volumes: None) -> None:
    change("O1", name="another name")
    assert taken_in("S1", MARCH) == []


def test_a_reader_sees_only_what_he_reaches_today(person: Person, volumes: None) -> None:
    """January's tree has S1 below B1, which he reaches; what left his reach since is not shown to him."""
    change("S1", parent_id="B2")
    user = person("bob", unit_id="B1")
    assert exposure_of(user, ["B1"], JANUARY).now == Measures(0)
    assert exposure_of(person("ann"), ["B1"], JANUARY).now == Measures(10)


def test_a_unit_of_which_nothing_is_known_yet_stands_where_it_stood_first(
    person: Person, volumes: None
) -> None:
    UnitVersion.objects.filter(unit_id="O1").update(valid_from=CHANGED)
    assert exposure_of(person("ann"), ["HO"], JANUARY).now == Measures(30)
