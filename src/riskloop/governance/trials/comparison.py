"""A trial held against what is in force: what it gains and loses by day and unit, and what became of that.

Both sides are read as they were run, never computed anew. What people found out about a hit is known only
where it became an event, and the hits of a trial never do: what it gains is judged by nobody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from riskloop.bank.home import Home
from riskloop.detection.ledger import Ledger, Row
from riskloop.detection.trials import KEYS, TABLE, OnTrial, hits_in_force, trial_hits, trial_work
from riskloop.governance.models import Trial, TrialState
from riskloop.governance.trials.running import RUNNING, on_trial
from riskloop.governance.what_if.computing import hold_against, past_events
from riskloop.governance.what_if.results import Estimate, Key, Past
from riskloop.loop.pace import Pace, pace
from riskloop.organisation.row_security import EVERYTHING, reading

MOST_DAYS = 90
"""So many business days of a trial, the newest, are held against each other."""
Units = Collection[str] | None
"""Within reach of the reader; None: everywhere, units that the bank does not know included."""


@dataclass
class TrialDay:
    """One business day of a trial.

    Attributes:
        state: of the trial's cell; `uncompared` where the trial ran and what is in force did not.
        in_force, hits: how many hits; None where that is not known. `gained` and `lost` are against in force.
        bundles_gained, bundles_lost: as in a what-if; None of statistical models.
    """

    day: dt.date
    state: str
    note: str = ""
    in_force: int | None = None
    hits: int | None = None
    gained: int | None = None
    lost: int | None = None
    bundles_gained: int | None = None
    bundles_lost: int | None = None

    @property
    def compared(self) -> bool:
        return self.in_force is not None and self.hits is not None


@dataclass
class Comparison:
    """A trial against what is in force, within reach of a reader; `total` counts the days before them too."""

    days: list[TrialDay]
    total: int
    in_force: Estimate
    trial: Estimate
    itemised: bool
    pace: Pace | None

    @property
    def compared(self) -> int:
        return sum(day.compared for day in self.days)

    @property
    def open(self) -> list[TrialDay]:
        """The days of which something is lacking, the newest first."""
        return [day for day in reversed(self.days) if not day.compared]

    def hours(self, bundles: int) -> float | None:
        """Work hours of so many bundles; None where nobody knows how long one takes."""
        return None if self.pace is None or not self.itemised else bundles * self.pace.minutes / 60

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON. Whom an event is about the event itself says, to those who may see it."""
        told = self.trial.as_dict()
        told["missed"] = [{k: v for k, v in e.items() if k != "subject_id"} for e in told["missed"]]
        told["hours_gained"] = self.hours(self.trial.bundles_gained)
        told["hours_lost"] = self.hours(self.trial.bundles_lost)
        return {
            "days": [vars(day) for day in self.days],
            "days_in_all": self.total,
            "days_compared": self.compared,
            "minutes_per_bundle": None if self.pace is None else vars(self.pace),
            "in_force": self.in_force.as_dict(),
            "trial": told,
        }


@dataclass
class _Sides:
    """The hits of both sides, and the unit of each."""

    in_force: set[Key] = field(default_factory=set[Key])
    trial: set[Key] = field(default_factory=set[Key])
    units: dict[Key, str] = field(default_factory=dict[Key, str])


def compare_trial(home: Home, trial: Trial, units: Units) -> Comparison:
    """What the trial gained and lost in these units on the newest of its days."""
    running = on_trial(trial)
    every, sides = _days_of(home, trial), _Sides()
    cells = every[-MOST_DAYS:]
    days = [_day(home, running, day, own, real, units, sides) for day, own, real in cells]
    itemised = running.model.handling == "itemised"
    in_force, tried = Estimate({}), Estimate(trial.values)
    tried.bundles_gained = sum(day.bundles_gained or 0 for day in days)
    tried.bundles_lost = sum(day.bundles_lost or 0 for day in days)
    compared = {day.day for day in days if day.compared}
    # Whoever decides on models reads no events; how many there were, and what became of them, he is told.
    with reading(EVERYTHING):
        found = past_events(trial.model, min(compared), max(compared)) if compared else []
        known = pace(trial.model)
    events = [one for event in found if (one := _within(event, running, compared, units)) is not None]
    hold_against(in_force, sides.in_force, sides.in_force, events, sides.units)
    hold_against(tried, sides.in_force, sides.trial, events, sides.units)
    return Comparison(days, len(every), in_force, tried, itemised, known)


def gained_hits(home: Home, trial: Trial, units: Units) -> Iterator[dict[str, Any]]:
    """The hits that only the trial has, lazily, of the days that are compared, the newest first."""
    running = on_trial(trial)
    for day, own, real in reversed(_days_of(home, trial)[-MOST_DAYS:]):
        there = hits_in_force(home, running.model, day, real, KEYS)
        if own is None or own.state != "done" or there is None:
            continue
        known = set(there["subject_id"].to_pylist())
        for hit in trial_hits(home, trial.pk, day).to_pylist():
            if hit["subject_id"] not in known and _reached(hit["unit_id"], units):
                yield hit


def _days_of(home: Home, trial: Trial) -> list[tuple[dt.date, Row | None, Row | None]]:
    """The days of a trial that were run, each with its cell and that of its model in force."""
    until = trial.effective_until or dt.date.max
    period = {"first": trial.effective_from, "last": until}
    own = {row.day: row for row in Ledger(home, TABLE).rows(model=str(trial.pk), **period)}
    real = {row.day: row for row in Ledger(home).rows(model=trial.model, **period)}
    runs = trial.state in {str(state) for state in RUNNING}
    # Of a trial that was taken back the days after that are none of it.
    days = own.keys() | real.keys() if runs else own.keys()
    decided = trial.state not in {str(TrialState.PROPOSED), str(TrialState.REJECTED)}
    return [(day, own.get(day), real.get(day)) for day in sorted(days)] if decided else []


def _day(
    home: Home,
    running: OnTrial,
    day: dt.date,
    own: Row | None,
    real: Row | None,
    reach: Units,
    sides: _Sides,
) -> TrialDay:
    """One day of both sides, added to them where both are known."""
    if own is None or own.state != "done":
        return TrialDay(day, own.state if own else "missing", own.note if own else "")
    there, branch = hits_in_force(home, running.model, day, real, KEYS), running.units_on(day)
    tried = _units_by_subject(trial_hits(home, running.number, day, KEYS), branch)
    if there is None:
        hits = sum(_reached(unit, reach) for unit in tried.values())
        return TrialDay(day, "uncompared", hits=hits)
    before = _units_by_subject(there, branch)
    within = {subject for subject, unit in (before | tried).items() if _reached(unit, reach)}
    first, second = before.keys() & within, tried.keys() & within
    sides.in_force |= {(day, subject) for subject in first}
    sides.trial |= {(day, subject) for subject in second}
    sides.units |= {(day, subject): unit for subject, unit in (before | tried).items()}
    counted = TrialDay(day, "done", "", len(first), len(second), len(second - first), len(first - second))
    if running.model.handling == "itemised":
        told = trial_work(home, running.number, day)
        counted.bundles_gained = _bundles(told.get("gained"), reach)
        counted.bundles_lost = _bundles(told.get("lost"), reach)
    return counted


def _units_by_subject(hits: pa.Table, branch: Units) -> dict[str, str]:
    """The unit of each hit, "" for none; of a trial in one branch only those there."""
    pairs = zip(hits["subject_id"].to_pylist(), hits["unit_id"].to_pylist(), strict=True)
    return {subject: unit or "" for subject, unit in pairs if branch is None or unit in branch}


def _bundles(told: Sequence[Sequence[str]] | None, reach: Units) -> int | None:
    """Those with a hit within reach."""
    if told is None:
        return None
    return sum(any(_reached(unit, reach) for unit in units) for units in told)


def _reached(unit_id: str | None, units: Units) -> bool:
    return units is None or (unit_id or "") in units


def _within(event: Past, running: OnTrial, days: Collection[dt.date], reach: Units) -> Past | None:
    """The event with its hits of the days that are compared; None where it has none, or is out of reach."""
    branch = running.units_on(event.booked_on)
    if not _reached(event.unit_id, reach) or not (branch is None or event.unit_id in branch):
        return None
    hits = frozenset(key for key in event.hits if key[0] in days)
    return replace(event, hits=hits) if hits else None
