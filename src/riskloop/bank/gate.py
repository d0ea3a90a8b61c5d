"""The gate: which rows of a table come in, and why the others are set aside.

Rows are checked inside DuckDB, a whole source at a time: every column is cast to its canonical type, and
the first thing wrong with a row is its reason. Nothing is dropped in silence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import duckdb

from riskloop.bank.tables import SQL_TYPES, Column, Kind, Table

_SHOULD_BE: dict[Kind, str] = {
    "id": "text",
    "text": "text",
    "date": "a day as 2024-03-15",
    "time": "a time as 2024-03-15 10:00:00",
    "money": "an amount with at most 2 decimals",
    "signed_money": "an amount with at most 2 decimals",
    "flag": "true or false",
    "int": "a whole number",
}


@dataclass(frozen=True)
class Source:
    """One file's rows, as a query.

    Attributes:
        number: the place of the source among those of its table: the earlier one wins a duplicate key.
        name: the file, as people know it.
        sql: a query with `row` (1 is the first data row of the file) and columns of the table.
        columns: which columns of the table the query has.
        expected_day: the day of the partition, where the file lies in one.
    """

    number: int
    name: str
    sql: str
    columns: Collection[str]
    expected_day: dt.date | None = None


class Gate:
    """Checks the sources of one table into the staging table `NAME`, and their rejects into `NAME_rejects`.

    Staged rows have the canonical columns and `source`, `row`; rejects have source, row, column, reason
    and content, the raw row as JSON.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: Table) -> None:
        self._connection = connection
        self.table = table
        columns = ", ".join(f'"{c.name}" {SQL_TYPES[c.kind]}' for c in table.columns)
        connection.execute(f'CREATE TABLE "{table.name}" (source INTEGER, row BIGINT, {columns})')
        connection.execute(
            f'CREATE TABLE "{table.name}_rejects" ('
            'source INTEGER, row BIGINT, "column" VARCHAR, reason VARCHAR, content VARCHAR)'
        )

    def admit(self, source: Source) -> int:
        """Lets the rows of one source in, or sets them aside; how many there were."""
        names = [c.name for c in self.table.columns]
        listed = ", ".join(f'"{n}"' for n in names)
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE checked AS {self._checked(source)}")
        self._connection.execute(
            f'INSERT INTO "{self.table.name}" SELECT {source.number}, row, {listed} FROM checked'
            " WHERE problem IS NULL"
        )
        self._connection.execute(
            f'INSERT INTO "{self.table.name}_rejects"'
            f' SELECT {source.number}, row, problem."column", problem.reason, content FROM checked'
            " WHERE problem IS NOT NULL"
        )
        (rows,) = self._connection.execute("SELECT count(*) FROM checked").fetchone() or (0,)
        self._connection.execute("DROP TABLE checked")
        return int(rows)

    def set_aside(self, number: int, row: int, column: str | None, reason: str, content: str) -> None:
        """A row that its own feed could not read."""
        self._connection.execute(
            f'INSERT INTO "{self.table.name}_rejects" VALUES (?, ?, ?, ?, ?)',
            [number, row, column, reason, content],
        )

    def refuse_duplicates(self) -> None:
        """Of rows with one key the first is kept, over all sources of the table."""
        name = self.table.name
        key = ", ".join(f'"{k}"' for k in self.table.key)
        (repeated,) = self._connection.execute(
            f'SELECT count(*) FROM (SELECT 1 FROM "{name}" GROUP BY {key} HAVING count(*) > 1)'
        ).fetchone() or (0,)
        if not repeated:
            return
        # Only the rows of repeated keys are looked at again: they are few, and the table may be large.
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE later AS SELECT rowid AS place FROM ("
            f'SELECT rowid, row_number() OVER (PARTITION BY {key} ORDER BY source, "row") AS nth'
            f' FROM "{name}" SEMI JOIN (SELECT {key} FROM "{name}" GROUP BY {key} HAVING count(*) > 1)'
            f" USING ({key})) WHERE nth > 1"
        )
        columns = ", ".join(f'"{c.name}"' for c in self.table.columns)
        self._connection.execute(
            f'INSERT INTO "{name}_rejects" SELECT source, "row", \'{self.table.key[0]}\','
            f" 'a row with this key came before', to_json(struct_pack({_packed(self.table.columns)}))"
            f' FROM (SELECT source, "row", {columns} FROM "{name}" WHERE rowid IN (FROM later))'
        )
        self._connection.execute(f'DELETE FROM "{name}" WHERE rowid IN (FROM later)')
        self._connection.execute("DROP TABLE later")

    def _checked(self, source: Source) -> str:
        """The rows of a source with typed columns, `problem` (column and reason, or null) and `content`."""
        raw, typed, problems = [], [], []
        for column in self.table.columns:
            if column.name in source.columns:
                raw.append(f'"{column.name}"')
                typed.append(f'{_cast(column)} AS "t_{column.name}"')
                problems += _problems(column)
            else:
                typed.append(f'NULL::{SQL_TYPES[column.kind]} AS "t_{column.name}"')
        if source.expected_day and self.table.date_column:
            problems.append(
                f"WHEN \"t_{self.table.date_column}\" <> DATE '{source.expected_day}' THEN"
                f" {_problem(self.table.date_column, f'is outside the partition of {source.expected_day}')}"
            )
        problem = f"CASE {' '.join(problems)} END" if problems else "NULL"
        handed_over = [c for c in self.table.columns if c.name in source.columns]
        final = ", ".join(f'"t_{c.name}" AS "{c.name}"' for c in self.table.columns)
        return (
            f'SELECT "row", {final}, problem,'
            f" CASE WHEN problem IS NOT NULL THEN to_json(struct_pack({_packed(handed_over)})) END AS content"
            f" FROM (SELECT *, {problem} AS problem"
            f' FROM (SELECT "row", {", ".join(raw)}, {", ".join(typed)} FROM ({source.sql})))'
        )


def _packed(columns: Collection[Column]) -> str:
    return ", ".join(f'"{c.name}" := "{c.name}"' for c in columns)


def _text(column: Column) -> str:
    return f"nullif(CAST(\"{column.name}\" AS VARCHAR), '')"


def _cast(column: Column) -> str:
    """The column in its canonical type; null where it cannot be."""
    text = _text(column)
    match column.kind:
        case "id" | "text":
            return text
        case "flag":
            return (
                f"CASE lower({text}) WHEN 'true' THEN true WHEN 't' THEN true WHEN '1' THEN true"
                f" WHEN 'false' THEN false WHEN 'f' THEN false WHEN '0' THEN false END"
            )
        case "money" | "signed_money" | "int":
            # A cast rounds; what had more places than the type keeps is of another type.
            whole = f"TRY_CAST({text} AS {SQL_TYPES[column.kind]})"
            return f"CASE WHEN TRY_CAST({text} AS DECIMAL(38, 10)) = {whole} THEN {whole} END"
        case "date" | "time":
            return f"TRY_CAST({text} AS {SQL_TYPES[column.kind]})"


def _problems(column: Column) -> list[str]:
    """The branches of a CASE: what can be wrong with this column, worst first."""
    typed, found = f'"t_{column.name}"', []
    if not column.nullable:
        found.append(f"WHEN {_text(column)} IS NULL THEN {_problem(column.name, 'is missing')}")
    if column.kind not in {"id", "text"}:
        found.append(
            f"WHEN {_text(column)} IS NOT NULL AND {typed} IS NULL THEN"
            f" {_problem(column.name, f'is not {_SHOULD_BE[column.kind]}')}"
        )
    if column.codes:
        codes = ", ".join(f"'{code}'" for code in column.codes)
        reason = f"is not one of {', '.join(column.codes)}"
        found.append(f"WHEN {typed} NOT IN ({codes}) THEN {_problem(column.name, reason)}")
    if column.kind == "money":
        found.append(f"WHEN {typed} < 0 THEN {_problem(column.name, 'is negative')}")
    return found


def _problem(column: str, reason: str) -> str:
    return f"{{'column': '{column}', 'reason': '{reason}'}}"
