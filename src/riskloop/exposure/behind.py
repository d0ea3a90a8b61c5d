"""What is behind a figure: the events that it counts, and the volumes that it sums up."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from riskloop.exposure.belonging import Grouping
from riskloop.exposure.dimensions import is_value
from riskloop.exposure.figures import Subject, figures
from riskloop.exposure.measures import Measures
from riskloop.exposure.periods import Period, around

MOST_DAYS = 62
"""Of a longer period the volumes are told by month."""
OF = {
    "internal": "f.internal",
    "external": "NOT f.internal",
    "controllable": "f.controllable",
}
_DRIVEN = """(%(driver)s = f.driver OR %(driver)s <> '' AND EXISTS (
    SELECT FROM loop_driver d WHERE d.code = f.driver AND d.level1 = %(driver)s))"""


@dataclass(frozen=True)
class Narrowed:
    """Of units all, or what a teller or a business has part in.

    Attributes:
        business: None: of any; "": where none was told.
        own: only what is the unit's own, and of no unit below it.
        driver: of events, a code of the catalogue or its first level; "": where none is known; None: any.
        told: of events, the name of a dimension (`dimensions`) and a value of it.
    """

    teller: str = ""
    business: str | None = None
    own: str = ""
    driver: str | None = None
    told: tuple[str, str] | None = None

    def where(self, *, of_events: bool) -> str:
        found = [" AND p.under = %(own)s"] if self.own else []
        if self.teller:
            found.append(
                " AND %(teller)s = ANY(f.teller_ids)" if of_events else " AND f.teller_id = %(teller)s"
            )
        if self.business is not None:
            one = "(f.businesses = '{}' AND %(business)s = '' OR %(business)s = ANY(f.businesses))"
            found.append(f" AND {one}" if of_events else " AND f.business = %(business)s")
        if self.driver is not None and of_events:
            found.append(f" AND {_DRIVEN}")
        if self.told is not None and of_events:
            found.append(f" AND {is_value(self.told[0])}")
        return "".join(found)

    @property
    def parameters(self) -> Mapping[str, str | None]:
        given = {"teller": self.teller, "business": self.business, "own": self.own, "driver": self.driver}
        return given | {"value": self.told[1] if self.told else None}


def events_behind(
    units: Grouping, period: Period, narrowed: Narrowed, of: str, limit: int, offset: int
) -> tuple[list[uuid.UUID], int]:
    """The risk events that a figure counts, the newest first: a page of them, and how many in all.

    Args:
        of: `internal`, `external`, `controllable`; "" for all.
    """
    sql = f"""WITH RECURSIVE {units.sql()}
SELECT f.event_id, count(*) OVER () FROM exposure_riskevent f JOIN placed p USING (unit_id)
WHERE f.booked_on BETWEEN %(from)s AND %(to)s AND {OF.get(of, "true")}{narrowed.where(of_events=True)}
ORDER BY f.booked_on DESC, f.event_id LIMIT %(limit)s OFFSET %(offset)s"""
    rows = _run(sql, units, period, narrowed, limit, offset)
    return [row[0] for row in rows], rows[0][1] if rows else 0


@dataclass(frozen=True)
class Handed:
    """One fact: the online volume of a day in a unit by a teller in a business."""

    unit_id: str
    teller_id: str
    business: str
    volume: int


def facts_behind(
    units: Grouping, day: dt.date, narrowed: Narrowed, limit: int, offset: int
) -> tuple[list[Handed], int]:
    """The facts of a day in the order of their keys: a page of them, and how many in all."""
    sql = f"""WITH RECURSIVE {units.sql()}
SELECT f.unit_id, f.teller_id, f.business, f.volume, count(*) OVER ()
FROM exposure_dailyvolume f JOIN placed p USING (unit_id)
WHERE f.day BETWEEN %(from)s AND %(to)s{narrowed.where(of_events=False)}
ORDER BY f.unit_id, f.teller_id, f.business LIMIT %(limit)s OFFSET %(offset)s"""
    rows = _run(sql, units, Period(day, day), narrowed, limit, offset)
    return [Handed(*row[:4]) for row in rows], rows[0][4] if rows else 0


@dataclass(frozen=True)
class Volumes:
    """The volume of each day of a period, or of a long one of each month, and of the whole.

    None: some of it is known only of a longer time. Where all are told they add up to the whole.
    """

    parts: Sequence[tuple[Period, int | None]]
    whole: int | None

    @property
    def is_cut(self) -> bool:
        return self.whole is None or any(volume is None for _part, volume in self.parts)


def volumes_behind(units: Grouping, period: Period, narrowed: Narrowed) -> Volumes:
    """What a volume is the sum of."""
    pieces = _days(period) if period.days <= MOST_DAYS else _months(period)
    subject, key = Subject.UNIT, narrowed.own
    if narrowed.teller:
        subject, key = Subject.TELLER, narrowed.teller
    elif narrowed.business is not None:
        subject, key = Subject.BUSINESS, narrowed.business
    found = figures(subject, units, [*pieces, period], None if subject is Subject.UNIT and not key else [key])
    *volumes, whole = (together([of[n] for of in found.values()]) for n in range(len(pieces) + 1))
    return Volumes(list(zip(pieces, volumes, strict=True)), whole)


def together(of: Iterable[Measures]) -> int | None:
    """The volume of several; None where it is not known."""
    measures = sum(of, Measures())
    return None if measures.cut else measures.volume


def _days(period: Period) -> list[Period]:
    days = (period.first + dt.timedelta(days=n) for n in range(period.days))
    return [Period(day, day) for day in days]


def _months(period: Period) -> list[Period]:
    found: list[Period] = []
    at = period.first
    while at <= period.last:
        month = around("month", at)
        found.append(Period(at, min(month.last, period.last)))
        at = month.last + dt.timedelta(days=1)
    return found


def _run(
    sql: str, units: Grouping, period: Period, narrowed: Narrowed, limit: int, offset: int
) -> list[tuple[Any, ...]]:
    days = {"from": period.first, "to": period.last, "limit": limit, "offset": offset}
    with connection.cursor() as cursor:
        cursor.execute(sql, units.parameters | dict(narrowed.parameters) | days)
        return cursor.fetchall()
