"""How long a conclusion takes, as the conclusions themselves tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

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


def pace(model: str) -> Pace | None:
    """From one conclusion of a person to his next of the same day. None where too few are on record."""
    rows = (
        QuasiEvent.objects.exclude(concluded_by=None)
        .order_by("-concluded_at")
        .values_list("concluded_by_id", "concluded_at", "model")[:LATEST]
    )
    by_person: dict[tuple[int, dt.date], list[tuple[dt.datetime, str]]] = {}
    for person, at, code in rows:
        if person is not None and at is not None:
            by_person.setdefault((person, timezone.localdate(at)), []).append((at, code))
    took = [gap for day in by_person.values() for gap in _gaps(sorted(day))]
    own = [minutes for minutes, code in took if code == model]
    if len(own) >= ENOUGH:
        return Pace(median(own), len(own), of_the_model=True)
    if len(took) >= ENOUGH:
        return Pace(median(minutes for minutes, _code in took), len(took), of_the_model=False)
    return None


def _gaps(day: Iterable[tuple[dt.datetime, str]]) -> Iterable[tuple[float, str]]:
    for (before, _code), (after, code) in pairwise(day):
        if AT_ONCE <= after - before <= AWAY:
            yield (after - before) / dt.timedelta(minutes=1), code
