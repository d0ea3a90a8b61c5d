"""Other systems are told of an event's opening, determination and end, in the transaction that brings it."""

from __future__ import annotations

from collections.abc import Iterable

from riskloop.loop.models import QuasiEvent
from riskloop.outgoing.webhooks import CLOSED, DETERMINED, OPENED, EventTold, announce, announce_each


def told_of(event: QuasiEvent) -> EventTold:
    """What is told of an event as it stands: no person, no account, no words of anybody."""
    return EventTold(
        event_id=str(event.pk),
        model=event.model,
        unit_id=event.unit_id,
        day=event.booked_on,
        state=event.state,
        outcome=event.outcome or None,
        grade=event.grade,
        score=None if event.score is None else str(event.score),
    )


def announce_opened(events: Iterable[QuasiEvent]) -> None:
    """They were found, or opened by a person."""
    announce_each(OPENED, (told_of(event) for event in events))


def announce_determined(event: QuasiEvent) -> None:
    """A determination of it counts from now on."""
    announce(DETERMINED, told_of(event))


def announce_closed(event: QuasiEvent) -> None:
    """It has come to its end: all measures hold, or it was excluded. Its state says which."""
    announce(CLOSED, told_of(event))
