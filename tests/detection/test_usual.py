"""What an object usually does is read from the derived days that are kept, and said only of those."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.detection.usual import usual_of

DAY = dt.date(2024, 3, 15)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Volumes of eight days: U/T has 10 on each of six, is idle on one, and has 40 on the day."""
    home = Home(tmp_path)
    for back, volume in enumerate((40, 10, None, 10, 10, 10, 10, 10)):
        file = Lake(home).file("volumes", DAY - dt.timedelta(days=back))
        file.parent.mkdir(parents=True)
        rows = [("U", "X", 5)] + ([("U", "T", volume)] if volume else [])
        pq.write_table(
            pa.Table.from_pylist([{"unit_id": u, "teller_id": t, "volume": v} for u, t, v in rows]), file
        )
    return home


def test_a_tellers_days_are_told_with_the_idle_one(home: Home) -> None:
    (volume,) = usual_of(home, "teller", "T", DAY)
    assert list(volume.values) == [10, 10, 10, 10, 10, 0, 10, 40]
    assert volume.days[-1] == DAY
    assert (volume.today, volume.low, volume.median, volume.high) == (40, 10, 10, 10)


def test_a_unit_is_the_sum_of_its_tellers(home: Home) -> None:
    (volume,) = usual_of(home, "unit", "U", DAY)
    assert (volume.today, volume.median) == (45, 15)


def test_too_few_days_say_nothing_of_what_is_usual(home: Home) -> None:
    (volume,) = usual_of(home, "teller", "T", DAY, number=4)
    assert (volume.today, volume.median, volume.low, volume.high) == (Decimal(40), None, None, None)


def test_days_before_the_object_was_there_do_not_count(home: Home) -> None:
    (volume,) = usual_of(home, "teller", "T", DAY, since=DAY - dt.timedelta(days=1))
    assert list(volume.values) == [10, 40]


def test_of_a_day_that_is_not_kept_nothing_is_claimed(home: Home) -> None:
    (volume,) = usual_of(home, "teller", "T", DAY + dt.timedelta(days=1))
    assert volume.today is None
    assert volume.days[-1] == DAY


@pytest.mark.parametrize(("kind", "object_id"), [("teller", "unknown"), ("account", "P1")])
def test_without_data_there_is_nothing(home: Home, kind: str, object_id: str) -> None:
    assert usual_of(home, kind, object_id, DAY) == []
