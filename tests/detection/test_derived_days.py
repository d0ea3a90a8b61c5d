"""Days of derived tables in the lake: made when first read, kept, made anew when their facts change."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal

import pyarrow.parquet as pq

from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.detection.engines.duckdb import DuckDBEngine
from tests.detection.conftest import FRIDAY, SATURDAY, entries


def read(home: Home, days: int = 2) -> list[tuple[object, ...]]:
    with closing(DuckDBEngine(home)) as engine:
        found = engine.run(
            ("account_days", days),
            lambda bank: bank.window("account_days", days),
            ("account_days",),
            {"account_days": days},
            SATURDAY,
        )
    return sorted((r["account_id"], r["booked_on"], r["debits"], r["debit_sum"]) for r in found.to_pylist())


def test_what_is_read_is_made_and_kept(home: Home) -> None:
    assert read(home) == [
        ("C1", FRIDAY, 1, 600_000),
        ("P1", FRIDAY, 2, 600_005),
        ("P1", SATURDAY, 1, 700_000),
    ]
    file = Lake(home).file("account_days", FRIDAY)
    assert pq.read_table(file)["account_id"].to_pylist() == ["C1", "P1"]


def test_only_the_window_is_made(home: Home) -> None:
    assert read(home, days=1) == [("P1", SATURDAY, 1, 700_000)]
    assert Lake(home).days("account_days") == [SATURDAY]


def test_what_is_derived_may_be_made_while_its_facts_are_read_too(home: Home) -> None:
    with closing(DuckDBEngine(home)) as engine:
        found = engine.run(
            ("both",),
            lambda bank: bank.window("journal", 2).inner_join(bank.window("account_days", 2), "booked_on"),
            ("journal", "account_days"),
            {"journal": 2, "account_days": 2},
            SATURDAY,
        )
    assert sorted(set(found["entry_id"].to_pylist())) == ["E1", "E2", "E3", "E4", "E5"]


def test_a_day_whose_facts_changed_is_made_anew_and_no_other(home: Home) -> None:
    read(home)
    lake = Lake(home)
    untouched = lake.file("account_days", SATURDAY).stat().st_mtime_ns
    late = [{"entry_id": "E9", "debit_account_id": "C1", "amount": Decimal(3)}]
    lake.write_facts("journal", FRIDAY, entries(FRIDAY, *late))
    assert read(home) == [("C1", FRIDAY, 1, 3), ("P1", SATURDAY, 1, 700_000)]
    assert lake.file("account_days", SATURDAY).stat().st_mtime_ns == untouched


def test_a_day_of_another_definition_is_made_anew(home: Home) -> None:
    expected = read(home)
    file = Lake(home).file("account_days", FRIDAY)
    pq.write_table(pq.read_table(file).slice(0, 0).replace_schema_metadata(), file)
    assert not Lake(home).is_made("account_days", FRIDAY)
    assert read(home) == expected
