"""Each unit, teller or business of a list beside all others of the list: its peers.

The rates are risk ratios (events by item of online volume) of all events in the period; how they are shrunken
and when one may be called higher than its peers is `ranking`'s, which of them chance explains `funnel`'s.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from riskloop.exposure.belonging import Grouping
from riskloop.exposure.figures import Subject, counted
from riskloop.exposure.funnel import Funnel, funnel
from riskloop.exposure.periods import Period
from riskloop.exposure.ranking import HIGHER, LOWER, Ranking, rank

FEWEST = 4
"""Of fewer peers nothing is said: three cannot show how peers differ (decision 022)."""
DRAWN = 500
"""Points of a funnel at most; those outside its lines come first."""


class Verdict(StrEnum):
    """What may be said of a rate beside those of its peers."""

    HIGHER = "higher"
    LOWER = "lower"
    UNTOLD = "untold"
    FEW = "few"


@dataclass(frozen=True)
class Standing:
    """One beside its peers; rates in events by item, None without volume.

    Attributes:
        estimate: the raw rate drawn towards the peers' as far as its own volume leaves open.
        low, high: in which the true rate lies with 95 %.
        own: how much of the estimate is its own figures, 0 to 1.
    """

    estimate: float | None
    low: float | None
    high: float | None
    own: float | None
    verdict: Verdict


@dataclass(frozen=True)
class Peers:
    """All peers of a list, in order of their keys.

    Attributes:
        keys, volumes, events: of each peer.
        apart: of the list, but no peers: what is a unit's own among the units below it.
    """

    keys: tuple[str, ...]
    volumes: tuple[int, ...]
    events: tuple[int, ...]
    apart: tuple[str, ...]
    ranking: Ranking
    funnel: Funnel

    @property
    def told(self) -> int:
        """How many have volume, and so a rate."""
        return sum(volume > 0 for volume in self.volumes)

    @property
    def total(self) -> int:
        return len(self.keys) + len(self.apart)

    def by_estimate(self, *, down: bool) -> list[str]:
        """All of the list, by their estimates; without one, or apart, is below all others."""
        have = [self.keys[n] for n in self.ranking.order() if self.volumes[n] > 0]
        without = [key for key, volume in zip(self.keys, self.volumes, strict=True) if not volume]
        without += self.apart
        return have + without if down else without + have[::-1]

    def standings(self, keys: Collection[str]) -> dict[str, Standing]:
        """By key, of those asked for that are peers."""
        places = {key: n for n, key in enumerate(self.keys)}
        return {key: self._standing(places[key]) for key in keys if key in places}

    def _standing(self, place: int) -> Standing:
        of = self.ranking
        verdict = {HIGHER: Verdict.HIGHER, LOWER: Verdict.LOWER}.get(int(of.verdict[place]), Verdict.UNTOLD)
        return Standing(
            _number(of.estimate[place]),
            _number(of.low[place]),
            _number(of.high[place]),
            _number(of.own[place]),
            Verdict.FEW if self.told < FEWEST else verdict,
        )


def _number(value: np.float64) -> float | None:
    return None if math.isnan(value) else float(value)


def peers(subject: Subject, units: Grouping, period: Period) -> Peers:
    """The peers of a list: what `figures.ranked` lists, without what is a root's own.

    Args:
        units: of units, as the list puts them together.
    """
    rows = counted(subject, units, period)
    aside = set(units.roots) if subject is Subject.UNIT and units.by == "children" else set[str]()
    kept = [row for row in rows if row[0] not in aside]
    keys, volumes, events = zip(*kept, strict=True) if kept else ((), (), ())
    found = rank(events, volumes), funnel(events, volumes, DRAWN)
    return Peers(keys, volumes, events, tuple(key for key, *_of in rows if key in aside), *found)
