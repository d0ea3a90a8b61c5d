"""The operations on what-ifs: the pages' own actions and rules."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Schema

from riskloop.detection.whatif import MOST_STEPS, USUAL_STEPS
from riskloop.governance.inputs import Value
from riskloop.governance.models import WhatIfQuestion
from riskloop.governance.visibility import ASKERS, what_ifs_seen_by
from riskloop.governance.what_if.asking import AskWhatIf, Sweep
from riskloop.models.catalogue import catalogue
from riskloop.organisation.action import do
from riskloop.organisation.operations import (
    Id,
    Limit,
    Number,
    Offset,
    Operations,
    Page,
    PersonRef,
    day_of,
    paged,
    person_ref,
    signed_in,
)
from riskloop.organisation.scope import units_of

router = Operations(tags=["models and runs"])


class SweepIn(Schema):
    """One parameter at several values: `values`, or `steps` of them evenly apart from `low` to `high`."""

    parameter: Id
    values: Annotated[list[Value], Field(max_length=MOST_STEPS)] = Field(default_factory=list[str])
    low: Value = ""
    high: Value = ""
    steps: Annotated[int, Field(ge=2, le=MOST_STEPS)] = USUAL_STEPS


class WhatIfIn(Schema):
    """`values` are by parameter, as text, and hold in every alternative. `unit_id` is a first-level branch.

    Without days they are the newest 90 business days.
    """

    values: Annotated[dict[str, Value], Field(max_length=100)] = Field(default_factory=dict[str, Value])
    sweep: SweepIn | None = None
    unit_id: Id | None = None
    first: dt.date | None = None
    last: dt.date | None = None


class WhatIfOut(Schema):
    """A what-if. `state` is waiting, running, done or failed; `problem` says why it failed.

    `versions` are those of the model, of the values in force and of the data that `answer` was computed on.
    """

    id: int
    model: str
    values: dict[str, str]
    swept: str
    steps: list[str]
    unit_id: str | None
    first: dt.date
    last: dt.date
    asked_by: PersonRef
    asked_at: dt.datetime
    state: str
    ended_at: dt.datetime | None
    problem: str
    versions: dict[str, Any]


class WhatIfAnsweredOut(WhatIfOut):
    """With its answer, of the form that `riskloop whatif --json` prints; null until it is computed.

    Of each alternative at most 200 missed events are listed; `missed_number` counts all.
    """

    answer: dict[str, Any] | None


@router.reads("/what_ifs", *ASKERS, answers=Page[WhatIfOut])
def list_what_ifs(
    request: HttpRequest, model: str = "", state: str = "", limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """What was asked, the latest first. Of one model or in one state where that is given."""
    rows = what_ifs_seen_by(signed_in(request)).defer("answer").order_by("-asked_at", "-pk")
    rows = rows.filter(model=model) if model else rows
    rows = rows.filter(state=state) if state else rows
    return paged(rows, limit, offset, lambda one: WhatIfOut(**_question(one)))


@router.reads("/what_ifs/{what_if_id}", *ASKERS, answers=WhatIfAnsweredOut)
def get_what_if(request: HttpRequest, what_if_id: Number) -> WhatIfAnsweredOut:
    """One what-if with its answer."""
    return _answered(get_object_or_404(what_ifs_seen_by(signed_in(request)), pk=what_if_id))


@router.does("/models/{code}/what_ifs", *ASKERS, answers=WhatIfAnsweredOut)
def ask_what_if(request: HttpRequest, code: str, given: WhatIfIn) -> WhatIfAnsweredOut:
    """Asks what other values of a model would have done. A job computes the answer; nothing else changes."""
    user, model = signed_in(request), catalogue().get(code)
    if model is None:
        raise Http404
    branch = get_object_or_404(units_of(user, *ASKERS), pk=given.unit_id) if given.unit_id else None
    first, last = (
        None if day is None else day_of(name, day, day)
        for name, day in (("first", given.first), ("last", given.last))
    )
    asked = given.sweep
    sweep = asked and Sweep(asked.parameter, asked.values, asked.low, asked.high, asked.steps)
    return _answered(do(AskWhatIf(user, model, given.values, sweep, branch, first, last)).question)


def _question(found: WhatIfQuestion) -> dict[str, Any]:
    return {
        "id": found.pk,
        "model": found.model,
        "values": found.values,
        "swept": found.swept,
        "steps": found.steps,
        "unit_id": found.unit_id,
        "first": found.first,
        "last": found.last,
        "asked_by": person_ref(found.asked_by),
        "asked_at": found.asked_at,
        "state": found.state,
        "ended_at": found.ended_at,
        "problem": found.problem,
        "versions": found.versions,
    }


def _answered(found: WhatIfQuestion) -> WhatIfAnsweredOut:
    return WhatIfAnsweredOut(**_question(found), answer=found.answer)
