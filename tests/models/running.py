"""Runs models in the tests: one DuckDB for all, and only the tables and columns that a model reads."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from riskloop.bank.bank import Bank
from riskloop.bank.memory import Rows, arrow_table
from riskloop.models.api import Parameters
from riskloop.models.catalogue import AnyModel
from riskloop.models.hits import to_hits

Hits = dict[str, dict[str, Any]]
"""What a model said, by subject; the evidence read from its JSON."""


def columns_read(model: AnyModel) -> dict[str, tuple[str, ...]]:
    """The columns a model declares, by table: those it needs and those it reads where given."""
    return {name: (*columns, *model.where_given.get(name, ())) for name, columns in model.needs.items()}


def by_subject(model: AnyModel, parameters: Parameters, day: dt.date, found: pa.Table) -> Hits:
    hits = to_hits(model, parameters, day, found).to_pylist()
    return {hit["subject_id"]: hit | {"evidence": json.loads(hit["evidence"])} for hit in hits}


@cache
def _backend() -> Any:
    return ibis.duckdb.connect()


@cache
def _duckdb() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def run_on_memory(model: AnyModel, parameters: Parameters, day: dt.date, tables: Mapping[str, Any]) -> Hits:
    """What the model says of Ibis memory tables."""
    found = _backend().to_pyarrow(model.hits(Bank(ibis.literal(day), tables), parameters))
    return by_subject(model, parameters, day, found)


class Compiled:
    """A model compiled once for one day and one set of parameters, to be run on many banks."""

    def __init__(self, model: AnyModel, parameters: Parameters, day: dt.date) -> None:
        self.model, self.parameters, self.day = model, parameters, day
        self.read = columns_read(model)
        unbound = {
            name: ibis.table(table.schema, name=name) for name, table in self._tables({}).items()
        }
        self.sql = ibis.to_sql(model.hits(Bank(ibis.literal(day), unbound), parameters), dialect="duckdb")

    def run(self, rows: Rows) -> Hits:
        for name, table in self._tables(rows).items():
            _duckdb().register(name, table)
        found = _duckdb().sql(self.sql).to_arrow_table()
        return by_subject(self.model, self.parameters, self.day, found)

    def _tables(self, rows: Rows) -> dict[str, pa.Table]:
        return {
            name: arrow_table(name, rows.get(name, ()), self.day).select(columns)
            for name, columns in self.read.items()
        }
