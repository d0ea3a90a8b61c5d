"""The embedded engine: DuckDB over the files of the lake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from riskloop.bank.bank import Bank, Relation
from riskloop.bank.derived import DERIVED, described, sources
from riskloop.bank.home import Home
from riskloop.bank.lake import Lake, Query
from riskloop.bank.tables import SQL_TYPES, TABLES
from riskloop.detection.engines.duckdb_dialect import Compiler
from riskloop.detection.engines.engine import columns_of

MEMORY_LIMIT = "6GB"
_DAY = "business_day"


@ibis.udf.scalar.builtin(name="getvariable", signature=(("string",), "date"))
def _variable(variable: str) -> dt.date:  # pyright: ignore[reportReturnType, reportUnusedParameter]
    """DuckDB's session variable: folded to a constant when a query is planned."""


@dataclass(frozen=True)
class _Compiled:
    """A query in SQL.

    Attributes:
        first: temporary tables that it reads, by name, in the order in which they are made.
        schema: what Ibis says of its columns.
    """

    first: Mapping[str, str]
    sql: str
    schema: pa.Schema


class DuckDBEngine:
    """Computes what a function of a bank says of one business day.

    A query is compiled once. From day to day only what it reads is exchanged: the session variable that
    is the bank's day, and the views over the files of the window.
    """

    def __init__(self, home: Home) -> None:
        self.lake = Lake(home)
        spill = home.runs / "spill"
        spill.mkdir(parents=True, exist_ok=True)
        self._ibis = ibis.duckdb.connect()
        self._ibis.compiler = Compiler()
        self._con = self._ibis.con
        self._con.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        self._con.execute(f"SET temp_directory = '{_quoted(spill)}'")
        self._compiled: dict[tuple[Any, ...], _Compiled] = {}
        self._shown: dict[str, tuple[Path, ...]] = {}
        self._makings: dict[str, str] = {}
        self._made: set[tuple[str, dt.date]] = set()
        self._tables = {
            name: ibis.table(ibis.schema(described(name).arrow_schema), name=name)
            for name in (*TABLES, *DERIVED)
        }

    def run(
        self,
        key: tuple[Any, ...],
        query: Callable[[Bank], Relation],
        tables: Collection[str],
        days: Mapping[str, int],
        day: dt.date,
    ) -> pa.Table:
        """The rows of `query` on one business day.

        Args:
            key: names the query; the same key must always come with the same query.
            tables: the tables that the query reads.
            days: how many calendar days it reads of each table of facts, ending on `day`.
        """
        self.show(tables, days, day)
        self._con.execute(f"SET VARIABLE {_DAY} = DATE '{day}'")
        if key not in self._compiled:
            self._compiled[key] = self._compile(query)
        compiled = self._compiled[key]
        try:
            for name, sql in compiled.first.items():
                self._con.execute(f"CREATE TEMP TABLE {name} AS {sql}")
            # A date that went through an interval leaves DuckDB as a timestamp; Ibis says what it is.
            return self._con.sql(compiled.sql).to_arrow_table().cast(compiled.schema)
        finally:
            for name in compiled.first:
                self._con.execute(f"DROP TABLE IF EXISTS {name}")

    def _compile(self, query: Callable[[Bank], Relation]) -> _Compiled:
        first: dict[str, str] = {}

        def compute_first(relation: Relation) -> Relation:
            name = f"few_{len(first)}"
            first[name] = str(self._ibis.compile(relation))
            return ibis.table(relation.schema(), name=name)

        relation = query(Bank(_variable(_DAY), self._tables, compute_first))
        return _Compiled(first, str(self._ibis.compile(relation)), columns_of(relation))

    def rows(self, table: str, column: str, values: Sequence[str]) -> list[dict[str, Any]]:
        """The rows of a table, as it is shown now, whose column holds one of the values."""
        self._con.register("wanted", pa.table({"value": pa.array(values, pa.string())}))
        try:
            found = self._con.sql(
                f'SELECT t.* FROM {table} t SEMI JOIN wanted w ON t."{column}" = w.value'
            ).to_arrow_table()
        finally:
            self._con.unregister("wanted")
        return found.to_pylist()

    def show(self, tables: Collection[str], days: Mapping[str, int], day: dt.date) -> None:
        """Puts views over the files of the windows, and the standing data in force on the day.

        A table of facts that `days` does not name is shown for the day alone. What is derived is made first.
        """
        first = {table: day - dt.timedelta(days=days.get(table, 1) - 1) for table in tables}
        # All of it before anything is shown: making a day shows the facts of that day alone.
        for table in DERIVED.keys() & first:
            self._make(table, first[table], day)
        for table in tables:
            if described(table).is_facts:
                self._put(table, tuple(self.lake.files(table, first[table], day)))
            else:
                standing = self.lake.standing_file(table, day)
                self._put(table, () if standing is None else (standing,))

    def _put(self, table: str, files: tuple[Path, ...]) -> None:
        if self._shown.get(table) != files:
            self._con.execute(_view(table, files))
            self._shown[table] = files

    def _make(self, table: str, first: dt.date, last: dt.date) -> None:
        """Makes the derived days that are not there, or whose facts have changed."""
        for day in (first + dt.timedelta(days=n) for n in range((last - first).days + 1)):
            if (table, day) in self._made:
                continue
            self._made.add((table, day))
            if self.lake.made_of(table, day) is None or self.lake.is_made(table, day):
                continue
            for source in sources(table):
                self._put(source, (self.lake.file(source, day),))
            self.lake.write_derived(table, day, Query(self._con, self._making(table)))

    def _making(self, table: str) -> str:
        if table not in self._makings:
            made = DERIVED[table].rows(self._tables)
            # By whom they are about, and no further: that is what they are looked up by.
            rows = made.select(described(table).arrow_schema.names).order_by(described(table).key[0])
            self._makings[table] = str(self._ibis.compile(rows))
        return self._makings[table]

    def close(self) -> None:
        self._con.close()


def _view(table: str, files: Sequence[Path]) -> str:
    if not files:
        columns = ", ".join(f'NULL::{SQL_TYPES[c.kind]} AS "{c.name}"' for c in described(table).columns)
        return f"CREATE OR REPLACE TEMP VIEW {table} AS SELECT {columns} WHERE false"
    listed = ", ".join(f"'{_quoted(file)}'" for file in files)
    return (
        f"CREATE OR REPLACE TEMP VIEW {table} AS"
        f" SELECT * FROM read_parquet([{listed}], hive_partitioning = false)"
    )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
