"""Scores by the tables in force on the event's day: weight(grade) × factor(driver)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from riskloop.loop.models import Driver, GradeWeight


def driver_in_force(code: str, day: dt.date) -> Driver | None:
    """The driver as it stands on `day`; on a day before the catalogue begins, as it stood first."""
    versions = Driver.objects.filter(code=code).order_by("-effective_from")
    return versions.filter(effective_from__lte=day).first() or versions.last()


def drivers_in_force(day: dt.date) -> list[Driver]:
    """The catalogue as it stands on `day`, by code: of each code what `driver_in_force` says."""
    standing: dict[str, Driver] = {}
    for driver in Driver.objects.order_by("code", "effective_from"):
        if driver.code not in standing or driver.effective_from <= day:
            standing[driver.code] = driver
    return list(standing.values())


def score_of(grade: str, driver: Driver, day: dt.date) -> Decimal:
    """The score of an event of this grade and driver.

    Raises:
        LookupError: the grade has no weight.
    """
    weights = GradeWeight.objects.filter(grade=grade).order_by("-effective_from")
    weight = weights.filter(effective_from__lte=day).first() or weights.last()
    if weight is None:
        raise LookupError(f"grade {grade} has no weight")
    return weight.weight * driver.factor
