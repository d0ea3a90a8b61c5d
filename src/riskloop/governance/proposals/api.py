"""What the operations on changes and on trials of the models have in common."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, TypeVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from ninja import Field, Schema

from riskloop.governance.inputs import Value
from riskloop.governance.models import Asked
from riskloop.organisation.functions import PROPOSE_MODELS
from riskloop.organisation.models import Unit, User
from riskloop.organisation.operations import Id, PersonRef, Words, person_ref
from riskloop.organisation.scope import units_of

A = TypeVar("A", bound=Asked)


class AskedOut(Schema):
    """What was asked for of a model, and what was decided."""

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


class AskedIn(Schema):
    """What is asked for of a model."""

    kind: str = "values"
    values: Annotated[dict[str, Value], Field(max_length=100)] = Field(default_factory=dict[str, Value])
    unit_id: Id | None = None
    effective_from: dt.date
    why: Words


class DecideChangeIn(Schema):
    """`why` is needed to reject."""

    approve: bool
    why: Words = ""


def chosen(rows: QuerySet[A], model: str, state: str) -> QuerySet[A]:
    """Of one model or in one state where that is given, the newest first."""
    rows = rows.order_by("-proposed_at", "-pk")
    rows = rows.filter(model=model) if model else rows
    return rows.filter(state=state) if state else rows


def branch_to_propose_for(user: User, unit_id: str | None) -> Unit | None:
    """The branch that is asked for; there is none outside his reach."""
    return get_object_or_404(units_of(user, PROPOSE_MODELS), pk=unit_id) if unit_id else None


def columns(asked: Asked) -> dict[str, Any]:
    """The fields of `AskedOut`."""
    plain = {name: getattr(asked, name) for name in AskedOut.model_fields if name != "id"}
    people = {name: person_ref(plain[name]) for name in ("proposed_by", "decided_by")}
    return {"id": asked.pk, **plain, **people}
