"""Volumes known only of a whole month, quarter or year, and the periods that cut through them.

They are in the sums of their own grain and of the longer ones. A period that holds the whole time finds them
there; of one that holds a part of it the volume is not known, and must not be told as if it were.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from riskloop.exposure.models import GRAINS, UnitVolume, grain_of
from riskloop.exposure.periods import Period
from riskloop.organisation.scope import once


@dataclass(frozen=True)
class Cut:
    """A time of `months` months from the day `first` on, through which the period at place `idx` cuts."""

    idx: int
    months: int
    first: dt.date


def cuts(periods: Sequence[Period]) -> tuple[Cut, ...]:
    """The times that the periods cut through and of which some volume is known only as a whole."""
    possible = {
        Cut(idx, months, first)
        for idx, period in enumerate(periods)
        for edge in (period.first, period.last)
        for months in GRAINS
        if not _holds(period, first := grain_of(edge, months), months)
    }
    asked = sorted(possible, key=lambda cut: (cut.idx, cut.first, cut.months))
    return once(("undivided", *asked), lambda: _known(asked)) if asked else ()


def parameters(found: Sequence[Cut]) -> dict[str, Any]:
    """For `sql`."""
    return {
        "c_idx": [cut.idx for cut in found],
        "c_months": [cut.months for cut in found],
        "c_first": [cut.first for cut in found],
    }


SQL = "unnest(%(c_idx)s::int[], %(c_months)s::smallint[], %(c_first)s::date[]) AS c(idx, months, first)"
"""The times as a table, with `parameters`."""


def end_of(first: dt.date, months: int) -> dt.date:
    """The last day of so many months."""
    number = first.year * 12 + first.month - 2 + months
    year, month = number // 12, number % 12 + 1
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _holds(period: Period, first: dt.date, months: int) -> bool:
    return period.first <= first and end_of(first, months) <= period.last


def _known(asked: Sequence[Cut]) -> tuple[Cut, ...]:
    sql = f"""SELECT c.idx, c.months, c.first FROM {SQL}
WHERE EXISTS (SELECT FROM exposure_undividedvolume u WHERE u.first = c.first AND u.months = c.months)
ORDER BY 1, 3, 2"""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters(asked))
        return tuple(Cut(*row) for row in cursor.fetchall())


def newest() -> Period | None:
    """The newest time with volume: a month, or where months are not known a quarter or year."""
    found: Period | None = None
    for months in GRAINS:
        rows = UnitVolume.objects.filter(months=months, volume__gt=0).order_by("-first")
        first = rows.values_list("first", flat=True).first()
        # A month of a year that is not the newest says nothing of the newest.
        if first is not None and (found is None or found.first <= first):
            found = Period(first, end_of(first, months))
    return found
