"""The operations on appeals and requests to reopen."""

from __future__ import annotations

import uuid

from django.http import HttpRequest
from ninja import Schema

from riskloop.loop.api.answers import EventDetail
from riskloop.loop.api.events import act_on_event, act_on_part
from riskloop.organisation.functions import APPEAL, APPROVE, DECIDE_APPEALS, REOPEN
from riskloop.organisation.operations import Number, Operations, Words

router = Operations(tags=["events"])


class WordsIn(Schema):
    words: Words


class NoteIn(Schema):
    note: Words


@router.does("/events/{event_id}/appeal", APPEAL, answers=EventDetail)
def appeal(request: HttpRequest, event_id: uuid.UUID, given: WordsIn) -> EventDetail:
    """Appeals against the determination in force. For the unit, within the limit."""
    return act_on_event(request, event_id, "appeal", given.dict())


@router.does("/events/{event_id}/ask_reopening", REOPEN, answers=EventDetail)
def ask_reopening(request: HttpRequest, event_id: uuid.UUID, given: WordsIn) -> EventDetail:
    """Asks that an event that has ended be looked at once more."""
    return act_on_event(request, event_id, "ask_reopening", given.dict())


@router.does("/objections/{objection_id}/withdraw_appeal", APPEAL, answers=EventDetail)
def withdraw_appeal(request: HttpRequest, objection_id: Number, given: NoteIn) -> EventDetail:
    """Withdraws one's own appeal."""
    return act_on_part(request, "objection", objection_id, "withdraw_appeal", given.dict())


@router.does("/objections/{objection_id}/reject_appeal", DECIDE_APPEALS, answers=EventDetail)
def reject_appeal(request: HttpRequest, objection_id: Number, given: NoteIn) -> EventDetail:
    """Rejects an appeal. The determination stands."""
    return act_on_part(request, "objection", objection_id, "reject_appeal", given.dict())


@router.does("/objections/{objection_id}/uphold_appeal", DECIDE_APPEALS, answers=EventDetail)
def uphold_appeal(request: HttpRequest, objection_id: Number, given: NoteIn) -> EventDetail:
    """Upholds an appeal. The determination is annulled and the event begins anew."""
    return act_on_part(request, "objection", objection_id, "uphold_appeal", given.dict())


@router.does("/objections/{objection_id}/refuse_reopening", APPROVE, answers=EventDetail)
def refuse_reopening(request: HttpRequest, objection_id: Number, given: NoteIn) -> EventDetail:
    """Refuses to reopen an event."""
    return act_on_part(request, "objection", objection_id, "refuse_reopening", given.dict())


@router.does("/objections/{objection_id}/reopen", APPROVE, answers=EventDetail)
def reopen(request: HttpRequest, objection_id: Number, given: NoteIn) -> EventDetail:
    """Reopens an event. It begins anew."""
    return act_on_part(request, "objection", objection_id, "reopen", given.dict())
