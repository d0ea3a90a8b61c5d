"""Running the trials that were approved, once the run in force is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from riskloop.bank.errors import BadInput
from riskloop.bank.home import Home
from riskloop.detection.ledger import Row
from riskloop.detection.run import DetectRequest, Show
from riskloop.detection.trials import OnTrial, TrialReport, run_trials, trial_gaps
from riskloop.detection.whatif import Day
from riskloop.governance.in_force import InForce
from riskloop.governance.models import Trial, TrialState
from riskloop.governance.what_if.computing import bundles_of, named
from riskloop.models.catalogue import catalogue

RUNNING = (TrialState.APPROVED, TrialState.ADOPTED)
"""In these a trial runs over its days. What was taken back runs no more, not even over old days."""


def on_trial(trial: Trial) -> OnTrial:
    """A trial as detection runs it: what it asks for, taken as decided, beside all that was."""
    return OnTrial(
        number=trial.pk,
        model=catalogue()[trial.model],
        first=trial.effective_from,
        last=trial.effective_until,
        branch=trial.unit_id or "",
        decisions=InForce(supposed=trial),
    )


def trials_that_run() -> list[OnTrial]:
    """Those that were approved and not taken back, of the models that there are."""
    found = Trial.objects.filter(state__in=RUNNING, model__in=list(catalogue())).order_by("pk")
    return [on_trial(trial) for trial in found]


def run_approved_trials(home: Home, request: DetectRequest, show: Show) -> TrialReport:
    """Runs what has not run yet of the trials, over the days and models of a request."""
    return run_trials(home, request, trials_that_run(), work_of, show)


def open_trial_cells(home: Home) -> list[Row]:
    """The cells of trials that are missing, stale or failed. Looks into the files that they read."""
    try:
        return trial_gaps(home, trials_that_run())
    except BadInput:
        # A home without a lake has nothing to run.
        return []


def work_of(day: Day) -> Mapping[str, Any]:
    """The bundles that a trial would gain and lose on a day, each as the units of its hits.

    Args:
        day: with the hits in force, and those of the trial in their place.
    """
    (there, instead), units = (named(hits) for hits in day.hits), dict[tuple[str, str], str]()
    for hits in day.hits:
        columns = (hits[name].to_pylist() for name in ("model", "subject_id", "unit_id"))
        units |= {(code, subject): unit or "" for code, subject, unit in zip(*columns, strict=True)}
    before, after = bundles_of(day)

    def of(groups: list[set[tuple[str, str]]], among: set[tuple[str, str]]) -> list[list[str]]:
        return [sorted({units[one] for one in group}) for group in groups if group <= among]

    return {"gained": of(after, instead - there), "lost": of(before, there - instead)}
