"""What a what-if tells: for each set of values what is gained and lost, and what past events became of it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from riskloop.loop.intervals import exact_interval
from riskloop.loop.models import State
from riskloop.loop.pace import Pace
from riskloop.models.hits import plain

MOST_UNITS = 100
"""So many units, those in which most changes, are kept by name."""

Key = tuple[dt.date, str]
"""A hit of one model: its business day and subject."""
Fate = Literal["confirmed", "excluded", "undecided", "unjudged"]
"""What became of a hit. `unjudged`: it never was an event."""


@dataclass(frozen=True)
class Past:
    """An event of the model as it stands today, with its hits of the period."""

    pk: uuid.UUID
    booked_on: dt.date
    subject_id: str
    unit_id: str
    state: str
    outcome: str
    grade: str
    score: Decimal | None
    hits: frozenset[Key]

    @property
    def fate(self) -> Fate:
        if self.state == str(State.EXCLUDED):
            return "excluded"
        return "confirmed" if self.state in {State.DETERMINED, State.CLOSED} else "undecided"

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": str(self.pk),
            "booked_on": str(self.booked_on),
            "subject_id": self.subject_id,
            "unit_id": self.unit_id,
            "state": self.state,
            "outcome": self.outcome,
            "grade": self.grade,
            "score": plain(self.score),
        }


@dataclass(frozen=True)
class Share:
    """A share with its exact interval of 95 %; None of nothing."""

    of: int
    among: int

    @property
    def value(self) -> float | None:
        return self.of / self.among if self.among else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return exact_interval(self.of, self.among)

    def as_dict(self) -> dict[str, Any]:
        low, high = self.interval or (None, None)
        return {"of": self.of, "among": self.among, "share": self.value, "low": low, "high": high}


@dataclass
class Changed:
    """What is gained and lost in one unit, or in all of them."""

    gained: int = 0
    lost: int = 0
    missed: int = 0
    """Confirmed events that would not have been opened."""
    saved: int = 0
    """Excluded events that would not have been opened."""

    def as_dict(self) -> dict[str, int]:
        return dict(vars(self))


@dataclass
class Estimate:
    """One set of values over the period; `gained` and `lost` are against the values in force.

    Attributes:
        settings: what differs from the values in force, as asked; empty for these themselves.
        bundles: by day the groups of hits, with those of the other models, that one person would handle
            together; gained: of gained hits alone, lost: of lost hits alone. Of itemised models only.
        lost_by_fate: what became of the hits that are lost.
        missed: the confirmed events that would not have been opened by any hit of the period, by day.
        saved: how many excluded events would not have been opened.
        unjudged: hits that never were an event: nobody knows what they are.
        precision: confirmed among the events that are still opened and concluded.
        recall: among all confirmed events of the period those that would have been opened. What no values
            ever found is in no record, and so not in here.
    """

    settings: Mapping[str, str]
    hits: int = 0
    gained: int = 0
    lost: int = 0
    bundles: int = 0
    bundles_gained: int = 0
    bundles_lost: int = 0
    lost_by_fate: Counter[str] = field(default_factory=Counter[str])
    missed: list[Past] = field(default_factory=list[Past])
    saved: int = 0
    unjudged: int = 0
    precision: Share = Share(0, 0)
    recall: Share = Share(0, 0)
    by_unit: dict[str, Changed] = field(default_factory=dict[str, Changed])

    def as_dict(self) -> dict[str, Any]:
        told = dict(vars(self))
        return told | {
            "settings": dict(self.settings),
            "lost_by_fate": dict(self.lost_by_fate),
            "missed": [event.as_dict() for event in self.missed],
            "precision": self.precision.as_dict(),
            "recall": self.recall.as_dict(),
            "by_unit": {unit: changed.as_dict() for unit, changed in self.by_unit.items()},
        }


@dataclass(frozen=True)
class WhatIf:
    """The answer: the values in force, and each alternative beside them. Minutes are those of one bundle."""

    model: str
    swept: str
    first: dt.date
    last: dt.date
    days: int
    in_force: Estimate
    alternatives: list[Estimate]
    pace: Pace | None

    def hours(self, bundles: int) -> float | None:
        """Work hours of so many bundles; None where nobody knows how long one takes."""
        return None if self.pace is None else bundles * self.pace.minutes / 60

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        estimates = [self.in_force, *self.alternatives]
        told = [
            estimate.as_dict()
            | {
                "hours_gained": self.hours(estimate.bundles_gained),
                "hours_lost": self.hours(estimate.bundles_lost),
            }
            for estimate in estimates
        ]
        return {
            "model": self.model,
            "swept": self.swept,
            "from": str(self.first),
            "to": str(self.last),
            "days": self.days,
            "minutes_per_bundle": None if self.pace is None else vars(self.pace),
            "in_force": told[0],
            "alternatives": told[1:],
        }


def for_readers(estimate: dict[str, Any], most_missed: int | None = None) -> None:
    """Leaves out of an estimate what is not to be kept with it.

    Args:
        most_missed: so many missed events, the earliest, stay; None: all.
    """
    # Whom an event is about the event's own page says, to those who may see it.
    listed = estimate["missed"][:most_missed]
    estimate["missed"] = [{k: v for k, v in event.items() if k != "subject_id"} for event in listed]
    by_unit = sorted(estimate["by_unit"].items(), key=lambda one: (-sum(one[1].values()), one[0]))
    estimate["by_unit"] = dict(by_unit[:MOST_UNITS])
