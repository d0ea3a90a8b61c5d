"""Steps that are measured and are no commands of riskloop; benchmarks/run.py starts each as a process."""

from __future__ import annotations

import datetime as dt
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from riskloop.bank.tables import Column, Table

# A step brings in what it needs itself: the plain scan and copy must not pay for riskloop's imports.


def simulate(to: str, days: str, per_day: str, last_day: str) -> None:
    """A feed of so many days, the last of which may have another number of entries."""
    from riskloop.bank.simulator.simulate import simulate as simulate_feed
    from riskloop.bank.simulator.spec import Spec
    from riskloop.models.simulated import cases

    spec = Spec(outlets=200, days=int(days), per_day=int(per_day), last_day=int(last_day), seed=1)
    simulate_feed(spec, Path(to), cases(), lambda _: None)


def scan(file: str) -> None:
    """Every column of every row."""
    with duckdb.connect() as con:
        con.execute("SELECT max(COLUMNS(*)) FROM read_parquet(?)", [file]).fetchall()


def copy(csv: str, parquet: str) -> None:
    """A journal from CSV to Parquet by DuckDB, which is told the types and looks at nothing else."""
    from riskloop.bank.tables import SQL_TYPES, TABLES

    types = {column.name: SQL_TYPES[column.kind] for column in TABLES["journal"].columns}
    with duckdb.connect() as con:
        rows = f"FROM read_csv('{csv}', header = true, columns = {types})"
        con.execute(f"COPY ({rows}) TO '{parquet}' (COMPRESSION zstd)")


def as_csv(file: str, csv: str) -> None:
    """A Parquet file as CSV."""
    with duckdb.connect() as con:
        con.execute(f"COPY '{file}' TO '{csv}' (HEADER)")


def alone(place: str, day: str) -> None:
    """All models over a day one by one: each with an engine of its own, and what is derived made for it."""
    from riskloop.bank.derived import DERIVED
    from riskloop.bank.home import Home
    from riskloop.detection.engines.duckdb import DuckDBEngine
    from riskloop.models.catalogue import catalogue, parameters_of

    home = Home(Path(place))
    for model in catalogue().values():
        parameters = parameters_of(model)
        forget(place, [name for name in DERIVED if name in model.needs])
        with closing(DuckDBEngine(home)) as engine:
            engine.run(
                (model.code,),
                lambda bank, m=model, p=parameters: m.hits(bank, p),
                model.needs,
                model.days_of(parameters),
                dt.date.fromisoformat(day),
            )


def forget(place: str, names: list[str], day: dt.date | None = None) -> None:
    """Removes derived days: all of a table, or one."""
    from riskloop.bank.home import Home
    from riskloop.bank.lake import Lake

    lake = Lake(Home(Path(place)))
    for name in names:
        for there in [day] if day else lake.days(name):
            lake.file(name, there).unlink(missing_ok=True)


def forget_day(place: str, day: str) -> None:
    """Removes what is derived of one day."""
    from riskloop.bank.derived import DERIVED

    forget(place, list(DERIVED), dt.date.fromisoformat(day))


def lengthen(place: str, days: str, behind: str) -> None:
    """Puts the newest day again on each of so many days before it; `behind` of them are there already."""
    from riskloop.bank.home import Home
    from riskloop.bank.lake import Lake, Query
    from riskloop.bank.tables import FACTS

    lake = Lake(Home(Path(place)))
    newest = lake.days("journal")[-1]
    with duckdb.connect() as con:
        for back in range(int(behind) + 1, int(days) + 1):
            for table in FACTS:
                source = lake.file(table.name, newest)
                if source.is_file():
                    moved = ", ".join(_moved(table, column, back) for column in table.columns)
                    day = newest - dt.timedelta(days=back)
                    lake.write_facts(table.name, day, Query(con, f"SELECT {moved} FROM '{source}'"))


def _moved(table: Table, column: Column, back: int) -> str:
    """A column of a fact as it was so many days earlier; a fact of another day has another number."""
    name = f'"{column.name}"'
    if column.kind == "date":
        return f"({name} - INTERVAL {back} DAY)::DATE AS {name}"
    if column.kind == "time":
        return f"{name} - INTERVAL {back} DAY AS {name}"
    if table.key == (column.name,):
        return f"'{back}-' || {name} AS {name}"
    return name


if __name__ == "__main__":
    {f.__name__: f for f in (simulate, scan, copy, as_csv, alone, forget_day, lengthen)}[sys.argv[1]](
        *sys.argv[2:]
    )
