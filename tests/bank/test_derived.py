"""Derived tables: what they say of a few entries, and that a day of theirs is made of that day alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import ibis
import pytest

from riskloop.bank.derived import DERIVED, canonical, described, windows
from riskloop.bank.memory import memory_tables
from riskloop.bank.tables import TABLES

DAY = dt.date(2024, 3, 15)
BEFORE = DAY - dt.timedelta(days=1)
Rows = Mapping[str, Iterable[Mapping[str, Any]]]


def entry(name: str, amount: int, **more: Any) -> dict[str, Any]:
    return {"entry_id": name, "amount": Decimal(amount), "booked_on": DAY} | more


ENTRIES = [
    entry("E1", 10, debit_account_id="A", credit_account_id="B", unit_id="U", teller_id="T"),
    entry("E2", 30, debit_account_id="A", counterparty_account="X", unit_id="U", automatic=True),
    entry("E3", 5, credit_account_id="A", unit_id="U"),
    entry("E4", 7, debit_account_id="A", credit_account_id="B", kind="reversal", unit_id="U", teller_id="T"),
    entry("E5", 9, debit_account_id="A", credit_account_id="B", booked_on=BEFORE, unit_id="U"),
    entry("E6", 2, debit_account_id="A", credit_account_id="B", unit_id="U", teller_id="T"),
]
BANK: Rows = {
    "journal": ENTRIES,
    "teller_events": [
        {"event_id": "V1", "teller_id": "T", "event": "identity_changed", "booked_on": DAY},
        {"event_id": "V2", "teller_id": "T", "event": "signed_on", "booked_on": DAY},
        {"event_id": "V3", "teller_id": "T", "event": "identity_changed", "booked_on": BEFORE},
    ],
    "ebank_events": [
        {"event_id": "R1", "event": "registered", "channel": "internet", "unit_id": "U", "booked_on": DAY},
        {"event_id": "R2", "event": "registered", "channel": "phone", "unit_id": "U", "booked_on": DAY},
        {"event_id": "R3", "event": "registered", "channel": "internet", "unit_id": None, "booked_on": DAY},
        {"event_id": "R4", "event": "cancelled", "channel": "internet", "unit_id": "U", "booked_on": DAY},
    ],
}


def made(name: str, bank: Rows) -> list[tuple[Any, ...]]:
    rows = memory_tables(bank, DAY)[name]
    found = ibis.duckdb.connect().to_pyarrow(rows.select(described(name).arrow_schema.names))
    return sorted((tuple(row.values()) for row in found.to_pylist()), key=str)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "account_days",
            [
                ("A", 1, 9, 9, 0, 0, 0, BEFORE),
                ("A", 3, 42, 30, 1, 5, 5, DAY),
                ("B", 0, 0, 0, 1, 9, 9, BEFORE),
                ("B", 0, 0, 0, 2, 12, 10, DAY),
            ],
        ),
        ("counterparty_days", [("A", "B", 1, 9, BEFORE), ("A", "B", 2, 12, DAY), ("A", "X", 1, 30, DAY)]),
        ("teller_days", [("T", 1, BEFORE), ("T", 1, DAY)]),
        ("outlet_days", [("U", 1, DAY)]),
        (
            "volumes",
            [("U", "T", "0000", 2, DAY), ("U", None, "0000", 1, BEFORE), ("U", None, "0000", 1, DAY)],
        ),
    ],
)
def test_what_a_derived_table_says(name: str, expected: list[tuple[Any, ...]]) -> None:
    assert made(name, BANK) == sorted(expected, key=str)


@pytest.mark.parametrize("name", DERIVED)
def test_a_day_is_made_of_that_day_alone(name: str) -> None:
    apart = [
        {t: [r for r in rows if r["booked_on"] == day] for t, rows in BANK.items()} for day in (BEFORE, DAY)
    ]
    assert sorted([*made(name, apart[0]), *made(name, apart[1])], key=str) == made(name, BANK)


@pytest.mark.parametrize("name", DERIVED)
def test_it_has_the_columns_that_it_describes_and_reads_those_that_it_declares(name: str) -> None:
    derived = DERIVED[name]
    tables = {
        source: ibis.table(
            {c: ibis.dtype(TABLES[source].arrow_schema.field(c).type) for c in columns}, name=source
        )
        for source, columns in canonical({name: ()}, optional=True).items()
    }
    rows = derived.rows(tables).select(derived.table.arrow_schema.names)
    assert rows.schema().to_pyarrow().types == derived.table.arrow_schema.types


def test_windows_reach_the_tables_behind() -> None:
    assert windows({"account_days": 5, "journal": 1, "teller_days": 30}) == {
        "journal": 5,
        "teller_events": 30,
    }
