"""The operations on queries: what one owes, what was asked about an event, and everything done about it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Schema

from riskloop.loop.api.answers import Allowed, EventDetail
from riskloop.loop.api.events import act_on_event, act_on_part
from riskloop.loop.api.lists import Choice, choices
from riskloop.loop.forms.queries import AnswerForm
from riskloop.loop.models import Query, QueryFault, QueryTemplate, VerificationMethod
from riskloop.loop.personal import trace_look
from riskloop.loop.queries.addressing import open_to, owed_by
from riskloop.loop.queries.reading import QueryLine, RoundLine, owed_lines, query_lines, whole
from riskloop.loop.visibility import event_for, visible_to
from riskloop.organisation.functions import ANSWER, ASK, READ_EVENTS
from riskloop.organisation.operations import (
    Id,
    Label,
    Number,
    Operations,
    PersonRef,
    WhyIn,
    Words,
    label,
    person_ref,
    require_valid,
    signed_in,
)

router = Operations(tags=["queries"])


class QuestionOut(Schema):
    """A question with its answer, empty while there is none."""

    text: Label
    required: bool
    answer: str


class RoundOut(Schema):
    """What was asked and answered; `fault`: by `/query_faults` why the answer before would not do."""

    number: int
    words: str
    fault: str | None
    sent_by: PersonRef | None
    sent_at: dt.datetime
    questions: list[QuestionOut]
    findings: str
    method: str | None
    answered_by: PersonRef | None
    answered_at: dt.datetime | None


class QueryOut(Schema):
    """A query. `state`: `asked`, `answered`, `accepted`, `withdrawn`; `due`: `""`, `warning`, `overdue`."""

    id: int
    event_id: uuid.UUID
    number: int
    kind: str
    state: str
    unit_id: str
    asked_by: PersonRef | None
    asked_at: dt.datetime
    due_on: dt.date | None
    due: str
    end_note: str
    rounds: list[RoundOut]
    actions: dict[str, Allowed]


class OwedOut(Schema):
    """A query that waits for an answer."""

    id: int
    event_id: uuid.UUID
    kind: str
    unit_id: str
    round: int
    sent_at: dt.datetime
    due_on: dt.date
    due: str


class AskIn(Schema):
    """`kind` is `query`, `assistance`, `reconciliation` or `due_diligence`, `template` one of its templates.

    Without `unit_id` the query goes to the right level by the event's grade.
    """

    kind: str = "query"
    template: str = ""
    unit_id: str = ""
    words: Words = ""


class AnswerIn(Schema):
    """`method` is a code of `/verification_methods`; `answers` are in the order of the questions."""

    findings: Words
    method: str
    answers: list[Words] = Field(default_factory=list[str])


class ForwardIn(Schema):
    unit_id: Id
    words: Words


class AskAgainIn(Schema):
    """`fault` is a code of `/query_faults`."""

    fault: str
    words: Words


class TemplateOut(Choice):
    """A template of queries of one kind."""

    kind: str


@router.reads("/queries", ANSWER, answers=list[OwedOut])
def list_owed(request: HttpRequest, below: bool = False) -> list[OwedOut]:
    """The queries one owes an answer to. With `below` those that other units within reach owe."""
    user = signed_in(request)
    own = owed_by(user)
    shown = open_to(user).exclude(pk__in=own.order_by().values("pk")) if below else own
    return [
        OwedOut(
            id=line.query.pk,
            event_id=line.query.event_id,
            kind=line.query.kind,
            unit_id=line.query.unit_id,
            round=line.round,
            sent_at=line.sent_at,
            due_on=line.due.on,
            due=line.due.mark,
        )
        for line in owed_lines(whole(shown).select_related("event"))
    ]


@router.reads("/events/{event_id}/queries", READ_EVENTS, answers=list[QueryOut])
def list_queries(request: HttpRequest, event_id: uuid.UUID) -> list[QueryOut]:
    """All queries about an event with their rounds."""
    user = signed_in(request)
    event = event_for(user, event_id)
    trace_look(event, user)
    return [_query(line) for line in query_lines(event, user)]


@router.does("/events/{event_id}/ask", ASK, answers=EventDetail)
def ask(request: HttpRequest, event_id: uuid.UUID, given: AskIn) -> EventDetail:
    """Sends a query about an event. By the person who has it."""
    sent = {"kind": given.kind, "template": given.template, "unit": given.unit_id, "words": given.words}
    return act_on_event(request, event_id, "ask", sent)


@router.does("/queries/{query_id}/answer", ANSWER, answers=QueryOut)
def answer(request: HttpRequest, query_id: Number, given: AnswerIn) -> QueryOut:
    """Answers a query. Files are attached to its round, with the purpose `query_round`."""
    user = signed_in(request)
    query = get_object_or_404(Query.objects.filter(event__in=visible_to(user)), pk=query_id)
    event = event_for(user, query.event_id)
    sent: Mapping[str, Any] = {"findings": given.findings, "method": given.method} | {
        f"answer_{n}": text for n, text in enumerate(given.answers)
    }
    form = AnswerForm(user, event, query, {f"{AnswerForm.name}-{name}": text for name, text in sent.items()})
    require_valid(form)
    form.act()
    return next(_query(line) for line in query_lines(event, user) if line.query.pk == query_id)


@router.does("/queries/{query_id}/forward", ANSWER, answers=EventDetail)
def forward(request: HttpRequest, query_id: Number, given: ForwardIn) -> EventDetail:
    """Lets a unit below answer a query."""
    sent = {"to": given.unit_id, "words": given.words}
    return act_on_part(request, "query", query_id, "forward", sent)


@router.does("/queries/{query_id}/ask_again", ASK, answers=EventDetail)
def ask_again(request: HttpRequest, query_id: Number, given: AskAgainIn) -> EventDetail:
    """Refuses an answer for a fault, and asks again."""
    return act_on_part(request, "query", query_id, "ask_again", given.dict())


@router.does("/queries/{query_id}/accept_answer", ASK, answers=EventDetail)
def accept_answer(request: HttpRequest, query_id: Number) -> EventDetail:
    """Accepts the answer to a query."""
    return act_on_part(request, "query", query_id, "accept_answer", {})


@router.does("/queries/{query_id}/withdraw_query", ASK, answers=EventDetail)
def withdraw_query(request: HttpRequest, query_id: Number, given: WhyIn) -> EventDetail:
    """Withdraws a query that is not answered yet."""
    return act_on_part(request, "query", query_id, "withdraw_query", given.dict())


@router.reads("/query_templates", READ_EVENTS, answers=list[TemplateOut])
def list_query_templates(request: HttpRequest) -> list[TemplateOut]:  # noqa: ARG001 — ninja's form
    """Templates of queries."""
    found = QueryTemplate.objects.filter(retired_on=None).order_by("code")
    return [TemplateOut(code=one.pk, name=label(one.name), kind=one.kind) for one in found]


@router.reads("/query_faults", READ_EVENTS, answers=list[Choice])
def list_query_faults(request: HttpRequest) -> list[Choice]:  # noqa: ARG001 — ninja's form
    """Faults of answers."""
    return choices(QueryFault)


@router.reads("/verification_methods", READ_EVENTS, answers=list[Choice])
def list_verification_methods(request: HttpRequest) -> list[Choice]:  # noqa: ARG001 — ninja's form
    """Methods of verification."""
    return choices(VerificationMethod)


def _query(line: QueryLine) -> QueryOut:
    query = line.query
    return QueryOut(
        id=query.pk,
        event_id=query.event_id,
        number=query.number,
        kind=query.kind,
        state=query.state,
        unit_id=query.unit_id,
        asked_by=person_ref(query.asked_by),
        asked_at=query.asked_at,
        due_on=line.due.on if line.due else None,
        due=line.due.mark if line.due else "",
        end_note=query.end_note,
        rounds=[_round(one) for one in line.rounds],
        actions={
            name: Allowed(allowed=may.allowed, reason=may.reason) for name, may in line.possible.items()
        },
    )


def _round(line: RoundLine) -> RoundOut:
    one = line.round
    return RoundOut(
        number=one.number,
        words=one.words,
        fault=one.fault_id,
        sent_by=person_ref(one.sent_by),
        sent_at=one.sent_at,
        questions=[
            QuestionOut(text=label(text), required=asked["required"], answer=answer)
            for asked, (text, answer) in zip(one.questions, line.questions, strict=True)
        ],
        findings=one.findings,
        method=one.method_id,
        answered_by=person_ref(one.answered_by),
        answered_at=one.answered_at,
    )
