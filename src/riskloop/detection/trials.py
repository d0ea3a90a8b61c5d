"""Trials (试运行): a model outside supervision, or other values, run beside what is in force.

A trial runs once the real run of its days is done. Its hits go to files of its own, which nothing that feeds
the loop reads; its cells go to a ledger of their own, so that a trial that fails is no gap of supervision.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.detection.engines.engine import Engine, open_engine
from riskloop.detection.kept import hits_file, write_hits
from riskloop.detection.ledger import Ledger, Row, version_of
from riskloop.detection.plan import (
    DataVersions,
    Decisions,
    Ruled,
    business_days,
    ruled,
    why_not_applicable,
)
from riskloop.detection.run import OUTSIDE, Cell, DetectRequest, Show, among, attempt, hits_on, is_current
from riskloop.detection.whatif import Day
from riskloop.models.catalogue import AnyModel, catalogue
from riskloop.models.hits import HIT_SCHEMA

TABLE: Final = "trials"
"""The ledger of the trials."""
WORK = "work"
"""Under this name a trial's file of hits says what the day's work would have been."""
KEYS = ("subject_id", "unit_id")


@dataclass(frozen=True)
class OnTrial:
    """One trial, as it runs.

    Attributes:
        branch: the branch in whose units alone it hits; "" for the whole bank.
        decisions: with which values the model runs on a day where the trial is taken as decided.
    """

    number: int
    model: AnyModel
    first: dt.date
    last: dt.date | None
    branch: str
    decisions: Decisions

    def runs_on(self, day: dt.date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def units_on(self, day: dt.date) -> frozenset[str] | None:
        """The units that it hits in on a day; None: everywhere."""
        if not self.branch:
            return None
        decided = self.decisions(self.model, day)
        own = decided.own if decided else ()
        return next((one.units for one in own if one.branch == self.branch), frozenset())


Work = Callable[[Day], Mapping[str, Any]]
"""What is said of a day with the hits in force and those of the trial in their place, as JSON."""


@dataclass
class TrialReport:
    """What a run of the trials did; the trials by their numbers."""

    hits: Counter[int] = field(default_factory=Counter[int])
    failed: list[tuple[dt.date, int, str]] = field(default_factory=list[tuple[dt.date, int, str]])
    cells_run: int = 0
    cells_skipped: int = 0
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return {
            "hits": {str(number): hits for number, hits in sorted(self.hits.items())},
            "failed": [{"day": d, "trial": n, "error": e} for d, n, e in self.failed],
            "cells_run": self.cells_run,
            "cells_skipped": self.cells_skipped,
            "seconds": round(self.seconds, 3),
        }


def run_trials(
    home: Home, request: DetectRequest, trials: Sequence[OnTrial], work: Work, show: Show
) -> TrialReport:
    """Runs what has not run yet of these trials, over the days and models of a request.

    Values that the request sets are for the run in force: a trial has its own.

    Raises:
        BadInput: there are no such days.
    """
    report, begun = TrialReport(), time.perf_counter()
    wanted = [one for one in trials if not request.codes or one.model.code in request.codes]
    plan = _Plan(home, wanted, request.first, request.last)
    days = [day for day in plan.days if any(one.runs_on(day) for one in wanted)]
    if not days:
        return report
    with (
        closing(open_engine(home, request.engine, request.master)) as engine,
        Ledger(home, TABLE) as ledger,
    ):
        there = {(r.day, r.model): r for r in ledger.rows(first=days[0], last=days[-1])}
        for done, day in enumerate(days, start=1):
            for trial, cell in plan.cells(day):
                if is_current(there.get((day, cell.code)), cell):
                    report.cells_skipped += 1
                    continue
                row = _run(home, engine, trial, cell, plan, work)
                ledger.write(row)
                _count(report, trial, row)
            for row in plan.idle(day):
                if there.get((day, row.model)) is None or there[day, row.model].note != row.note:
                    ledger.write(row)
            show(done, len(days), day)
    report.seconds = time.perf_counter() - begun
    return report


def trial_gaps(home: Home, trials: Sequence[OnTrial]) -> list[Row]:
    """The cells of these trials that are missing, stale or failed, by day and trial."""
    plan = _Plan(home, trials, None, None)
    there = {(r.day, r.model): r for r in Ledger(home, TABLE).rows()}
    found: list[Row] = []
    for day in plan.days:
        for _trial, cell in plan.cells(day):
            row = there.get((day, cell.code))
            if row is None or row.state == "not_applicable":
                found.append(Row(day, cell.code, "missing"))
            elif row.state == "failed":
                found.append(row)
            elif not is_current(row, cell):
                found.append(Row(day, cell.code, "stale", note="what it reads or is held against changed"))
    return found


class _Plan:
    """Trials held against the lake and what ran on its days."""

    def __init__(
        self, home: Home, trials: Sequence[OnTrial], first: dt.date | None, last: dt.date | None
    ) -> None:
        lake = Lake(home)
        self.days = business_days(lake, first, last) if trials else []
        self._reasons = {one.number: why_not_applicable(lake, one.model.needs) for one in trials}
        self._trials = trials
        self._data = DataVersions(lake)
        self._ran: dict[dt.date, dict[str, Row]] = {}
        if trials:
            for row in Ledger(home).rows(first=min(one.first for one in trials)):
                self._ran.setdefault(row.day, {})[row.model] = row

    def cells(self, day: dt.date) -> Iterator[tuple[OnTrial, Cell]]:
        """What is to run on a day."""
        for trial in self._trials:
            decided = trial.decisions(trial.model, day) if trial.runs_on(day) else None
            if decided is not None and self._reasons[trial.number] is None:
                yield trial, self._cell(trial, ruled(trial.model, decided, {}), day)

    def idle(self, day: dt.date) -> Iterator[Row]:
        """Which trials run on a day and cannot."""
        for trial in self._trials:
            if trial.runs_on(day):
                outside = OUTSIDE if trial.decisions(trial.model, day) is None else None
                note = self._reasons[trial.number] or outside
                if note is not None:
                    now = dt.datetime.now(dt.UTC)
                    yield Row(day, str(trial.number), "not_applicable", note=note, finished_at=now)

    def in_force(self, trial: OnTrial, day: dt.date) -> Row | None:
        """The real cell that the trial's is held against."""
        return self._ran.get(day, {}).get(trial.model.code)

    def _cell(self, trial: OnTrial, item: Ruled, day: dt.date) -> Cell:
        beside = [row for code, row in self._ran.get(day, {}).items() if _weighs(code, trial.model)]
        data = self._data.of(item.model.needs, item.days, day)
        return Cell(
            day=day,
            code=str(trial.number),
            item=item,
            parameter_version=item.version,
            # Held against what ran: where that ran anew, the trial does too.
            data_version=f"{data} {version_of(beside)}",
            rows_read=self._data.rows_of(item.days, day),
        )


def _weighs(code: str, model: AnyModel) -> bool:
    """Whether the real run of a model decides on what a trial of another comes to: they share bundles."""
    other = catalogue().get(code)
    together = other is not None and other.handling == model.handling == "itemised"
    return together or code == model.code


def _run(home: Home, engine: Engine, trial: OnTrial, cell: Cell, plan: _Plan, work: Work) -> Row:
    item = cell.item
    assert item is not None  # noqa: S101 — every cell of a trial has its model

    def keep() -> int:
        units = trial.units_on(cell.day)
        hits = hits_on(engine, item, cell.day)
        hits = hits if units is None else hits.filter(among("unit_id", units))
        there = hits_in_force(home, trial.model, cell.day, plan.in_force(trial, cell.day))
        told: Mapping[str, Any] = {}
        if there is not None and trial.model.handling == "itemised":
            instead = hits
            if units is not None:
                instead = pa.concat_tables([hits, there.filter(~among("unit_id", units))])
            told = work(Day(cell.day, [there, instead], home, engine, trial.model))
        write_hits(trial_file(home, trial.number, cell.day), hits, {WORK: json.dumps(told)})
        return hits.num_rows

    return attempt(cell, keep)


def _count(report: TrialReport, trial: OnTrial, row: Row) -> None:
    report.cells_run += 1
    if row.state == "failed":
        report.failed.append((row.day, trial.number, row.note))
    else:
        report.hits[trial.number] += row.hits


# ── What was kept ─────────────────────────────────────────────────────────────────────────────


def trial_file(home: Home, number: int, day: dt.date) -> Path:
    """Where the hits of one day of a trial are kept, if it ran."""
    return home.runs / "trials" / str(number) / f"{day}.parquet"


def hits_in_force(
    home: Home, model: AnyModel, day: dt.date, ran: Row | None, columns: Sequence[str] | None = None
) -> pa.Table | None:
    """What the run in force hit on a day; None where it did not run, or failed.

    Args:
        ran: its cell of the ledger. Outside supervision nothing was hit.
    """
    file = hits_file(home, model.code, day)
    if ran is not None and ran.state == "not_applicable":
        return HIT_SCHEMA.empty_table().select(list(columns or HIT_SCHEMA.names))
    if ran is None or ran.state != "done" or not file.is_file():
        return None
    return pq.read_table(file, columns=list(columns) if columns else None).replace_schema_metadata(None)


def trial_hits(home: Home, number: int, day: dt.date, columns: Sequence[str] | None = None) -> pa.Table:
    """The hits of one day of a trial, in `HIT_SCHEMA` or the columns asked for.

    Raises:
        OSError: the trial did not run on the day.
    """
    read = pq.read_table(trial_file(home, number, day), columns=list(columns) if columns else None)
    return read.replace_schema_metadata(None)


def trial_work(home: Home, number: int, day: dt.date) -> Mapping[str, Any]:
    """What was said of the day's work when the trial ran; nothing where nothing could be said.

    Raises:
        OSError: the trial did not run on the day.
    """
    metadata = pq.read_schema(trial_file(home, number, day)).metadata or {}
    return json.loads(metadata.get(WORK.encode(), b"{}"))
