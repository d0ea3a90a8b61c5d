"""The one gate through which events reach a person."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from riskloop.loop.models import QuasiEvent
from riskloop.organisation.functions import READ_EVENTS
from riskloop.organisation.scope import Person, knows, within


def visible_to(user: Person) -> QuerySet[QuasiEvent]:
    """The events in the subtrees of his roles.

    Events of a unit that the bank does not know are seen by those whose role reaches a whole tree.
    """
    return QuasiEvent.objects.filter(within(user, READ_EVENTS))


def bundle_of(event: QuasiEvent, user: Person) -> QuerySet[QuasiEvent]:
    """The other events of the event's bundle that the reader may see, the gravest models first by code."""
    if event.bundle is None:
        return QuasiEvent.objects.none()
    return (
        visible_to(user).filter(bundle=event.bundle).exclude(pk=event.pk).order_by("model", "booked_on", "pk")
    )


def event_for(user: Person, event_id: uuid.UUID) -> QuasiEvent:
    """One event with the people and things that it names.

    Raises:
        Http404: it is not there, or not within his reach.
    """
    people = ("assignee", "concluded_by", "closed_by")
    events = visible_to(user).select_related("unit", "driver", "exclusion_reason", *people)
    found = get_object_or_404(events.prefetch_related("continuations"), pk=event_id)
    knows(found.unit)
    return found
