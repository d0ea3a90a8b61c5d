"""Every model is local to its subject: it says the same of it on the whole bank and on its slice alone."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from riskloop.bank.slice import slice_of
from riskloop.models.catalogue import AnyModel, catalogue
from tests.models.banks import Case, cases, subjects
from tests.models.running import Compiled, compiled

BANKS = 30
COMPARED = 3

thorough = settings(
    max_examples=BANKS,
    derandomize=True,
    deadline=None,
    database=None,
    # Whatever is found first is small already: shrinking would run an engine hundreds of times.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("code", catalogue())
def test_the_whole_bank_and_the_slice_of_a_subject_say_the_same(code: str) -> None:
    model, seen = catalogue()[code], Counter[str]()

    @thorough
    @given(st.data())
    def on_random_banks(data: st.DataObject) -> None:
        case = data.draw(cases(model))
        runner = compiled(code, case.parameters, case.day)
        seen.update(_compare(model, runner, case, data.draw(st.randoms(use_true_random=False))))

    on_random_banks()
    assert seen["hit"] >= BANKS // 4, seen
    assert seen["quiet"] >= BANKS // 4, seen
    assert seen["left out"] >= BANKS, seen


def _with_the_sum_of_the_day(found: Any, journal: Any) -> Any:
    return found.mutate(amount=journal.amount_cny.sum().as_scalar())


def _of_a_busy_outlet(found: Any, journal: Any) -> Any:
    busy = journal.group_by("unit_id").having(journal.count() > 1).aggregate()
    return found.semi_join(busy, "unit_id")


@pytest.mark.parametrize("further", [_with_the_sum_of_the_day, _of_a_busy_outlet])
def test_a_model_that_looks_beyond_its_subject_is_caught(further: Callable[[Any, Any], Any]) -> None:
    model = catalogue()["A11"]
    wrong = dataclasses.replace(model, hits=lambda b, p: further(model.hits(b, p), b.today("journal")))

    @thorough
    @given(st.data())
    def on_random_banks(data: st.DataObject) -> None:
        case = data.draw(cases(wrong))
        runner = Compiled(wrong, case.parameters, case.day)
        _compare(wrong, runner, case, data.draw(st.randoms(use_true_random=False)))

    with pytest.raises(AssertionError, match="says otherwise on its slice"):
        on_random_banks()


def _compare(model: AnyModel, runner: Compiled, case: Case, random: Any) -> Counter[str]:
    """Compares up to three subjects, those that are hit first, and counts what was compared."""
    whole = runner.run(case.rows)
    there = subjects(model, case.rows)
    quiet = [s for s in there if s not in whole]
    chosen = random.sample(sorted(whole), min(len(whole), COMPARED - 1))
    chosen += random.sample(quiet, min(len(quiet), COMPARED - len(chosen)))
    seen = Counter[str]()
    for subject in chosen:
        part = slice_of(case.rows, model.subject, subject)
        assert runner.run(part).get(subject) == whole.get(subject), f"{subject} says otherwise on its slice"
        seen["hit" if subject in whole else "quiet"] += 1
        seen["left out"] += sum(len(case.rows[name]) - len(part[name]) for name in part)
    return seen
