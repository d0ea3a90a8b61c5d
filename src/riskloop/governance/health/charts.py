"""What the charts of a model's health draw; each has the same figures in a table below it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from riskloop.detection.drift import ColumnDrift, mean_of, nulls_of
from riskloop.detection.profiles import NULL, OTHERS, ColumnProfile, edges, kept_profiles
from riskloop.detection.unusual import range_of_day
from riskloop.governance.health.figures import Health
from riskloop.governance.what_if.results import Share
from riskloop.models.api import Text
from riskloop.models.catalogue import AnyModel
from riskloop.models.labels import code_name

_FAINT = 0.18
_COLUMN_DAYS = 63
"""Days of a column that are listed: the week and the eight before it."""


@dataclass(frozen=True)
class DayOf:
    """One day of the ledger: hits, None where the model did not run; what days like it usually have."""

    day: dt.date
    works: bool
    hits: int | None
    usual: tuple[int, int] | None

    @property
    def outside(self) -> bool:
        """Whether the hits lie outside of what 95 of 100 such days have."""
        if self.hits is None or self.usual is None:
            return False
        return not self.usual[0] <= self.hits <= self.usual[1]


def days_of(health: Health, model: AnyModel) -> list[DayOf]:
    """The days of the period, in order."""
    counts = health.counts(model, health.hits_of(model))
    return [
        DayOf(day, health.works(day), counts.get(day), range_of_day(counts, day, health.works))
        for day in health.days
    ]


def hits_chart(days: Sequence[DayOf], address: str) -> dict[str, Any] | None:
    """Hits by day over the usual range; a click leads to the rows of the day. None where nothing is known."""
    if all(one.hits is None for one in days):
        return None
    low = [None if one.usual is None else one.usual[0] for one in days]
    spread = [None if one.usual is None else one.usual[1] - one.usual[0] for one in days]
    band: dict[str, Any] = {
        "type": "line",
        "stack": "usual",
        "symbol": "none",
        "step": "middle",
        "silent": True,
    }
    return {
        "xAxis": {"type": "category", "data": [f"{one.day:%m-%d}" for one in days]},
        "yAxis": {"type": "value", "minInterval": 1},
        "links": [f"{address}&day={one.day}#rows" if one.hits else None for one in days],
        "legend": {"data": [_("Hits"), _("Usual range")]},
        "series": [
            band | {"name": _("Usually at least"), "data": low, "lineStyle": {"opacity": 0}},
            band
            | {
                "name": _("Usual range"),
                "data": spread,
                "color": "--rl-closed",
                "lineStyle": {"opacity": 0},
                "areaStyle": {"opacity": _FAINT},
            },
            {
                "type": "bar",
                "name": _("Hits"),
                "color": "--rl-new",
                "barMaxWidth": 18,
                "data": [d.hits for d in days],
            },
        ],
    }


def share_chart(months: Mapping[dt.date, Share]) -> dict[str, Any] | None:
    """Confirmed among the concluded by month, between the ends of its interval; None of nothing."""
    known = {month: share for month, share in months.items() if share.interval is not None}
    if not known:
        return None
    per_cent = [tuple(100 * end for end in share.interval or (0.0, 0.0)) for share in known.values()]
    band: dict[str, Any] = {"type": "line", "stack": "interval", "symbolSize": 4, "silent": True}
    shares = [round(100 * (share.value or 0), 1) for share in known.values()]
    return {
        "xAxis": {"type": "category", "data": [f"{month:%Y-%m}" for month in known]},
        "yAxis": {"type": "value", "min": 0, "max": 100, "axisLabel": {"formatter": "{value} %"}},
        "legend": {"data": [_("Share confirmed"), _("Interval of 95 %")]},
        "series": [
            band
            | {
                "name": _("At least"),
                "data": [round(a, 1) for a, _b in per_cent],
                "color": "--rl-closed",
                "lineStyle": {"opacity": 0.4},
            },
            band
            | {
                "name": _("Interval of 95 %"),
                "data": [round(b - a, 1) for a, b in per_cent],
                "color": "--rl-closed",
                "lineStyle": {"opacity": 0.4},
                "areaStyle": {"opacity": _FAINT},
            },
            {
                "type": "line",
                "name": _("Share confirmed"),
                "color": "--rl-new",
                "symbolSize": 8,
                "data": shares,
            },
        ],
    }


@dataclass(frozen=True)
class ClassOf:
    """A class of a column's values, with its share of the week and of the usual weeks."""

    name: str
    week: float
    usual: float


def classes_of(column: ColumnDrift) -> list[ClassOf]:
    """The classes of a column in their order."""
    return [ClassOf(name_of_class(column, name), p, q) for name, (p, q) in column.shares.items()]


def name_of_class(column: ColumnDrift, name: str) -> str:
    """What a class is called."""
    if name == NULL:
        return _("empty")
    if name == OTHERS:
        return _("all others")
    if column.way == "presence":
        return _("filled in")
    if column.way == "hour":
        return f"{int(name):02}:00"
    if column.way == "code":
        flags = {"true": Text("是", "yes"), "false": Text("否", "no")}
        return flags.get(name, code_name(column.column, name)).in_language(get_language())
    low, high = edges(name)
    return "0" if low == high else f"{_plain(low)} – {_plain(high)}"


def _plain(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:,.2f}"  # noqa: PLR2004 — to be read, no more


def column_chart(column: ColumnDrift) -> dict[str, Any] | None:
    """The shares of the classes, the week beside the usual weeks; None of nothing."""
    classes = classes_of(column)
    if not classes:
        return None

    def bars(name: str, colour: str, shares: Iterable[float]) -> dict[str, Any]:
        data = [round(100 * share, 2) for share in shares]
        return {"type": "bar", "name": name, "color": colour, "barMaxWidth": 14, "data": data}

    return {
        "xAxis": {"type": "category", "data": [one.name for one in classes]},
        "yAxis": {"type": "value", "axisLabel": {"formatter": "{value} %"}},
        "series": [
            bars(_("This week"), "--rl-new", (one.week for one in classes)),
            bars(_("Usual weeks"), "--rl-closed", (one.usual for one in classes)),
        ],
    }


def _mean(profile: ColumnProfile) -> float | None:
    mean = mean_of(profile)
    return None if mean is None else round(mean, 2)


@dataclass(frozen=True)
class ColumnDay:
    """A column on one day."""

    day: dt.date
    rows: int
    nulls: float | None
    mean: float | None
    made_at: dt.datetime


def column_days(health: Health, column: ColumnDrift) -> list[ColumnDay]:
    """The days that were compared, the newest first."""
    first = health.last - dt.timedelta(days=_COLUMN_DAYS - 1)
    kept = kept_profiles(health.home, column.table, first, health.last)
    numbers = column.way in {"number", "day"}
    return [
        ColumnDay(day, one.rows, nulls_of(there), _mean(there) if numbers else None, one.made_at)
        for day, one in sorted(kept.items(), reverse=True)
        if (there := one.columns.get(column.column)) is not None
    ]
