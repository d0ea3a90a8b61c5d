"""Canonical tables as a bank hands them over: `NAME.csv`, `NAME.parquet` or `NAME/DATECOLUMN=DAY/*`."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from riskloop.bank.errors import BadInput
from riskloop.bank.load import Delivery
from riskloop.bank.tables import TABLES, Table

_BLOCK = 1 << 20
_BATCH = 250_000
_LONGEST_LINE = 1 << 24
_RARE_SHARE = 0.1
ENDINGS = (".csv", ".parquet")


def deliveries(folder: Path) -> list[Delivery]:
    """One delivery a file, tables in the order of the contract.

    Raises:
        BadInput: no folder, no canonical table in it, a table handed over twice, a file that cannot be
            read or lacks a column that may not be null.
    """
    if not folder.is_dir():
        raise BadInput(f"{folder} is not a folder")
    found = [delivery for table in TABLES.values() for delivery in _of_table(folder, table)]
    if not found:
        raise BadInput(f"{folder} holds no canonical table (NAME.csv, NAME.parquet or NAME/…=DAY/)")
    return found


def _of_table(folder: Path, table: Table) -> Iterator[Delivery]:
    flat = [file for ending in ENDINGS if (file := folder / f"{table.name}{ending}").is_file()]
    parts = folder / table.name
    if len(flat) + parts.is_dir() > 1:
        raise BadInput(f"{folder} holds table {table.name} twice: as a file and in another form")
    for file in flat:
        yield _delivery(file, file.name, table, None)
    if parts.is_dir():
        yield from _of_partitions(parts, table)


def _of_partitions(folder: Path, table: Table) -> Iterator[Delivery]:
    if table.date_column is None:
        raise BadInput(f"{folder} is a folder of days, and {table.name} is standing data without days")
    for part in sorted(p for p in folder.iterdir() if p.is_dir()):
        name, equals, text = part.name.partition("=")
        try:
            day = dt.date.fromisoformat(text) if equals and name == table.date_column else None
        except ValueError:
            day = None
        if day is None:
            raise BadInput(f"{part} is not a partition of {table.name} as {table.date_column}=2024-03-15")
        for file in sorted(f for f in part.iterdir() if f.suffix in ENDINGS and f.name[0] != "."):
            yield _delivery(file, str(file.relative_to(folder.parent)), table, day)


def _delivery(file: Path, source: str, table: Table, day: dt.date | None) -> Delivery:
    return (_from_parquet if file.suffix == ".parquet" else _from_csv)(file, source, table, day)


def _check_columns(file: Path, table: Table, columns: list[str]) -> None:
    missing = [c.name for c in table.columns if not c.nullable and c.name not in columns]
    if missing:
        raise BadInput(f"{file} has no column {', '.join(missing)}")
    repeated = sorted({c for c in columns if columns.count(c) > 1})
    if repeated:
        raise BadInput(f"{file} has column {', '.join(repeated)} more than once")


def _known(table: Table, columns: list[str]) -> tuple[str, ...]:
    return tuple(c for c in columns if c in table.by_name)


def _ignored(table: Table, columns: list[str]) -> tuple[str, ...]:
    return tuple(c for c in columns if c not in table.by_name)


# ── Parquet ───────────────────────────────────────────────────────────────────────────────────


def _from_parquet(file: Path, source: str, table: Table, day: dt.date | None) -> Delivery:
    try:
        schema = pq.read_schema(file)
    except (pa.ArrowInvalid, OSError) as problem:
        raise BadInput(f"{file} is no whole Parquet file: {_first_line(problem)}") from None
    columns = list(schema.names)
    _check_columns(file, table, columns)
    quoted = str(file).replace("'", "''")
    scan = (
        'SELECT file_row_number + 1 AS "row", * EXCLUDE (file_row_number)'
        f" FROM read_parquet('{quoted}', file_row_number = true, hive_partitioning = false)"
    )
    return Delivery(
        table.name,
        source,
        scan=scan,
        columns=_known(table, columns),
        expected_day=day,
        ignored=_ignored(table, columns),
    )


# ── CSV ───────────────────────────────────────────────────────────────────────────────────────


def _from_csv(file: Path, source: str, table: Table, day: dt.date | None) -> Delivery:
    encoding = encoding_of(file)
    with file.open(encoding=encoding, newline="") as stream:
        try:
            header = next(csv.reader(stream), [])
        except csv.Error as problem:
            raise BadInput(f"{file} has no readable header: {problem}") from None
    columns = [name.strip() for name in header]
    if not any(columns):
        raise BadInput(f"{file} is empty, without even a header")
    _check_columns(file, table, columns)
    rejected: list[dict[str, Any]] = []
    return Delivery(
        table.name,
        source,
        batches=_csv_batches(file, encoding, columns, table, rejected),
        encoding={"utf-8-sig": "UTF-8", "gb18030": "GB18030"}[encoding],
        rejected=rejected,
        expected_day=day,
        ignored=_ignored(table, columns),
    )


def _csv_batches(
    file: Path, encoding: str, columns: list[str], table: Table, rejected: list[dict[str, Any]]
) -> Iterator[pa.Table]:
    """The rows as text, a batch at a time; lines with too few or too many cells go to `rejected`."""
    kept = [c for c in columns if c in table.by_name]
    types = ", ".join(f"'{_literal(name)}': 'VARCHAR'" for name in columns)
    listed = ", ".join(f'"{name}"' for name in kept)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        readable = file if encoding != "gb18030" else _as_utf8(file, Path(folder) / "utf8.csv")
        rows = connection.sql(
            f"SELECT row_number() OVER () AS \"row\", {listed} FROM read_csv('{_literal(str(readable))}',"
            f" columns = {{{types}}}, auto_detect = false, hive_partitioning = false, header = true,"
            f" delim = ',', quote = '\"',"
            f" escape = '\"', store_rejects = true, max_line_size = {_LONGEST_LINE})"
        )
        for batch in rows.to_arrow_reader(_BATCH):
            yield pa.Table.from_batches([batch])
        torn = connection.execute(
            "SELECT line, any_value(csv_line), string_agg(error_message, '; ') FROM reject_errors"
            " GROUP BY line ORDER BY line"
        ).fetchall()
        for line, content, problem in torn:
            # The header is line 1, so data row n is line n + 1; a torn line counts as a row of its own.
            rejected.append(
                {"row": line - 1, "column": None, "reason": _first_line(problem), "content": content}
            )


def _as_utf8(file: Path, target: Path) -> Path:
    """A copy that DuckDB can read."""
    with (
        file.open(encoding="gb18030", newline="") as old,
        target.open("w", encoding="utf-8", newline="") as new,
    ):
        while block := old.read(_BLOCK):
            new.write(block)
    return target


def encoding_of(file: Path) -> str:
    """`utf-8-sig` or `gb18030`, by reading the file once.

    GB18030 decodes much that was never written in it. Chinese as banks write it lies almost wholly in its
    core, GB 2312; a Latin-1 letter and its neighbour, read as one character, almost never do.

    Raises:
        BadInput: neither of the two.
    """
    if _decodes(file, "utf-8"):
        return "utf-8-sig"
    if _decodes(file, "gb18030") and _rare_share(file) <= _RARE_SHARE:
        return "gb18030"
    raise BadInput(f"{file} is neither UTF-8 nor GB18030 text")


def _decodes(file: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with file.open("rb") as stream:
        try:
            while block := stream.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _rare_share(file: Path) -> float:
    """Which share of the first characters beyond ASCII lies outside GB 2312."""
    with file.open(encoding="gb18030") as stream:
        beyond = [c for c in stream.read(_BLOCK) if not c.isascii()]
    rare = sum(1 for c in beyond if not c.encode("gb2312", errors="ignore"))
    return rare / len(beyond) if beyond else 0.0


def _first_line(problem: object) -> str:
    return str(problem).strip().split("\n", maxsplit=1)[0]


def _literal(text: str) -> str:
    return text.replace("'", "''")
