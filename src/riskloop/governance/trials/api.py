"""The operations on trials of the models: the pages' own actions and rules."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema

from riskloop.governance.inputs import known_model
from riskloop.governance.models import Trial, TrialState
from riskloop.governance.proposals.api import (
    AskedIn,
    AskedOut,
    DecideChangeIn,
    branch_to_propose_for,
    chosen,
    columns,
)
from riskloop.governance.trials.actions import DecideTrial, ProposeTrial, WithdrawTrial
from riskloop.governance.trials.comparison import compare_trial
from riskloop.governance.trials.views import rows_gained
from riskloop.governance.visibility import READERS, trials_seen_by, units_read
from riskloop.models.hits import plain
from riskloop.organisation.action import do
from riskloop.organisation.functions import (
    ADMIT_MODELS,
    PROPOSE_MODELS,
    READ_EVENTS,
    READ_STATISTICS,
    REVIEW_MODELS,
)
from riskloop.organisation.models import User
from riskloop.organisation.operations import (
    Label,
    Limit,
    Number,
    Offset,
    Operations,
    Page,
    WhyIn,
    day_of,
    exact,
    label,
    paged,
    signed_in,
)

router = Operations(tags=["models and runs"])


class ModelTrialOut(AskedOut):
    """A trial of a model. `kind` is values or admit; `unit_id` a branch in whose units alone it hits.

    `phase` is the state, and of an approved trial waiting, running or over.
    """

    effective_until: dt.date | None
    phase: str


class ModelTrialIn(AskedIn):
    """`values` are by parameter, as text; those that are not named are as in force. Of a model outside
    supervision (`kind` admit) there are none."""

    effective_until: dt.date | None = None


class TrialDayOut(Schema):
    """One business day. `state` is that of the trial's run; uncompared: what is in force has no result."""

    day: dt.date
    state: str
    in_force: int | None
    hits: int | None
    gained: int | None
    lost: int | None
    bundles_gained: int | None
    bundles_lost: int | None


class TrialComparisonOut(Schema):
    """A trial against what is in force, in the units within reach, on the newest 90 of its days.

    `in_force` and `trial` have the form of an estimate (`GET /model_changes/{change_id}`).
    """

    days: list[TrialDayOut]
    days_in_all: int
    days_compared: int
    minutes_per_bundle: dict[str, Any] | None
    in_force: dict[str, Any]
    trial: dict[str, Any]


class ComparedOut(Schema):
    """A value that the model compared."""

    name: Label
    value: Any


class GainedHitOut(Schema):
    """A hit that only the trial has, personal data masked."""

    subject_id: str
    booked_on: dt.date
    unit_id: str | None
    amount: str | None
    count: int
    teller_ids: list[str]
    compared: list[ComparedOut]


@router.reads("/model_trials", *READERS, answers=Page[ModelTrialOut])
def list_model_trials(
    request: HttpRequest, model: str = "", state: str = "", limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """Trials of the models, the newest first. Of one model or in one state where that is given."""
    rows = chosen(trials_seen_by(signed_in(request)), model, state)
    return paged(rows, limit, offset, _trial)


@router.reads("/model_trials/{trial_id}", *READERS, answers=ModelTrialOut)
def get_model_trial(request: HttpRequest, trial_id: Number) -> ModelTrialOut:
    """One trial of a model."""
    return _trial(_found(signed_in(request), trial_id))


@router.reads("/model_trials/{trial_id}/comparison", *READERS, answers=TrialComparisonOut)
def get_trial_comparison(request: HttpRequest, trial_id: Number) -> dict[str, Any]:
    """What a trial gains and loses against what is in force. By day and unit, and what became of it."""
    user = signed_in(request)
    found = _found(user, trial_id)
    known_model(found.model)
    return compare_trial(settings.HOME, found, units_read(user)).as_dict()


@router.reads(
    "/model_trials/{trial_id}/gained_hits", READ_EVENTS, READ_STATISTICS, answers=list[GainedHitOut]
)
def list_gained_hits(
    request: HttpRequest, trial_id: Number, limit: Limit = 100, offset: Offset = 0
) -> list[GainedHitOut]:
    """The hits that only the trial has, the newest first. In units whose events or statistics one reads."""
    user = signed_in(request)
    found = _found(user, trial_id)
    model = known_model(found.model)
    if found.state in {str(TrialState.PROPOSED), str(TrialState.REJECTED)}:
        return []
    rows, _more = rows_gained(user, model, found, request.GET.urlencode(), offset, limit)
    return [_hit(row) for row in rows]


@router.does("/models/{code}/trials", PROPOSE_MODELS, answers=ModelTrialOut)
def propose_model_trial(request: HttpRequest, code: str, given: ModelTrialIn) -> ModelTrialOut:
    """Proposes to run other values, or a model outside supervision, beside what is in force."""
    user, model = signed_in(request), known_model(code)
    branch = branch_to_propose_for(user, given.unit_id)
    first = day_of("effective_from", given.effective_from, given.effective_from)
    last = day_of("effective_until", given.effective_until, first) if given.effective_until else None
    asked = ProposeTrial(
        user, model, given.kind, first, given.why, branch, given.values, effective_until=last
    )
    return _trial(do(asked).asked)


@router.does("/model_trials/{trial_id}/decide", REVIEW_MODELS, ADMIT_MODELS, answers=ModelTrialOut)
def decide_model_trial(request: HttpRequest, trial_id: Number, given: DecideChangeIn) -> ModelTrialOut:
    """Approves or rejects a trial. By someone else than who proposed it."""
    user = signed_in(request)
    found = _found(user, trial_id)
    return _trial(do(DecideTrial(user, found, given.approve, given.why)).asked)


@router.does("/model_trials/{trial_id}/withdraw", PROPOSE_MODELS, answers=ModelTrialOut)
def withdraw_model_trial(request: HttpRequest, trial_id: Number, given: WhyIn) -> ModelTrialOut:
    """Takes back a trial. Until it is decided by the person who proposed it."""
    user = signed_in(request)
    return _trial(do(WithdrawTrial(user, _found(user, trial_id), given.why)).asked)


def _found(user: User, trial_id: int) -> Trial:
    return get_object_or_404(trials_seen_by(user), pk=trial_id)


def _hit(row: dict[str, Any]) -> GainedHitOut:
    hit = row["hit"]
    return GainedHitOut(
        subject_id=row["key"],
        booked_on=hit["booked_on"],
        unit_id=hit["unit_id"],
        amount=exact(hit["amount"]),
        count=hit["count"],
        teller_ids=hit["teller_ids"],
        compared=[ComparedOut(name=label(name), value=plain(value)) for name, value in row["compared"]],
    )


def _trial(trial: Trial) -> ModelTrialOut:
    return ModelTrialOut(**columns(trial), effective_until=trial.effective_until, phase=trial.phase)
