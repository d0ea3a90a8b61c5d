"""A simulated bank as a feed: a folder of canonical tables, with the labels of what is planted in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from riskloop.bank.simulator.events import Events
from riskloop.bank.simulator.journal import Journal
from riskloop.bank.simulator.planting import Case, Planted, plant
from riskloop.bank.simulator.shape import is_working
from riskloop.bank.simulator.world import Spec, World
from riskloop.bank.tables import TABLES

Say = Callable[[str], None]
_PLANTING = 30
_TIMES = 3
"""On so many days each case is planted, where the bank has as many that fit."""

LABELS = pa.schema(
    [("model", pa.string()), ("subject_kind", pa.string()), ("subject", pa.string()), ("day", pa.date32())]
)


@dataclass
class SimulationReport:
    """What was made. `unplanted` names the cases for which no simulated day fits."""

    days: int = 0
    rows: dict[str, int] = field(default_factory=dict[str, int])
    labels: int = 0
    near_misses: int = 0
    unplanted: list[str] = field(default_factory=list[str])

    def as_dict(self) -> dict[str, Any]:
        return dict(self.__dict__)


def simulate(
    spec: Spec, out: Path, cases: Sequence[Case], progress: Say = lambda _: None
) -> SimulationReport:
    """Writes the bank to `out`, a day at a time, with `labels.parquet` and `near_misses.parquet`.

    The same spec and cases give the same files, byte for byte.
    """
    world = World(spec)
    planted = _plant(spec, world, cases)
    report = SimulationReport(
        days=spec.days,
        labels=len(planted.labels),
        near_misses=len(planted.near_misses),
        unplanted=planted.unplanted,
    )
    out.mkdir(parents=True, exist_ok=True)
    for name, table in world.standing().items():
        whole = pa.concat_tables([table, _table(name, planted.standing.get(name, []))])
        _write(out / f"{name}.parquet", [whole])
        report.rows[name] = whole.num_rows
    journal, events = Journal(world), Events(world)
    for day in spec.all_days:
        _write_day(out, day, journal, events, world, planted, report)
        progress(f"simulated {day}: {report.rows['journal']} entries so far")
    for name, rows in (("labels", planted.labels), ("near_misses", planted.near_misses)):
        _write(out / f"{name}.parquet", [pa.Table.from_pylist(rows, schema=LABELS)])
    return report


def _plant(spec: Spec, world: World, cases: Sequence[Case]) -> Planted:
    rng = spec.rng(_PLANTING)
    around = [spec.first_day + dt.timedelta(days=n) for n in range(-60, spec.days + 60)]
    return plant(
        cases,
        spec.all_days,
        {day: is_working(day) for day in around},
        world.outlets.to_pylist(),
        world.sub_branches[0].as_py(),
        _TIMES,
        lambda n: int(rng.integers(0, n)),
    )


def _write_day(
    out: Path,
    day: dt.date,
    journal: Journal,
    events: Events,
    world: World,
    planted: Planted,
    report: SimulationReport,
) -> None:
    opening = world.balance.copy()
    entries = _put(out, "journal", day, journal.day(day), planted, report)
    # Every account states its balance on the first day; later, those that moved.
    moved = None if day == world.spec.first_day else np.asarray(world.balance != opening)
    _put(out, "balances", day, [journal.balances(day, moved)], planted, report)
    made = events.day(day, entries)
    planted_today = {name for name, when in planted.facts if when == day}
    for name in sorted({*made, *planted_today} - {"journal", "balances"}):
        _put(out, name, day, [made[name]] if name in made else [], planted, report)


def _put(
    out: Path,
    name: str,
    day: dt.date,
    tables: Iterable[pa.Table],
    planted: Planted,
    report: SimulationReport,
) -> int:
    """Writes a day of a table, what is planted there last; how many rows it has."""
    own = _table(name, planted.facts.get((name, day), []))
    rows = _write(out / name / f"{TABLES[name].date_column}={day}" / "data.parquet", tables, own)
    report.rows[name] = report.rows.get(name, 0) + rows
    return rows


def _table(name: str, rows: Sequence[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=TABLES[name].arrow_schema)


def _write(file: Path, tables: Iterable[pa.Table], last: pa.Table | None = None) -> int:
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = 0
    with ExitStack() as stack:
        writer: pq.ParquetWriter | None = None
        for table in chain(tables, [last] if last is not None and last.num_rows else []):
            if writer is None:
                writer = stack.enter_context(pq.ParquetWriter(file, table.schema, compression="zstd"))
            writer.write_table(table)
            rows += table.num_rows
    return rows
