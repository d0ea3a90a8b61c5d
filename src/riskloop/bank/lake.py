"""The lake: plain Parquet in the home, that any tool can read.

Facts are `TABLE/DATECOLUMN=DAY/data.parquet`, one file a day, moved into place in one step, so that a
crash leaves the old day or the new one. Standing data is `TABLE/TABLE.parquet`, the newest version, with
every version under `TABLE/versions/from=DAY.parquet`.

A derived table lies as facts do, beside the canonical ones. Its days are kept, not handed over: each bears
the state of what it was made of, and is made anew when that changed.

Each file carries in its metadata a fingerprint of its rows and the nullable columns that the bank did
not hand over at all (they are null throughout, and a model that needs one is not applicable).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from riskloop.bank.derived import DEFINITION, described, sources
from riskloop.bank.home import Home
from riskloop.bank.tables import TABLES

FILE = "data.parquet"
FINGERPRINT = b"riskloop.fingerprint"
ABSENT = b"riskloop.absent"
MADE_OF = b"riskloop.made-of"
_ROW_GROUP = 250_000
_DERIVED_ROW_GROUP = 20_480
"""Small, as rows sorted by their key are looked up by it: a reader skips the groups that it does not need."""


class Lake:
    """The tables of one home. Reading never creates anything."""

    def __init__(self, home: Home) -> None:
        self.root = home.lake

    # ── reading ──

    def has(self, table: str) -> bool:
        """Whether the table was ever handed over, with rows or without."""
        return self._newest_file(table) is not None

    def days(self, table: str) -> list[dt.date]:
        """The days of a table of facts, in order."""
        prefix = f"{described(table).date_column}="
        folder = self.root / table
        if not folder.is_dir():
            return []
        return sorted(
            dt.date.fromisoformat(p.name.removeprefix(prefix))
            for p in folder.iterdir()
            if p.name.startswith(prefix) and (p / FILE).is_file()
        )

    def file(self, table: str, day: dt.date) -> Path:
        """Where one day of a table of facts lies, whether it is there or not."""
        return self.root / table / f"{described(table).date_column}={day}" / FILE

    def files(self, table: str, first: dt.date, last: dt.date) -> list[Path]:
        """The files of the days from `first` to `last`, both included, that are there."""
        days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
        return [file for day in days if (file := self.file(table, day)).is_file()]

    def versions(self, table: str) -> list[tuple[dt.date, Path]]:
        """The versions of a standing table: from which day each is in force, and its file."""
        folder = self.root / table / "versions"
        if not folder.is_dir():
            return []
        return sorted(
            (dt.date.fromisoformat(p.stem.removeprefix("from=")), p) for p in folder.glob("from=*.parquet")
        )

    def standing_file(self, table: str, day: dt.date) -> Path | None:
        """The version in force on `day`, or the oldest there is; None if never handed over."""
        versions = self.versions(table)
        if not versions:
            return None
        in_force = [file for since, file in versions if since <= day]
        return in_force[-1] if in_force else versions[0][1]

    def columns(self, table: str) -> tuple[str, ...]:
        """The columns that the bank really hands over, by the newest file of the table."""
        newest = self._newest_file(table)
        if newest is None:
            return ()
        absent = set(json.loads(_metadata(newest).get(ABSENT, b"[]")))
        return tuple(c.name for c in TABLES[table].columns if c.name not in absent)

    def fingerprint(self, table: str, day: dt.date) -> str | None:
        """Of one day of facts, or of the standing version in force on `day`; None where there is none."""
        file = self.file(table, day) if TABLES[table].is_facts else self.standing_file(table, day)
        if file is None or not file.is_file():
            return None
        return _metadata(file)[FINGERPRINT].decode()

    # ── writing ──

    def write_facts(self, table: str, day: dt.date, rows: Rows, absent: Iterable[str] = ()) -> bool:
        """Puts a whole day in place of the one there. False when it holds the same rows already.

        Args:
            rows: a query, or an Arrow table, with the canonical columns in their order.
            absent: the nullable columns that the bank did not hand over.
        """
        with _query_of(rows) as query:
            return _replace(self.file(table, day), query, _marked(query, absent))

    def write_standing(self, table: str, since: dt.date, rows: Rows, absent: Iterable[str] = ()) -> bool:
        """Puts a version in force from `since`. False when the version in force holds the same rows."""
        with _query_of(rows) as query:
            marked = _marked(query, absent)
            in_force = [file for day, file in self.versions(table) if day <= since]
            if in_force and _same(in_force[-1], marked):
                return False
            folder = self.root / table
            version = folder / "versions" / f"from={since}.parquet"
            changed = _replace(version, query, marked)
            if self.versions(table)[-1][1] == version:
                _copy(version, folder / f"{table}.parquet")
            return changed

    def made_of(self, table: str, day: dt.date) -> str | None:
        """The state of what a derived day is to be made of; None where there are no facts of that day."""
        there = [self.fingerprint(source, day) for source in sources(table)]
        return None if None in there else "/".join([DEFINITION, *map(str, there)])

    def is_made(self, table: str, day: dt.date) -> bool:
        """Whether a derived day is there, and made of the facts as they are."""
        file = self.file(table, day)
        return file.is_file() and _metadata(file).get(MADE_OF) == (self.made_of(table, day) or "").encode()

    def write_derived(self, table: str, day: dt.date, rows: Query) -> None:
        """Puts a derived day in place; its rows are to be sorted by the first column of its key."""
        marked = {MADE_OF: (self.made_of(table, day) or "").encode()}
        _replace(self.file(table, day), rows, marked, _DERIVED_ROW_GROUP)

    def _newest_file(self, table: str) -> Path | None:
        if TABLES[table].is_facts:
            # By the names alone: this is asked once for each table that a model reads, of years of days.
            prefix, folder = f"{TABLES[table].date_column}=", self.root / table
            names = (p.name for p in folder.iterdir()) if folder.is_dir() else ()
            newest = sorted((n for n in names if n.startswith(prefix)), reverse=True)
            return next((file for n in newest if (file := folder / n / FILE).is_file()), None)
        versions = self.versions(table)
        return versions[-1][1] if versions else None


Marks = dict[bytes, bytes]


@dataclass(frozen=True)
class Query:
    """A DuckDB query whose rows are to be written."""

    connection: duckdb.DuckDBPyConnection
    sql: str


Rows = Query | pa.Table


@contextmanager
def _query_of(rows: Rows) -> Generator[Query]:
    if isinstance(rows, Query):
        yield rows
        return
    with duckdb.connect() as connection:
        connection.register("given", rows)
        yield Query(connection, "SELECT * FROM given")


def _marked(query: Query, absent: Iterable[str]) -> Marks:
    """The metadata of a file: what it holds, whatever the order of its rows, and what it lacks."""
    lacking = json.dumps(sorted(absent))
    content = query.connection.execute(
        "SELECT count(*), bit_xor(hash(COLUMNS(*))), sum(hash(COLUMNS(*))::HUGEINT)"
        f" FROM (SELECT hash(given) AS content FROM ({query.sql}) given)"
    ).fetchone()
    digest = hashlib.sha256(json.dumps([lacking, *map(str, content or ())]).encode()).hexdigest()
    return {FINGERPRINT: digest[:32].encode(), ABSENT: lacking.encode()}


def _metadata(file: Path) -> Marks:
    return pq.read_schema(file).metadata or {}


def _same(file: Path, marked: Marks) -> bool:
    return file.is_file() and marked.items() <= _metadata(file).items()


def _copy(file: Path, target: Path) -> None:
    """The same file under a second name, whole at every moment."""
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(file, beside)
    beside.replace(target)


def _replace(target: Path, query: Query, marked: Marks, row_group: int = _ROW_GROUP) -> bool:
    """Writes beside the target, makes sure it is on disk, and moves it into place in one step."""
    if _same(target, marked):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    marks = ", ".join(f"'{k.decode()}': '{v.decode()}'" for k, v in marked.items())
    quoted = str(beside).replace("'", "''")
    try:
        query.connection.execute(
            f"COPY ({query.sql}) TO '{quoted}' (FORMAT parquet, COMPRESSION zstd,"
            f" ROW_GROUP_SIZE {row_group}, KV_METADATA {{{marks}}})"
        )
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return True
