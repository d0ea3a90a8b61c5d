"""What happened under units, by tellers and in businesses in periods, summed up by the database.

The one place where facts become `Measures`. Whole months, quarters and years are read from the sums that are
kept, the days left over from the facts themselves. The number of queries does not grow with the bank.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

from django.db import connection

from riskloop.exposure import undivided
from riskloop.exposure.belonging import Grouping
from riskloop.exposure.measures import Measures
from riskloop.exposure.periods import Period
from riskloop.exposure.undivided import Cut


class Subject(Enum):
    """What figures are of. Of a teller and a business they are those within the units looked at."""

    UNIT = "unit"
    TELLER = "teller"
    BUSINESS = "business"


@dataclass(frozen=True)
class _Source:
    """Where a subject's figures are: the expression of its key in each table of facts and sums."""

    volumes: str
    key: str
    events: str
    each: str = ""


_SOURCES = {
    Subject.UNIT: _Source("exposure_unitvolume", "p.under", "p.under"),
    Subject.TELLER: _Source("exposure_tellervolume", "f.teller_id", "k.key", "unnest(f.teller_ids)"),
    # An event without an entry, such as a change of a phone number, belongs to the business that is not told.
    Subject.BUSINESS: _Source(
        "exposure_businessvolume",
        "f.business",
        "k.key",
        "unnest(CASE WHEN f.businesses = '{}' THEN ARRAY[''] ELSE f.businesses END)",
    ),
}
_OF_EVENTS = (
    "internal_events",
    "external_events",
    "controllable_events",
    "internal_score",
    "external_score",
    "controllable_score",
)
_COUNTED = (
    "sum(f.internal::int)",
    "sum((NOT f.internal)::int)",
    "sum(f.controllable::int)",
    "sum(CASE WHEN f.internal THEN f.score ELSE 0 END)",
    "sum(CASE WHEN f.internal THEN 0 ELSE f.score END)",
    "sum(CASE WHEN f.controllable THEN f.score ELSE 0 END)",
)
_REST = "/"
"""No unit has this number: it stands for all that belongs to none of the units looked at."""
_EVENTS = "(internal_events + external_events)"
_SCORE = "(internal_score + external_score)"
ORDERS = {
    "volume": "volume",
    "events": _EVENTS,
    "internal_events": "internal_events",
    "external_events": "external_events",
    "controllable_events": "controllable_events",
    "rr": f"{_EVENTS} / nullif(volume, 0)",
    "irr": "internal_events / nullif(volume, 0)",
    "err": "external_events / nullif(volume, 0)",
    "crr": "controllable_events / nullif(volume, 0)",
    "degree": f"{_SCORE} / nullif({_EVENTS}, 0)",
    "ird": "internal_score / nullif(internal_events, 0)",
    "erd": "external_score / nullif(external_events, 0)",
    "crd": "controllable_score / nullif(controllable_events, 0)",
    "rer": f"{_SCORE} / nullif(volume, 0)",
    "irer": "internal_score / nullif(volume, 0)",
    "erer": "external_score / nullif(volume, 0)",
    "crer": "controllable_score / nullif(volume, 0)",
    "key": "key",
}
"""By name of a measure what rows can be put in order by. What is undefined stands below 0."""


def figures(
    subject: Subject, units: Grouping, periods: Sequence[Period], keys: Collection[str] | None = None
) -> dict[str, list[Measures]]:
    """By key (unit, teller or business) the measures of each period.

    Args:
        units: which units count, and of units how they are put together.
        periods: one measure of each is returned, in this order.
        keys: only these; None: all with figures in any of the periods, and of units all that are there.
    """
    return _read(subject, units, periods, keys)[0]


def figures_and_open(
    units: Grouping, periods: Sequence[Period], *, rest: bool
) -> tuple[dict[str, list[Measures]], set[str], list[Measures] | None]:
    """The figures of units, which of them are open, and the figures of all that belongs to none of them, in
    one query; of the last None where a period cuts through a volume.

    Args:
        rest: whether it is looked for: then all facts are read, and not those of the units alone.
    """
    found, are_open = _read(Subject.UNIT, units, periods, None, rest=rest)
    outside = found.pop(_REST, [Measures()] * len(periods))
    return found, are_open, outside if rest and not undivided.cuts(periods) else None


def _read(
    subject: Subject,
    units: Grouping,
    periods: Sequence[Period],
    keys: Collection[str] | None,
    *,
    rest: bool = False,
) -> tuple[dict[str, list[Measures]], set[str]]:
    cuts = undivided.cuts(periods)
    sql = f"""{_summed(subject, units, keys, cuts, rest=rest)}
SELECT key, idx, open, cut, volume, {", ".join(_OF_EVENTS)} FROM summed"""
    found = {key: [Measures()] * len(periods) for key in keys or ()}
    are_open: set[str] = set()
    for key, idx, is_open, is_cut, *numbers in _run(sql, units, periods, keys, cuts):
        of = found.setdefault(key, [Measures()] * len(periods))
        if idx is not None:
            of[idx] = _measures(numbers, is_cut)
        if is_open:
            are_open.add(key)
    return found, are_open


def ranked(
    subject: Subject, units: Grouping, period: Period, order: str, limit: int | None, offset: int = 0
) -> tuple[list[str], int]:
    """A page of the keys in order of a measure (`ORDERS`; "-rer": the highest first), and how many in all.

    Of tellers and businesses those with figures in the period; of units also those that are open.
    """
    name, down = order.removeprefix("-"), order.startswith("-")
    value = ORDERS[name]
    placed = f"{value} {'DESC NULLS LAST' if down else 'ASC NULLS FIRST'}"
    numbers = ", ".join(f"max({n}) AS {n}" for n in _OF_EVENTS)
    cuts = undivided.cuts([period])
    sql = f"""{_summed(subject, units, None, cuts)}
SELECT key, count(*) OVER () FROM (
    SELECT key, CASE WHEN NOT bool_or(cut) THEN max(volume) END AS volume, {numbers}, bool_or(open) AS open
    FROM summed GROUP BY key) AS s
WHERE open OR volume IS DISTINCT FROM 0 OR {_EVENTS} <> 0
ORDER BY {placed}, key LIMIT %(limit)s OFFSET %(offset)s"""
    rows = _run(sql, units, [period], None, cuts, limit=limit, offset=offset)
    return [key for key, _total in rows], rows[0][1] if rows else 0


def counted(subject: Subject, units: Grouping, period: Period) -> list[tuple[str, int, int]]:
    """Key, volume and events of all that `ranked` would list, in order of the key, without measures.

    A volume that the period cuts through is 0.
    """
    cuts = undivided.cuts([period])
    sql = f"""{_summed(subject, units, None, cuts)}
SELECT key, CASE WHEN bool_or(cut) THEN 0 ELSE max(volume) END, max({_EVENTS}) FROM summed GROUP BY key
HAVING bool_or(open OR cut) OR max(volume) <> 0 OR max({_EVENTS}) <> 0 ORDER BY key"""
    rows = _run(sql, units, [period], None, cuts)
    return [(key, int(volume), int(events)) for key, volume, events in rows]


def _summed(
    subject: Subject,
    units: Grouping,
    keys: Collection[str] | None,
    cuts: Sequence[Cut],
    *,
    rest: bool = False,
) -> str:
    """SQL up to the table `summed`: key, idx of the period, the seven numbers, cut, open."""
    source = _SOURCES[subject]
    placed = "LEFT JOIN placed p USING (unit_id)" if rest else "JOIN placed p USING (unit_id)"
    key = f"coalesce({source.key}, '{_REST}')" if rest else source.key
    of_units = subject is Subject.UNIT
    events = "exposure_unitevents" if of_units else None
    only = "true" if keys is None else "{} = ANY(%(keys)s)"
    everybody = "SELECT under AS key, NULL::int AS idx, bool_or(open AND unit_id = under) AS open FROM placed"
    all_units = f"{everybody} WHERE {only.format('under')} GROUP BY under"
    nothing = f"UNION ALL SELECT key, idx, 0, 0, 0, 0, 0, 0, 0, false, open FROM ({all_units}) AS u"
    joined, is_cut = ("FULL JOIN cut USING (key, idx)", "cut IS NOT NULL") if cuts else ("", "false")
    return f"""WITH RECURSIVE {units.sql()},
parts(idx, months, first) AS (
    SELECT * FROM unnest(%(p_idx)s::int[], %(p_months)s::smallint[], %(p_first)s::date[])
),
edges(idx, first, last) AS (
    SELECT * FROM unnest(%(e_idx)s::int[], %(e_first)s::date[], %(e_last)s::date[])
),
whole(idx, first, last) AS (
    SELECT * FROM unnest(%(w_idx)s::int[], %(w_first)s::date[], %(w_last)s::date[])
),
volumes AS (
    SELECT key, idx, sum(volume) AS volume FROM (
        SELECT {key} AS key, parts.idx, f.volume
        FROM parts JOIN {source.volumes} f USING (months, first) {placed}
        WHERE {only.format(source.key)}
        UNION ALL
        SELECT {key}, edges.idx, f.volume
        FROM edges JOIN exposure_dailyvolume f ON f.day BETWEEN edges.first AND edges.last
        {placed}
        WHERE {only.format(source.key)}{" AND f.teller_id <> ''" if subject is Subject.TELLER else ""}
    ) AS v GROUP BY key, idx
),
events AS (
    SELECT key, idx, {", ".join(f"sum({n}) AS {n}" for n in _OF_EVENTS)} FROM (
        {_kept_events(events, key, placed, only) if events else ""}
        {_counted_events(source, "edges" if events else "whole", placed, only, rest=rest)}
    ) AS e GROUP BY key, idx
),{_cut(subject, only) if cuts else ""}
summed AS (
    SELECT key, idx, coalesce(volume, 0) AS volume,
        {", ".join(f"coalesce({n}, 0) AS {n}" for n in _OF_EVENTS)}, {is_cut} AS cut, false AS open
    FROM volumes FULL JOIN events USING (key, idx) {joined}
    {nothing if of_units else ""}
)"""


def _cut(subject: Subject, only: str) -> str:
    key = _SOURCES[subject].key
    of_tellers = " AND f.teller_id <> ''" if subject is Subject.TELLER else ""
    return f"""
cut AS (
    SELECT DISTINCT {key} AS key, c.idx, true AS cut
    FROM {undivided.SQL} JOIN exposure_undividedvolume f USING (months, first) JOIN placed p USING (unit_id)
    WHERE {only.format(key)}{of_tellers}
),"""


def _kept_events(table: str, key: str, placed: str, only: str) -> str:
    columns = ", ".join(f"f.{name}" for name in _OF_EVENTS)
    return f"""SELECT {key} AS key, parts.idx, {columns}
        FROM parts JOIN {table} f USING (months, first) {placed}
        WHERE {only.format("p.under")}
        UNION ALL"""


def _counted_events(source: _Source, days: str, placed: str, only: str, *, rest: bool) -> str:
    each = f"CROSS JOIN LATERAL (SELECT DISTINCT {source.each} AS key) AS k" if source.each else ""
    counted = ", ".join(f"{of} AS {name}" for of, name in zip(_COUNTED, _OF_EVENTS, strict=True))
    key = f"coalesce({source.events}, '{_REST}')" if rest else source.events
    return f"""SELECT {key} AS key, {days}.idx, {counted}
        FROM {days} JOIN exposure_riskevent f ON f.booked_on BETWEEN {days}.first AND {days}.last
        {placed} {each}
        WHERE {only.format(source.events)} GROUP BY 1, 2"""


def _run(
    sql: str,
    units: Grouping,
    periods: Sequence[Period],
    keys: Collection[str] | None,
    cuts: Sequence[Cut],
    **more: Any,
) -> list[tuple[Any, ...]]:
    given = units.parameters | _days(periods) | undivided.parameters(cuts) | {"keys": list(keys or ())} | more
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall()


def _days(periods: Sequence[Period]) -> dict[str, Any]:
    """The periods as arrays: the sums that they are made of, the days left over, and the whole of them."""
    parts: list[tuple[int, int, dt.date]] = []
    edges: list[tuple[int, Period]] = []
    for idx, period in enumerate(periods):
        kept, left = period.parts()
        parts += [(idx, months, first) for months, first in kept]
        edges += [(idx, days) for days in left]
    return {
        "p_idx": [idx for idx, _months, _first in parts],
        "p_months": [months for _idx, months, _first in parts],
        "p_first": [first for _idx, _months, first in parts],
        "e_idx": [idx for idx, _days in edges],
        "e_first": [days.first for _idx, days in edges],
        "e_last": [days.last for _idx, days in edges],
        "w_idx": list(range(len(periods))),
        "w_first": [p.first for p in periods],
        "w_last": [p.last for p in periods],
    }


def _measures(numbers: Sequence[Any], is_cut: bool) -> Measures:
    volume, internal, external, controllable, *scores = numbers
    of_internal, of_external, of_controllable = (Fraction(score) for score in scores)
    return Measures(
        0 if is_cut else int(volume),
        int(internal),
        int(external),
        of_internal,
        of_external,
        int(controllable),
        of_controllable,
        is_cut,
    )
