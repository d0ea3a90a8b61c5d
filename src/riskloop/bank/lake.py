"""The lake: plain Parquet in the home, that any tool can read.

Facts are `TABLE/DATECOLUMN=DAY/data.parquet`, one file a day, moved into place in one step, so that a
crash leaves the old day or the new one. Standing data is `TABLE/TABLE.parquet`, the newest version, with
every version under `TABLE/versions/from=DAY.parquet`.

Each file carries in its metadata a fingerprint of its rows and the nullable columns that the bank did
not hand over at all (they are null throughout, and a model that needs one is not applicable).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from riskloop.bank.home import Home
from riskloop.bank.tables import TABLES

FILE = "data.parquet"
FINGERPRINT = b"riskloop.fingerprint"
ABSENT = b"riskloop.absent"
_ROW_GROUP = 250_000


class Lake:
    """The tables of one home. Reading never creates anything."""

    def __init__(self, home: Home) -> None:
        self.root = home.lake

    # ── reading ──

    def has(self, table: str) -> bool:
        """Whether the table was ever handed over, with rows or without."""
        return self._any_file(table) is not None

    def days(self, table: str) -> list[dt.date]:
        """The days of a table of facts, in order."""
        prefix = f"{TABLES[table].date_column}="
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
        return self.root / table / f"{TABLES[table].date_column}={day}" / FILE

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
        newest = self._any_file(table)
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

    def write_facts(self, table: str, day: dt.date, rows: pa.Table, absent: Iterable[str] = ()) -> bool:
        """Puts a whole day in place of the one there. False when it holds the same rows already.

        Args:
            rows: in the canonical schema, sorted by key.
            absent: the nullable columns that the bank did not hand over.
        """
        return _replace(self.file(table, day), rows, absent)

    def write_standing(self, table: str, since: dt.date, rows: pa.Table, absent: Iterable[str] = ()) -> bool:
        """Puts a version in force from `since`. False when the version in force holds the same rows."""
        rows = rows.combine_chunks()
        in_force = [file for day, file in self.versions(table) if day <= since]
        if in_force and _metadata(in_force[-1])[FINGERPRINT].decode() == _fingerprint(rows, absent):
            return False
        folder = self.root / table
        changed = _replace(folder / "versions" / f"from={since}.parquet", rows, absent)
        newest = self.versions(table)[-1][1]
        if newest.name == f"from={since}.parquet":
            _replace(folder / f"{table}.parquet", rows, absent)
        return changed

    def _any_file(self, table: str) -> Path | None:
        if TABLES[table].is_facts:
            days = self.days(table)
            return self.file(table, days[-1]) if days else None
        versions = self.versions(table)
        return versions[-1][1] if versions else None


def _metadata(file: Path) -> dict[bytes, bytes]:
    return pq.read_schema(file).metadata or {}


def _fingerprint(rows: pa.Table, absent: Iterable[str]) -> str:
    digest = hashlib.sha256(json.dumps(sorted(absent)).encode())
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        for batch in rows.combine_chunks().to_batches(max_chunksize=_ROW_GROUP):
            stream.write_batch(batch)
    digest.update(sink.getvalue())
    return digest.hexdigest()[:32]


def _replace(target: Path, rows: pa.Table, absent: Iterable[str]) -> bool:
    fingerprint = _fingerprint(rows, absent)
    if target.is_file() and _metadata(target).get(FINGERPRINT) == fingerprint.encode():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    metadata = {FINGERPRINT: fingerprint.encode(), ABSENT: json.dumps(sorted(absent)).encode()}
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            pq.write_table(
                rows.replace_schema_metadata(metadata), file, compression="zstd", row_group_size=_ROW_GROUP
            )
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return True
