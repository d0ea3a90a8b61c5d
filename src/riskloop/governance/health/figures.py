"""How the models do: what they hit against what they usually hit, what became of it, and what they read.

Everything is computed when it is read, but for the profiles of what the bank handed over: these are made once
a day (`detection.profiles`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from riskloop.bank.home import Home
from riskloop.detection.drift import TableDrift, drift_of
from riskloop.detection.ledger import Ledger, Row
from riskloop.detection.profiles import columns_read, kept_in, kept_profiles, profiled
from riskloop.detection.unusual import PAST, WEEK, WEEKS_BEFORE, Silence, Week, Works, silence_of, week_of
from riskloop.governance.health.rows import Hits, Reach, Work, hits, paces_of, work
from riskloop.governance.in_force import InForce
from riskloop.governance.what_if.results import Share
from riskloop.loop.pace import Pace, Paces
from riskloop.models.catalogue import AnyModel, catalogue
from riskloop.organisation.functions import READ_RUNS
from riskloop.organisation.models import Unit
from riskloop.organisation.models.units import Level
from riskloop.organisation.scope import holds
from riskloop.organisation.working_days import working_days

SPAN = 30
"""Days of a period unless the reader says otherwise."""
LONGEST = PAST
"""Days of a period at most."""
_RECENT = dt.timedelta(days=WEEK * (max(WEEKS_BEFORE) + 1))


@dataclass(frozen=True)
class RunsOf:
    """How a model ran on the days of a period.

    Attributes:
        done: the days that it ran on.
        gaps: days under supervision on which it failed or did not run.
        lacking: why it is not applicable, on the newest of such days; "" where it is.
        outside: days on which it was not under supervision.
    """

    done: int = 0
    gaps: int = 0
    lacking: str = ""
    outside: int = 0


@dataclass(frozen=True)
class Line:
    """One model in one period, in the units that are looked at.

    Attributes:
        hits: None where it ran on no day of the period.
        week, silence: up to the last day of the period.
        pace: how long one of its conclusions takes.
        changed_on: the newest decision on it that took effect in the week or the usual weeks before.
        inputs: what of its tables and columns looks unlike the usual weeks; None for who reads no runs.
    """

    model: AnyModel
    runs: RunsOf
    hits: int | None
    week: Week
    silence: Silence
    work: Work
    pace: Pace | None
    changed_on: dt.date | None
    inputs: tuple[TableDrift, ...] | None

    @property
    def share(self) -> Share:
        """Confirmed among the concluded."""
        return Share(self.work.confirmed, self.work.concluded)

    @property
    def hours(self) -> float | None:
        """What the conclusions by people took, at the model's pace; None where that is not known."""
        return None if self.pace is None else self.work.by_people * self.pace.minutes / 60

    @property
    def drifted(self) -> int:
        """How many of its inputs are marked."""
        return sum(one.marks for one in self.inputs or ())

    @property
    def marks(self) -> tuple[str, ...]:
        """`silent`, `loud`, `quiet` and `inputs`, as far as they apply."""
        silent = ("silent",) if self.silence.marked else ()
        # Of a model that is silent the week says nothing more.
        unusual = (self.week.way,) if self.week.way and not silent else ()
        return (*silent, *unusual, *(("inputs",) if self.drifted else ()))


def usual_period(home: Home, last: dt.date | None = None) -> tuple[dt.date, dt.date]:
    """The period of who names none: up to a day, else to the newest day of the ledger; today without one."""
    if last is None:
        last = max((row.day for row in Ledger(home).rows()), default=timezone.localdate())
    return last - dt.timedelta(days=SPAN - 1), last


class Health:
    """The models from `first` to `last`, both included, for whom and where `reach` says."""

    def __init__(self, home: Home, reach: Reach, first: dt.date, last: dt.date) -> None:
        self.home, self.reach, self.first, self.last = home, reach, first, last
        self.works: Works = working_days(home).works
        self._rows = Ledger(home).rows(last=last)
        self._since = first - dt.timedelta(days=PAST)

    @cached_property
    def decided(self) -> InForce:
        return InForce()

    @cached_property
    def models(self) -> list[AnyModel]:
        """The models under supervision on the last day."""
        return [m for m in catalogue().values() if self.decided.supervised(m.code, self.last)]

    @cached_property
    def outside(self) -> list[AnyModel]:
        """Those that are not."""
        return [m for m in catalogue().values() if not self.decided.supervised(m.code, self.last)]

    def lines(self) -> list[Line]:
        """Every model under supervision, in the order of the codes."""
        found = self._hits(self.models, by="model")
        done = work(self.reach, self.first, self.last, by="model")
        kept = self._paces
        return [self.told(m, found.get(m.code, {}), done.get(m.code, Work()), kept) for m in self.models]

    def told(
        self, model: AnyModel, found: Mapping[dt.date, int], done: Work, kept: Paces | None = None
    ) -> Line:
        """One model, or one part of its hits."""
        counts = self.counts(model, found)
        within = [number for day, number in counts.items() if self.first <= day <= self.last]
        return Line(
            model=model,
            runs=self.runs(model),
            hits=sum(within) if within else None,
            week=week_of(counts, self.last, self.works),
            silence=silence_of(counts, self.last, self.works),
            work=done,
            pace=(kept or self._paces).of(model.code),
            changed_on=self.decided.changed_on(model.code, self.last - _RECENT, self.last),
            inputs=self.inputs(model),
        )

    def one(self, model: AnyModel) -> Line:
        """One model alone."""
        done = work(self.reach, self.first, self.last, by="model", code=model.code)
        return self.told(model, self.hits_of(model), done.get(model.code, Work()))

    def hits_of(self, model: AnyModel) -> Mapping[dt.date, int]:
        """The hits of one model by day, the past before the period included."""
        return self._hits([model], by="model").get(model.code, {})

    def branches(self, model: AnyModel) -> list[tuple[Unit | None, Line]]:
        """The model in each first-level branch that has hits of it on record, in the order of the tree.

        What lies in no first-level branch stands under None.
        """
        units = dict(Unit.objects.values_list("pk", "path"))
        tops = {u.path: u for u in Unit.objects.filter(level=Level.TIER1_BRANCH)}

        def branch_of(unit_id: str) -> str:
            steps = units.get(unit_id, "").split("/")
            paths = ("/".join(steps[:n]) for n in range(1, len(steps) + 1))
            return next((path for path in paths if path in tops), "")

        found: dict[str, dict[dt.date, int]] = {}
        for unit_id, days in self._hits([model], by="unit_id").items():
            together = found.setdefault(branch_of(unit_id), {})
            for day, number in days.items():
                together[day] = together.get(day, 0) + number
        done: dict[str, Work] = {}
        for unit_id, one in work(self.reach, self.first, self.last, by="unit_id", code=model.code).items():
            path = branch_of(unit_id)
            there = vars(done.get(path, Work()))
            done[path] = Work(**{name: number + there[name] for name, number in vars(one).items()})
        paths = sorted(found.keys() | done.keys(), key=lambda path: (path == "", path))
        return [
            (tops.get(path), self.told(model, found.get(path, {}), done.get(path, Work()))) for path in paths
        ]

    def months(self, model: AnyModel) -> dict[dt.date, Share]:
        """Confirmed among the concluded by month of the events, over the year up to the last day."""
        first = (self.last - dt.timedelta(days=365)).replace(day=1)
        found = work(self.reach, first, self.last, by="month", code=model.code)
        return {
            dt.date.fromisoformat(month): Share(one.confirmed, one.concluded)
            for month, one in sorted(found.items())
        }

    def counts(self, model: AnyModel, found: Mapping[dt.date, int]) -> dict[dt.date, int]:
        """Its hits by day that it ran on, 0 included; of a day on which it did not run nothing is known."""
        ran = (row.day for row in self._by_model.get(model.code, {}).values() if row.state == "done")
        return {day: found.get(day, 0) for day in ran if self._since <= day}

    def runs(self, model: AnyModel) -> RunsOf:
        """How it ran in the period."""
        rows, done, gaps, outside, lacking = self._by_model.get(model.code, {}), 0, 0, 0, ""
        for day in self.days:
            row = rows.get(day)
            if row is not None and row.state == "done":
                done += 1
            elif not self.decided.supervised(model.code, day):
                outside += 1
            elif row is not None and row.state == "not_applicable":
                lacking = row.note
            else:
                gaps += 1
        return RunsOf(done, gaps, lacking, outside)

    def inputs(self, model: AnyModel) -> tuple[TableDrift, ...] | None:
        """What it reads, in the week up to the last day: what the whole bank handed over."""
        if not holds(self.reach.user, READ_RUNS):
            return None
        drifts = self._drifts
        return tuple(drifts[table].only(columns) for table, columns in columns_read(model).items())

    @cached_property
    def _drifts(self) -> Mapping[str, TableDrift]:
        calendar = self.home.lake / "calendar" / "calendar.parquet"
        return _drifts(self.home, self.last, _changed(kept_in(self.home)), _changed(calendar))

    @cached_property
    def _paces(self) -> Paces:
        return paces_of(self.reach)

    @cached_property
    def _by_model(self) -> Mapping[str, Mapping[dt.date, Row]]:
        found: dict[str, dict[dt.date, Row]] = {}
        for row in self._rows:
            found.setdefault(row.model, {})[row.day] = row
        return found

    @cached_property
    def days(self) -> list[dt.date]:
        """The days of the period that the ledger knows, in order."""
        return sorted({row.day for row in self._rows if self.first <= row.day <= self.last})

    def _hits(self, models: Iterable[AnyModel], *, by: str) -> Hits:
        itemised = {m.code: m.handling == "itemised" for m in models}
        return hits(self.reach, itemised, self._since, self.last, by=by)


def _changed(file: Path) -> int:
    return file.stat().st_mtime_ns if file.exists() else 0


@lru_cache(maxsize=8)
def _drifts(home: Home, last: dt.date, *_changed: int) -> Mapping[str, TableDrift]:
    """Every table that models read in the week up to a day: the same for all, until it is profiled anew."""
    works = working_days(home).works
    first = last - dt.timedelta(days=PAST)
    return {
        table: drift_of(table, kept_profiles(home, table, first, last), last, works) for table in profiled()
    }


def as_dict(line: Line) -> dict[str, Any]:
    """A line's plain figures, as a program reads them."""
    silence = line.silence
    return {
        "runs": vars(line.runs),
        "hits": line.hits,
        "week": line.week.as_dict(),
        "last_hit": silence.last_hit,
        "silent_days": silence.days,
        "longest_silence": silence.longest,
        "silence_chance": silence.chance,
        "opened": line.work.opened,
        "concluded": line.work.concluded,
        "confirmed": line.share.as_dict(),
        "minutes": None if line.pace is None else line.pace.minutes,
        "hours": line.hours,
        "changed_on": line.changed_on,
        "marks": list(line.marks),
        "drifted": None if line.inputs is None else line.drifted,
    }
