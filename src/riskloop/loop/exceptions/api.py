"""The operations on exception reports."""

from __future__ import annotations

import datetime as dt
import uuid

from django.http import HttpRequest
from ninja import Schema

from riskloop.loop.api.answers import EventDetail
from riskloop.loop.api.events import act_on_event, act_on_part
from riskloop.loop.api.lists import Choice, choices
from riskloop.loop.exceptions.seeing import AWAITED, ReportLine, lines, seen_by
from riskloop.loop.exceptions.views import MOST
from riskloop.loop.models import MajorCriterion
from riskloop.organisation.functions import (
    READ_EVENTS,
    RECEIVE_EXCEPTIONS,
    RECEIVE_MAJOR,
    REPORT_EXCEPTIONS,
    SUPERVISE,
)
from riskloop.organisation.operations import Number, Operations, PersonRef, Words, person_ref, signed_in

router = Operations(tags=["exceptions"])


class ReportOut(Schema):
    """An exception report; with a `criterion` of `/major_criteria` it is of a major event.

    `due_on` is by when a major event is to be reported to the regulator, until it is.
    """

    id: int
    event_id: uuid.UUID
    unit_id: str | None
    criterion: str | None
    words: str
    known_on: dt.date
    made_by: PersonRef | None
    made_at: dt.datetime
    acknowledged_by: PersonRef | None
    acknowledged_at: dt.datetime | None
    acknowledged_note: str
    due_on: dt.date | None
    due: str
    reported_by: PersonRef | None
    reported_on: dt.date | None
    reference: str


class ReportIn(Schema):
    """`criterion` is a code of `/major_criteria`, empty where the event is not major."""

    words: Words
    known_on: dt.date
    criterion: str = ""


class AcknowledgeIn(Schema):
    note: Words


class RegulatorIn(Schema):
    reported_on: dt.date
    reference: Words


class UrgeIn(Schema):
    words: Words


@router.reads("/exceptions", REPORT_EXCEPTIONS, RECEIVE_EXCEPTIONS, RECEIVE_MAJOR, answers=list[ReportOut])
def list_exceptions(request: HttpRequest, everything: bool = False) -> list[ReportOut]:
    """Exception reports that one received or made. Those that wait, or with `everything` all."""
    seen = seen_by(signed_in(request))
    return [_report(line) for line in lines((seen if everything else seen.filter(AWAITED))[:MOST])]


@router.does("/events/{event_id}/report_exception", REPORT_EXCEPTIONS, answers=ReportOut)
def report_exception(request: HttpRequest, event_id: uuid.UUID, given: ReportIn) -> ReportOut:
    """Reports that something is out of order. Never to the outlet concerned."""
    act_on_event(request, event_id, "report_exception", given.dict())
    own = seen_by(signed_in(request)).filter(event=event_id, made_by=signed_in(request))
    return _report(lines(own[:1])[0])


@router.does(
    "/exceptions/{report_id}/acknowledge_exception",
    RECEIVE_EXCEPTIONS,
    RECEIVE_MAJOR,
    answers=EventDetail,
)
def acknowledge_exception(request: HttpRequest, report_id: Number, given: AcknowledgeIn) -> EventDetail:
    """Acknowledges a report. By whoever receives it."""
    return act_on_part(request, "exception", report_id, "acknowledge_exception", given.dict())


@router.does("/exceptions/{report_id}/report_to_regulator", RECEIVE_MAJOR, answers=EventDetail)
def report_to_regulator(request: HttpRequest, report_id: Number, given: RegulatorIn) -> EventDetail:
    """Keeps that a major event was reported to the regulator. Its clock stops."""
    return act_on_part(request, "exception", report_id, "report_to_regulator", given.dict())


@router.does("/events/{event_id}/urge", SUPERVISE, answers=EventDetail)
def urge(request: HttpRequest, event_id: uuid.UUID, given: UrgeIn) -> EventDetail:
    """Urges on an event that is overdue for so long that it has come up to one's level."""
    return act_on_event(request, event_id, "urge", given.dict())


@router.reads("/major_criteria", READ_EVENTS, answers=list[Choice])
def list_major_criteria(request: HttpRequest) -> list[Choice]:  # noqa: ARG001 — ninja's form
    """Criteria of major events."""
    return choices(MajorCriterion)


def _report(line: ReportLine) -> ReportOut:
    one = line.report
    return ReportOut(
        id=one.pk,
        event_id=one.event_id,
        unit_id=one.event.unit_id,
        criterion=one.criterion_id,
        words=one.words,
        known_on=one.known_on,
        made_by=person_ref(one.made_by),
        made_at=one.made_at,
        acknowledged_by=person_ref(one.acknowledged_by),
        acknowledged_at=one.acknowledged_at,
        acknowledged_note=one.acknowledged_note,
        due_on=line.due.on if line.due else None,
        due=line.due.mark if line.due else "",
        reported_by=person_ref(one.reported_by),
        reported_on=one.reported_on,
        reference=one.reference,
    )
