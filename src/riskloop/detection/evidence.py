"""The canonical rows behind the hits of one cell, gathered while they are at hand.

Pages read no lake, and an event must keep what was seen when it was found.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from decimal import Decimal
from typing import Any

import pyarrow as pa

from riskloop.bank.home import Home
from riskloop.bank.subjects import fact_of
from riskloop.bank.tables import TABLES
from riskloop.detection.engines.engine import Engine, open_engine
from riskloop.detection.sinks import Evidence
from riskloop.models.api import Model, Parameters

MOST_ENTRIES = 500
"""So many entries of one hit are kept; the hit itself names and counts them all."""
_EVENT_TABLES = ("ebank_events", "card_events", "maintenance_events", "reconciliation_events")

Row = Mapping[str, Any]


def gather(
    engine: Engine, model: Model[Any], parameters: Parameters, day: dt.date, hits: pa.Table
) -> dict[str, Evidence]:
    """By subject: its entries, events, accounts, customers, and the tellers with the people behind them."""
    found = hits.to_pylist()
    if not found:
        return {}
    tables = ("journal", *_EVENT_TABLES, "accounts", "customers", "tellers", "staff")
    engine.show(tables, model.days_of(parameters), day)
    wanted = {hit["subject_id"]: _wanted(hit) for hit in found}
    rows = {
        table: _by_key(engine, table, {i for names in wanted.values() for i in names.get(table, ())})
        for table in tables
        if table != "staff"
    }
    people = _by_key(engine, "staff", {t["staff_id"] for t in rows["tellers"].values()})
    evidence: dict[str, Evidence] = {}
    for subject_id, names in wanted.items():
        tables_of = {
            table: [_plain(rows[table][i]) for i in ids if i in rows[table]] for table, ids in names.items()
        }
        tables_of["staff"] = [
            _plain(people[t["staff_id"]]) for t in tables_of.get("tellers", []) if t["staff_id"] in people
        ]
        evidence[subject_id] = {table: kept for table, kept in tables_of.items() if kept}
    return evidence


def _wanted(hit: Row) -> dict[str, list[str]]:
    """The keys that a hit names, by table. The subject of some models is an event of another table."""
    names: dict[str, list[str]] = defaultdict(list)
    names["journal"] = hit["entry_ids"][:MOST_ENTRIES]
    names["accounts"] = hit["account_ids"]
    names["customers"] = hit["customer_ids"]
    names["tellers"] = sorted({*hit["teller_ids"], *hit["authoriser_ids"]})
    table, key = fact_of(hit["subject_id"])
    if table in _EVENT_TABLES:
        names[table].append(key)
    return names


def _by_key(engine: Engine, table: str, ids: Iterable[str]) -> dict[str, Row]:
    listed = sorted(ids)
    if not listed:
        return {}
    (key,) = TABLES[table].key
    return {row[key]: row for row in engine.rows(table, key, listed)}


def _plain(row: Row) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in row.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return value


def gather_for(
    home: Home, model: Model[Any], parameters: Parameters, day: dt.date, hit: pa.Table
) -> Evidence:
    """The rows behind one hit, read from the lake outside of a run.

    Args:
        hit: a table of one row in `HIT_SCHEMA`.
    """
    with closing(open_engine(home, "duckdb", "")) as engine:
        found = gather(engine, model, parameters, day, hit)
    return found.get(hit["subject_id"][0].as_py(), {})
