"""The operations of assignment."""

from __future__ import annotations

import uuid
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Schema

from riskloop.loop.actions.assignment import MOST as MOST_IN_HAND
from riskloop.loop.api.answers import EventDetail
from riskloop.loop.api.bulk import BulkItemOut, items
from riskloop.loop.api.events import Whole, act_on_event
from riskloop.loop.assignment.giving import give_out
from riskloop.loop.assignment.monitors import Monitor, monitors
from riskloop.loop.bulk import MOST
from riskloop.loop.candidates import monitors_of
from riskloop.loop.forms.assignment import SetSkillForm
from riskloop.loop.visibility import visible_to
from riskloop.organisation.functions import ASSIGN
from riskloop.organisation.operations import Number, Operations, PersonRef, Words, require_valid, signed_in

router = Operations(tags=["events"])


class MonitorOut(Schema):
    """What the rule gives to a monitor, and how many events he has in hand. No category: every business."""

    person: PersonRef
    categories: list[str]
    highest_grade: str
    most_in_hand: int
    in_hand: int


class SkillIn(Schema):
    """`most_in_hand` null: as many as the rule says; 0: nothing for the time being."""

    categories: list[str] = Field(default_factory=list[str])
    highest_grade: str = "key_attention"
    most_in_hand: Annotated[int, Field(ge=0, le=MOST_IN_HAND)] | None = None
    why: Words


@router.reads("/monitors", ASSIGN, answers=list[MonitorOut])
def list_load(request: HttpRequest) -> list[MonitorOut]:
    """The monitors of the units where one assigns, with their load."""
    return [_monitor(one) for one in monitors(monitors_of(signed_in(request), ASSIGN))]


@router.does("/monitors/{person_id}/skill", ASSIGN, answers=MonitorOut)
def set_skill(request: HttpRequest, person_id: Number, given: SkillIn) -> MonitorOut:
    """Sets what the rule gives to a monitor. Never to oneself."""
    user = signed_in(request)
    person = get_object_or_404(monitors_of(user, ASSIGN), pk=person_id)
    sent = {f"{SetSkillForm.name}-{name}": value for name, value in given.dict().items()}
    form = SetSkillForm(user, person, sent)
    require_valid(form)
    form.act()
    return _monitor(monitors([person])[0])


@router.does("/events/give_out", ASSIGN, answers=list[BulkItemOut])
def give_out_events(request: HttpRequest) -> list[BulkItemOut]:
    """Gives what nobody has to monitors by the rule, the gravest and oldest first. Up to 200 at once."""
    user = signed_in(request)
    return items(give_out(visible_to(user), user, MOST))


@router.does("/events/{event_id}/assign_by_rule", ASSIGN, answers=EventDetail)
def assign_by_rule(request: HttpRequest, event_id: uuid.UUID, given: Whole) -> EventDetail:
    """Gives an event that nobody has to the monitor whom the rule chooses."""
    return act_on_event(request, event_id, "assign_by_rule", given.dict())


def _monitor(one: Monitor) -> MonitorOut:
    return MonitorOut(
        person=PersonRef(id=one.person.pk, name=str(one.person)),
        categories=sorted(one.categories),
        highest_grade=one.highest_grade,
        most_in_hand=one.most_in_hand,
        in_hand=one.in_hand,
    )
