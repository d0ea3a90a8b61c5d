"""What a bulletin says of a unit, read from the database: by period, as whole numbers and exact scores.

Risk events and volumes are read as exposure reads them, over the tree of the period's last day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from riskloop.bank.errors import BadInput
from riskloop.exposure.belonging import Grouping, day_of
from riskloop.exposure.figures import Subject, figures
from riskloop.exposure.measures import Measures
from riskloop.exposure.models import RiskEvent, UnitVolume
from riskloop.exposure.periods import Period
from riskloop.organisation.models import UnitVersion

MOST_CASES = 5
_LAST = (
    "(CASE WHEN l.months = 0 THEN l.first ELSE (l.first + make_interval(months => l.months))::date - 1 END)"
)


@dataclass(frozen=True)
class Scope:
    """A unit with all below it. One that the bank's organisation does not know stands for itself."""

    unit_id: str
    known: bool

    def units(self, period: Period, by: str = "whole") -> Grouping:
        roots = (self.unit_id,) if self.known else ()
        return Grouping(roots, by, day_of(period), period.first, None)


def scope_of(unit_id: str) -> Scope:
    """Raises BadInput where neither the organisation nor a figure knows the unit."""
    known = UnitVersion.objects.filter(unit_id=unit_id).exists()
    counted = UnitVolume.objects.filter(unit_id=unit_id), RiskEvent.objects.filter(unit_id=unit_id)
    if not known and not any(rows.exists() for rows in counted):
        raise BadInput(f"--unit is {unit_id}, and neither the organisation nor a figure knows it")
    return Scope(unit_id, known)


def measures_of(scope: Scope, tree: Period, periods: Sequence[Period]) -> list[Measures]:
    """The unit with all below it."""
    found = figures(Subject.UNIT, scope.units(tree), periods, [scope.unit_id])
    return found[scope.unit_id]


def measures_below(scope: Scope, tree: Period, periods: Sequence[Period]) -> Mapping[str, Sequence[Measures]]:
    """The units directly below, and under the unit's own number what belongs to none of them."""
    if not scope.known:
        return {scope.unit_id: measures_of(scope, tree, periods)}
    return figures(Subject.UNIT, scope.units(tree, "children"), periods)


def measures_of_tellers(scope: Scope, period: Period) -> Mapping[str, Measures]:
    """What tellers did within the unit, with volume or events in the period."""
    if not scope.known:
        return {}
    found = figures(Subject.TELLER, scope.units(period), [period])
    return {key: of[0] for key, of in found.items() if not of[0].is_nothing}


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
    rows = _rows(
        scope,
        period,
        """SELECT coalesce(d.code, l.driver, ''), coalesce(d.name_zh, c.name_zh, ''),
    coalesce(d.name_en, c.name_en, ''), f.internal, f.controllable, count(*)
FROM exposure_riskevent f JOIN placed p USING (unit_id)
LEFT JOIN loop_quasievent e ON e.id = f.event_id LEFT JOIN loop_driver d ON d.id = e.driver_id
LEFT JOIN bulletin_listedevent l ON l.event_id = f.event_id
LEFT JOIN LATERAL (SELECT name_zh, name_en FROM loop_driver WHERE code = l.driver
    ORDER BY effective_from DESC LIMIT 1) AS c ON true
WHERE p.under = %(unit)s AND f.booked_on BETWEEN %(from)s AND %(to)s
GROUP BY 1, 2, 3, 4, 5""",
    )
    return [Driven(*row) for row in rows]


@dataclass(frozen=True)
class Handled:
    """Quasi-events of a period. `by_outcome`: those of the loop by what was found, "" where nothing yet.

    `total` is counted by itself; `listed` are those of lists, of which no conclusion is told. A number
    that is known only of a longer time than the period makes the period's own unknown: None.
    """

    total: int
    by_outcome: Mapping[str, int]
    listed: int | None
    statistical: int | None


def handled(scope: Scope, tree: Period, period: Period) -> Handled:
    outcomes = _rows(
        scope,
        period,
        """SELECT e.outcome, count(*) FROM loop_quasievent e JOIN placed p USING (unit_id)
WHERE p.under = %(unit)s AND e.withdrawn_on IS NULL AND e.booked_on BETWEEN %(from)s AND %(to)s
GROUP BY 1""",
        tree,
    )
    hits = _rows(
        scope,
        period,
        """SELECT coalesce(sum(s.hits), 0)::bigint FROM loop_dailystatistic s JOIN placed p USING (unit_id)
WHERE p.under = %(unit)s AND s.teller_id = '' AND s.booked_on BETWEEN %(from)s AND %(to)s""",
        tree,
    )[0][0]
    listed = {handling: (number, cut) for handling, number, cut in _listed(scope, tree, period)}
    itemised, itemised_cut = listed.get("itemised", (0, False))
    statistical, statistical_cut = listed.get("statistical", (0, False))
    of_loop = dict(outcomes)
    return Handled(
        sum(of_loop.values()),
        of_loop,
        None if itemised_cut else itemised,
        None if statistical_cut else statistical + hits,
    )


def _listed(scope: Scope, tree: Period, period: Period) -> list[tuple[str, int, bool]]:
    """By handling: how many within the period, and whether the period cuts through a number."""
    return _rows(
        scope,
        period,
        f"""SELECT l.handling,
    coalesce(sum(l.count) FILTER (WHERE l.first >= %(from)s AND {_LAST} <= %(to)s), 0)::bigint,
    coalesce(bool_or(l.count > 0 AND (l.first < %(from)s OR {_LAST} > %(to)s)), false)
FROM bulletin_listedquasievents l JOIN placed p USING (unit_id)
WHERE p.under = %(unit)s AND l.first <= %(to)s AND {_LAST} >= %(from)s GROUP BY 1""",
        tree,
    )


def volume_is_cut(scope: Scope, tree: Period, period: Period) -> bool:
    """Whether the period cuts through a time of which only the whole volume is known."""
    rows = _rows(
        scope,
        period,
        f"""SELECT EXISTS (SELECT FROM bulletin_listedvolume l JOIN placed p USING (unit_id)
WHERE p.under = %(unit)s AND l.first <= %(to)s AND {_LAST} >= %(from)s AND l.volume > 0
    AND (l.first < %(from)s OR {_LAST} > %(to)s))""",
        tree,
    )
    return rows[0][0]


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
    """The gravest closed risk events of the period, gravest first."""
    rows = _rows(
        scope,
        period,
        """SELECT e.model, e.booked_on, e.unit_id, f.internal, coalesce(d.name_zh, ''),
    coalesce(d.name_en, ''), f.score
FROM exposure_riskevent f JOIN placed p USING (unit_id) JOIN loop_quasievent e ON e.id = f.event_id
LEFT JOIN loop_driver d ON d.id = e.driver_id
WHERE p.under = %(unit)s AND e.state = 'closed' AND f.booked_on BETWEEN %(from)s AND %(to)s
ORDER BY f.score DESC, f.booked_on DESC, f.event_id LIMIT %(limit)s""",
        limit=MOST_CASES,
    )
    return [Case(*row) for row in rows]


def _rows(
    scope: Scope, period: Period, sql: str, tree: Period | None = None, **more: Any
) -> list[tuple[Any, ...]]:
    """Rows of the query, in which `placed` says what belongs to the unit on the last day of `tree`."""
    units = scope.units(tree or period)
    given = units.parameters | {"unit": scope.unit_id, "from": period.first, "to": period.last} | more
    with connection.cursor() as cursor:
        cursor.execute(f"WITH RECURSIVE {units.sql()}\n{sql}", given)
        return cursor.fetchall()
