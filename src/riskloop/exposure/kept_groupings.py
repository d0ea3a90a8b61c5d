"""Which units belong where, worked out once for each state of the tree and kept in the database.

The tree of a bank of 37,000 outlets is walked in a tenth of a second, and every page of exposure asks for it.
What is kept belongs to one state of the units' history: a stamp over all its rows says which, so that any
change, by whatever way, makes it be worked out anew. Nothing else depends on it: it may be deleted any time.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from riskloop.organisation.scope import once

MOST = 2000
"""Groupings kept at most; the oldest go."""
_MANY = 2000
"""Of so many units the planner has to know."""

# A change moves a row to another place or puts in another: no two states have one stamp. Between two of the
# changes the tree is the same on all days.
_STAMP = """
SELECT concat_ws('.', count(*), sum(hashtid(ctid)::bigint), sum(xmin::text::bigint)),
    coalesce(greatest(max(valid_from) FILTER (WHERE valid_from <= %(day)s),
        max(valid_to) FILTER (WHERE valid_to <= %(day)s))::text, '')
FROM organisation_unitversion"""
# Before its first state a unit stood as it then stood first: no figure is without a place.
_PLACED = """
WITH RECURSIVE state AS MATERIALIZED (
    SELECT v.unit_id, v.level, v.merged_into_id AS merged, coalesce(v.merged_into_id, v.parent_id) AS above,
        CASE WHEN v.merged_into_id IS NULL THEN v.closed_on ELSE '0001-01-01' END AS until
    FROM organisation_unitversion v
    WHERE (v.valid_to IS NULL OR v.valid_to > %(day)s) AND (v.valid_from <= %(day)s OR NOT EXISTS (
        SELECT FROM organisation_unitversion e WHERE e.unit_id = v.unit_id AND e.valid_from < v.valid_from))
), belongs AS (
    SELECT unit_id, {start} AS under FROM state WHERE unit_id = ANY(%(roots)s)
    UNION
    SELECT s.unit_id, {step} FROM belongs b JOIN state s ON s.above = b.unit_id
    WHERE s.unit_id <> ALL(%(roots)s)
)
INSERT INTO exposure_groupedunit (grouping_id, unit_id, under, until)
SELECT %(grouping)s, b.unit_id, b.under, s.until
FROM belongs b JOIN state s USING (unit_id) WHERE b.under <> ''"""
_UNDER = {
    "whole": ("unit_id", "b.under"),
    "children": (
        "unit_id",
        "CASE WHEN b.unit_id = b.under AND b.unit_id = ANY(%(roots)s) AND s.merged IS NULL"
        " THEN s.unit_id ELSE b.under END",
    ),
    "level": (
        "CASE WHEN level = %(level)s THEN unit_id ELSE '' END",
        "CASE WHEN s.level = %(level)s AND s.merged IS NULL THEN s.unit_id ELSE b.under END",
    ),
}
# What somebody may still be reading is left alone for an hour.
_FORGET = """
WITH gone AS (
    DELETE FROM exposure_keptgrouping WHERE made_at < now() - interval '1 hour' AND (
        stamp <> %(stamp)s OR id <= (SELECT max(id) FROM exposure_keptgrouping) - %(most)s) RETURNING id
) DELETE FROM exposure_groupedunit USING gone WHERE grouping_id = gone.id"""


@dataclass(frozen=True)
class Tree:
    """A state of the units' history, and the day since which its tree has been the same."""

    stamp: str
    since: str


def tree_on(day: dt.date) -> Tree:
    def look_up() -> Tree:
        with connection.cursor() as cursor:
            cursor.execute(_STAMP, {"day": day})
            return Tree(*cursor.fetchone())  # pyright: ignore[reportOptionalIterable] — an aggregate is a row

    return once(("tree", day), look_up)


def kept(roots: Sequence[str], by: str, level: str, day: dt.date) -> int:
    """The number of the grouping in `exposure_groupedunit`, worked out where it is not there yet."""
    tree = tree_on(day)
    key = json.dumps([tree.since, by, level, sorted(roots)], ensure_ascii=False)
    given = {"stamp": tree.stamp, "key": key}
    return once(("grouping", tree.stamp, key), lambda: _found(given) or _made(given, roots, by, level, day))


def _found(given: dict[str, str]) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM exposure_keptgrouping WHERE key = %(key)s AND stamp = %(stamp)s", given
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _made(given: dict[str, str], roots: Sequence[str], by: str, level: str, day: dt.date) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FORGET, given | {"most": MOST})
        cursor.execute(
            "INSERT INTO exposure_keptgrouping (key, stamp, made_at) VALUES (%(key)s, %(stamp)s, now())"
            " ON CONFLICT (key, stamp) DO NOTHING RETURNING id",
            given,
        )
        row = cursor.fetchone()
        if row is not None:
            start, step = _UNDER[by]
            of = {"grouping": row[0], "roots": list(roots), "level": level, "day": day}
            cursor.execute(_PLACED.format(start=start, step=step), of)
            if cursor.rowcount > _MANY:
                cursor.execute("ANALYZE exposure_groupedunit")
            return row[0]
    # Somebody else was quicker.
    found = _found(given)
    return found if found is not None else _made(given, roots, by, level, day)
