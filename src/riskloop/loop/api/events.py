"""The operations on events: to find them, to see one, and everything that may be done about it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from django.http import HttpRequest, QueryDict
from ninja import Field, Query, Schema

from riskloop.loop import queue
from riskloop.loop.api.answers import EventDetail, EventLine, detail_of, line_of
from riskloop.loop.candidates import possible_monitors, possible_owners
from riskloop.loop.deadlines import clock
from riskloop.loop.filters import EventFilter
from riskloop.loop.forms import ON_EVENT, ON_PART, EventForm
from riskloop.loop.parts import part_for
from riskloop.loop.tables import bundled, ranked
from riskloop.loop.visibility import event_for, visible_to
from riskloop.organisation.functions import (
    APPROVE,
    ASSIGN,
    CARRY_OUT,
    CLOSE,
    DISCRIMINATE,
    READ_EVENTS,
    SET_MEASURES,
    UNMASK,
    VERIFY,
)
from riskloop.organisation.operations import (
    BadValue,
    Limit,
    Number,
    Offset,
    Operations,
    Page,
    PersonRef,
    WhyIn,
    Words,
    paged,
    person_ref,
    require_valid,
    signed_in,
)

router = Operations(tags=["events"])


class EventQuery(Schema):
    """What the queue may be narrowed down to, and its order: a column, "-" before it for down."""

    text: str = ""
    state: str = ""
    grade: str = ""
    model: str = ""
    unit: str = ""
    first: str = ""
    last: str = ""
    assignee: str = ""
    outcome: str = ""
    due: str = ""
    query: str = ""
    measure: str = ""
    objection: str = ""
    repeat: str = ""
    withdrawn: str = ""
    bundle: str = ""
    sort: str = ""


class Whole(Schema):
    """`whole`: for all events of the bundle that stand where this one does, or for none of them."""

    whole: bool = False


class ExcludeIn(Whole):
    """`reason` is a code of `/reasons`."""

    reason: str
    note: Words = ""


class PassOnIn(Whole):
    """`reason` is a code of `/suspicions`."""

    reason: str
    note: Words


class ToIn(Whole):
    """`to` is one of the event's `/monitors`."""

    to: Number


class HandOverIn(ToIn):
    why: Words


class SnoozeIn(Whole):
    """Until a day, at most 30 days from now."""

    until: dt.date
    why: Words


class DetermineIn(Whole):
    """What a determination says. Amounts are CNY; `responsible` is by staff id a code of `/liability_levels`.

    `outcome` is `internal`, `external` or `case_clue`, `event_type` a code of `/event_types`, drivers codes
    of `/drivers`, `grade` one of `/grades`. Without `controllable` the main driver says.
    """

    outcome: str
    event_type: str
    driver: str
    other_drivers: list[str] = Field(default_factory=list[str])
    controllable: bool | None = None
    grade: str
    responsible: dict[str, str] = Field(default_factory=dict[str, str])
    loss: Decimal = Decimal(0)
    recovered: Decimal = Decimal(0)
    near_miss: Decimal = Decimal(0)
    note: Words


class ApproveIn(Whole):
    note: Words = ""


class WholeWhyIn(Whole):
    why: Words


class MeasureIn(Schema):
    """`kind` is a code of `/measure_kinds`, `owner_id` one of the event's `/owners`."""

    kind: str
    description: Words
    owner_id: Number
    due_on: dt.date


class OwnerIn(Schema):
    owner_id: Number


class DoneIn(Schema):
    note: Words


@router.reads("/events", READ_EVENTS, answers=Page[EventLine])
def list_events(
    request: HttpRequest, query: Query[EventQuery], limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """Events within reach, the gravest and newest first. Narrowed and sorted as the queue is."""
    given = QueryDict(mutable=True)
    given.update({name: value for name, value in query.dict().items() if value})
    user = signed_in(request)
    events = bundled(ranked(visible_to(user))).select_related("unit", "assignee")
    found = EventFilter(given, events, user)
    require_valid(found.form)
    if query.sort and query.sort.removeprefix("-") not in queue.SORTABLE:
        raise BadValue("sort", ", ".join(sorted(queue.SORTABLE)))
    return paged(queue.event_table(found, given).data.data, limit, offset, partial(line_of, here=clock()))


@router.reads("/events/{event_id}", READ_EVENTS, answers=EventDetail)
def get_event(request: HttpRequest, event_id: uuid.UUID) -> EventDetail:
    """One event. With the rows behind it, what was done, and what one may do now."""
    user = signed_in(request)
    return detail_of(event_for(user, event_id), user)


@router.reads("/events/{event_id}/owners", READ_EVENTS, answers=list[PersonRef])
def list_owners(request: HttpRequest, event_id: uuid.UUID) -> list[PersonRef | None]:
    """Who may carry out measures of the event."""
    event = event_for(signed_in(request), event_id)
    return [person_ref(owner) for owner in possible_owners(event)]


@router.reads("/events/{event_id}/monitors", READ_EVENTS, answers=list[PersonRef])
def list_monitors(request: HttpRequest, event_id: uuid.UUID) -> list[PersonRef | None]:
    """Who may discriminate the event."""
    event = event_for(signed_in(request), event_id)
    return [person_ref(monitor) for monitor in possible_monitors(event)]


def act_on_event(
    request: HttpRequest, event_id: uuid.UUID, name: str, given: Mapping[str, Any]
) -> EventDetail:
    user = signed_in(request)
    event = event_for(user, event_id)
    return _done(ON_EVENT[name](user, event, _sent(name, given)))


def act_on_part(
    request: HttpRequest, kind: str, number: int, name: str, given: Mapping[str, Any]
) -> EventDetail:
    """The same for what hangs on an event."""
    user = signed_in(request)
    part = part_for(user, kind, number)
    form = ON_PART[kind][name]
    sent = _sent(form.prefix_of(number), given)
    return _done(form(user, event_for(user, part.event_id), part, sent))


def _sent(prefix: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """As the page's form would send it: the forms read the words, the actions judge them."""
    return {f"{prefix}-{field}": value for field, value in given.items()}


def _done(form: EventForm) -> EventDetail:
    require_valid(form)
    form.act()
    return detail_of(event_for(form.user, form.event.pk), form.user)


@router.does("/events/{event_id}/take", DISCRIMINATE, answers=EventDetail)
def take(request: HttpRequest, event_id: uuid.UUID, given: Whole) -> EventDetail:
    """Takes an event that nobody has. With `whole` also the others of its bundle."""
    return act_on_event(request, event_id, "take", given.dict())


@router.does("/events/{event_id}/hand_back", DISCRIMINATE, answers=EventDetail)
def hand_back(request: HttpRequest, event_id: uuid.UUID, given: WholeWhyIn) -> EventDetail:
    """Hands an event back to the queue. By the person who has it."""
    return act_on_event(request, event_id, "hand_back", given.dict())


@router.does("/events/{event_id}/exclude", DISCRIMINATE, answers=EventDetail)
def exclude(request: HttpRequest, event_id: uuid.UUID, given: ExcludeIn) -> EventDetail:
    """Excludes an event as a false alarm. By the person who has it."""
    return act_on_event(request, event_id, "exclude", given.dict())


@router.does("/events/{event_id}/assign", ASSIGN, answers=EventDetail)
def assign(request: HttpRequest, event_id: uuid.UUID, given: ToIn) -> EventDetail:
    """Gives an event that nobody has to a monitor."""
    return act_on_event(request, event_id, "assign", given.dict())


@router.does("/events/{event_id}/hand_over", DISCRIMINATE, answers=EventDetail)
def hand_over(request: HttpRequest, event_id: uuid.UUID, given: HandOverIn) -> EventDetail:
    """Hands an event over to another monitor. By the person who has it, or who assigns."""
    return act_on_event(request, event_id, "hand_over", given.dict())


@router.does("/events/{event_id}/snooze", DISCRIMINATE, answers=EventDetail)
def snooze(request: HttpRequest, event_id: uuid.UUID, given: SnoozeIn) -> EventDetail:
    """Puts an event aside until a day. Its time limits go on running."""
    return act_on_event(request, event_id, "snooze", given.dict())


@router.does("/events/{event_id}/wake", DISCRIMINATE, answers=EventDetail)
def wake(request: HttpRequest, event_id: uuid.UUID, given: Whole) -> EventDetail:
    """Takes up an event again that was put aside. Before its day."""
    return act_on_event(request, event_id, "wake", given.dict())


@router.does("/events/{event_id}/pass_on", DISCRIMINATE, answers=EventDetail)
def pass_on(request: HttpRequest, event_id: uuid.UUID, given: PassOnIn) -> EventDetail:
    """Passes an event on to determination. By the person who has it."""
    return act_on_event(request, event_id, "pass_on", given.dict())


@router.does("/events/{event_id}/determine", DISCRIMINATE, answers=EventDetail)
def determine(request: HttpRequest, event_id: uuid.UUID, given: DetermineIn) -> EventDetail:
    """Determines a suspected event. Of a grade that needs four eyes it counts once it is approved."""
    sent = given.dict() | {"controllable": "" if given.controllable is None else str(given.controllable)}
    return act_on_event(request, event_id, "determine", sent)


@router.does("/events/{event_id}/approve", APPROVE, answers=EventDetail)
def approve(request: HttpRequest, event_id: uuid.UUID, given: ApproveIn) -> EventDetail:
    """Approves a determination. By another than who proposed it."""
    return act_on_event(request, event_id, "approve", given.dict())


@router.does("/events/{event_id}/send_back", APPROVE, answers=EventDetail)
def send_back(request: HttpRequest, event_id: uuid.UUID, given: WholeWhyIn) -> EventDetail:
    """Sends a determination back to who proposed it. By another person."""
    return act_on_event(request, event_id, "send_back", given.dict())


@router.does("/events/{event_id}/set_measure", SET_MEASURES, answers=EventDetail)
def set_measure(request: HttpRequest, event_id: uuid.UUID, given: MeasureIn) -> EventDetail:
    """Sets what is to be done about an event. By whom and until when."""
    sent = {
        "kind": given.kind,
        "description": given.description,
        "owner": given.owner_id,
        "due_on": given.due_on,
    }
    return act_on_event(request, event_id, "set_measure", sent)


@router.does("/events/{event_id}/close", CLOSE, answers=EventDetail)
def close(request: HttpRequest, event_id: uuid.UUID) -> EventDetail:
    """Closes an event whose measures are all verified."""
    return act_on_event(request, event_id, "close", {})


@router.does("/events/{event_id}/unmask", UNMASK, answers=EventDetail)
def unmask(request: HttpRequest, event_id: uuid.UUID, given: WhyIn) -> EventDetail:
    """Shows the event's personal data in clear to the caller for a while. For a reason."""
    return act_on_event(request, event_id, "unmask", given.dict())


@router.does("/events/{event_id}/hide_again", UNMASK, answers=EventDetail)
def hide_again(request: HttpRequest, event_id: uuid.UUID) -> EventDetail:
    """Masks the event's personal data again. Before its time."""
    return act_on_event(request, event_id, "hide_again", {})


@router.does("/measures/{measure_id}/set_owner", SET_MEASURES, answers=EventDetail)
def set_owner(request: HttpRequest, measure_id: Number, given: OwnerIn) -> EventDetail:
    """Somebody else is to carry out the measure."""
    return act_on_part(request, "measure", measure_id, "set_owner", {"owner": given.owner_id})


@router.does("/measures/{measure_id}/report_done", CARRY_OUT, answers=EventDetail)
def report_done(request: HttpRequest, measure_id: Number, given: DoneIn) -> EventDetail:
    """Reports one's own measure done. Its proof is attached before, with the purpose `measure`."""
    return act_on_part(request, "measure", measure_id, "report_done", given.dict())


@router.does("/measures/{measure_id}/verify", VERIFY, answers=EventDetail)
def verify(request: HttpRequest, measure_id: Number) -> EventDetail:
    """Verifies that a measure holds. By someone else than who did it."""
    return act_on_part(request, "measure", measure_id, "verify", {})


@router.does("/measures/{measure_id}/send_measure_back", VERIFY, answers=EventDetail)
def send_measure_back(request: HttpRequest, measure_id: Number, given: WhyIn) -> EventDetail:
    """Sends a measure back to its owner. What was done will not do."""
    return act_on_part(request, "measure", measure_id, "send_measure_back", given.dict())
