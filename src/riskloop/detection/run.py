"""Running the models: day by day, cell by cell, so that a killed run resumes where it was."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.detection.engines.engine import Engine, check_engine, open_engine
from riskloop.detection.evidence import gather
from riskloop.detection.kept import keep_hits
from riskloop.detection.ledger import Ledger, Row, version_of
from riskloop.detection.plan import (
    BUNDLES,
    VOLUME,
    VOLUME_NEEDS,
    VOLUME_VERSION,
    DataVersions,
    Decisions,
    Ruled,
    Set,
    as_delivered,
    business_days,
    chosen,
    ruled,
    whatever_is_named,
    why_not_applicable,
)
from riskloop.detection.sinks import Evidence, FileSink, Sink
from riskloop.models.hits import to_hits

Show = Callable[[int, int, dt.date], None]
"""Told after each day: days done, days in all, the day."""
OUTSIDE = "not under supervision on this day"
"""Why a cell does not run of which the head office has not decided that it does."""


@dataclass(frozen=True)
class DetectRequest:
    """What a person asks for. `settings` are `CODE.PARAM=VALUE`, as given; `master` is where Spark runs;
    `decisions` say with which values a model runs on a day, where nothing else was asked for."""

    first: dt.date | None = None
    last: dt.date | None = None
    codes: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    engine: str = "duckdb"
    master: str = ""
    decisions: Decisions = as_delivered


@dataclass
class DetectReport:
    """What a run did; `trials` is what the trials did that ran after it (`TrialReport.as_dict`)."""

    hits: Counter[str] = field(default_factory=Counter[str])
    not_applicable: dict[str, str] = field(default_factory=dict[str, str])
    outside: Counter[str] = field(default_factory=Counter[str])
    """On how many days a model that was asked for by name was not under supervision."""
    failed: list[tuple[dt.date, str, str]] = field(default_factory=list[tuple[dt.date, str, str]])
    days: int = 0
    cells_run: int = 0
    cells_skipped: int = 0
    seconds: float = 0.0
    trials: dict[str, Any] = field(default_factory=dict[str, Any])

    def as_dict(self) -> dict[str, Any]:
        return {
            "days": self.days,
            "hits": dict(sorted(self.hits.items())),
            "not_applicable": self.not_applicable,
            "not_under_supervision": dict(sorted(self.outside.items())),
            "failed": [{"day": d, "model": m, "error": e} for d, m, e in self.failed],
            "cells_run": self.cells_run,
            "cells_skipped": self.cells_skipped,
            "seconds": round(self.seconds, 3),
            "trials": self.trials,
        }


class _Plan:
    """A request held against the lake: its days, its applicable models, and why others are not."""

    def __init__(self, home: Home, request: DetectRequest) -> None:
        check_engine(request.engine, request.master)
        self.lake = Lake(home)
        asked = chosen(request.codes, request.settings)
        self.days = business_days(self.lake, request.first, request.last)
        reasons = {model.code: why_not_applicable(self.lake, model.needs) for model, _settings in asked}
        self.models = [one for one in asked if reasons[one[0].code] is None]
        self.not_applicable = {code: reason for code, reason in reasons.items() if reason}
        self.decisions = request.decisions
        # Volumes are of the whole day: a run of a few models leaves them as they are.
        self.counts_volume = not request.codes and why_not_applicable(self.lake, VOLUME_NEEDS) is None
        self.data = DataVersions(self.lake)

    def ruled(self, day: dt.date) -> list[Ruled]:
        """The models under supervision on a day, with their values."""
        decided = ((model, self.decisions(model, day), settings) for model, settings in self.models)
        return [ruled(model, found, settings) for model, found, settings in decided if found is not None]

    def outside(self, day: dt.date) -> list[str]:
        """The models that are not under supervision on a day."""
        return [model.code for model, _settings in self.models if self.decisions(model, day) is None]


def silent(_done: int, _total: int, _day: dt.date) -> None:
    """Where nobody looks on."""


def detect(home: Home, request: DetectRequest, sink: Sink, show: Show) -> DetectReport:
    """Runs what has not run yet, or not over this data with these values, into the sink and the ledger.

    Raises:
        BadInput: the request names something that is not there.
    """
    plan = _Plan(home, request)
    begun = time.perf_counter()
    report = DetectReport(not_applicable=plan.not_applicable)
    with closing(open_engine(home, request.engine, request.master)) as engine, Ledger(home) as ledger:
        there = {(r.day, r.model): r for r in ledger.rows(first=plan.days[0], last=plan.days[-1])}
        for done, day in enumerate(plan.days, start=1):
            for code, reason in plan.not_applicable.items():
                _note_not_applicable(ledger, there.get((day, code)), day, code, reason)
            for code in plan.outside(day):
                _note_not_applicable(ledger, there.get((day, code)), day, code, OUTSIDE)
                report.outside[code] += bool(request.codes)
            for cell in _cells(plan, day):
                if is_current(there.get((day, cell.code)), cell):
                    report.cells_skipped += 1
                    continue
                row = _run(home, engine, cell, sink)
                ledger.write(row)
                _count(report, row)
            _finish_day(ledger, sink, day)
            report.days = done
            show(done, len(plan.days), day)
    report.seconds = time.perf_counter() - begun
    return report


def detect_to_file(home: Home, request: DetectRequest, path: Path, show: Show) -> DetectReport:
    """Runs all that is asked into one file. Needs no database and leaves the ledger alone.

    Models of the bank's own run where they are named: nobody needs to have admitted them for that.
    """
    sink = FileSink(path)
    if request.codes:
        request = replace(request, decisions=whatever_is_named)
    plan = _Plan(home, request)
    begun = time.perf_counter()
    report = DetectReport(not_applicable=plan.not_applicable)
    with closing(open_engine(home, request.engine, request.master)) as engine:
        for done, day in enumerate(plan.days, start=1):
            for item in plan.ruled(day):
                cell = _cell(plan, item, day)
                _count(report, attempt(cell, lambda c=cell, r=item: _hits_to_file(engine, c, r, sink)))
            report.days = done
            show(done, len(plan.days), day)
    sink.finish()
    report.seconds = time.perf_counter() - begun
    return report


def gaps(home: Home, decisions: Decisions = as_delivered) -> list[Row]:
    """The cells that are missing, stale or failed, for every day of the lake and every model that applies
    and is under supervision on it."""
    plan = _Plan(home, DetectRequest(decisions=decisions))
    there = {(r.day, r.model): r for r in Ledger(home).rows()}
    found: list[Row] = []
    for day in plan.days:
        for cell in _cells(plan, day):
            row = there.get((day, cell.code))
            if row is None or row.state == "not_applicable":
                found.append(Row(day, cell.code, "missing"))
            elif row.state == "failed":
                found.append(row)
            elif row.data_version != cell.data_version:
                found.append(Row(day, cell.code, "stale", note="its data changed after it ran"))
            elif row.parameter_version != cell.parameter_version:
                found.append(Row(day, cell.code, "stale", note="it ran with another version or other values"))
        bundles = there.get((day, BUNDLES))
        if bundles is not None and bundles.state == "failed":
            found.append(bundles)
    return found


@dataclass(frozen=True)
class Cell:
    """What runs at once, with the versions that say whether it has to run again.

    `item` is None for the count of volume and for what finishes a day.
    """

    day: dt.date
    code: str
    item: Ruled | None
    parameter_version: str
    data_version: str
    rows_read: int


def _cell(plan: _Plan, item: Ruled | None, day: dt.date) -> Cell:
    needs = VOLUME_NEEDS if item is None else item.model.needs
    days = {"volumes": 1} if item is None else item.days
    return Cell(
        day=day,
        code=VOLUME if item is None else item.model.code,
        item=item,
        parameter_version=VOLUME_VERSION if item is None else item.version,
        data_version=plan.data.of(needs, days, day),
        # Volume is derived from the day's journal, and the ledger tells how long that was.
        rows_read=plan.data.rows_of({"journal": 1} if item is None else days, day),
    )


def _cells(plan: _Plan, day: dt.date) -> Iterator[Cell]:
    if plan.counts_volume:
        yield _cell(plan, None, day)
    for item in plan.ruled(day):
        yield _cell(plan, item, day)


def is_current(row: Row | None, cell: Cell) -> bool:
    """Whether the ledger has the cell as it would run now."""
    return (
        row is not None
        and row.state == "done"
        and row.parameter_version == cell.parameter_version
        and row.data_version == cell.data_version
    )


def _run(home: Home, engine: Engine, cell: Cell, sink: Sink) -> Row:
    item = cell.item
    if item is None:
        return attempt(cell, lambda: _volumes_to_sink(engine, cell.day, sink))

    def into_sink() -> int:
        found = _found(engine, item, cell.day)
        hits = _together(found)
        evidence: dict[str, Evidence] = {}
        if item.model.handling == "itemised":
            for values, some in found:
                evidence |= gather(engine, item.model, values.parameters, cell.day, some)
        keep_hits(home, cell.code, cell.day, hits, item.values)
        sink.take(cell.day, item.model, item.values, hits, evidence)
        return hits.num_rows

    return attempt(cell, into_sink)


def _finish_day(ledger: Ledger, sink: Sink, day: dt.date) -> None:
    """Has the sink finish the day, unless it did so after the models' last runs."""
    rows = {r.model: r for r in ledger.rows(first=day, last=day)}
    there = rows.pop(BUNDLES, None)
    version = version_of(rows.values())
    cell = Cell(day, BUNDLES, None, parameter_version="", data_version=version, rows_read=0)
    if not is_current(there, cell):
        ledger.write(attempt(cell, lambda: sink.finish_day(day) or 0))


def attempt(cell: Cell, work: Callable[[], int]) -> Row:
    """Runs one cell. Whatever goes wrong in it is its own: the other models go on."""
    begun = time.perf_counter()
    try:
        hits, state, note = work(), "done", ""
    except Exception as problem:
        hits, state, note = 0, "failed", f"{type(problem).__name__}: {problem}"
    return Row(
        cell.day,
        cell.code,
        state,
        parameter_version=cell.parameter_version,
        data_version=cell.data_version,
        rows_read=cell.rows_read,
        hits=hits,
        seconds=round(time.perf_counter() - begun, 4),
        note=note,
        finished_at=dt.datetime.now(dt.UTC),
    )


def _hits(engine: Engine, item: Set, day: dt.date) -> pa.Table:
    rows = engine.run(
        (item.model.code, item.version),
        lambda bank: item.model.hits(bank, item.parameters),
        item.model.needs,
        item.days,
        day,
    )
    return to_hits(item.model, item.parameters, day, rows)


def _found(engine: Engine, item: Ruled, day: dt.date) -> list[tuple[Set, pa.Table]]:
    """By set of values what it hits where it holds, each subject once: a branch's own values come first."""
    found: list[tuple[Set, pa.Table]] = []
    elsewhere: set[str] = set()
    for own, values in item.own:
        hits = _hits(engine, values, day)
        found.append((values, hits.filter(among("unit_id", own.units))))
        elsewhere |= own.units
    hits = _hits(engine, item.whole, day)
    if item.own:
        taken = {subject for _set, some in found for subject in some["subject_id"].to_pylist()}
        hits = hits.filter(~among("unit_id", elsewhere))
        hits = hits.filter(~among("subject_id", taken))
    return [*found, (item.whole, hits)]


def among(column: str, values: Collection[str]) -> pc.Expression:
    """Whether a column of text holds one of these values; where it is empty it does not."""
    # With its type: of no value at all there would be none to compare with.
    return pc.field(column).isin(pa.array(sorted(values), pa.string()))


def _together(found: Iterable[tuple[Set, pa.Table]]) -> pa.Table:
    return pa.concat_tables(hits for _set, hits in found).sort_by("subject_id")


def hits_on(engine: Engine, item: Ruled, day: dt.date) -> pa.Table:
    """What a model hits on a day with all the values that it runs with then, in `HIT_SCHEMA`."""
    return _together(_found(engine, item, day))


def _hits_to_file(engine: Engine, cell: Cell, item: Ruled, sink: FileSink) -> int:
    hits = hits_on(engine, item, cell.day)
    sink.take(cell.day, item.model, item.values, hits, {})
    return hits.num_rows


def _volumes_to_sink(engine: Engine, day: dt.date, sink: Sink) -> int:
    volumes = engine.run((VOLUME,), lambda bank: bank.today("volumes"), VOLUME_NEEDS, {"volumes": 1}, day)
    sink.take_volumes(day, volumes.drop_columns("booked_on").to_pylist())
    return 0


def _note_not_applicable(ledger: Ledger, there: Row | None, day: dt.date, code: str, reason: str) -> None:
    if there is None or (there.state, there.note) != ("not_applicable", reason):
        ledger.write(Row(day, code, "not_applicable", note=reason, finished_at=dt.datetime.now(dt.UTC)))


def _count(report: DetectReport, row: Row) -> None:
    report.cells_run += 1
    if row.state == "failed":
        report.failed.append((row.day, row.model, row.note))
    elif row.model != VOLUME:
        report.hits[row.model] += row.hits
