"""Models are local to their subjects, on a few random banks; tests/slow proves it of all, on many."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from riskloop.models.catalogue import catalogue
from riskloop.models.testing.behaviour import locality
from riskloop.models.testing.locality import NotLocal, prove
from riskloop.models.testing.running import Tried
from tests.models.trying import tried

BANKS = 2
OF_EACH_SUBJECT = ("A11", "A10", "B14", "B18", "C03", "C08", "C10")


@pytest.mark.parametrize("code", OF_EACH_SUBJECT)
def test_the_whole_bank_and_the_slice_of_a_subject_say_the_same(code: str) -> None:
    seen = prove(tried(code), BANKS)
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

    with pytest.raises(NotLocal, match="says otherwise on its slice"):
        prove(Tried(wrong), banks=20)


def test_a_model_of_which_too_little_was_compared_has_not_passed() -> None:
    """Of a model that never hits, nothing was proved."""
    model = catalogue()["A11"]
    silent = dataclasses.replace(model, hits=lambda b, p: model.hits(b, p).filter(False))
    (said,) = locality(Tried(silent), banks=4)
    assert "on 4 random banks around the examples only 0 subjects that are hit were there" in said
