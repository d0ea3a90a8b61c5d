"""The engine for more than one machine: Spark over the same files of the lake.

Every machine of the cluster must see the lake under the path that it has here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from riskloop.bank.bank import Bank, Relation
from riskloop.bank.derived import DERIVED, described, sources
from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.bank.tables import TABLES, Table
from riskloop.detection.engines.engine import columns_of
from riskloop.detection.engines.spark_dialect import TYPES, Compiler
from riskloop.detection.engines.spark_session import DEFAULT_MASTER, in_one_line, start


class SparkEngine:
    """Computes what a function of a bank says of one business day, on a Spark cluster.

    A query is compiled for each day, and what is derived is computed within it. Spark plans lazily: a view
    costs nothing until a query reads it, and then only the columns and days that it reads.

    Args:
        home: whose lake is read.
        master: where Spark runs; "" for two threads of this machine.

    Raises:
        BadInput: nothing answers at `master`, or Spark does not start.
    """

    def __init__(self, home: Home, master: str = "") -> None:
        self.lake = Lake(home)
        self._session = start(home, master or DEFAULT_MASTER)
        self._ibis = ibis.pyspark.connect(self._session)
        self._ibis.compiler = Compiler()
        self._shown: dict[str, tuple[Path, ...]] = {}
        self._makings: dict[str, str] = {}
        self._tables = {
            name: ibis.table(ibis.schema(described(name).arrow_schema), name=name)
            for name in (*TABLES, *DERIVED)
        }

    def run(
        self,
        key: tuple[Any, ...],  # noqa: ARG002
        query: Callable[[Bank], Relation],
        tables: Collection[str],
        days: Mapping[str, int],
        day: dt.date,
    ) -> pa.Table:
        """The rows of `query` on one business day.

        Args:
            key: names the query.
            tables: the tables that the query reads.
            days: how many calendar days it reads of each table of facts, ending on `day`.

        Raises:
            RuntimeError: Spark failed, in one line.
        """
        self.show(tables, days, day)
        relation = query(Bank(ibis.literal(day), self._tables))
        return self._computed(self._compiled(relation)).cast(columns_of(relation))

    def rows(self, table: str, column: str, values: Sequence[str]) -> list[dict[str, Any]]:
        """The rows of a table, as it is shown now, whose column holds one of the values."""
        wanted = self._session.createDataFrame(pa.table({column: pa.array(values, pa.string())}))
        wanted.createOrReplaceTempView("wanted")
        found = self._computed(f"SELECT * FROM `{table}` LEFT SEMI JOIN wanted USING (`{column}`)")
        names = described(table).arrow_schema.names
        return found.select(names).cast(described(table).arrow_schema).to_pylist()

    def show(self, tables: Collection[str], days: Mapping[str, int], day: dt.date) -> None:
        """Puts views over the files of the windows, and the standing data in force on the day.

        A table of facts that `days` does not name is shown for the day alone.
        """
        with in_one_line():
            for table in tables:
                self._show(table, day - dt.timedelta(days=days.get(table, 1) - 1), day)

    def close(self) -> None:
        """Ends the application at the master: its workers are free for others."""
        self._session.stop()

    def _show(self, table: str, first: dt.date, last: dt.date) -> None:
        if table in DERIVED:
            self._derive(table, first, last)
        elif described(table).is_facts:
            self._put(table, TABLES[table], tuple(self.lake.files(table, first, last)))
        else:
            standing = self.lake.standing_file(table, last)
            self._put(table, TABLES[table], () if standing is None else (standing,))

    def _derive(self, table: str, first: dt.date, last: dt.date) -> None:
        files = {source: tuple(self.lake.files(source, first, last)) for source in sources(table)}
        every = tuple(file for own in files.values() for file in own)
        if self._shown.get(table) == every:
            return
        for source, own in files.items():
            self._put(_behind(table, source), TABLES[source], own)
        self._session.sql(self._making(table)).createOrReplaceTempView(table)
        self._shown[table] = every

    def _making(self, table: str) -> str:
        if table not in self._makings:
            behind = {
                source: ibis.table(ibis.schema(TABLES[source].arrow_schema), name=_behind(table, source))
                for source in sources(table)
            }
            rows = DERIVED[table].rows(behind).select(described(table).arrow_schema.names)
            self._makings[table] = self._compiled(rows)
        return self._makings[table]

    def _put(self, name: str, table: Table, files: tuple[Path, ...]) -> None:
        """Puts a view over the files under a name."""
        if self._shown.get(name) == files:
            return
        if files:
            # A lake may lie under a name with brackets, which are no pattern here.
            reader = self._session.read.schema(_columns(table)).option("__globPaths__", "false")
            frame = reader.parquet(*(f"file://{file.absolute()}" for file in files))
        else:
            frame = self._session.sql(_empty(table))
        frame.createOrReplaceTempView(name)
        self._shown[name] = files

    def _compiled(self, relation: Relation) -> str:
        return str(self._ibis.compile(relation))

    def _computed(self, sql: str) -> pa.Table:
        with in_one_line():
            return self._session.sql(sql).toArrow()


def _behind(table: str, source: str) -> str:
    """The view of a canonical table over the window of one derived from it."""
    return f"{source}_behind_{table}"


def _columns(table: Table) -> str:
    return ", ".join(f"`{c.name}` {TYPES[c.kind]}" for c in table.columns)


def _empty(table: Table) -> str:
    columns = ", ".join(f"CAST(NULL AS {TYPES[c.kind]}) AS `{c.name}`" for c in table.columns)
    return f"SELECT {columns} WHERE false"
