"""The operations on changes of the models: the pages' own actions and rules."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Schema

from riskloop.governance.changes.actions import ProposeChange, WithdrawChange, decision_on
from riskloop.governance.inputs import Value
from riskloop.governance.models import ModelChange
from riskloop.governance.visibility import READERS, changes_seen_by, trials_seen_by
from riskloop.models.catalogue import catalogue
from riskloop.organisation.action import do
from riskloop.organisation.functions import ADMIT_MODELS, PROPOSE_MODELS, REVIEW_MODELS
from riskloop.organisation.operations import (
    Id,
    Limit,
    Number,
    Offset,
    Operations,
    Page,
    PersonRef,
    WhyIn,
    Words,
    day_of,
    paged,
    person_ref,
    signed_in,
)
from riskloop.organisation.scope import units_of

router = Operations(tags=["models and runs"])


class ModelChangeOut(Schema):
    """A change of a model. `kind` is values, admit or exit; `unit_id` a branch whose own values they are.

    `estimate` is what it would have done over the newest 90 business days; null until it is computed.
    """

    id: int
    model: str
    kind: str
    unit_id: str | None
    values: dict[str, Any]
    effective_from: dt.date
    reason: str
    state: str
    proposed_by: PersonRef
    proposed_at: dt.datetime
    decided_by: PersonRef | None
    decided_at: dt.datetime | None
    decision_note: str
    estimate: dict[str, Any] | None
    trial_id: int | None


class ModelChangeIn(Schema):
    """`values` are by parameter, as text; those that are not named stay. An admission or exit brings none.

    `trial_id` is a trial that it makes real: with what that tried, and nothing beside.
    """

    kind: str = "values"
    values: Annotated[dict[str, Value], Field(max_length=100)] = Field(default_factory=dict[str, Value])
    unit_id: Id | None = None
    effective_from: dt.date
    why: Words
    trial_id: Number | None = None


class DecideChangeIn(Schema):
    """`why` is needed to reject."""

    approve: bool
    why: Words = ""


@router.reads("/model_changes", *READERS, answers=Page[ModelChangeOut])
def list_model_changes(
    request: HttpRequest, model: str = "", state: str = "", limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """Changes of the models, the newest first. Of one model or in one state where that is given."""
    rows = changes_seen_by(signed_in(request)).order_by("-proposed_at", "-pk")
    rows = rows.filter(model=model) if model else rows
    rows = rows.filter(state=state) if state else rows
    return paged(rows, limit, offset, _change)


@router.reads("/model_changes/{change_id}", *READERS, answers=ModelChangeOut)
def get_model_change(request: HttpRequest, change_id: Number) -> ModelChangeOut:
    """One change of a model."""
    return _change(get_object_or_404(changes_seen_by(signed_in(request)), pk=change_id))


@router.does("/models/{code}/changes", PROPOSE_MODELS, answers=ModelChangeOut)
def propose_model_change(request: HttpRequest, code: str, given: ModelChangeIn) -> ModelChangeOut:
    """Proposes other values, an admission or an exit. Somebody else decides on it."""
    user, model = signed_in(request), catalogue().get(code)
    if model is None:
        raise Http404
    branch = get_object_or_404(units_of(user, PROPOSE_MODELS), pk=given.unit_id) if given.unit_id else None
    day = day_of("effective_from", given.effective_from, given.effective_from)
    trial = get_object_or_404(trials_seen_by(user), pk=given.trial_id) if given.trial_id else None
    asked = ProposeChange(user, model, given.kind, day, given.why, branch, given.values, trial)
    return _change(do(asked).change)


@router.does("/model_changes/{change_id}/decide", REVIEW_MODELS, ADMIT_MODELS, answers=ModelChangeOut)
def decide_model_change(request: HttpRequest, change_id: Number, given: DecideChangeIn) -> ModelChangeOut:
    """Approves or rejects a change. By someone else than who proposed it."""
    user = signed_in(request)
    change = get_object_or_404(changes_seen_by(user), pk=change_id)
    return _change(do(decision_on(change)(user, change, given.approve, given.why)).change)


@router.does("/model_changes/{change_id}/withdraw", PROPOSE_MODELS, answers=ModelChangeOut)
def withdraw_model_change(request: HttpRequest, change_id: Number, given: WhyIn) -> ModelChangeOut:
    """Takes back a change that was not decided yet. By the person who proposed it."""
    user = signed_in(request)
    change = get_object_or_404(changes_seen_by(user), pk=change_id)
    return _change(do(WithdrawChange(user, change, given.why)).change)


def _change(change: ModelChange) -> ModelChangeOut:
    proposed_by = person_ref(change.proposed_by)
    assert proposed_by is not None  # noqa: S101 — nobody proposes anonymously
    return ModelChangeOut(
        id=change.pk,
        model=change.model,
        kind=change.kind,
        unit_id=change.unit_id,
        values=change.values,
        effective_from=change.effective_from,
        reason=change.reason,
        state=change.state,
        proposed_by=proposed_by,
        proposed_at=change.proposed_at,
        decided_by=person_ref(change.decided_by),
        decided_at=change.decided_at,
        decision_note=change.decision_note,
        estimate=change.estimate,
        trial_id=change.trial_id,
    )
