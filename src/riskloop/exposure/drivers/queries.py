"""Risk events put together by driver, and by where, who, what, when and how much: a Pareto.

One query counts a dimension, whatever the number of events; `exposure.figures` counts the same events.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

from django.db import connection

from riskloop.exposure import dimensions
from riskloop.exposure.behind import OF
from riskloop.exposure.belonging import Grouping, grouping
from riskloop.exposure.periods import Period
from riskloop.organisation.scope import Person


class By(Enum):
    """What events are put together by. An event has one of each, but of tellers and businesses maybe more."""

    DRIVER = "driver"
    LEVEL1 = "level1"
    UNIT = "unit"
    TELLER = "teller"
    BUSINESS = "business"
    MONTH = "month"
    WEEKDAY = "weekday"
    HOUR = "hour"
    MODEL = "model"
    CHANNEL = "channel"
    AMOUNT = "amount"


SEVERAL = frozenset(By(name) for name in dimensions.SEVERAL)
"""Of these an event may count in more than one line."""
_FROM = "FROM exposure_riskevent f JOIN placed p USING (unit_id)"
_LEVELS = """
    LEFT JOIN (SELECT DISTINCT ON (code) code, level1 FROM loop_driver ORDER BY code, effective_from DESC) d
        ON d.code = f.driver"""
MEASURES = ("events", "score")


@dataclass(frozen=True)
class Asked:
    """Which events count.

    Attributes:
        of: `internal`, `external`, `controllable`; "" for all.
        driver: a code of the catalogue or its first level; "": where none is known; None: of any.
    """

    units: Grouping
    period: Period
    of: str = ""
    driver: str | None = None


@dataclass(frozen=True)
class Line:
    """The events of one driver, unit or whatever they are put together by; `key` "" where it is not told.

    `share` and `cumulative` are of what all lines add up to; None where that is 0.
    """

    key: str
    events: int
    score: Fraction
    share: Fraction | None
    cumulative: Fraction | None


@dataclass(frozen=True)
class Pareto:
    """Lines, the greatest first.

    Attributes:
        events, score: of the events, each counted once.
        counted, counted_score: what all lines add up to; more than the events where one has several tellers.
        total: how many lines there are; those beyond the limit are not in `lines`.
    """

    lines: Sequence[Line]
    events: int
    score: Fraction
    counted: int
    counted_score: Fraction
    total: int


def units_for(user: Person, roots: Sequence[str], period: Period, by: By) -> Grouping:
    """Units as the reader may see them; by unit those directly below one root, or several roots as such."""
    below = by is By.UNIT and len(roots) == 1
    return grouping(user, roots, period, "children" if below else "whole")


def pareto(asked: Asked, by: By, measure: str = "events", limit: int | None = None) -> Pareto:
    """The lines by number of events or by their score, with cumulative shares.

    Args:
        measure: one of `MEASURES`.
        limit: this many lines at most.
    """
    order = MEASURES.index(measure)
    source = _from(asked, by)
    key, each = _key(by), ""
    if by in SEVERAL:
        key, each = "k.key", f"CROSS JOIN LATERAL (SELECT DISTINCT {key} AS key) AS k"
    rows = _run(
        f"""SELECT key, events, score, sum(events) OVER (), sum(score) OVER (), count(*) OVER ()
FROM (SELECT {key} AS key, count(*) AS events, sum(f.score) AS score {source} {each} {_where(asked)}
    GROUP BY 1) AS s
ORDER BY {MEASURES[order]} DESC, {MEASURES[1 - order]} DESC, key LIMIT %(limit)s""",
        asked,
        limit,
    )
    if not rows:
        return Pareto([], 0, Fraction(0), 0, Fraction(0), 0)
    counted, counted_score, total = int(rows[0][3]), Fraction(rows[0][4]), rows[0][5]
    events, score = counted, counted_score
    if by in SEVERAL:
        once = _run(f"SELECT count(*), sum(f.score) {source} {_where(asked)}", asked, None)
        events, score = once[0][0], Fraction(once[0][1])
    whole = (Fraction(counted), counted_score)[order]
    lines: list[Line] = []
    sofar = Fraction(0)
    for key, number, points, *_sums in rows:
        value = Fraction((number, points)[order])
        sofar += value
        share, cumulative = (value / whole, sofar / whole) if whole else (None, None)
        lines.append(Line(key, number, Fraction(points), share, cumulative))
    return Pareto(lines, events, score, counted, counted_score, total)


def driver_names() -> dict[str, tuple[str, str]]:
    """By code of the catalogue its Chinese and English name, as last written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, name_zh, name_en FROM loop_driver ORDER BY effective_from")
        return {code: (zh, en) for code, zh, en in cursor.fetchall()}


def _from(asked: Asked, by: By) -> str:
    """The events with their units, and where it matters with the first level of their drivers."""
    return _FROM + (_LEVELS if by is By.LEVEL1 or asked.driver else "")


def _key(by: By) -> str:
    if by is By.UNIT:
        return "p.under"
    return "coalesce(d.level1, '')" if by is By.LEVEL1 else dimensions.each(by.value)


def _where(asked: Asked) -> str:
    found = f"WHERE f.booked_on BETWEEN %(from)s AND %(to)s AND {OF.get(asked.of, 'true')}"
    if asked.driver is None:
        return found
    if not asked.driver:
        return f"{found} AND f.driver = ''"
    return f"{found} AND %(driver)s IN (f.driver, d.level1)"


def _run(sql: str, asked: Asked, limit: int | None) -> list[tuple[Any, ...]]:
    given = {"from": asked.period.first, "to": asked.period.last, "driver": asked.driver, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(f"WITH RECURSIVE {asked.units.sql()}\n{sql}", asked.units.parameters | given)
        return cursor.fetchall()
