"""The nine measures of exposure and the controllable ones, as exact fractions.

RR = events ÷ volume, risk degree = score ÷ events, RER = RR × degree = score ÷ volume; each in all (`rr`,
`degree`, `rer`), internal (`irr`, `ird`, `irer`), external (`err`, `erd`, `erer`), and of the events that
were determined to be controllable (`crr`, `crd`, `crer`).
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

    `cut`: of some of it only the volume of a longer time is known (`undivided`): then `volume` says nothing,
    and no ratio to it is told.
    """

    volume: int = 0
    internal_events: int = 0
    external_events: int = 0
    internal_score: Fraction = Fraction(0)
    external_score: Fraction = Fraction(0)
    controllable_events: int = 0
    controllable_score: Fraction = Fraction(0)
    cut: bool = False

    def __add__(self, other: Measures) -> Measures:
        return Measures(
            self.volume + other.volume,
            self.internal_events + other.internal_events,
            self.external_events + other.external_events,
            self.internal_score + other.internal_score,
            self.external_score + other.external_score,
            self.controllable_events + other.controllable_events,
            self.controllable_score + other.controllable_score,
            self.cut or other.cut,
        )

    def value(self, measure: str) -> Fraction | int | None:
        """One of `COUNTS`, `RATIOS` and `DEGREES`, as it may be told."""
        return None if self.cut and measure == "volume" else getattr(self, measure)

    @property
    def events(self) -> int:
        return self.internal_events + self.external_events

    @property
    def score(self) -> Fraction:
        return self.internal_score + self.external_score

    @property
    def rr(self) -> Fraction | None:
        """Risk ratio (风险率): events by volume."""
        return self._by_volume(self.events)

    @property
    def irr(self) -> Fraction | None:
        return self._by_volume(self.internal_events)

    @property
    def err(self) -> Fraction | None:
        return self._by_volume(self.external_events)

    @property
    def crr(self) -> Fraction | None:
        return self._by_volume(self.controllable_events)

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
    def crd(self) -> Fraction | None:
        return _ratio(self.controllable_score, self.controllable_events)

    @property
    def rer(self) -> Fraction | None:
        """Risk exposure (风险暴露水平): score by volume."""
        return self._by_volume(self.score)

    @property
    def irer(self) -> Fraction | None:
        return self._by_volume(self.internal_score)

    @property
    def erer(self) -> Fraction | None:
        return self._by_volume(self.external_score)

    @property
    def crer(self) -> Fraction | None:
        return self._by_volume(self.controllable_score)

    def _by_volume(self, part: int | Fraction) -> Fraction | None:
        return None if self.cut else _ratio(part, self.volume)

    @property
    def is_nothing(self) -> bool:
        """Whether there was neither business nor an event."""
        return not self.volume and not self.events and not self.cut


RATIOS = ("rr", "irr", "err", "crr", "rer", "irer", "erer", "crer")
"""Measures by volume."""
DEGREES = ("degree", "ird", "erd", "crd")
"""Measures by event."""
COUNTS = ("volume", "events", "internal_events", "external_events", "controllable_events")


def _ratio(part: int | Fraction, whole: int) -> Fraction | None:
    return Fraction(part) / whole if whole else None


def change(now: Fraction | int | None, then: Fraction | int | None) -> Fraction | None:
    """By how much of what it was a figure has changed: −1/4 is a quarter less.

    None where there is nothing to compare with: of 0 nothing is a multiple, and never is it infinite.
    """
    return None if now is None or not then else Fraction(now) / then - 1


@dataclass(frozen=True)
class Explained:
    """Why RER has changed, in score by volume: `frequency` + `severity` = the change, exactly."""

    frequency: Fraction
    severity: Fraction

    @property
    def total(self) -> Fraction:
        return self.frequency + self.severity


def explained(now: Measures, then: Measures, of: str = "") -> Explained | None:
    """Splits the change of RER into that of RR (frequency) and that of the degree (severity).

    The symmetric split of a product: each factor's change by the mean of the other, ΔRR × (D₀ + D₁)/2 and
    ΔD × (RR₀ + RR₁)/2. For two factors it is the Shapley value (L. S. Shapley, "A value for n-person games",
    1953), and the complete decomposition of J. W. Sun, "Changes in energy consumption and energy intensity",
    Energy Economics 20 (1998): nothing is left over, and the order of the factors makes no difference.
    Where one of the periods had no event its degree is undefined: it is taken to be the other's, so that
    events that come or go are frequency.

    Args:
        of: "" for all events, or `internal`, `external`, `controllable`.

    Returns:
        None where one of the periods had no volume.
    """
    ratio, degree = {
        "": ("rr", "degree"),
        "internal": ("irr", "ird"),
        "external": ("err", "erd"),
        "controllable": ("crr", "crd"),
    }[of]
    rr1, rr0 = getattr(now, ratio), getattr(then, ratio)
    if rr1 is None or rr0 is None:
        return None
    d1, d0 = getattr(now, degree), getattr(then, degree)
    d1, d0 = (d0 if d1 is None else d1), (d1 if d0 is None else d0)
    if d1 is None:
        return Explained(Fraction(0), Fraction(0))
    return Explained((rr1 - rr0) * (d0 + d1) / 2, (d1 - d0) * (rr0 + rr1) / 2)


def shown(value: Fraction | None, per: int = 1) -> Decimal | None:
    """A measure as people read it: per so many, to two decimals; undefined stays None."""
    if value is None:
        return None
    scaled = value * per
    return (Decimal(scaled.numerator) / Decimal(scaled.denominator)).quantize(_CENT)
