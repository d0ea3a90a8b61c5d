"""Earlier events on the objects of an event: its accounts, customers and tellers, its model in its unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from riskloop.loop.models import EventObject, ObjectKind, QuasiEvent
from riskloop.loop.visibility import visible_to
from riskloop.organisation.models import User

MODEL_IN_UNIT = "model"
"""The fourth way in which an earlier event is alike: the same model in the same unit."""
SHOWN = 10
COUNTED = 100
"""Beyond so many, "more than" is all that a reader needs."""
_COLUMNS = {
    ObjectKind.ACCOUNT: ("account_ids",),
    ObjectKind.CUSTOMER: ("customer_ids",),
    ObjectKind.TELLER: ("teller_ids", "authoriser_ids"),
}


@dataclass(frozen=True)
class Earlier:
    """The earlier events alike in one way.

    Attributes:
        kind: `account`, `customer`, `teller` or `model`.
        events: the newest of them.
        count: how many the reader may see; at most `COUNTED`.
        more: whether there are more than that.
    """

    kind: str
    events: Sequence[QuasiEvent]
    count: int
    more: bool


def earlier_of(event: QuasiEvent, user: User) -> list[Earlier]:
    """Events up to the event's day that name what it names and that the reader may see.

    Those out of his reach are neither shown nor counted. A way in which nothing can be alike, as the event
    names no such object, is left out.
    """
    found: list[Earlier] = []
    for kind, columns in _COLUMNS.items():
        ids = set[str]().union(*event.named(*columns))
        if ids:
            named = EventObject.objects.filter(
                kind=kind, object_id__in=sorted(ids), booked_on__lte=event.booked_on
            )
            alike = _before(event, user).filter(pk__in=named.values("event_id"))
            found.append(_newest(kind, alike))
    if event.unit_id:
        alike = _before(event, user).filter(model=event.model, unit_id=event.unit_id)
        found.append(_newest(MODEL_IN_UNIT, alike))
    return found


def _before(event: QuasiEvent, user: User) -> QuerySet[QuasiEvent]:
    return visible_to(user).filter(booked_on__lte=event.booked_on).exclude(pk=event.pk)


def _newest(kind: str, alike: QuerySet[QuasiEvent]) -> Earlier:
    ids = list(alike.order_by("-booked_on", "pk").values_list("pk", flat=True)[: COUNTED + 1])
    events = QuasiEvent.objects.filter(pk__in=ids[:SHOWN]).select_related("unit", "assignee")
    return Earlier(
        kind, list(events.order_by("-booked_on", "pk")), min(len(ids), COUNTED), len(ids) > COUNTED
    )
