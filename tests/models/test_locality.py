"""Models are local to their subjects, on a few random banks; tests/slow proves it of all, on many."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from riskloop.models.catalogue import catalogue
from tests.models.locality import prove

BANKS = 2
OF_EACH_SUBJECT = ("A11", "A10", "B14", "B18", "C03", "C08", "C10")


@pytest.mark.parametrize("code", OF_EACH_SUBJECT)
def test_the_whole_bank_and_the_slice_of_a_subject_say_the_same(code: str) -> None:
    seen = prove(catalogue()[code], BANKS)
    assert seen["hit"] + seen["quiet"] > 0, seen


def _with_the_sum_of_the_day(found: Any, journal: Any) -> Any:
    return found.mutate(amount=journal.amount_cny.sum().as_scalar())


def _of_a_busy_outlet(found: Any, journal: Any) -> Any:
    busy = journal.group_by("unit_id").having(journal.count() > 1).aggregate()
    return found.semi_join(busy, "unit_id")


@pytest.mark.parametrize("further", [_with_the_sum_of_the_day, _of_a_busy_outlet])
def test_a_model_that_looks_beyond_its_subject_is_caught(further: Callable[[Any, Any], Any]) -> None:
    model = catalogue()["A11"]
    wrong = dataclasses.replace(model, hits=lambda b, p: further(model.hits(b, p), b.today("journal")))

    with pytest.raises(AssertionError, match="says otherwise on its slice"):
        prove(wrong, banks=20, listed=False)
