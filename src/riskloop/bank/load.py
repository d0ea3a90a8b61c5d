"""The one way into the lake, for every feed: through the gate, a table and day at a time.

Standing data is checked first (facts refer to it), facts are put in place day by day, and standing data
last, in force from the newest day of the facts. A load that was killed is simply run again.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from riskloop.bank.errors import BadInput
from riskloop.bank.gate import Gate, Source
from riskloop.bank.home import Home
from riskloop.bank.lake import Lake, Query
from riskloop.bank.tables import TABLES, Table

MEMORY_LIMIT = "6GB"
_TELL_EVERY_S = 2.0
Say = Callable[[str], None]


@dataclass
class Delivery:
    """One file (or partition) of one table, as a feed hands it over.

    Attributes:
        source: the file, as people know it.
        batches: its rows, canonical columns in any type that can be cast, and `row`, the data row in the
            file. A generator may go on adding to `rejected` while it is read.
        encoding: of a text file, said in the report.
        rejected: rows that the feed could not read: dicts of row, column, reason, content.
        scan: instead of batches, a DuckDB query with the same columns; faster.
        columns: the canonical columns that a `scan` has.
        expected_day: the day of the partition that the file lies in.
        ignored: columns that the contract does not know.
    """

    table: str
    source: str
    batches: Iterator[pa.Table] | None = None
    encoding: str | None = None
    rejected: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    scan: str | None = None
    columns: tuple[str, ...] = ()
    expected_day: dt.date | None = None
    ignored: tuple[str, ...] = ()


@dataclass
class TableReport:
    """What became of one table. `unknown` counts references to what the bank does not know, by column."""

    table: str
    rows_in: int = 0
    kept: int = 0
    set_aside: int = 0
    days_written: int = 0
    days_unchanged: int = 0
    encodings: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    unknown: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def notes(self) -> str:
        said = [f"read as {e}" for e in self.encodings if e not in {"ASCII", "UTF-8"}]
        said += [f"column {name} is not in the contract and was left out" for name in self.ignored]
        said += [f"{n} rows name an unknown {column}" for column, n in self.unknown.items() if n]
        return "; ".join(said)

    def as_dict(self) -> dict[str, Any]:
        return {**self.__dict__, "notes": self.notes}


@dataclass
class LoadReport:
    """What became of a load: rows in = rows kept + rows set aside, for each table and in all."""

    feed: str
    tables: list[TableReport] = field(default_factory=list[TableReport])

    @property
    def rows_in(self) -> int:
        return sum(t.rows_in for t in self.tables)

    @property
    def kept(self) -> int:
        return sum(t.kept for t in self.tables)

    @property
    def set_aside(self) -> int:
        return sum(t.set_aside for t in self.tables)

    @property
    def changed(self) -> bool:
        return any(t.days_written for t in self.tables)

    def as_dict(self) -> dict[str, Any]:
        return {
            "feed": self.feed,
            "rows_in": self.rows_in,
            "kept": self.kept,
            "set_aside": self.set_aside,
            "changed": self.changed,
            "tables": [t.as_dict() for t in self.tables],
        }


def load(
    home: Home,
    deliveries: Iterable[Delivery],
    *,
    feed: str,
    as_of: dt.date | None = None,
    progress: Say = lambda _: None,
) -> LoadReport:
    """Takes deliveries through the gate into the lake.

    Args:
        feed: a name for the ledger of imports and for the files of rejects.
        as_of: the day from which standing data is in force; the newest day of the facts by default.

    Raises:
        BadInput: a delivery cannot be read at all.
    """
    by_table: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        by_table.setdefault(delivery.table, []).append(delivery)
    report = LoadReport(feed)
    with _staging(home) as connection:
        load_ = _Load(home, connection, feed, progress)
        standing = [n for n in by_table if not TABLES[n].is_facts]
        for name in standing:
            report.tables.append(load_.stage(name, by_table[name]))
        for name in (n for n in by_table if TABLES[n].is_facts):
            staged = load_.stage(name, by_table[name])
            load_.count_unknown(staged)
            load_.put_days_in_place(staged)
            report.tables.append(staged)
        for staged in report.tables[: len(standing)]:
            load_.count_unknown(staged)
        since = as_of or load_.newest_day()
        for staged in report.tables[: len(standing)]:
            load_.put_version_in_place(staged, since)
    _write_down(home, report)
    return report


class _Load:
    """One load under way."""

    def __init__(self, home: Home, connection: duckdb.DuckDBPyConnection, feed: str, say: Say) -> None:
        self._lake = Lake(home)
        self._rejects = home.rejects
        self._connection = connection
        self._feed = feed
        self._say = say
        self._absent: dict[str, tuple[str, ...]] = {}
        self._newest: dt.date | None = None

    def stage(self, name: str, deliveries: Sequence[Delivery]) -> TableReport:
        """Takes a table through the gate into staging; its rejects are written down."""
        self._say(f"{name}: through the gate")
        table = TABLES[name]
        gate = Gate(self._connection, table)
        there: set[str] = set()
        rows_in = 0
        for number, delivery in enumerate(deliveries):
            rows, columns = self._admit(gate, number, delivery)
            there |= columns
            for refused in delivery.rejected:
                gate.set_aside(
                    number, refused["row"], refused["column"], refused["reason"], refused["content"]
                )
            rows_in += rows + len(delivery.rejected)
        gate.refuse_duplicates()
        self._absent[name] = tuple(c.name for c in table.columns if c.name not in there)
        report = TableReport(
            name,
            rows_in=rows_in,
            kept=self._count(name),
            set_aside=self._count(f"{name}_rejects"),
            encodings=tuple(sorted({d.encoding for d in deliveries if d.encoding})),
            ignored=tuple(sorted({c for d in deliveries for c in d.ignored})),
        )
        if report.rows_in != report.kept + report.set_aside:
            raise AssertionError(f"{name}: {report.rows_in} rows in, but {report.kept} + {report.set_aside}")
        self._write_rejects(table, deliveries)
        return report

    def _admit(self, gate: Gate, number: int, delivery: Delivery) -> tuple[int, set[str]]:
        """Rows that reached the gate, and the columns that the delivery has."""

        def through(sql: str, columns: Iterable[str]) -> tuple[int, set[str]]:
            own = {c for c in columns if c in gate.table.by_name}
            try:
                rows = gate.admit(Source(number, delivery.source, sql, own, delivery.expected_day))
            except (duckdb.InvalidInputException, duckdb.IOException) as problem:
                first_line = str(problem).split("\n", maxsplit=1)[0]
                raise BadInput(f"{delivery.source} cannot be read to its end: {first_line}") from None
            return rows, own

        if delivery.scan is not None:
            return through(delivery.scan, delivery.columns)
        total, there = 0, set[str]()
        for batch in delivery.batches or ():
            self._connection.register("batch", batch)
            rows, own = through("SELECT * FROM batch", batch.column_names)
            self._connection.unregister("batch")
            total, there = total + rows, there | own
        return total, there

    def count_unknown(self, report: TableReport) -> None:
        """References to what the bank does not know are kept, and counted."""
        for column in TABLES[report.table].columns:
            known = self._known(column.refers_to)
            if known is None or column.name in self._absent[report.table]:
                continue
            report.unknown[column.name] = self._one(
                f'SELECT count(*) FROM "{report.table}" t ANTI JOIN ({known}) k ON t."{column.name}" = k.id'
                f' WHERE t."{column.name}" IS NOT NULL'
            )

    def _known(self, table: str | None) -> str | None:
        """A query of the ids that a standing table knows: of this load, or of the lake."""
        if table is None:
            return None
        key = TABLES[table].key[0]
        if table in self._absent:
            return f'SELECT "{key}" AS id FROM "{table}"'
        file = self._lake.standing_file(table, dt.date.max)
        return None if file is None else f"SELECT \"{key}\" AS id FROM read_parquet('{_quoted(file)}')"

    def put_days_in_place(self, report: TableReport) -> None:
        """Writes each day of a table of facts whose rows changed."""
        table = TABLES[report.table]
        columns = ", ".join(f'"{c.name}"' for c in table.columns)
        days = self._connection.execute(
            f'SELECT DISTINCT "{table.date_column}" AS day FROM "{table.name}" ORDER BY day'
        ).fetchall()
        told = time.monotonic()
        for done, (day,) in enumerate(days):
            if time.monotonic() - told > _TELL_EVERY_S:
                told = time.monotonic()
                self._say(f"{table.name}: {done} of {len(days)} days in place")
            sql = f'SELECT {columns} FROM "{table.name}" WHERE "{table.date_column}" = DATE \'{day}\''
            written = self._lake.write_facts(
                table.name, day, Query(self._connection, sql), self._absent[table.name]
            )
            report.days_written += written
            report.days_unchanged += not written
        self._say(f"{table.name}: {report.days_written} days written, {report.days_unchanged} unchanged")
        if days:
            self._newest = max(self._newest or days[-1][0], days[-1][0])
        self._connection.execute(f'DROP TABLE "{table.name}"')

    def put_version_in_place(self, report: TableReport, since: dt.date) -> None:
        """Writes a standing table as the version in force from `since`, if it changed."""
        table = TABLES[report.table]
        columns = ", ".join(f'"{c.name}"' for c in table.columns)
        query = Query(self._connection, f'SELECT {columns} FROM "{table.name}"')
        written = self._lake.write_standing(table.name, since, query, self._absent[table.name])
        report.days_written += written
        report.days_unchanged += not written
        self._say(f"{table.name}: {'written' if written else 'unchanged'}")

    def newest_day(self) -> dt.date:
        """The newest day of this load's facts, else of the lake's journal, else today."""
        return self._newest or next(iter(self._lake.days("journal")[::-1]), None) or dt.date.today()  # noqa: DTZ011

    def _write_rejects(self, table: Table, deliveries: Sequence[Delivery]) -> None:
        """One file of rejects a source, in place of the one of an earlier load; none when all is well."""
        folder = self._rejects / table.name
        bad = dict(
            self._connection.execute(
                f'SELECT source, count(*) FROM "{table.name}_rejects" GROUP BY source'
            ).fetchall()
        )
        for number, delivery in enumerate(deliveries):
            file = folder / f"{_slug(self._feed)}--{_slug(delivery.source)}.csv"
            if number not in bad:
                file.unlink(missing_ok=True)
                continue
            folder.mkdir(parents=True, exist_ok=True)
            beside = file.with_name(f".{file.name}")
            self._connection.execute(
                f'COPY (SELECT \'{table.name}\' AS "table", ? AS source, "row", "column", reason, content'
                f' FROM "{table.name}_rejects" WHERE source = {number} ORDER BY "row", "column")'
                f" TO '{_quoted(beside)}' (FORMAT csv, HEADER)",
                [delivery.source],
            )
            beside.replace(file)
        self._connection.execute(f'DROP TABLE "{table.name}_rejects"')

    def _count(self, name: str) -> int:
        return self._one(f'SELECT count(*) FROM "{name}"')

    def _one(self, sql: str) -> int:
        row = self._connection.execute(sql).fetchone()
        return int(row[0]) if row else 0


@contextlib.contextmanager
def _staging(home: Home) -> Generator[duckdb.DuckDBPyConnection]:
    """A database on disk that goes away with the load; what a killed load left behind goes first."""
    home.path.mkdir(parents=True, exist_ok=True)
    for left in home.path.glob("loading-*"):
        shutil.rmtree(left, ignore_errors=True)
    with (
        tempfile.TemporaryDirectory(dir=home.path, prefix="loading-") as folder,
        duckdb.connect(str(Path(folder) / "stage.duckdb")) as connection,
    ):
        connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        yield connection


def _write_down(home: Home, report: LoadReport) -> None:
    """A line in the ledger of imports."""
    home.runs.mkdir(parents=True, exist_ok=True)
    line = {"at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds")} | report.as_dict()
    with (home.runs / "imports.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _slug(name: str) -> str:
    return re.sub(r"[^\w.=-]+", "-", name).strip("-")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
