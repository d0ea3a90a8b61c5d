"""Of which days a number is known: a sum over a part of a period is never taken for that of the whole.

A volume of the journal is known of all units from its first day to its last. Of a unit with volumes in lists
every day on which it was there must be in them. Lists of quasi-events tell no zeros, so that between their
first and last month nothing is missing. A day on which the bank does not work is never missing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings

from riskloop.bulletin.models import ListedEvent
from riskloop.bulletin.scope import Scope, rows
from riskloop.exposure.belonging import day_of, names_on
from riskloop.exposure.periods import Period
from riskloop.organisation.row_security import EVERYTHING, reading
from riskloop.organisation.working_days import working_days

Stretches = Sequence[tuple[dt.date, dt.date]]
"""From a day to a day, both included; in order, and apart from each other."""

_HOLIDAY = 10
"""Days: between two days of which something is known a shorter hole is a holiday."""
_ONE_DAY = dt.timedelta(days=1)
LAST = (
    "(CASE WHEN l.months = 0 THEN l.first ELSE (l.first + make_interval(months => l.months))::date - 1 END)"
)
"""SQL: the last day of a listed number `l`."""


@dataclass(frozen=True)
class Known:
    """What of a period is known.

    Attributes:
        days: the days of it that are known, as stretches.
        whole: none is missing.
        cut: the period cuts through a time of which only the whole is known.
        of_times: something of it is known by months, quarters or years.
        outside: there are risk events of it on days that are not known.
        untold: the years of it of which neither lists nor the journal tell events, though lists tell others.
    """

    days: Stretches = field(default_factory=tuple)
    whole: bool = True
    cut: bool = False
    of_times: bool = False
    outside: bool = False
    untold: Sequence[int] = ()

    @property
    def told(self) -> bool:
        """Whether the number is told: the whole, or what the days of a journal add up to."""
        return not self.cut and (self.whole or not self.of_times)

    @property
    def measures(self) -> bool:
        """Whether events may be divided by it."""
        return self.told and (self.whole or not self.outside) and not self.untold


def volumes(scope: Scope, tree: Period, periods: Sequence[Period]) -> list[Known]:
    """What of the volume of each period is known."""
    found, times = _of_units(scope, tree)
    journal = _journal()
    days = _all_of(found) if found else journal
    works, listed = _works(), _years_of_lists()
    return [
        Known(
            known := _within(days, period),
            whole := _is_whole(known, period, works),
            _cuts(scope, tree, period),
            any(first <= period.last and last >= period.first for first, last in times),
            not whole and _has_events_outside(scope, tree, period, known),
            _untold(period, listed, journal),
        )
        for period in periods
    ]


def quasi_events(periods: Sequence[Period]) -> list[Mapping[str, Known]]:
    """By handling what of the number of each period is known, where lists tell any of it.

    A list has no rows for what did not happen, so it is known from its first month to its last: of all units.
    """
    with reading(EVERYTHING):
        told = rows(
            f"""SELECT l.handling, date_trunc('month', min(l.first))::date,
    (date_trunc('month', max({LAST})) + interval '1 month')::date - 1
FROM bulletin_listedquasievents l GROUP BY l.handling, date_part('year', l.first)""",
            {},
        )
    works, journal = _works(), _journal()
    by_handling: dict[str, list[tuple[dt.date, dt.date]]] = {}
    for handling, first, last in told:
        by_handling.setdefault(handling, []).append((first, last))
    found: list[Mapping[str, Known]] = []
    for period in periods:
        of: dict[str, Known] = {}
        for handling, times in by_handling.items():
            if any(first <= period.last and last >= period.first for first, last in times):
                known = _within(_joined([*times, *journal]), period)
                of[handling] = Known(known, _is_whole(known, period, works), of_times=True)
        found.append(of)
    return found


# ── what is known of whom ──


def _of_units(scope: Scope, tree: Period) -> tuple[list[Stretches], list[tuple[dt.date, dt.date]]]:
    """Of each kind of unit with lists the days that are known or on which it was not there; and the times of
    which only the whole is known.

    Units with the same times and the same life are one kind.
    """
    told = scope.rows(
        tree,
        """,
times AS (
    SELECT DISTINCT l.unit_id, l.first, (l.first + make_interval(months => l.months))::date - 1 AS last,
        true AS of_time
    FROM bulletin_listedvolume l JOIN placed p USING (unit_id) WHERE p.under = %(unit)s AND l.months > 0
    UNION ALL
    SELECT l.unit_id, min(l.first), max(l.first), false
    FROM bulletin_listedvolume l JOIN placed p USING (unit_id) WHERE p.under = %(unit)s AND l.months = 0
    GROUP BY l.unit_id, date_trunc('month', l.first)
)
SELECT firsts, lasts, of_time, array_agg(unit_id) FROM (
    SELECT unit_id, array_agg(first ORDER BY first) AS firsts, array_agg(last ORDER BY first) AS lasts,
        array_agg(of_time ORDER BY first) AS of_time
    FROM times GROUP BY unit_id
) AS units GROUP BY 1, 2, 3""",
    )
    journal, kinds, whole = _journal(), set[Stretches](), set[tuple[dt.date, dt.date]]()
    for firsts, lasts, of_time, units in told:
        times = list(zip(firsts, lasts, strict=True))
        whole |= {time for time, is_one in zip(times, of_time, strict=True) if is_one}
        kinds |= {tuple(_joined([*times, *journal, *absent])) for absent in _lives(units, day_of(tree))}
    return list(kinds), sorted(whole)


def _lives(units: Collection[str], day: dt.date) -> set[Stretches]:
    """The days before a unit was opened and after it was closed or merged, as the bank tells them."""
    lives: set[Stretches] = set() if len(states := names_on(day, units)) == len(set(units)) else {()}
    for state in states.values():
        closed = state.closed_on or (state.valid_from if state.merged_into_id else None)
        before = ((dt.date.min, state.opened_on - _ONE_DAY),) if state.opened_on else ()
        lives.add((*before, *(((closed, dt.date.max),) if closed else ())))
    return lives


def _journal() -> Stretches:
    """The days of the journal, or of sums of it, in years that no list tells of. Of the bank, not of a unit:
    the quiet weeks of an outlet are no days on which nothing is known."""
    with reading(EVERYTHING):
        told = rows(
            """WITH RECURSIVE month(first) AS (
    SELECT min(first) FROM exposure_unitvolume WHERE months = 1
    UNION ALL
    SELECT (SELECT min(v.first) FROM exposure_unitvolume v WHERE v.months = 1 AND v.first > month.first)
    FROM month WHERE month.first IS NOT NULL
), days AS (
    SELECT first, (first + interval '1 month')::date - 1 AS last FROM month WHERE first IS NOT NULL
        AND NOT EXISTS (SELECT FROM bulletin_listedvolume l WHERE l.first >= date_trunc('year', month.first)
            AND l.first < date_trunc('year', month.first) + interval '1 year')
)
SELECT days.first, days.last,
    (SELECT min(day) FROM exposure_dailyvolume WHERE day BETWEEN days.first AND days.last),
    (SELECT max(day) FROM exposure_dailyvolume WHERE day BETWEEN days.first AND days.last)
FROM days ORDER BY 1""",
            {},
        )
    found: list[tuple[dt.date, dt.date]] = []
    before: dt.date | None = None
    for first, last, first_day, last_day in told:
        # Of a month in the middle every day is known, whatever rows it has.
        if before == first - _ONE_DAY:
            found[-1] = (found[-1][0], last_day or last)
        else:
            found.append((first_day or first, last_day or last))
        before = last
    return found


def _cuts(scope: Scope, tree: Period, period: Period) -> bool:
    return scope.rows(
        tree,
        f"""
SELECT EXISTS (SELECT FROM bulletin_listedvolume l JOIN placed p USING (unit_id)
WHERE p.under = %(unit)s AND l.first <= %(last)s AND {LAST} >= %(first)s AND l.volume > 0
    AND (l.first < %(first)s OR {LAST} > %(last)s))""",
        first=period.first,
        last=period.last,
    )[0][0]


def _has_events_outside(scope: Scope, tree: Period, period: Period, days: Stretches) -> bool:
    return scope.rows(
        tree,
        """
SELECT EXISTS (SELECT FROM exposure_riskevent f JOIN placed p USING (unit_id)
WHERE p.under = %(unit)s AND f.booked_on BETWEEN %(first)s AND %(last)s AND NOT EXISTS (
    SELECT FROM unnest(%(firsts)s::date[], %(lasts)s::date[]) AS known (first, last)
    WHERE f.booked_on BETWEEN known.first AND known.last))""",
        first=period.first,
        last=period.last,
        firsts=[first for first, _last in days],
        lasts=[last for _first, last in days],
    )[0][0]


def _years_of_lists() -> frozenset[int]:
    """The years of which lists tell risk events: each file tells all of the years that it names."""
    with reading(EVERYTHING):
        days = ListedEvent.objects.dates("booked_on", "year")
        return frozenset(day.year for day in days)


def _untold(period: Period, listed: frozenset[int], journal: Stretches) -> Sequence[int]:
    years = range(period.first.year, period.last.year + 1)
    if listed.isdisjoint(years):
        return ()
    found = {day.year for first, last in _within(journal, period) for day in (first, last)}
    return [year for year in years if year not in listed | found]


# ── days ──


def _works() -> Callable[[dt.date], bool]:
    """Whether the bank works on a day; without a word of its calendar never on New Year's Day."""
    calendar = working_days(settings.HOME)
    return lambda day: calendar.works(day) and (day in calendar.listed or (day.month, day.day) != (1, 1))


def _is_whole(known: Stretches, period: Period, works: Callable[[dt.date], bool]) -> bool:
    """Whether no working day of the period is missing; of one without any working day, no day at all."""
    at, missing = period.first, list[dt.date]()
    for first, last in [*known, (period.last + _ONE_DAY, period.last)]:
        missing += [at + n * _ONE_DAY for n in range((first - at).days)]
        at = last + _ONE_DAY
    return not any(works(day) for day in missing) and len(missing) < period.days


def _joined(times: Iterable[tuple[dt.date, dt.date]]) -> Stretches:
    """Times as stretches, over what can only be a holiday."""
    found: list[tuple[dt.date, dt.date]] = []
    for first, last in sorted(times):
        if found and (first - found[-1][1]).days <= _HOLIDAY:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _all_of(known: Iterable[Stretches]) -> Stretches:
    """The days that all of them know."""
    first, *others = known
    for other in others:
        first = [(max(a, c), min(b, d)) for a, b in first for c, d in other if max(a, c) <= min(b, d)]
    return first


def _within(days: Stretches, period: Period) -> Stretches:
    return _all_of([days, [(period.first, period.last)]])
