"""What belonged to a unit on a day: whose figures a unit's measures are made of.

The rule of attribution: of a period, and of all that it is compared with, the past of a unit counts where
the unit belongs on the last day of the period (today, where that is still to come). What was merged counts
in the unit that it lives on in; what was moved, with all below it, under its new parent. So a change of the
organisation makes no change of exposure, and an answer given for a period stays as it is when the
organisation changes later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from riskloop.exposure.kept_groupings import kept
from riskloop.exposure.periods import Period
from riskloop.organisation.functions import READ_EXPOSURE
from riskloop.organisation.models import UnitVersion
from riskloop.organisation.models.dated import on
from riskloop.organisation.scope import Person, authority_of, reaches_every_tree

_DEEPEST = 20
"""Steps up a tree: no bank has so many, and a circle ends here."""

# "0" follows "/": between them lie all paths below, as in the policies of row-level security.
_REACHED = """
b.unit_id IN (
    SELECT u.unit_id FROM unnest(%(reach)s::text[]) AS reached(path)
    JOIN organisation_unit u
      ON u.path = reached.path OR (u.path ~>=~ (reached.path || '/') AND u.path ~<~ (reached.path || '0')))"""
# Every fact has its year's sum: there are the fewest rows to look through.
_STRANGERS = """
placed AS MATERIALIZED (
    SELECT f.unit_id, f.unit_id AS under, false AS open FROM (
        SELECT unit_id FROM exposure_unitvolume WHERE months = 12
        UNION SELECT unit_id FROM exposure_unitevents WHERE months = 12
    ) AS f
    WHERE NOT EXISTS (SELECT FROM organisation_unit u WHERE u.unit_id = f.unit_id)
)"""


@dataclass(frozen=True)
class Grouping:
    """Units put together: which `units` count, and `under` which of them they are summed up.

    Attributes:
        roots: the units looked at; none: the units that the bank does not know.
        by: `whole` (one sum a root), `children` (one for each unit directly below, and one for the root's
            own), `level` (one for each unit of `level` that is below or is the root).
        day: on which the tree is looked at.
        first: units that had closed before it are only told where they have figures.
        reach: paths below which the reader reads; None: everywhere.
    """

    roots: tuple[str, ...]
    by: str
    day: dt.date
    first: dt.date
    reach: tuple[str, ...] | None
    level: str = ""

    def sql(self) -> str:
        """The table `placed` (unit_id, under, open), after WITH; of `parameters`."""
        if not self.roots:
            return _STRANGERS
        reached = "true" if self.reach is None else _REACHED
        return f"""placed AS MATERIALIZED (
    SELECT b.unit_id, b.under, b.until IS NULL OR b.until > %(first)s AS open
    FROM exposure_groupedunit b WHERE b.grouping_id = %(grouping)s AND {reached}
)"""

    @property
    def parameters(self) -> dict[str, Any]:
        """For `sql`. Of a tree that nobody has asked for yet it is worked out first."""
        return {
            "grouping": kept(self.roots, self.by, self.level, self.day) if self.roots else None,
            "first": self.first,
            "reach": list(self.reach or ()),
        }


def day_of(period: Period) -> dt.date:
    """The day whose tree a period is summed up by."""
    return min(period.last, timezone.localdate())


def grouping(
    user: Person, roots: Sequence[str], period: Period, by: str = "whole", level: str = ""
) -> Grouping:
    """Units as the reader may see them; the caller has seen to it that he reaches the roots."""
    grants = authority_of(user).having((READ_EXPOSURE,))
    reach = None if reaches_every_tree(grants) else tuple(sorted({g.path for g in grants}))
    return Grouping(tuple(roots), by, day_of(period), period.first, reach, level)


# ── what came and went ──


@dataclass(frozen=True)
class Change:
    """A unit that came to where it belongs, or left, while the figures ran.

    Attributes:
        came: it came; else it left.
        merged: by a merger; else it moved, or what it belongs to did.
        since: from this day on.
    """

    unit_id: str
    name: str
    since: dt.date
    came: bool
    merged: bool


def changes_of(unit_id: str, since: dt.date, day: dt.date) -> list[Change]:
    """The units whose past is counted in this one though they came to it only later, and those that left it.

    Told are the units that were moved or merged themselves; what is below them goes with them.

    Args:
        since: the first day of all that is shown.
        day: on which the tree is looked at.
    """
    moved = _moved(since, day)
    if not moved:
        return []
    asked = [(v.unit_id, v.valid_from - dt.timedelta(days=1)) for v in moved]
    before = _lines(asked)
    after = _lines([(v.unit_id, day) for v in moved])
    found: dict[tuple[str, bool], Change] = {}
    for version, ask in zip(moved, asked, strict=True):
        was, is_here = unit_id in before[ask], unit_id in after[(version.unit_id, day)]
        if was != is_here and version.unit_id != unit_id:
            merged = version.merged_into_id is not None
            change = Change(version.unit_id, version.name, version.valid_from, is_here, merged)
            found[version.unit_id, is_here] = change
    return list(found.values())


def _moved(since: dt.date, day: dt.date) -> list[UnitVersion]:
    """The states in which a unit began to belong elsewhere, in the order of their days."""
    states = UnitVersion.objects.filter(valid_from__gt=since, valid_from__lte=day)
    began = list(states.order_by("valid_from", "unit_id"))
    before = {
        (v.unit_id, v.valid_to): v.merged_into_id or v.parent_id
        for v in UnitVersion.objects.filter(
            unit_id__in={v.unit_id for v in began}, valid_to__in={v.valid_from for v in began}
        )
    }
    moved: list[UnitVersion] = []
    for version in began:
        key = (version.unit_id, version.valid_from)
        if key in before and before[key] != (version.merged_into_id or version.parent_id):
            moved.append(version)
    return moved


def _lines(asked: Collection[tuple[str, dt.date]]) -> dict[tuple[str, dt.date], set[str]]:
    """By unit and day the units above it on that day, mergers followed, itself included."""
    sql = f"""
WITH RECURSIVE asked AS (SELECT * FROM unnest(%(units)s::text[], %(days)s::date[]) AS a(unit_id, day)),
line AS (
    SELECT unit_id, day, unit_id AS here, 0 AS steps FROM asked
    UNION ALL
    SELECT l.unit_id, l.day, coalesce(v.merged_into_id, v.parent_id), l.steps + 1
    FROM line l JOIN organisation_unitversion v ON v.unit_id = l.here
        AND v.valid_from <= l.day AND (v.valid_to IS NULL OR v.valid_to > l.day)
    WHERE coalesce(v.merged_into_id, v.parent_id) IS NOT NULL AND l.steps < {_DEEPEST}
)
SELECT unit_id, day, array_agg(here) FROM line GROUP BY unit_id, day"""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"units": [u for u, _d in asked], "days": [d for _u, d in asked]})
        return {(unit_id, day): set(here) for unit_id, day, here in cursor.fetchall()}


def names_on(day: dt.date, unit_ids: Collection[str]) -> dict[str, UnitVersion]:
    """The units as they stood on a day, or as they stood first."""
    found = {v.unit_id: v for v in UnitVersion.objects.filter(on(day), unit_id__in=unit_ids)}
    missing = set(unit_ids) - found.keys()
    if missing:
        later = UnitVersion.objects.filter(unit_id__in=missing).order_by("-valid_from")
        found |= {v.unit_id: v for v in later}
    return found
