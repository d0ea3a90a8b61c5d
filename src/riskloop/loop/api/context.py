"""The operation that says what stands around an event."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.http import HttpRequest
from ninja import Schema

from riskloop.detection.usual import Usual
from riskloop.loop.api.answers import EventLine, line_of
from riskloop.loop.behaviour import Behaviour, behaviour_of
from riskloop.loop.context import Earlier, earlier_of
from riskloop.loop.deadlines import clock
from riskloop.loop.personal import trace_look
from riskloop.loop.visibility import event_for
from riskloop.organisation.functions import READ_EVENTS
from riskloop.organisation.operations import Operations, exact, signed_in

router = Operations(tags=["events"])


class EarlierOut(Schema):
    """Earlier events alike in one `kind`: `account`, `customer`, `teller`, or `model` in the unit.

    `events` are the newest of `count`; `more`: there are more than `count`.
    """

    kind: str
    count: int
    more: bool
    events: list[EventLine]


class FigureOut(Schema):
    """One figure by day, the event's day last. `low` and `high` are the quartiles of the days before it."""

    name: str
    days: list[dt.date]
    values: list[str]
    today: str | None
    median: str | None
    low: str | None
    high: str | None


class BehaviourOut(Schema):
    """An `account`, a `teller` or a `unit`; without figures no data are kept for it."""

    kind: str
    id: str
    figures: list[FigureOut]


class ContextOut(Schema):
    """What stands around an event."""

    earlier: list[EarlierOut]
    usual: list[BehaviourOut]


@router.reads("/events/{event_id}/context", READ_EVENTS, answers=ContextOut)
def get_context(request: HttpRequest, event_id: uuid.UUID) -> ContextOut:
    """What stands around an event. Earlier events on its objects, and what these usually do."""
    user = signed_in(request)
    event = event_for(user, event_id)
    trace_look(event, user)
    return ContextOut(
        earlier=[_earlier(way) for way in earlier_of(event, user)],
        usual=[_behaviour(one) for one in behaviour_of(settings.HOME, event, user)],
    )


def _earlier(way: Earlier) -> EarlierOut:
    here = clock()
    events = [line_of(event, here) for event in way.events]
    return EarlierOut(kind=way.kind, count=way.count, more=way.more, events=events)


def _behaviour(one: Behaviour) -> BehaviourOut:
    return BehaviourOut(kind=one.kind, id=one.name, figures=[_figure(figure) for figure in one.figures])


def _figure(figure: Usual) -> FigureOut:
    return FigureOut(
        name=figure.name,
        days=list(figure.days),
        values=[f"{value:f}" for value in figure.values],
        today=exact(figure.today),
        median=exact(figure.median),
        low=exact(figure.low),
        high=exact(figure.high),
    )
