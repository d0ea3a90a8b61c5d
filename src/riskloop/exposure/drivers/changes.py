"""Which drivers changed the exposure: the change of RER put together of what each driver added to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from riskloop.exposure.drivers.queries import Asked, By, Line, pareto
from riskloop.exposure.measures import Measures
from riskloop.exposure.periods import Period

RER = {"": "rer", "internal": "irer", "external": "erer", "controllable": "crer"}
"""By which events count their exposure."""


@dataclass(frozen=True)
class Moved:
    """What a driver added to the change of RER.

    `added` is its score of now by the volume of now, less its score of then by the volume of then: score by
    item. RER is a sum over drivers, so what all of them added is its change, exactly.
    """

    key: str
    events_then: int
    events: int
    score_then: Fraction
    score: Fraction
    added: Fraction


def moved(
    asked: Asked,
    by: By,
    then: Period,
    now_of: Measures,
    then_of: Measures,
    lines: Sequence[Line] | None = None,
) -> list[Moved] | None:
    """By driver or first level of drivers what it added, the greatest first, whichever way.

    Args:
        asked: of the period of now; `then` is looked at over the same tree.
        lines: those of now, where they are known already.
        now_of, then_of: the measures of the same units in the two periods.

    Returns:
        None where the volume of one of them is not known, or nothing.
    """
    if getattr(now_of, RER[asked.of]) is None or getattr(then_of, RER[asked.of]) is None:
        return None
    now_lines = _by_key(pareto(asked, by).lines if lines is None else lines)
    then_lines = _by_key(pareto(replace(asked, period=then), by).lines)
    nothing = Line("", 0, Fraction(0), None, None)
    found: list[Moved] = []
    for key in sorted({*now_lines, *then_lines}):
        now, before = now_lines.get(key, nothing), then_lines.get(key, nothing)
        added = now.score / now_of.volume - before.score / then_of.volume
        found.append(Moved(key, before.events, now.events, before.score, now.score, added))
    return sorted(found, key=lambda one: (-abs(one.added), one.key))


def _by_key(lines: Sequence[Line]) -> dict[str, Line]:
    return {line.key: line for line in lines}
