"""A simulated bank as a feed: a folder of canonical tables, with the labels of what is planted in it.

The bank grows with `Spec`. Customers and accounts follow the entries of a day (four entries a day for each
personal customer, ten people for each company) but are at least fifty an outlet; tellers follow the outlets.
Chance is drawn for each table and day by itself, so a day of the same bank has the same entries however many
days come before it, but for what the balances of its accounts allow.

`balances` states every account on the first day and on the last of a month, and on other days the accounts
that moved and those that a register is held against.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from riskloop.bank.memory import complete
from riskloop.bank.simulator.events import Events
from riskloop.bank.simulator.journal import Journal
from riskloop.bank.simulator.planting import Case, Ground, Planted, plant
from riskloop.bank.simulator.spec import Chance, Spec
from riskloop.bank.simulator.world import World
from riskloop.bank.tables import TABLES, UNIT_LEVELS

Say = Callable[[str], None]
_TIMES = 3
"""On so many days each case is planted, where the bank has as many that fit."""

_APART = {
    "tier1_branch": ("Q1000", "案例一级分行"),
    "tier2_branch": ("Q20000", "案例二级分行"),
    "sub_branch": ("Q300000", "案例支行"),
}
"""Where the cases' own units go, so that the bank's tree stays as a reader expects one."""

LABELS = pa.schema(
    [("model", pa.string()), ("subject_kind", pa.string()), ("subject", pa.string()), ("day", pa.date32())]
)
"""`labels.parquet`: a row for each subject that a model must hit on a day because it was planted.
`near_misses.parquet`: a row for each subject of a planted near miss, which the model must not hit."""


@dataclass
class SimulationReport:
    """What was made. `unplanted` names the cases that no simulated day suits, each with the reason."""

    days: int = 0
    rows: dict[str, int] = field(default_factory=dict[str, int])
    labels: int = 0
    near_misses: int = 0
    unplanted: list[str] = field(default_factory=list[str])

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def simulate(
    spec: Spec, out: Path, cases: Sequence[Case], progress: Say = lambda _: None
) -> SimulationReport:
    """Writes the bank to `out`, a day at a time, with `labels.parquet` and `near_misses.parquet`.

    The same spec and cases give the same files, byte for byte.
    """
    world = World(spec)
    planted = _plant(world, cases)
    report = SimulationReport(
        days=spec.days,
        labels=len(planted.labels),
        near_misses=len(planted.near_misses),
        unplanted=planted.unplanted,
    )
    out.mkdir(parents=True, exist_ok=True)
    for name, parts in world.standing():
        file = out / f"{name}.parquet"
        report.rows[name] = _write(file, parts, _table(name, planted.standing.get(name, [])))
    progress("simulated the standing data")
    days = _Days(world, out, planted, report, progress)
    for day in spec.all_days:
        days.write(day)
    for name, rows in (("labels", planted.labels), ("near_misses", planted.near_misses)):
        _write(out / f"{name}.parquet", [pa.Table.from_pylist(rows, schema=LABELS)])
    return report


def _plant(world: World, cases: Sequence[Case]) -> Planted:
    rng = world.spec.rng(Chance.PLANTING)
    days = world.spec.all_days
    head = next(row["unit_id"] for row in world.people.units().to_pylist() if row["level"] == "head_office")
    branches = {"head_office": head} | {level: unit_id for level, (unit_id, _name) in _APART.items()}
    ground = Ground(
        days=days,
        working=world.working_days(),
        outlets=world.people.outlets.to_pylist(),
        branches=branches,
    )
    planted = plant(cases, ground, _TIMES, lambda n: int(rng.integers(0, n)))
    if planted.standing.get("units"):
        for level, (unit_id, name) in _APART.items():
            above = branches[UNIT_LEVELS[UNIT_LEVELS.index(level) - 1]]
            row = {"unit_id": unit_id, "name": name, "level": level, "parent_id": above}
            planted.add("units", complete("units", row, days[0]))
    return planted


class _Days:
    """Writes the facts, a day after the other."""

    def __init__(self, world: World, out: Path, planted: Planted, report: SimulationReport, say: Say) -> None:
        self._journal, self._events = Journal(world), Events(world)
        self._out, self._planted, self._report, self._say = out, planted, report, say

    def write(self, day: dt.date) -> None:
        entries = self._put("journal", day, self._told(day, self._journal.day(day)))
        self._put("balances", day, [self._journal.balances(day)])
        for name, table in self._events.day(day, entries).items():
            self._put(name, day, [table])
        self._say(f"simulated {day}: {entries} entries")

    def _told(self, day: dt.date, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """The tables as they come; a long day says how far it is."""
        done = 0
        for table in tables:
            if done:
                self._say(f"simulating {day}: {done} entries so far")
            done += table.num_rows
            yield table

    def _put(self, name: str, day: dt.date, tables: Iterable[pa.Table]) -> int:
        """Writes a day of a table with what is planted there, by key; how many rows it has."""
        own = _table(name, self._planted.facts.get((name, day), []))
        if name not in _LARGE:
            by_key = [(column, "ascending") for column in TABLES[name].key]
            tables, own = [pa.concat_tables([*tables, own]).sort_by(by_key)], None
        file = self._out / name / f"{TABLES[name].date_column}={day}" / "data.parquet"
        rows = _write(file, tables, own)
        self._report.rows[name] = self._report.rows.get(name, 0) + rows
        return rows


_LARGE = frozenset({"journal", "balances"})
"""Made in the order of their keys, and the ids of what is planted come after all others."""


def _table(name: str, rows: Sequence[dict[str, Any]]) -> pa.Table:
    table = pa.Table.from_pylist(list(rows), schema=TABLES[name].arrow_schema)
    return table.sort_by([(column, "ascending") for column in TABLES[name].key])


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
