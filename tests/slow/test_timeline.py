"""What is true from a day on, against many sequences of feeds and changes by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.organisation.test_timeline import PROPERTIES, prove

MANY = 120


@pytest.mark.django_db
@pytest.mark.parametrize("claim", PROPERTIES)
def test_it_holds_of_any_sequence(claim: Callable[..., None]) -> None:
    prove(claim, MANY)
