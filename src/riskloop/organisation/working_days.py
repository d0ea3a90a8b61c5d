"""Which days the bank works, by its own calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow.parquet as pq

from riskloop.bank.home import Home

SATURDAY = 5
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class WorkingDays:
    """The bank's calendar. A day that it does not list is worked from Monday to Friday."""

    listed: Mapping[dt.date, bool]

    def works(self, day: dt.date) -> bool:
        return self.listed.get(day, day.weekday() < SATURDAY)

    def after(self, day: dt.date, number: int) -> dt.date:
        """The n-th working day after a day; with 0 the day itself."""
        return self._step(day, number, _DAY)

    def before(self, day: dt.date, number: int) -> dt.date:
        """The n-th working day before a day; with 0 the day itself."""
        return self._step(day, number, -_DAY)

    def _step(self, day: dt.date, number: int, step: dt.timedelta) -> dt.date:
        while number > 0:
            day += step
            number -= self.works(day)
        return day


def working_days(home: Home) -> WorkingDays:
    """The calendar as the bank handed it over last."""
    file = home.lake / "calendar" / "calendar.parquet"
    if not file.is_file():
        return WorkingDays({})
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(file: Path, _changed: int) -> WorkingDays:
    rows = pq.read_table(file, columns=["on", "working"]).to_pylist()
    return WorkingDays({row["on"]: row["working"] for row in rows})


def days_off(home: Home, first: dt.date, last: dt.date) -> list[dt.date]:
    """The days from `first` to `last`, both included, on which the bank does not work."""
    calendar = working_days(home)
    days = (first + n * _DAY for n in range((last - first).days + 1))
    return [day for day in days if not calendar.works(day)]
