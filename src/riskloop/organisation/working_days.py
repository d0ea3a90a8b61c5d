"""Which days the bank works, by its own calendar."""

from __future__ import annotations

import datetime as dt

import pyarrow.parquet as pq

from riskloop.bank.home import Home

SATURDAY = 5


def days_off(home: Home, first: dt.date, last: dt.date) -> list[dt.date]:
    """The days from `first` to `last`, both included, on which the bank does not work.

    A day that the calendar does not list is worked from Monday to Friday.
    """
    listed = _calendar(home)
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if not listed.get(day, day.weekday() < SATURDAY)]


def _calendar(home: Home) -> dict[dt.date, bool]:
    file = home.lake / "calendar" / "calendar.parquet"
    if not file.is_file():
        return {}
    rows = pq.read_table(file, columns=["on", "working"]).to_pylist()
    return {row["on"]: row["working"] for row in rows}
