"""What belonged to a unit on a day is the tree of that day, whatever moved before and after."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from riskloop.organisation import timeline
from riskloop.organisation.belonging import Belonging
from riskloop.organisation.models import UnitVersion
from riskloop.organisation.models.dated import Source

BEGIN = dt.date(2024, 3, 1)
DAYS = 5
UNITS = "ABCDE"

pytestmark = pytest.mark.django_db

MOVES = st.lists(
    st.tuples(st.sampled_from(UNITS), st.integers(0, DAYS - 1), st.sampled_from([None, *UNITS])), max_size=8
)


@given(parents=st.lists(st.sampled_from([None, *UNITS]), min_size=5, max_size=5), moves=MOVES)
@settings(max_examples=40)
def test_a_unit_is_below_those_that_its_path_of_the_day_names(
    parents: list[str | None], moves: list[tuple[str, int, str | None]]
) -> None:
    """Also where the tree has a circle: nobody is below more than he reaches."""
    with transaction.atomic():
        for unit_id, parent_id in zip(UNITS, parents, strict=True):
            state = {"name": unit_id, "level": "outlet", "parent_id": parent_id}
            timeline.set_from(UnitVersion, unit_id, timeline.ALWAYS, state, Source.FEED)
        for unit_id, on, parent_id in moves:
            day = BEGIN + dt.timedelta(days=on)
            timeline.set_from(UnitVersion, unit_id, day, {"parent_id": parent_id}, Source.HAND)
        belonging = Belonging()
        for day in (BEGIN + dt.timedelta(days=n) for n in range(-1, DAYS + 1)):
            above = {unit_id: timeline.path_as_of(unit_id, day) for unit_id in UNITS}
            for unit_id in UNITS:
                expected = {below for below in UNITS if unit_id in above[below]}
                assert belonging.below(unit_id, day) == expected
        transaction.set_rollback(True)


def test_a_unit_that_nobody_knows_is_alone() -> None:
    assert Belonging().below("X", BEGIN) == {"X"}
