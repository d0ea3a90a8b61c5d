"""The proof that a model is local: of its subject it says the same on the whole bank and on its slice."""

from __future__ import annotations

from collections import Counter
from random import Random

from riskloop.bank.slice import slice_of
from riskloop.models.testing.banks import Case, case, subjects
from riskloop.models.testing.running import Tried

COMPARED = 3
"""Subjects of a bank that are compared, at most."""


class NotLocal(Exception):
    """The message says which subject is judged otherwise on its slice, and how."""


def prove(tried: Tried, banks: int) -> Counter[str]:
    """Compares the model on so many random banks, always the same, and counts what was compared.

    Returns:
        How many subjects were compared that the whole bank hits ("hit") and leaves alone ("quiet"), and how
        many rows the slices left out ("left out").

    Raises:
        NotLocal: a slice says otherwise.
    """
    seen = Counter[str]()
    for number in range(banks):
        random = Random(f"{tried.model.code} {number}")  # noqa: S311 — the same banks every time
        seen.update(_compare(tried, case(tried.model, random), random))
    return seen


def _compare(tried: Tried, case: Case, random: Random) -> Counter[str]:
    """Compares up to three subjects, those that are hit first, and counts what was compared."""
    runner = tried.compiled(case.parameters, case.day)
    whole = runner.run(case.rows)
    quiet = [s for s in subjects(tried.model, case.rows) if s not in whole]
    chosen = random.sample(sorted(whole), min(len(whole), COMPARED - 1))
    chosen += random.sample(quiet, min(len(quiet), COMPARED - len(chosen)))
    seen = Counter[str]()
    for subject in chosen:
        part = slice_of(case.rows, tried.model.subject, subject)
        there, here = whole.get(subject), runner.run(part).get(subject)
        if there != here:
            raise NotLocal(
                f"{subject} says otherwise on its slice: {_said(there)} on the whole bank,"
                f" {_said(here)} on the rows that reach it"
            )
        seen["hit" if subject in whole else "quiet"] += 1
        seen["left out"] += sum(len(case.rows[name]) - len(part[name]) for name in part)
    return seen


def _said(hit: object) -> str:
    return "no hit" if hit is None else f"a hit with {hit}"
