"""What a bulletin says of a unit, read from the database: by period, as whole numbers and exact scores.

Risk events and volumes are read as exposure reads them, over the tree of the period's last day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from riskloop.bulletin.known import LAST, Known
from riskloop.bulletin.scope import Scope
from riskloop.exposure.figures import Subject, counted, figures
from riskloop.exposure.measures import Measures
from riskloop.exposure.periods import Period

MOST_CASES = 5


def measures_of(scope: Scope, tree: Period, periods: Sequence[Period]) -> list[Measures]:
    """The unit with all below it."""
    found = figures(Subject.UNIT, scope.units(tree), periods, [scope.unit_id])
    return found[scope.unit_id]


def measures_below(scope: Scope, tree: Period, periods: Sequence[Period]) -> Mapping[str, Sequence[Measures]]:
    """The units directly below, and under the unit's own number what belongs to none of them."""
    if not scope.known:
        return {scope.unit_id: measures_of(scope, tree, periods)}
    return figures(Subject.UNIT, scope.units(tree, "children"), periods)


def counted_of_tellers(scope: Scope, period: Period) -> Mapping[str, tuple[int, int]]:
    """Volume and risk events of tellers within the unit, of all that had any in the period."""
    if not scope.known:
        return {}
    found = counted(Subject.TELLER, scope.units(period), period)
    return {key: (volume, events) for key, volume, events in found}


@dataclass(frozen=True)
class Driven:
    """Risk events with one driver: its code, or what a list calls it; "" where none is known."""

    driver: str
    zh: str
    en: str
    internal: bool
    controllable: bool
    count: int


def driven(scope: Scope, period: Period) -> list[Driven]:
    found = scope.rows(
        period,
        """
SELECT f.driver, coalesce(c.name_zh, ''), coalesce(c.name_en, ''), f.internal, f.controllable, f.count
FROM (
    SELECT f.driver, f.internal, f.controllable, count(*) AS count
    FROM exposure_riskevent f JOIN placed p USING (unit_id)
    WHERE p.under = %(unit)s AND f.booked_on BETWEEN %(first)s AND %(last)s GROUP BY 1, 2, 3
) AS f LEFT JOIN LATERAL (SELECT name_zh, name_en FROM loop_driver WHERE code = f.driver
    ORDER BY effective_from DESC LIMIT 1) AS c ON true""",
        first=period.first,
        last=period.last,
    )
    return [Driven(*row) for row in found]


def tells_events(scope: Scope, tree: Period, period: Period) -> bool:
    """Whether a list told risk events of the period."""
    return scope.rows(
        tree,
        """
SELECT EXISTS (SELECT FROM bulletin_listedevent l JOIN placed p USING (unit_id)
WHERE p.under = %(unit)s AND l.booked_on BETWEEN %(first)s AND %(last)s)""",
        first=period.first,
        last=period.last,
    )[0][0]


@dataclass(frozen=True)
class Handled:
    """Quasi-events of a period. `by_outcome`: those of the loop by what was found, "" where nothing yet.

    `total` is counted by itself; `listed` are those of lists, of which no conclusion is told. A number that
    is known only of a longer time than the period, or of a part of it, makes the period's own unknown: None.
    """

    total: int
    by_outcome: Mapping[str, int]
    listed: int | None
    statistical: int | None


def handled(scope: Scope, tree: Period, period: Period, known: Mapping[str, Known]) -> Handled:
    """`known`: what lists tell of the period, by handling."""
    days = {"first": period.first, "last": period.last}
    outcomes = scope.rows(
        tree,
        """
SELECT e.outcome, count(*) FROM loop_quasievent e JOIN placed p USING (unit_id)
WHERE p.under = %(unit)s AND e.withdrawn_on IS NULL AND e.booked_on BETWEEN %(first)s AND %(last)s
GROUP BY 1""",
        **days,
    )
    hits = scope.rows(
        tree,
        """
SELECT coalesce(sum(s.hits), 0)::bigint FROM loop_dailystatistic s JOIN placed p USING (unit_id)
WHERE p.under = %(unit)s AND s.teller_id = '' AND s.booked_on BETWEEN %(first)s AND %(last)s""",
        **days,
    )[0][0]
    listed = dict(_listed(scope, tree, period)) | {name: None for name, of in known.items() if not of.whole}
    itemised, statistical = listed.get("itemised", 0), listed.get("statistical", 0)
    of_loop = dict(outcomes)
    return Handled(
        sum(of_loop.values()), of_loop, itemised, None if statistical is None else statistical + hits
    )


def _listed(scope: Scope, tree: Period, period: Period) -> list[tuple[str, int | None]]:
    """By handling how many there were within the period; None where it cuts through a number."""
    return scope.rows(
        tree,
        f"""
SELECT l.handling, CASE WHEN bool_or(l.count > 0 AND (l.first < %(first)s OR {LAST} > %(last)s)) THEN NULL
    ELSE coalesce(sum(l.count) FILTER (WHERE l.first >= %(first)s AND {LAST} <= %(last)s), 0)::bigint END
FROM bulletin_listedquasievents l JOIN placed p USING (unit_id)
WHERE p.under = %(unit)s AND l.first <= %(last)s AND {LAST} >= %(first)s GROUP BY 1""",
        first=period.first,
        last=period.last,
    )


@dataclass(frozen=True)
class Case:
    """A closed risk event without a name of any person."""

    model: str
    day: dt.date
    unit_id: str
    internal: bool
    driver_zh: str
    driver_en: str
    score: Decimal


def cases(scope: Scope, period: Period) -> list[Case]:
    """The gravest closed risk events of the period, gravest first; none where the reader may not see them."""
    if not scope.sees_cases:
        return []
    found = scope.rows(
        period,
        """
SELECT e.model, e.booked_on, e.unit_id, f.internal, coalesce(d.name_zh, ''),
    coalesce(d.name_en, ''), f.score
FROM exposure_riskevent f JOIN placed p USING (unit_id) JOIN loop_quasievent e ON e.id = f.event_id
LEFT JOIN loop_driver d ON d.id = e.driver_id
WHERE p.under = %(unit)s AND e.state = 'closed' AND f.booked_on BETWEEN %(first)s AND %(last)s
ORDER BY f.score DESC, f.booked_on DESC, f.event_id LIMIT %(limit)s""",
        first=period.first,
        last=period.last,
        limit=MOST_CASES,
    )
    return [Case(*row) for row in found]
