"""A bank made of a few rows in memory: for the examples of the models and for tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa

from riskloop.bank.bank import Bank, Relation
from riskloop.bank.derived import DERIVED
from riskloop.bank.tables import TABLES, Column

Row = Mapping[str, Any]
Rows = Mapping[str, Iterable[Row]]

_PLAIN: dict[str, Any] = {
    "channel": "counter",
    "kind": "normal",
    "code": "0000",
    "currency": "CNY",
    "status": "normal",
    "level": "outlet",
}


def complete(table: str, row: Row, day: dt.date) -> dict[str, Any]:
    """A whole row from the few columns that matter to a case.

    What is left out becomes null where it may be, and otherwise something plain: the business day,
    noon of the row's own day, an id made of the column's name, CNY, a normal entry at the counter.
    `amount_cny` follows `amount`.

    Raises:
        KeyError: the row names a column that the table does not have.
    """
    spec = TABLES[table]
    unknown = set(row) - set(spec.by_name)
    if unknown:
        raise KeyError(f"{table} has no column {', '.join(sorted(unknown))}")
    own_day = row.get(spec.date_column or "", day)
    whole = {c.name: row[c.name] if c.name in row else _plain(table, c, own_day) for c in spec.columns}
    if table == "journal" and "amount_cny" not in row:
        whole["amount_cny"] = whole["amount"]
    return whole


def arrow_table(table: str, rows: Iterable[Row], day: dt.date) -> pa.Table:
    """Rows, completed, as one Arrow table in the canonical schema."""
    return pa.Table.from_pylist(
        [complete(table, row, day) for row in rows], schema=TABLES[table].arrow_schema
    )


def memory_tables(rows: Rows, day: dt.date) -> dict[str, Relation]:
    """All tables as Ibis expressions over memory; canonical ones that `rows` does not name are empty."""
    canonical = {name: ibis.memtable(arrow_table(name, rows.get(name, ()), day)) for name in TABLES}
    return canonical | {name: derived.rows(canonical) for name, derived in DERIVED.items()}


def memory_bank(rows: Rows, day: dt.date) -> Bank:
    """A bank that consists of `rows` alone, at the close of `day`."""
    return Bank(ibis.literal(day), memory_tables(rows, day))


def _plain(table: str, column: Column, day: dt.date) -> Any:
    if column.nullable:
        return None
    if column.name in _PLAIN and (not column.codes or _PLAIN[column.name] in column.codes):
        return _PLAIN[column.name]
    if column.codes:
        return column.codes[0]
    match column.kind:
        case "date":
            return day
        case "time":
            return dt.datetime.combine(day, dt.time(12))
        case "money" | "signed_money":
            return Decimal(0)
        case "flag":
            return False
        case "int":
            return 0
        case "id" | "text":
            return f"{column.name} of {table}"
