"""The real Czech bank, from its files into the lake."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from riskloop.bank.feeds.berka import deliveries
from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.bank.load import load

Whole = dict[str, tuple[pa.Table, list[dict[str, Any]]]]


@pytest.fixture(scope="module")
def berka(shared_data: Path) -> Whole:
    read_in = {d.table: (pa.concat_tables(list(d.batches)), d) for d in deliveries(shared_data / "berka")}
    return {table: (rows, list(delivery.rejected)) for table, (rows, delivery) in read_in.items()}


def test_every_whole_row_comes_in_and_the_torn_one_is_set_aside(berka: Whole) -> None:
    kept, rejected = berka["journal"]
    assert kept.num_rows == 49_102
    assert rejected == [
        {
            "row": 49_103,
            "column": None,
            "reason": "the line is torn or malformed: 4 of 10 columns",
            "content": '3526882;11021;940331;"PRIJE',
        }
    ]


def test_the_standing_data_come_in_whole(berka: Whole) -> None:
    counts = {table: kept.num_rows for table, (kept, _) in berka.items()}
    assert counts == {
        "units": 1 + 8 + 77,
        "customers": 5_369,
        "accounts": 4_500,
        "journal": 49_102,
        "balances": 39_960,
        "card_events": 892,
    }
    assert [rejected for table, (_, rejected) in berka.items() if table != "journal"] == [[]] * 5
    assert berka["customers"][0]["born_on"].null_count == 0
    assert berka["accounts"][0]["customer_id"].null_count == 0


def test_every_entry_is_known_by_its_channel_and_has_one_side(berka: Whole) -> None:
    entries = berka["journal"][0].to_pylist()
    assert Counter(e["channel"] for e in entries) == {
        "counter": 24_003,
        "batch": 14_972,
        "clearing": 10_115,
        "atm": 12,
    }
    assert all((e["debit_account_id"] is None) != (e["credit_account_id"] is None) for e in entries)
    assert {e["unit_id"] for e in entries} <= {str(n) for n in range(1, 78)}


def test_the_closing_balances_follow_from_each_other(berka: Whole) -> None:
    """Balance before + movements of the day = balance after, but for the bank's rounding to 0.10."""
    moved: Counter[tuple[str, dt.date]] = Counter()
    for e in berka["journal"][0].to_pylist():
        if e["credit_account_id"]:
            moved[e["credit_account_id"], e["booked_on"]] += e["amount"]
        else:
            moved[e["debit_account_id"], e["booked_on"]] -= e["amount"]
    before: dict[str, Decimal] = {}
    broken = Counter[dt.date]()
    for row in sorted(berka["balances"][0].to_pylist(), key=lambda r: r["as_of"]):
        account, day = row["account_id"], row["as_of"]
        expected = before.get(account, Decimal(0)) + moved[account, day]
        broken[day] += abs(row["closing"] - expected) > Decimal("0.20")
        before[account] = row["closing"]
    # The last day is cut off in the middle: of 28 accounts the interest of that day is missing.
    assert {day: n for day, n in broken.items() if n} == {dt.date(1994, 3, 31): 28}


def test_the_czech_bank_comes_in_and_a_second_time_changes_nothing(shared_data: Path, tmp_path: Path) -> None:
    home = Home(tmp_path)
    first = load(home, deliveries(shared_data / "berka"), feed="berka")
    assert {t.table: (t.rows_in, t.kept, t.set_aside, t.days_written) for t in first.tables} == {
        "units": (86, 86, 0, 1),
        "customers": (5_369, 5_369, 0, 1),
        "accounts": (4_500, 4_500, 0, 1),
        "journal": (49_103, 49_102, 1, 455),
        "balances": (39_960, 39_960, 0, 455),
        "card_events": (892, 892, 0, 607),
    }
    assert {n for t in first.tables for n in t.unknown.values()} == {0}
    (rejects,) = home.rejects.rglob("*.csv")
    with rejects.open(newline="") as file:
        (torn,) = csv.DictReader(file)
    assert (torn["source"], torn["row"], torn["content"]) == (
        "trans.asc",
        "49103",
        '3526882;11021;940331;"PRIJE',
    )

    second = load(home, deliveries(shared_data / "berka"), feed="berka")
    assert not second.changed
    assert (second.rows_in, second.kept, second.set_aside) == (first.rows_in, first.kept, first.set_aside)
    assert "teller_id" not in Lake(home).columns("journal")
