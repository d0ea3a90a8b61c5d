"""What holds of any sequence of steps, against many: the few of the fast tests are drawn from the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from riskloop.organisation.models import User
from tests.loop.conftest import bank, person
from tests.organisation.test_people import clerk, prove_that_nothing_joins_what_is_apart
from tests.organisation.test_timeline import PROPERTIES, prove

__all__ = ["bank", "clerk", "person"]


@pytest.mark.django_db
@pytest.mark.parametrize("claim", PROPERTIES)
def test_a_timeline_holds(claim: Callable[..., None]) -> None:
    prove(claim, 120)


def test_no_order_of_giving_and_ending_joins_what_is_apart(clerk: User) -> None:
    prove_that_nothing_joins_what_is_apart(clerk, 60)
