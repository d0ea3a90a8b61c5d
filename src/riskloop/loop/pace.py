"""How long a conclusion takes, as the conclusions themselves tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from django.db.models import QuerySet
from django.utils import timezone

from riskloop.loop.models import QuasiEvent

LATEST = 20_000
"""So many conclusions, the latest, are looked at."""
ENOUGH = 20
"""From so many on a median says something."""
AT_ONCE, AWAY = dt.timedelta(seconds=1), dt.timedelta(hours=1)
"""What was concluded within the second was concluded in one go; who was away an hour did something else."""


@dataclass(frozen=True)
class Pace:
    """Minutes that a conclusion takes, the median of `number`; `of_the_model`: of its own, else of all."""

    minutes: float
    number: int
    of_the_model: bool


@dataclass(frozen=True)
class Paces:
    """The minutes from each conclusion of a person to his next of the day, with the model of the next."""

    took: Sequence[tuple[float, str]]

    def of(self, model: str) -> Pace | None:
        """None where too few are on record."""
        own = [minutes for minutes, code in self.took if code == model]
        if len(own) >= ENOUGH:
            return Pace(median(own), len(own), of_the_model=True)
        if len(self.took) >= ENOUGH:
            every = [minutes for minutes, _code in self.took]
            return Pace(median(every), len(every), of_the_model=False)
        return None


def pace(model: str) -> Pace | None:
    """From one conclusion of a person to his next of the same day. None where too few are on record."""
    return paces(QuasiEvent.objects.all()).of(model)


def paces(events: QuerySet[QuasiEvent]) -> Paces:
    """The paces of all models at once, of the latest conclusions among these events."""
    rows = (
        events.exclude(concluded_by=None)
        .order_by("-concluded_at")
        .values_list("concluded_by_id", "concluded_at", "model")[:LATEST]
    )
    by_person: dict[tuple[int, dt.date], list[tuple[dt.datetime, str]]] = {}
    for person, at, code in rows:
        if person is not None and at is not None:
            by_person.setdefault((person, timezone.localdate(at)), []).append((at, code))
    return Paces([gap for day in by_person.values() for gap in _gaps(sorted(day))])


def _gaps(day: Iterable[tuple[dt.datetime, str]]) -> Iterable[tuple[float, str]]:
    for (before, _code), (after, code) in pairwise(day):
        if AT_ONCE <= after - before <= AWAY:
            yield (after - before) / dt.timedelta(minutes=1), code
