"""The operations on changes of the models: the pages' own actions and rules."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from riskloop.governance.changes.actions import DecideChange, ProposeChange, WithdrawChange
from riskloop.governance.inputs import known_model
from riskloop.governance.models import ModelChange
from riskloop.governance.proposals.api import (
    AskedIn,
    AskedOut,
    DecideChangeIn,
    branch_to_propose_for,
    chosen,
    columns,
)
from riskloop.governance.visibility import READERS, changes_seen_by, trials_seen_by
from riskloop.organisation.action import do
from riskloop.organisation.functions import ADMIT_MODELS, PROPOSE_MODELS, REVIEW_MODELS
from riskloop.organisation.operations import (
    Limit,
    Number,
    Offset,
    Operations,
    Page,
    WhyIn,
    day_of,
    paged,
    signed_in,
)

router = Operations(tags=["models and runs"])


class ModelChangeOut(AskedOut):
    """A change of a model. `kind` is values, admit or exit; `unit_id` a branch whose own values they are.

    `estimate` is what it would have done over the newest 90 business days; null until it is computed.
    """

    estimate: dict[str, Any] | None
    trial_id: int | None


class ModelChangeIn(AskedIn):
    """`values` are by parameter, as text; those that are not named stay. An admission or exit brings none.

    `trial_id` is a trial that it makes real: with what that tried, and nothing beside.
    """

    trial_id: Number | None = None


@router.reads("/model_changes", *READERS, answers=Page[ModelChangeOut])
def list_model_changes(
    request: HttpRequest, model: str = "", state: str = "", limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """Changes of the models, the newest first. Of one model or in one state where that is given."""
    rows = chosen(changes_seen_by(signed_in(request)), model, state)
    return paged(rows, limit, offset, _change)


@router.reads("/model_changes/{change_id}", *READERS, answers=ModelChangeOut)
def get_model_change(request: HttpRequest, change_id: Number) -> ModelChangeOut:
    """One change of a model."""
    return _change(get_object_or_404(changes_seen_by(signed_in(request)), pk=change_id))


@router.does("/models/{code}/changes", PROPOSE_MODELS, answers=ModelChangeOut)
def propose_model_change(request: HttpRequest, code: str, given: ModelChangeIn) -> ModelChangeOut:
    """Proposes other values, an admission or an exit. Somebody else decides on it."""
    user, model = signed_in(request), known_model(code)
    branch = branch_to_propose_for(user, given.unit_id)
    day = day_of("effective_from", given.effective_from, given.effective_from)
    trial = get_object_or_404(trials_seen_by(user), pk=given.trial_id) if given.trial_id else None
    asked = ProposeChange(user, model, given.kind, day, given.why, branch, given.values, trial=trial)
    return _change(do(asked).asked)


@router.does("/model_changes/{change_id}/decide", REVIEW_MODELS, ADMIT_MODELS, answers=ModelChangeOut)
def decide_model_change(request: HttpRequest, change_id: Number, given: DecideChangeIn) -> ModelChangeOut:
    """Approves or rejects a change. By someone else than who proposed it."""
    user = signed_in(request)
    change = get_object_or_404(changes_seen_by(user), pk=change_id)
    return _change(do(DecideChange(user, change, given.approve, given.why)).asked)


@router.does("/model_changes/{change_id}/withdraw", PROPOSE_MODELS, answers=ModelChangeOut)
def withdraw_model_change(request: HttpRequest, change_id: Number, given: WhyIn) -> ModelChangeOut:
    """Takes back a change that was not decided yet. By the person who proposed it."""
    user = signed_in(request)
    change = get_object_or_404(changes_seen_by(user), pk=change_id)
    return _change(do(WithdrawChange(user, change, given.why)).asked)


def _change(change: ModelChange) -> ModelChangeOut:
    return ModelChangeOut(**columns(change), estimate=change.estimate, trial_id=change.trial_id)
