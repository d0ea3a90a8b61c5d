"""What the columns that models read looked like on a day: counted once a day of facts, and kept.

A profile holds no row and no id: of a column of money, counts or dates how many values lie in which class,
of codes, flags and hours how many there are of each, of everything else how many are null. Profiles of days
can be added up, so that weeks are compared without reading a row of the lake again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import duckdb

from riskloop.bank.derived import canonical
from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.bank.tables import TABLES, Column
from riskloop.detection.unusual import PAST
from riskloop.models.catalogue import AnyModel, catalogue

Way = Literal["number", "day", "hour", "code", "presence"]
"""How the values of a column are told apart; `day`: by how many days before the business day they lie."""

PER_DECADE = 4
"""Classes of numbers per power of ten: equally wide on a logarithmic scale, they fit every amount."""
_SMALLEST = 2
"""Down to 0.01 a number has a class of its own."""
_OFFSET = PER_DECADE * _SMALLEST + 1
NULL = ""
"""The class of what is null."""
CODED = frozenset({"code", "currency"})
"""Columns of text that hold a bank's own codes, and not words about somebody."""
MOST_CODES = 60
"""So many codes of a column, the most frequent, are told apart; the others are one class."""
OTHERS = "…"
_CREATE = """
CREATE TABLE IF NOT EXISTS profiles (
    name TEXT, day TEXT, made_of TEXT, made_at TEXT, counted INTEGER, profile BLOB, PRIMARY KEY (name, day)
) WITHOUT ROWID
"""
_DEFINITION = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
"""Of this file: profiles are made anew when what they hold may have changed."""


@dataclass(frozen=True)
class ColumnProfile:
    """One column on one day.

    Attributes:
        classes: how many values lie in which class (`name_of_class`); `NULL` for null.
        total: the sum of the values of a `number` or `day` column.
    """

    classes: Mapping[str, int]
    total: float = 0.0


@dataclass(frozen=True)
class Profile:
    """One table of facts on one day."""

    day: dt.date
    rows: int
    columns: Mapping[str, ColumnProfile]
    made_at: dt.datetime


def way_of(column: Column) -> Way:
    """How the values of a column are told apart."""
    if column.kind in {"money", "signed_money", "int"}:
        return "number"
    if column.kind == "date":
        return "day"
    if column.kind == "time":
        return "hour"
    return "code" if column.kind == "flag" or column.codes or column.name in CODED else "presence"


def edges(name: str) -> tuple[float, float]:
    """Between which numbers a class of numbers lies: the smaller one belongs to it, or both are equal.

    Of a negative class the larger one does.
    """
    place = int(name)
    if place == 0:
        return 0.0, 0.0
    low, high = (10 ** ((abs(place) - _OFFSET + step) / PER_DECADE) for step in (0, 1))
    if abs(place) == 1:
        low = 0.0
    return (low, high) if place > 0 else (-high, -low)


def columns_read(model: AnyModel) -> dict[str, tuple[str, ...]]:
    """The columns of canonical tables of facts behind what a model reads, but the day that they lie under."""
    read = canonical(model.needs, optional=True)
    for table, more in canonical(model.where_given).items():
        read[table] = tuple(dict.fromkeys((*read[table], *more)))
    return {
        table: tuple(c for c in columns if c != TABLES[table].date_column)
        for table, columns in read.items()
        if TABLES[table].is_facts
    }


@cache
def profiled() -> Mapping[str, tuple[str, ...]]:
    """By table of facts the columns that any model reads."""
    found: dict[str, dict[str, None]] = {}
    for model in catalogue().values():
        for table, columns in columns_read(model).items():
            found.setdefault(table, {}).update(dict.fromkeys(columns))
    return {table: tuple(columns) for table, columns in sorted(found.items())}


def kept_in(home: Home) -> Path:
    """The file in which a home keeps its profiles."""
    return home.runs / "profiles.sqlite"


def kept_profiles(home: Home, table: str, first: dt.date, last: dt.date) -> dict[dt.date, Profile]:
    """The profiles of a table from `first` to `last`, both included; a day without one is missing."""
    path = kept_in(home)
    if not path.exists():
        return {}
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        connection.execute(_CREATE)
        rows = connection.execute(
            "SELECT day, made_at, counted, profile FROM profiles WHERE name = ? AND day BETWEEN ? AND ?",
            (table, str(first), str(last)),
        ).fetchall()
    return {found.day: found for found in map(_profile, rows)}


def _profile(row: tuple[str, str, int, bytes]) -> Profile:
    day, made_at, counted, packed = row
    told: dict[str, tuple[dict[str, int], float]] = json.loads(zlib.decompress(packed))
    columns = {name: ColumnProfile(classes, total) for name, (classes, total) in told.items()}
    return Profile(dt.date.fromisoformat(day), counted, columns, dt.datetime.fromisoformat(made_at))


def keep_profiles(home: Home, first: dt.date | None = None, last: dt.date | None = None) -> int:
    """Makes the profiles of the newest days that are not there; from `first` to `last` also those whose facts
    have changed since.

    Returns:
        How many were made: done again, 0.
    """
    lake = Lake(home)
    kept_in(home).parent.mkdir(parents=True, exist_ok=True)
    made = 0
    with closing(sqlite3.connect(kept_in(home), timeout=30)) as kept, closing(duckdb.connect()) as engine:
        kept.execute(_CREATE)
        there = {(name, day): of for name, day, of in kept.execute("SELECT name, day, made_of FROM profiles")}
        for table, day in _days(lake):
            before = there.get((table, str(day)))
            asked = (first or day) <= day <= (last or day)
            # Whether an old day has changed its file must tell: asked of the days of the run alone.
            if before is not None and before.startswith(_DEFINITION) and not asked:
                continue
            made_of = _made_of(lake, table, day)
            if before == made_of:
                continue
            counted, columns = _count(engine, lake, table, day)
            packed = zlib.compress(json.dumps(columns).encode())
            with kept:
                kept.execute(
                    "INSERT OR REPLACE INTO profiles VALUES (?, ?, ?, ?, ?, ?)",
                    (table, str(day), made_of, dt.datetime.now(dt.UTC).isoformat(), counted, packed),
                )
            made += 1
    return made


def _days(lake: Lake) -> Iterator[tuple[str, dt.date]]:
    """The days of facts that a comparison may still ask for."""
    days = {table: lake.days(table) for table in profiled()}
    newest = max((found[-1] for found in days.values() if found), default=None)
    for table, found in days.items():
        for day in found:
            if newest is not None and day > newest - dt.timedelta(days=PAST):
                yield table, day


def _made_of(lake: Lake, table: str, day: dt.date) -> str:
    read = hashlib.sha256(json.dumps(profiled()[table]).encode()).hexdigest()[:12]
    return f"{_DEFINITION}/{read}/{lake.fingerprint(table, day)}"


def _count(
    engine: duckdb.DuckDBPyConnection, lake: Lake, table: str, day: dt.date
) -> tuple[int, dict[str, tuple[dict[str, int], float]]]:
    """How many rows there are, and by column its classes and its sum: in one pass over the day's file."""
    file = str(lake.file(table, day)).replace("'", "''")
    columns = [TABLES[table].by_name[name] for name in profiled()[table]]
    asked = ", ".join(["count(*)", *(part for column in columns for part in _counting(column, day))])
    found = engine.execute(f"SELECT {asked} FROM read_parquet('{file}', hive_partitioning = false)")
    rows, *parts = found.fetchone() or (0,)
    told: dict[str, tuple[dict[str, int], float]] = {}
    for column, classes, total in zip(columns, parts[::2], parts[1::2], strict=True):
        counted = {str(name): int(number) for name, number in (classes or {}).items()}
        null = int(rows) - sum(counted.values())
        told[column.name] = _few(counted | ({NULL: null} if null else {}), column), float(total or 0)
    return int(rows), told


def _counting(column: Column, day: dt.date) -> tuple[str, str]:
    """SQL for how many values lie in which class, null apart, and for their sum."""
    value, way = f'"{column.name}"', way_of(column)
    if way == "day":
        value = f"date_diff('day', {value}, DATE '{day}')"
    if way in {"number", "day"}:
        power = f"floor({PER_DECADE} * log10(nullif(abs({value}), 0)::DOUBLE))::INT"
        place = f"CASE WHEN {value} = 0 THEN 0 ELSE sign({value})::INT * greatest({power} + {_OFFSET}, 1) END"
        return f"histogram({place})", f"sum({value}::DOUBLE)"
    asked = {
        "hour": f"extract(hour FROM {value})",
        "code": f"{value}::VARCHAR",
        "presence": f"CASE WHEN {value} IS NOT NULL THEN 'there' END",
    }
    return f"histogram({asked[way]})", "0"


def _few(classes: Mapping[str, int], column: Column) -> dict[str, int]:
    if way_of(column) != "code" or len(classes) <= MOST_CODES:
        return dict(classes)
    ordered = sorted(classes, key=lambda name: (name != NULL, -classes[name], name))
    few = {name: classes[name] for name in ordered[:MOST_CODES]}
    return few | {OTHERS: sum(classes[name] for name in ordered[MOST_CODES:])}


def added_up(profiles: Iterable[ColumnProfile]) -> ColumnProfile:
    """Several days of a column together."""
    classes: dict[str, int] = {}
    total = 0.0
    for one in profiles:
        total += one.total
        for name, number in one.classes.items():
            classes[name] = classes.get(name, 0) + number
    return ColumnProfile(classes, total)
