"""Everyone sees events inside the subtrees of his roles only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from riskloop.loop.visibility import visible_to
from riskloop.organisation.models import User
from tests.loop.conftest import found

Person = Callable[..., User]


def seen(user: Any) -> set[str]:
    return set(visible_to(user).values_list("subject_id", flat=True))


@pytest.fixture
def events(bank: None) -> None:
    found({}, {"subject_id": "E2", "unit_id": "O2"}, {"subject_id": "E3", "unit_id": "nowhere"})


@pytest.mark.parametrize(
    ("unit_id", "expected"),
    [
        ("HO", {"E1", "E2", "E3"}),
        ("B", {"E1", "E2"}),
        ("B1", {"E1"}),
        ("S1", {"E1"}),
        ("O1", {"E1"}),
        ("B2", {"E2"}),
    ],
)
def test_a_subtree(events: None, person: Person, unit_id: str, expected: set[str]) -> None:
    assert seen(person("reader", "R14", unit_id)) == expected


@pytest.mark.parametrize("role", ["R01", "R02", "R03"])
def test_administrators_do_no_business(events: None, person: Person, role: str) -> None:
    assert seen(person("admin", role)) == set()


def test_nobody_sees_nothing(events: None, person: Person) -> None:
    assert seen(AnonymousUser()) == set()


def test_a_list_costs_the_same_however_long(
    events: None, person: Person, django_assert_max_num_queries: Any
) -> None:
    reader = person("reader", "R14")
    with django_assert_max_num_queries(4):
        list(visible_to(reader))
