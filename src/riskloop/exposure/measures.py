"""The nine measures of exposure, as exact fractions.

`system.md` §3: RR = events ÷ volume, risk degree = score ÷ events, RER = RR × degree = score ÷ volume;
each in all (`rr`, `degree`, `rer`), internal (`irr`, `ird`, `irer`) and external (`err`, `erd`, `erer`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Measures:
    """What happened in a unit, by a teller or anywhere else; sums of it are measures again.

    A ratio to no volume, and a degree of no events, is None: undefined, not 0.
    """

    volume: int = 0
    internal_events: int = 0
    external_events: int = 0
    internal_score: Fraction = Fraction(0)
    external_score: Fraction = Fraction(0)

    def __add__(self, other: Measures) -> Measures:
        return Measures(
            self.volume + other.volume,
            self.internal_events + other.internal_events,
            self.external_events + other.external_events,
            self.internal_score + other.internal_score,
            self.external_score + other.external_score,
        )

    @property
    def events(self) -> int:
        return self.internal_events + self.external_events

    @property
    def score(self) -> Fraction:
        return self.internal_score + self.external_score

    @property
    def rr(self) -> Fraction | None:
        """Risk ratio (风险率): events by volume."""
        return _ratio(self.events, self.volume)

    @property
    def irr(self) -> Fraction | None:
        return _ratio(self.internal_events, self.volume)

    @property
    def err(self) -> Fraction | None:
        return _ratio(self.external_events, self.volume)

    @property
    def degree(self) -> Fraction | None:
        """Risk degree (风险度): score by event. Not additive."""
        return _ratio(self.score, self.events)

    @property
    def ird(self) -> Fraction | None:
        return _ratio(self.internal_score, self.internal_events)

    @property
    def erd(self) -> Fraction | None:
        return _ratio(self.external_score, self.external_events)

    @property
    def rer(self) -> Fraction | None:
        """Risk exposure (风险暴露水平): score by volume."""
        return _ratio(self.score, self.volume)

    @property
    def irer(self) -> Fraction | None:
        return _ratio(self.internal_score, self.volume)

    @property
    def erer(self) -> Fraction | None:
        return _ratio(self.external_score, self.volume)


def _ratio(part: int | Fraction, whole: int) -> Fraction | None:
    return Fraction(part) / whole if whole else None


def shown(value: Fraction | None, per: int = 1) -> Decimal | None:
    """A measure as people read it: per so many, to two decimals; undefined stays None."""
    if value is None:
        return None
    scaled = value * per
    return (Decimal(scaled.numerator) / Decimal(scaled.denominator)).quantize(_CENT)
