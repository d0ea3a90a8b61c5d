"""The usual behaviour of an object against one day, from the derived tables that detection keeps.

Read file by file with the filter pushed down to the groups of rows: no engine is opened for a page.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pyarrow.parquet as pq

from riskloop.bank.home import Home
from riskloop.bank.lake import Lake

DAYS = 60
"""Calendar days before the day that say what is usual."""
LEAST = 5
"""Of fewer days no quartiles are given: they would say nothing."""


@dataclass(frozen=True)
class _Source:
    table: str
    key: str
    columns: tuple[str, ...]


_SOURCES: Mapping[str, _Source] = MappingProxyType(
    {
        "account": _Source("account_days", "account_id", ("debits", "debit_sum", "credits", "credit_sum")),
        "teller": _Source("volumes", "teller_id", ("volume",)),
        "unit": _Source("volumes", "unit_id", ("volume",)),
    }
)


@dataclass(frozen=True)
class Usual:
    """One figure of an object by day, the day looked at last.

    Attributes:
        name: the column of the derived table: money in yuan, everything else a count.
        days: the days that are kept, in order; on a day without a row of the object the figure is 0.
        values: one a day.
        today: of the day looked at; None where that day is not kept.
        median, low, high: of the days before it, low and high being the quartiles; None of fewer than
            `LEAST` days.
    """

    name: str
    days: Sequence[dt.date]
    values: Sequence[Decimal]
    today: Decimal | None
    median: Decimal | None
    low: Decimal | None
    high: Decimal | None


def usual_of(
    home: Home, kind: str, object_id: str, day: dt.date, number: int = DAYS, since: dt.date | None = None
) -> list[Usual]:
    """The figures of an object up to a day.

    Args:
        kind: `account` (entries and sums of each side), `teller` or `unit` (online volume).
        number: calendar days before the day.
        since: the object was not there before this day.

    Returns:
        Nothing where no day holds a row of the object: nothing is kept for it.
    """
    source, lake = _SOURCES[kind], Lake(home)
    kept: dict[dt.date, Mapping[str, Decimal] | None] = {}
    for back in range(number, -1, -1):
        on = day - dt.timedelta(days=back)
        file = lake.file(source.table, on)
        if file.is_file() and (since is None or on >= since):
            rows = pq.read_table(
                file, columns=list(source.columns), filters=[(source.key, "=", object_id)]
            ).to_pylist()
            kept[on] = _sum(rows, source.columns) if rows else None
    if not any(kept.values()):
        return []
    return [_usual(name, kept, day) for name in source.columns]


def _sum(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> dict[str, Decimal]:
    return {name: sum((Decimal(row[name]) for row in rows), Decimal(0)) for name in columns}


def _usual(name: str, kept: Mapping[dt.date, Mapping[str, Decimal] | None], day: dt.date) -> Usual:
    values = {on: row[name] if row else Decimal(0) for on, row in kept.items()}
    before = [value for on, value in values.items() if on != day]
    low = median = high = None
    if len(before) >= LEAST:
        low, median, high = statistics.quantiles(before, n=4, method="inclusive")
    return Usual(name, list(values), list(values.values()), values.get(day), median, low, high)
