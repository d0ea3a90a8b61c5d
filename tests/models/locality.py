"""The proof that a model is local: of its subject it says the same on the whole bank and on its slice."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from riskloop.bank.slice import slice_of
from riskloop.models.catalogue import AnyModel
from tests.models.banks import Case, cases, subjects
from tests.models.running import Compiled, compiled

COMPARED = 3
"""Subjects of a bank that are compared, at most."""


def prove(model: AnyModel, banks: int, *, listed: bool = True) -> Counter[str]:
    """Compares the model on so many random banks, and counts what was compared.

    Raises AssertionError where a slice says otherwise. A model that is not `listed` in the catalogue
    is compiled anew for each bank.
    """
    seen = Counter[str]()

    @settings(
        max_examples=banks,
        derandomize=True,
        deadline=None,
        database=None,
        # Whatever is found first is small already: shrinking would run an engine hundreds of times.
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def on_random_banks(data: st.DataObject) -> None:
        case = data.draw(cases(model))
        if listed:
            runner = compiled(model.code, case.parameters, case.day)
        else:
            runner = Compiled(model, case.parameters, case.day)
        seen.update(_compare(model, runner, case, data.draw(st.randoms(use_true_random=False))))

    on_random_banks()
    return seen


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
