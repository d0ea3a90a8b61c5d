"""The loop's operations: events, what is done about them, and the lists they choose from."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Schema

from riskloop.loop import actions, queue
from riskloop.loop.answers import EventDetail, EventLine, detail_of, line_of
from riskloop.loop.detail import possible_owners
from riskloop.loop.filters import EventFilter
from riskloop.loop.forms import ON_EVENT, ON_MEASURE, EventForm
from riskloop.loop.models import ExclusionReason, Grade, Measure
from riskloop.loop.scores import drivers_in_force
from riskloop.loop.tables import bundled, ranked
from riskloop.loop.visibility import event_for, visible_to
from riskloop.organisation.functions import (
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
    Label,
    Limit,
    Number,
    Offset,
    Operations,
    Page,
    PersonRef,
    Words,
    day_of,
    label,
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
    measure: str = ""
    withdrawn: str = ""
    bundle: str = ""
    sort: str = ""


class Whole(Schema):
    """`whole`: for all events of the bundle that stand where this one does, or for none of them."""

    whole: bool = False


class HandBackIn(Whole):
    why: Words


class ExcludeIn(Whole):
    """`reason` is a code of `/reasons`."""

    reason: str
    note: Words = ""


class DetermineIn(Whole):
    """`outcome` is `internal` or `external`, `driver` a code of `/drivers`, `grade` one of `/grades`."""

    outcome: str
    driver: str
    grade: str
    note: Words


class MeasureIn(Schema):
    """`owner_id` is one of the event's `/owners`."""

    description: Words
    owner_id: Number
    due_on: dt.date


class UnmaskIn(Schema):
    why: Words


class OwnerIn(Schema):
    owner_id: Number


class DoneIn(Schema):
    note: Words


class Choice(Schema):
    """Something to choose, by its code."""

    code: str
    name: Label


class DriverOut(Choice):
    """A risk driver with the factor of its score."""

    level1: str
    factor: str


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
    return paged(queue.event_table(found, given).data.data, limit, offset, line_of)


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


def _act(request: HttpRequest, event_id: uuid.UUID, name: str, given: Mapping[str, Any]) -> EventDetail:
    user = signed_in(request)
    event = event_for(user, event_id)
    return _done(ON_EVENT[name](user, event, _sent(name, given)))


def _act_on_measure(request: HttpRequest, number: int, name: str, given: Mapping[str, Any]) -> EventDetail:
    measure = _measure_for(request, number)
    user = signed_in(request)
    form = ON_MEASURE[name](
        user, event_for(user, measure.event_id), _sent(f"{name}-{number}", given), measure=measure
    )
    return _done(form)


def _sent(prefix: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """As the page's form would send it: the forms read the words, the actions judge them."""
    return {f"{prefix}-{field}": value for field, value in given.items()}


def _done(form: EventForm) -> EventDetail:
    require_valid(form)
    form.act()
    return detail_of(event_for(form.user, form.event.pk), form.user)


def _measure_for(request: HttpRequest, number: int) -> Measure:
    seen = Measure.objects.filter(event__in=visible_to(signed_in(request)))
    return get_object_or_404(seen, pk=number)


@router.does("/events/{event_id}/take", DISCRIMINATE, answers=EventDetail)
def take(request: HttpRequest, event_id: uuid.UUID, given: Whole) -> EventDetail:
    """Takes an event that nobody has. With `whole` also the others of its bundle."""
    return _act(request, event_id, "take", given.dict())


@router.does("/events/{event_id}/hand_back", DISCRIMINATE, answers=EventDetail)
def hand_back(request: HttpRequest, event_id: uuid.UUID, given: HandBackIn) -> EventDetail:
    """Hands an event back to the queue. By the person who has it."""
    return _act(request, event_id, "hand_back", given.dict())


@router.does("/events/{event_id}/exclude", DISCRIMINATE, answers=EventDetail)
def exclude(request: HttpRequest, event_id: uuid.UUID, given: ExcludeIn) -> EventDetail:
    """Excludes an event as a false alarm. By the person who has it."""
    return _act(request, event_id, "exclude", given.dict())


@router.does("/events/{event_id}/determine", DISCRIMINATE, answers=EventDetail)
def determine(request: HttpRequest, event_id: uuid.UUID, given: DetermineIn) -> EventDetail:
    """Determines an event as internal or external. By the person who has it."""
    return _act(request, event_id, "determine", given.dict())


@router.does("/events/{event_id}/set_measure", SET_MEASURES, answers=EventDetail)
def set_measure(request: HttpRequest, event_id: uuid.UUID, given: MeasureIn) -> EventDetail:
    """Sets what is to be done about an event. By whom and until when."""
    sent = {"description": given.description, "owner": given.owner_id, "due_on": given.due_on}
    return _act(request, event_id, "set_measure", sent)


@router.does("/events/{event_id}/close", CLOSE, answers=EventDetail)
def close(request: HttpRequest, event_id: uuid.UUID) -> EventDetail:
    """Closes an event whose measures are all verified."""
    return _act(request, event_id, "close", {})


@router.does("/events/{event_id}/unmask", UNMASK, answers=EventDetail)
def unmask(request: HttpRequest, event_id: uuid.UUID, given: UnmaskIn) -> EventDetail:
    """Shows the event's personal data in clear to the caller for a while. For a reason."""
    return _act(request, event_id, "unmask", given.dict())


@router.does("/events/{event_id}/hide_again", UNMASK, answers=EventDetail)
def hide_again(request: HttpRequest, event_id: uuid.UUID) -> EventDetail:
    """Masks the event's personal data again. Before its time."""
    return _act(request, event_id, "hide_again", {})


@router.does("/measures/{measure_id}/set_owner", SET_MEASURES, answers=EventDetail)
def set_owner(request: HttpRequest, measure_id: Number, given: OwnerIn) -> EventDetail:
    """Somebody else is to carry out the measure."""
    user = signed_in(request)
    measure = _measure_for(request, measure_id)
    event = event_for(user, measure.event_id)
    owner = possible_owners(event).filter(pk=given.owner_id).first()
    actions.do(actions.SetOwner(event, user, measure, owner))
    return detail_of(event_for(user, event.pk), user)


@router.does("/measures/{measure_id}/report_done", CARRY_OUT, answers=EventDetail)
def report_done(request: HttpRequest, measure_id: Number, given: DoneIn) -> EventDetail:
    """Reports one's own measure done."""
    return _act_on_measure(request, measure_id, "report_done", given.dict())


@router.does("/measures/{measure_id}/verify", VERIFY, answers=EventDetail)
def verify(request: HttpRequest, measure_id: Number) -> EventDetail:
    """Verifies that a measure holds. By someone else than who did it."""
    return _act_on_measure(request, measure_id, "verify", {})


@router.reads("/reasons", READ_EVENTS, answers=list[Choice])
def list_reasons(request: HttpRequest) -> list[Choice]:  # noqa: ARG001 — ninja's form
    """Reasons for exclusion."""
    return [Choice(code=r.code, name=label(r.name)) for r in ExclusionReason.objects.order_by("code")]


@router.reads("/drivers", READ_EVENTS, answers=list[DriverOut])
def list_drivers(request: HttpRequest, day: dt.date | None = None) -> list[DriverOut]:  # noqa: ARG001
    """Risk drivers as they stand on a day. Today unless another is given."""
    standing = drivers_in_force(day_of("day", day, timezone.localdate()))
    return [
        DriverOut(code=d.code, name=label(d.name), level1=d.level1, factor=f"{d.factor:f}") for d in standing
    ]


@router.reads("/grades", READ_EVENTS, answers=list[str])
def list_grades(request: HttpRequest) -> list[str]:  # noqa: ARG001 — ninja's form
    """Grades, from the lightest."""
    return list(Grade.values)
