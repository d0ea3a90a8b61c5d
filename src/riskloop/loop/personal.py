"""Personal data of an event: shown masked, in clear to whoever asked for it, and every look traced."""

from __future__ import annotations

from riskloop.bank.subjects import fact_of
from riskloop.loop.actions import finding_of
from riskloop.loop.history import EVENT
from riskloop.loop.models import QuasiEvent
from riskloop.organisation import unmasking
from riskloop.organisation.action import do, require
from riskloop.organisation.functions import READ_EVENTS
from riskloop.organisation.masking import masked_subject
from riskloop.organisation.models import Look, LookKind, Unmasking, User
from riskloop.organisation.traces import trace
from riskloop.organisation.unmasking import HideAgain, Object, Unmask


class UnmaskEvent(Unmask):
    """A person asks to see an event's personal data in clear."""

    object_type = EVENT


class HideEventAgain(HideAgain):
    """He no longer needs it."""

    object_type = EVENT


def clear_for(event: QuasiEvent, reader: User) -> Unmasking | None:
    """By which the reader sees this event in clear now; None if he sees it masked."""
    return unmasking.running(reader, EVENT, event.pk)


def unmask(event: QuasiEvent, user: User, why: str) -> Unmasking:
    """Shows the event's personal data to this person for a while.

    Raises:
        Refused: `role`, `recusal`, `reason` (too short) or `running`.
    """
    return do(asking(event, user, why)).unmasking


def asking(event: QuasiEvent, user: User, why: str) -> UnmaskEvent:
    """The action, not yet done."""
    return UnmaskEvent(user, Object(str(event.pk), event.unit_id, finding_of(event)), why)


def hide_again(event: QuasiEvent, user: User) -> None:
    """Masks it again, before its time.

    Raises:
        Refused: `over`: it is masked already.
    """
    found = clear_for(event, user)
    require(found is not None, "over", unmasking.masked_already())
    if found is not None:
        do(HideEventAgain(user, found))


def subject_shown(event: QuasiEvent, reader: User) -> str:
    """The key of what the event is about, as this reader sees it."""
    if clear_for(event, reader) is not None:
        return fact_of(event.subject_id)[1]
    return masked_subject(event.subject_kind, event.subject_id)


def trace_look(event: QuasiEvent, reader: User) -> Look:
    """Writes down that the reader sees the event: before it is shown, on the page and by the API."""
    clear = clear_for(event, reader)
    (customers,) = event.named("customer_ids")
    return trace(
        reader,
        LookKind.LOOK if clear is None else LookKind.CLEAR_LOOK,
        READ_EVENTS,
        EVENT,
        event.pk,
        event.unit_id,
        about=f"{event.model} {masked_subject(event.subject_kind, event.subject_id)} {event.booked_on}",
        customer_ids=customers,
        reason="" if clear is None else clear.reason,
    )
