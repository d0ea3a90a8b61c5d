"""Periods: a day, a week, months, a quarter, a half, a year, or any days from one to another.

Each has the period before it (环比) and the same a year before (同比). A period of whole months is compared
with whole months, so that a February is never short; any other with as many days.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from riskloop.exposure.models import GRAINS, grain_of

YEAR = 12
KINDS: Mapping[str, int] = MappingProxyType({"month": 1, "quarter": 3, "half": 6, "year": YEAR})
"""The calendar's own periods, in months."""
_ONE_DAY = dt.timedelta(days=1)
_WEEK = 7


@dataclass(frozen=True)
class Period:
    """Whole days from `first` to `last`, both included."""

    first: dt.date
    last: dt.date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"{self.last} lies before {self.first}")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def months(self) -> int:
        """How many whole months it is; 0 where it is not whole months."""
        if self.first.day != 1 or self.last != _month_end(self.last):
            return 0
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def kind(self) -> str:
        """`day`, `week` (from a Monday), `month`, `quarter`, `half`, `year`; `days` for any other."""
        for kind, months in KINDS.items():
            if self.months == months and grain_of(self.first, months) == self.first:
                return kind
        if self.days == 1:
            return "day"
        return "week" if self.days == _WEEK and self.first.weekday() == 0 else "days"

    @property
    def previous(self) -> Period:
        """What 环比 compares with: as many months, or days, directly before."""
        if self.months:
            return self._months_back(self.months)
        return Period(self.first - dt.timedelta(days=self.days), self.first - _ONE_DAY)

    @property
    def next(self) -> Period:
        """As many months, or days, directly after."""
        if self.months:
            return self._months_back(-self.months)
        return Period(self.last + _ONE_DAY, self.last + dt.timedelta(days=self.days))

    @property
    def year_before(self) -> Period:
        """What 同比 compares with: the same months, or the same days, of the year before."""
        if self.months:
            return self._months_back(YEAR)
        return Period(_a_year_back(self.first), _a_year_back(self.last))

    def _months_back(self, months: int) -> Period:
        return Period(_shifted(self.first, -months), _month_end(_shifted(self.last.replace(day=1), -months)))

    def parts(self) -> tuple[list[tuple[int, dt.date]], list[Period]]:
        """The period as sums that are kept (months, first day), the longest possible, and what is left over.

        Together they are the days of the period, each once.
        """
        start = self.first if self.first.day == 1 else _shifted(self.first.replace(day=1), 1)
        end = self.last + _ONE_DAY if self.last == _month_end(self.last) else self.last.replace(day=1)
        if start >= end:
            return [], [self]
        kept: list[tuple[int, dt.date]] = []
        at = start
        while at < end:
            months = next(m for m in GRAINS if grain_of(at, m) == at and _shifted(at, m) <= end)
            kept.append((months, at))
            at = _shifted(at, months)
        edges = [Period(self.first, start - _ONE_DAY)] if self.first < start else []
        return kept, edges + ([Period(end, self.last)] if end <= self.last else [])

    def __str__(self) -> str:
        """As `parse` reads it."""
        return _WRITTEN[self.kind](self)


def around(kind: str, day: dt.date) -> Period:
    """The day, week, month, quarter, half or year in which a day lies.

    Raises:
        KeyError: there is no such kind.
    """
    if kind == "day":
        return Period(day, day)
    if kind == "week":
        monday = day - dt.timedelta(days=day.weekday())
        return Period(monday, monday + dt.timedelta(days=_WEEK - 1))
    first = grain_of(day, KINDS[kind])
    return Period(first, _shifted(first, KINDS[kind]) - _ONE_DAY)


def parse(text: str) -> Period:
    """A period as written: 2024, 2024-H1, 2024-Q1, 2024-03, 2024-W10, 2024-03-15, 2024-01-01..2024-02-10.

    Raises:
        ValueError: it is written in no such way.
    """
    one, _dots, other = text.partition("..")
    if other:
        return Period(dt.date.fromisoformat(one), dt.date.fromisoformat(other))
    found = re.fullmatch(r"(\d{4})(?:-(?:([HQ])(\d)|W(\d\d?)|(\d\d)(?:-(\d\d))?))?", text)
    if found is None:
        raise ValueError(f"{text} is no period")
    year = int(found[1])
    if found[2]:
        months = KINDS["half" if found[2] == "H" else "quarter"]
        return around(
            "half" if found[2] == "H" else "quarter", dt.date(year, (int(found[3]) - 1) * months + 1, 1)
        )
    if found[4]:
        return around("week", dt.date.fromisocalendar(year, int(found[4]), 1))
    if found[6]:
        return around("day", dt.date.fromisoformat(text))
    return (
        around("month", dt.date(year, int(found[5]), 1)) if found[5] else around("year", dt.date(year, 1, 1))
    )


def _written_week(period: Period) -> str:
    year, week, _day = period.first.isocalendar()
    return f"{year}-W{week:02}"


_WRITTEN: Mapping[str, Callable[[Period], str]] = MappingProxyType(
    {
        "day": lambda p: f"{p.first}",
        "week": _written_week,
        "month": lambda p: f"{p.first:%Y-%m}",
        "quarter": lambda p: f"{p.first.year}-Q{(p.first.month + 2) // 3}",
        "half": lambda p: f"{p.first.year}-H{1 if p.first.month == 1 else 2}",
        "year": lambda p: f"{p.first.year}",
        "days": lambda p: f"{p.first}..{p.last}",
    }
)


def _month_end(day: dt.date) -> dt.date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _shifted(first: dt.date, months: int) -> dt.date:
    """The first of a month, so many months later."""
    number = first.year * 12 + first.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1)


def _a_year_back(day: dt.date) -> dt.date:
    """The same day of the year before; of 29 February the 28th."""
    return day.replace(year=day.year - 1, day=min(day.day, monthrange(day.year - 1, day.month)[1]))
