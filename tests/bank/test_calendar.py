"""Working days: the listed exceptions, and Monday to Friday where nothing is listed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import ibis
import pytest

from riskloop.bank.calendar import working_day_after
from riskloop.bank.memory import memory_bank

FRIDAY = dt.date(2024, 3, 15)
QINGMING = {4: False, 5: False, 6: False, 7: True}  # days of April 2024


def _due(day: dt.date, count: int, april: Mapping[int, bool] | None = None) -> dict[dt.date, dt.date]:
    rows = [{"on": dt.date(2024, 4, n), "working": working} for n, working in (april or {}).items()]
    table = working_day_after(memory_bank({"calendar": rows}, day), count)
    return {row["on"]: row["due"] for row in ibis.duckdb.connect().to_pyarrow(table).to_pylist()}


@pytest.mark.parametrize(
    ("day", "count", "due"),
    [
        (FRIDAY, 3, dt.date(2024, 3, 20)),
        (FRIDAY, 1, dt.date(2024, 3, 18)),
        (dt.date(2024, 3, 16), 1, dt.date(2024, 3, 18)),
        (dt.date(2024, 3, 17), 3, dt.date(2024, 3, 20)),
        (dt.date(2024, 3, 18), 3, dt.date(2024, 3, 21)),
        (FRIDAY, 30, dt.date(2024, 4, 26)),
    ],
)
def test_an_unlisted_day_works_from_monday_to_friday(day: dt.date, count: int, due: dt.date) -> None:
    assert _due(day, count)[day] == due


def test_a_listed_holiday_does_not_count_and_the_sunday_worked_for_it_does() -> None:
    opened = dt.date(2024, 4, 3)
    assert _due(opened, 3, QINGMING)[opened] == dt.date(2024, 4, 9)
    assert _due(opened, 3)[opened] == dt.date(2024, 4, 8)


def test_it_reads_the_same_on_a_later_day() -> None:
    opened = dt.date(2024, 4, 3)
    assert _due(dt.date(2024, 4, 12), 3, QINGMING)[opened] == dt.date(2024, 4, 9)


def test_one_row_a_day_up_to_the_business_day() -> None:
    due = _due(FRIDAY, 3)
    assert max(due) == FRIDAY
    assert len(due) == (FRIDAY - min(due)).days + 1
    # Whoever is older than the table reaches has waited long enough.
    assert due[min(due)] < FRIDAY


def test_no_working_day_to_wait_for_is_due_at_once() -> None:
    assert _due(FRIDAY, 0)[FRIDAY] == FRIDAY
    assert _due(dt.date(2024, 3, 17), 0)[dt.date(2024, 3, 17)] == FRIDAY
