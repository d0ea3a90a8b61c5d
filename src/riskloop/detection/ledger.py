"""The ledger of runs: one row per business day and model, in SQLite: pages read it without an engine.

Trials have a ledger of their own beside it, a row per day and trial.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass, fields
from typing import Any, Literal, Self

from riskloop.bank.home import Home

State = Literal["done", "failed", "not_applicable", "missing", "stale"]
Table = Literal["runs", "trials"]
"""What the rows are of. In `trials` the number of the trial stands in place of the model's code."""


@dataclass(frozen=True)
class Row:
    """One cell. `missing` and `stale` are never written: they are how a gap is told.

    Attributes:
        rows_read: rows of the files that the model's window spans.
        note: the error of a failed cell, the reason of one that is not applicable.
        finished_at: UTC.
    """

    day: dt.date
    model: str
    state: State
    parameter_version: str = ""
    data_version: str = ""
    rows_read: int = 0
    hits: int = 0
    seconds: float = 0.0
    note: str = ""
    finished_at: dt.datetime | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


_COLUMNS = tuple(f.name for f in fields(Row))


class Ledger:
    """The ledger of one home. A home where nothing ran has an empty one.

    A writer uses it as a context, `with Ledger(home) as ledger`, and keeps one connection meanwhile.
    """

    def __init__(self, home: Home, table: Table = "runs") -> None:
        self._path = home.runs / "ledger.sqlite"
        self._table = table
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = self._connect()
        self._connection.execute(
            f"CREATE TABLE IF NOT EXISTS {self._table}"
            f" ({', '.join(_COLUMNS)}, PRIMARY KEY (day, model)) WITHOUT ROWID"
        )
        return self

    def __exit__(self, *failure: object) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def rows(
        self, *, first: dt.date | None = None, last: dt.date | None = None, model: str | None = None
    ) -> list[Row]:
        """The rows from `first` to `last` (both included), of one model or of all, by day and model."""
        found = self._read(
            f"SELECT {', '.join(_COLUMNS)} FROM {self._table}"
            " WHERE day BETWEEN ? AND ? AND (? IS NULL OR model = ?) ORDER BY day, model",
            (str(first or dt.date.min), str(last or dt.date.max), model, model),
        )
        return [_row(values) for values in found]

    def newest(self) -> dt.date | None:
        """The newest day that anything ran on; None where nothing did."""
        for (day,) in self._read(f"SELECT max(day) FROM {self._table}", ()):
            return None if day is None else dt.date.fromisoformat(day)
        return None

    def _read(self, question: str, given: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        if not self._path.exists():
            return []
        connection = self._connection or self._connect()
        try:
            # A run that has only just begun has made the file and not the table yet.
            named = "SELECT 1 FROM sqlite_master WHERE name = ?"
            if connection.execute(named, (self._table,)).fetchone() is None:
                return []
            return connection.execute(question, given).fetchall()
        finally:
            if connection is not self._connection:
                connection.close()

    def write(self, row: Row) -> None:
        """Puts the row in place of an older one of its day and model; it is there when this returns.

        Raises:
            RuntimeError: outside of the ledger's context.
        """
        if self._connection is None:
            raise RuntimeError("a ledger is written inside its context")
        with self._connection as transaction:
            transaction.execute(
                f"INSERT OR REPLACE INTO {self._table} VALUES ({', '.join('?' * len(_COLUMNS))})",
                tuple(v.isoformat() if isinstance(v, dt.date) else v for v in astuple(row)),
            )

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30)
        connection.execute("PRAGMA journal_mode = WAL")
        # A row that a crash of the whole machine loses is a cell that runs again.
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection


def version_of(rows: Iterable[Row]) -> str:
    """One short text over what these cells ran with: another where any of them ran anew."""
    ran = [(r.model, r.state, r.parameter_version, r.data_version) for r in rows]
    return hashlib.sha256(json.dumps(ran).encode()).hexdigest()[:12]


def _row(values: tuple[Any, ...]) -> Row:
    named: dict[str, Any] = dict(zip(_COLUMNS, values, strict=True))
    finished = named["finished_at"]
    named["day"] = dt.date.fromisoformat(named["day"])
    named["finished_at"] = None if finished is None else dt.datetime.fromisoformat(finished)
    return Row(**named)
