"""All that a model is held to, check by check, so that each is a line that says what it found."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from riskloop.models import versions
from riskloop.models.api import AnyModel
from riskloop.models.own import is_own, lock_of
from riskloop.models.testing import behaviour, rules
from riskloop.models.testing.running import Tried

Check = Callable[[Tried], list[str]]
"""What is wrong with a model, a sentence each; nothing where nothing is."""


@dataclass(frozen=True)
class Outcome:
    """What one check found of one model.

    Attributes:
        problems: what is wrong, a sentence each; none: it passed.
        skipped: why it was not made; "" where it was.
    """

    model: str
    check: str
    problems: tuple[str, ...] = ()
    skipped: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return not self.problems

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return dict(vars(self)) | {"ok": self.ok, "problems": list(self.problems)}


def version(tried: Tried) -> list[str]:
    """Logic that changed has a new version; a new one is recorded once the rest holds."""
    model = tried.model
    path = lock_of(model) if is_own(model.code) else versions.RECORDED
    return versions.problems({model.code: model}, path, to_record=is_own(model.code))


CHECKS: Mapping[str, Check] = {
    "texts": lambda tried: rules.texts(tried.model),
    "units": lambda tried: rules.units(tried.model),
    "columns": lambda tried: rules.columns(tried.model),
    "codes": lambda tried: rules.codes(tried.model),
    "declared": lambda tried: rules.declared(tried.model),
    "examples": behaviour.examples,
    "boundaries": behaviour.boundaries,
    "lookback": behaviour.lookback,
    "later": behaviour.later,
    "order": behaviour.order,
    "least": behaviour.least,
    "whole": behaviour.whole,
    "locality": behaviour.locality,
    "version": version,
}
"""By name, in the order in which they are made: what is quick and explains the rest comes first."""


def run_checks(model: AnyModel, checks: Iterable[tuple[str, Check]] = CHECKS.items()) -> Iterator[Outcome]:
    """Makes the checks one after the other. What a model raises is a finding, and the next check goes on."""
    tried = Tried(model)
    for name, check in checks:
        begun = time.perf_counter()
        try:
            found = check(tried)
        except Exception as problem:
            found = [f"{type(problem).__name__}: {' '.join(str(problem).split())}"]
        yield Outcome(model.code, name, tuple(found), seconds=round(time.perf_counter() - begun, 3))
