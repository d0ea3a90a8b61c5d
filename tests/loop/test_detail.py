"""What the page of an event is made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from riskloop.loop.candidates import possible_owners
from riskloop.loop.models import Driver, QuasiEvent
from riskloop.loop.scores import driver_in_force, drivers_in_force
from riskloop.organisation.functions import CARRY_OUT
from riskloop.organisation.models import RoleAssignment, User
from riskloop.organisation.scope import may, people_who_may, tellers_of

MakePerson = Callable[..., User]


@pytest.fixture
def crowd(person: MakePerson) -> list[User]:
    """Verifiers near and far, people of other roles, one who left his role, one who handled the event."""
    people = [
        person("head", "R09", "HO"),
        person("branch", "R09", "B1"),
        person("own", "R07", "O1"),
        person("elsewhere", "R09", "B2"),
        person("outlet2", "R07", "O2"),
        person("monitor", "R04", "HO"),
        person("handler", "R07", "O1", staff_id="G1"),
        person("gone", "R09", "HO"),
        person("closed", "R09", "HO"),
    ]
    RoleAssignment.objects.filter(user__username="gone").update(to_on=dt.date(2020, 1, 1))
    User.objects.filter(username="closed").update(is_active=False)
    return people


@pytest.mark.parametrize("unit_id", ["O1", "S1", "B1", "HO", "nowhere", None])
def test_people_with_a_role_are_those_who_have_it(crowd: list[User], unit_id: str | None) -> None:
    one_by_one = {p for p in User.objects.filter(is_active=True) if may(p, CARRY_OUT, unit_id)}
    assert set(people_who_may(CARRY_OUT, unit_id)) == one_by_one
    assert one_by_one


def test_owners_are_verifiers_of_the_unit_without_a_hand_in_it(crowd: list[User], event: QuasiEvent) -> None:
    assert [p.username for p in possible_owners(event)] == ["branch", "head", "own"]
    hands = {*event.teller_ids, *event.authoriser_ids}
    assert not any(tellers_of(p) & hands for p in possible_owners(event))


@pytest.mark.parametrize("day", [dt.date(2019, 1, 1), dt.date(2023, 12, 31), dt.date(2024, 1, 1)])
def test_the_catalogue_of_a_day_is_each_driver_of_that_day(db: None, day: dt.date) -> None:
    old = Driver.objects.get(code="P3")
    changes = {"factor": 3, "effective_from": dt.date(2024, 1, 1)}
    Driver.objects.create(code="P3", level1=old.level1, name_zh=old.name_zh, name_en=old.name_en, **changes)
    codes = sorted(set(Driver.objects.values_list("code", flat=True)))
    assert drivers_in_force(day) == [driver_in_force(code, day) for code in codes]
