"""Which units belong where is worked out once for each state of the tree, and never told of another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone

from riskloop.exposure import kept_groupings
from riskloop.exposure.kept_groupings import kept
from riskloop.exposure.models import GroupedUnit, KeptGrouping
from riskloop.exposure.periods import Period
from riskloop.exposure.report import exposure_of_strangers, exposure_of_units
from riskloop.organisation.models import UnitVersion, User
from tests.exposure.conftest import volume
from tests.exposure.test_belonging import CHANGED, change

Person = Callable[..., User]
BEFORE = CHANGED - dt.timedelta(days=1)


def under(grouping: int) -> dict[str, str]:
    return dict(GroupedUnit.objects.filter(grouping_id=grouping).values_list("unit_id", "under"))


def below(day: dt.date, *roots: str) -> int:
    return kept(roots or ("HO",), "children", "", day)


def test_one_state_of_the_tree_is_worked_out_once(bank: None) -> None:
    first = below(CHANGED)
    assert below(CHANGED + dt.timedelta(days=300)) == first
    assert below(CHANGED, "B1") != first
    assert under(first)["O1"] == "B"


def test_days_on_both_sides_of_a_change_have_their_own(bank: None) -> None:
    change("S1", parent_id="B2")
    before, after = below(BEFORE, "B"), below(CHANGED, "B")
    assert (under(before)["O1"], under(after)["O1"]) == ("B1", "B2")
    assert below(BEFORE, "B") == before


def test_a_change_behind_the_systems_back_is_seen(bank: None) -> None:
    before = below(CHANGED, "B")
    assert under(before)["O1"] == "B1"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE organisation_unitversion SET parent_id = 'B2' WHERE unit_id = 'S1'")
    once = below(CHANGED, "B")
    assert under(once)["O1"] == "B2"
    UnitVersion.objects.filter(unit_id="S1").delete()
    assert "O1" not in under(below(CHANGED, "B"))


def test_what_nobody_can_need_any_more_is_forgotten(bank: None) -> None:
    old, young = below(CHANGED, "B1"), below(CHANGED, "B2")
    KeptGrouping.objects.filter(pk=old).update(made_at=timezone.now() - dt.timedelta(hours=2))
    change("S1", parent_id="B2")
    new = below(CHANGED)
    assert set(KeptGrouping.objects.values_list("pk", flat=True)) == {young, new}
    assert not under(old)
    assert under(young)


def test_the_oldest_go_where_there_are_too_many(bank: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_groupings, "MOST", 1)
    old = below(CHANGED, "B1")
    KeptGrouping.objects.update(made_at=timezone.now() - dt.timedelta(hours=2))
    below(CHANGED, "B2")
    below(CHANGED, "B")
    assert not KeptGrouping.objects.filter(pk=old).exists()


def test_what_belongs_to_no_unit_of_the_tree_is_told_beside_it(person: Person, bank: None) -> None:
    user, period = person("ann"), Period(CHANGED, CHANGED)
    volume(("O1", "T1", 5), day=CHANGED)
    page = exposure_of_units(user, period, ["HO"], rest=True)
    assert page.rest is not None
    assert page.rest.is_nothing
    volume(("O1", "T1", 5), ("X9", "T1", 7), day=CHANGED)
    page = exposure_of_units(user, period, ["HO"], rest=True)
    assert page.rest is not None
    assert page.rest.volume == 7
    assert [row.key for row in exposure_of_strangers(user, period).rows] == ["X9"]
