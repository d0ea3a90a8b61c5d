"""Whether what a model reads still looks as it usually does: a week of a column against the usual weeks.

The week's shares of the classes (`profiles`) are held against those of the usual days, each day against its
own, by the population stability index Σ (p − q) ln (p ÷ q) (Lewis, An Introduction to Credit Scoring, 1992;
Siddiqi, Credit Risk Scorecards, 2006). It is marked where it is more than convention calls small, more than
chance brings (Yurdakul and Naranjo, Journal of Risk Model Validation 14, 2020), and more than the usual weeks
differ from one another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from riskloop.bank.tables import TABLES
from riskloop.detection.profiles import NULL, ColumnProfile, Profile, Way, added_up, edges, way_of
from riskloop.detection.unusual import (
    CHANCE,
    LEAST_DAYS,
    LEAST_WEEKS,
    WEEK,
    Week,
    Works,
    usual_days,
    week_of,
)

SMALL = 0.1
"""An index up to this is called small; from 0.25 on the change is called large."""
TIMES_USUAL = 2
"""A week that is marked differs so many times as much as any usual week from the others."""
_PRIOR = 0.5
"""Added to every class, so that one that is empty on one side has a logarithm (prior of Jeffreys)."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ColumnDrift:
    """One column in a week against the usual weeks.

    Attributes:
        week, usual: its values of the days compared, and those of their usual days.
        shares: by class its share of the week and the usual one, the classes in their order.
        index: the population stability index; None without enough past, as are `limit` and `marked`.
        limit: what it must be above to be marked.
    """

    table: str
    column: str
    way: Way
    week: ColumnProfile
    usual: ColumnProfile
    shares: Mapping[str, tuple[float, float]]
    index: float | None = None
    limit: float | None = None

    @property
    def marked(self) -> bool | None:
        return None if self.index is None or self.limit is None else self.index > self.limit


@dataclass(frozen=True)
class TableDrift:
    """One table of facts in a week: its rows, and its columns."""

    table: str
    rows: Week
    columns: tuple[ColumnDrift, ...]

    @property
    def marks(self) -> int:
        return bool(self.rows.way) + sum(bool(column.marked) for column in self.columns)

    def only(self, columns: Sequence[str]) -> TableDrift:
        """With these columns alone: those that a model reads."""
        kept = tuple(one for one in self.columns if one.column in columns)
        return TableDrift(self.table, self.rows, kept)


def drift_of(table: str, profiles: Mapping[dt.date, Profile], last: dt.date, works: Works) -> TableDrift:
    """A table in the week that ends on a day, against the usual weeks among the profiles."""
    counted = {day: profile.rows for day, profile in profiles.items()}
    rows = week_of(counted, last, works)
    known = [day for n in range(WEEK - 1, -1, -1) if (day := last - dt.timedelta(days=n)) in profiles]
    usual = {day: usual_days(day, last, counted, works) for day in known}
    # An empty day has no shares.
    usual = {day: found for day, found in usual.items() if len(found) > 1 and profiles[day].rows}
    names = list(dict.fromkeys(name for day in known for name in profiles[day].columns))
    columns = tuple(_column(table, name, profiles, usual) for name in names)
    return TableDrift(table, rows, columns)


def _column(
    table: str, name: str, profiles: Mapping[dt.date, Profile], usual: Mapping[dt.date, Mapping[int, dt.date]]
) -> ColumnDrift:
    empty = ColumnProfile({})
    of = {day: profiles[day].columns.get(name, empty) for day in usual}
    before = {
        day: {back: profiles[on].columns.get(name, empty) for back, on in found.items()}
        for day, found in usual.items()
    }
    way = way_of(TABLES[table].by_name[name])
    week = added_up(of.values())
    whole = added_up(one for found in before.values() for one in found.values())
    classes = sorted({*week.classes, *whole.classes}, key=lambda c: _order(c, way))
    if not week.classes or not whole.classes:
        return ColumnDrift(table, name, way, week, whole, {})
    now, then = np.array([_vector(one, classes) for one in of.values()]), _matrix(before, classes)
    shares = _shares(now), _weighted(then, now.sum(axis=1))
    told = {c: (float(p), float(q)) for c, p, q in zip(classes, *shares, strict=True)}
    weeks = len({back for found in before.values() for back in found})
    if weeks < LEAST_WEEKS or len(usual) < LEAST_DAYS:
        return ColumnDrift(table, name, way, week, whole, told)
    return ColumnDrift(table, name, way, week, whole, told, index=_index(now, then), limit=_limit(now, then))


def _order(name: str, way: Way) -> tuple[bool, float, str]:
    return name != NULL, float(name) if name != NULL and way in {"number", "day", "hour"} else 0.0, name


def _vector(profile: ColumnProfile, classes: Sequence[str]) -> list[float]:
    return [float(profile.classes.get(name, 0)) for name in classes]


def _matrix(before: Mapping[dt.date, Mapping[int, ColumnProfile]], classes: Sequence[str]) -> Floats:
    """Counts by day of the week, usual week and class; a usual day that is not there has none."""
    backs = sorted({back for found in before.values() for back in found})
    empty = ColumnProfile({})
    return np.array(
        [[_vector(found.get(back, empty), classes) for back in backs] for found in before.values()]
    )


def _shares(counts: Floats) -> Floats:
    """Of days together the shares of the classes."""
    whole: Floats = counts.sum(axis=0)
    return whole / whole.sum()


def _weighted(usual: Floats, weights: Floats) -> Floats:
    """The usual shares, each day of the week with the weight that it has in the week itself."""
    by_day: Floats = usual.sum(axis=1)
    sums = by_day.sum(axis=1, keepdims=True)
    there = by_day / np.where(sums, sums, 1)
    held = np.where(sums[:, 0], weights, 0)
    return (there * held[:, None]).sum(axis=0) / max(held.sum(), 1)


def _index(now: Floats, usual: Floats) -> float:
    """The population stability index of the days of a week against their usual days."""
    week, rest = float(now.sum()), float(usual.sum())
    classes = now.shape[1]
    p, q = _shares(now) * week, _weighted(usual, now.sum(axis=1)) * rest
    p, q = ((one + _PRIOR) / (one.sum() + _PRIOR * classes) for one in (p, q))
    return float(((p - q) * np.log(p / q)).sum())


def _limit(now: Floats, usual: Floats) -> float:
    classes, week, rest = now.shape[1], float(now.sum()), float(usual.sum())
    by_chance = float(chi2.isf(CHANCE, max(classes - 1, 1))) * (1 / week + 1 / rest)
    others = [
        _index(usual[:, n, :], np.delete(usual, n, axis=1))
        for n in range(usual.shape[1])
        if usual[:, n, :].sum() and np.delete(usual, n, axis=1).sum()
    ]
    return max(SMALL, by_chance, TIMES_USUAL * max(others, default=0.0))


def mean_of(profile: ColumnProfile) -> float | None:
    """The mean of what is not null; None of nothing."""
    number = sum(n for name, n in profile.classes.items() if name != NULL)
    return profile.total / number if number else None


def quantile_of(profile: ColumnProfile, share: float) -> float | None:
    """A quantile of numbers, to the width of its class (a factor of 1.8); None of nothing."""
    found = sorted((edges(name), n) for name, n in profile.classes.items() if name != NULL)
    number = sum(n for _edges, n in found)
    so_far = 0
    for (low, high), n in found:
        if n and so_far + n >= share * number:
            return low + (high - low) * (share * number - so_far) / n
        so_far += n
    return None


def nulls_of(profile: ColumnProfile) -> float | None:
    """The share of what is null; None of nothing."""
    number = sum(profile.classes.values())
    return profile.classes.get(NULL, 0) / number if number else None
