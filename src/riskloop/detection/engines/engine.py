"""What runs models: one shape for every engine, and the choice between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

import pyarrow as pa

from riskloop.bank.bank import Bank, Relation
from riskloop.bank.errors import BadInput
from riskloop.bank.home import Home
from riskloop.bank.lake import Lake


class Engine(Protocol):
    """Computes, over the files of the lake, what a function of a bank says of one business day."""

    lake: Lake

    def run(
        self,
        key: tuple[Any, ...],
        query: Callable[[Bank], Relation],
        tables: Collection[str],
        days: Mapping[str, int],
        day: dt.date,
    ) -> pa.Table:
        """The rows of `query` on one business day, in the types that Ibis gives its columns.

        Args:
            key: names the query; the same key must always come with the same query.
            tables: the tables that the query reads.
            days: how many calendar days it reads of each table of facts, ending on `day`.
        """
        ...

    def rows(self, table: str, column: str, values: Sequence[str]) -> list[dict[str, Any]]:
        """The rows of a table, as it is shown now, whose column holds one of the values."""
        ...

    def show(self, tables: Collection[str], days: Mapping[str, int], day: dt.date) -> None:
        """Shows the files of the windows, and the standing data in force on the day.

        A table of facts that `days` does not name is shown for the day alone.
        """
        ...

    def close(self) -> None:
        """Gives back what the engine holds."""
        ...


def columns_of(relation: Relation) -> pa.Schema:
    """The types that Ibis gives the columns of a relation. Any may hold nulls, whatever Ibis concludes."""
    schema: pa.Schema = relation.schema().to_pyarrow()
    return pa.schema([field.with_nullable(True) for field in schema])


def check_engine(name: str, master: str) -> None:
    """Whether there is such an engine and this machine has what it needs; starts nothing.

    Raises:
        BadInput: no such engine, something to install, or a master for an engine that has none.
    """
    if name == "spark":
        from riskloop.detection.engines.spark_session import require_spark

        require_spark()
        return
    if name != "duckdb":
        raise BadInput(f"--engine is {name}, and must be duckdb or spark")
    if master:
        raise BadInput(f"--master is {master}, and only --engine spark has one")


def open_engine(home: Home, name: str, master: str) -> Engine:
    """The engine of this name, to be closed.

    Args:
        master: where Spark runs; "" for this machine.

    Raises:
        BadInput: as `check_engine`, or nothing answers at `master`.
    """
    check_engine(name, master)
    if name == "spark":
        from riskloop.detection.engines.spark import SparkEngine

        return SparkEngine(home, master)
    from riskloop.detection.engines.duckdb import DuckDBEngine

    return DuckDBEngine(home)
