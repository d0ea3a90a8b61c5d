"""The one gate through which events reach a person."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from riskloop.loop.models import QuasiEvent
from riskloop.organisation.models import Unit
from riskloop.organisation.roles import EVENT_READERS
from riskloop.organisation.scope import Person, assignments_of, units_of


def visible_to(user: Person) -> QuerySet[QuasiEvent]:
    """The events in the subtrees of his roles, and those whose measures he owes.

    Events of a unit that the bank does not know are seen by those whose role reaches a whole tree.
    """
    if not user.is_authenticated:
        return QuasiEvent.objects.none()
    units = units_of(user, EVENT_READERS)
    reach = Q(unit_id__in=units.values("unit_id")) | Q(
        pk__in=QuasiEvent.objects.filter(measures__owner_id=user.pk).values("pk")
    )
    if assignments_of(user, EVENT_READERS).filter(unit__parent=None).exists():
        reach |= Q(unit_id=None) | ~Q(unit_id__in=Unit.objects.values("unit_id"))
    return QuasiEvent.objects.filter(reach)


def bundle_of(event: QuasiEvent, user: Person) -> QuerySet[QuasiEvent]:
    """The other events of the event's bundle that the reader may see, the gravest models first by code."""
    if event.bundle is None:
        return QuasiEvent.objects.none()
    return (
        visible_to(user).filter(bundle=event.bundle).exclude(pk=event.pk).order_by("model", "booked_on", "pk")
    )
