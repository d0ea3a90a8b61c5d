"""What the page of an event offers to do: where the reader may, with the form; else with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from riskloop.loop.detail import ON_EVENT as ACTIONS
from riskloop.loop.detail import Possible, possible
from riskloop.loop.forms import ON_EVENT, ON_PART, EventForm, PartForm
from riskloop.loop.models import QuasiEvent
from riskloop.loop.parts import Part
from riskloop.organisation.models import User

ONLY_WHERE_ALLOWED = frozenset({"appeal", "ask_reopening", "report_exception", "urge"})
"""Whoever may not do these is not told of them: they are nobody's next step."""


@dataclass(frozen=True)
class Offer:
    """An action with its form, and the address that the form is sent to."""

    possible: Possible
    form: EventForm
    address: str

    @property
    def open(self) -> bool:
        """Whether the form shows at once: it was sent and not accepted."""
        return self.form.is_bound


def offers(event: QuasiEvent, user: User, given: EventForm | None) -> dict[str, Offer]:
    """What can be done to the event where it stands, in the order of work.

    Args:
        given: the form that was sent and not accepted, shown again as it was.
    """

    def form(kind: type[EventForm]) -> EventForm:
        return given if given is not None and type(given) is kind else kind(user, event)

    at_hand = (action(event, user) for action in ACTIONS)
    found = {
        action.name: Offer(
            possible(action), form(ON_EVENT[action.name]), reverse("act", args=[event.pk, action.name])
        )
        for action in at_hand
        if event.state in action.states
    }
    return {
        name: offer
        for name, offer in found.items()
        if offer.possible.allowed or offer.open or name not in ONLY_WHERE_ALLOWED
    }


def offers_on(
    kind: str, part: Part, can: Mapping[str, Possible], event: QuasiEvent, user: User, given: EventForm | None
) -> dict[str, Offer]:
    """What can be done to a part of the event, by the name of the action."""

    def form(form_type: type[PartForm]) -> EventForm:
        if isinstance(given, form_type) and given.part == part:
            return given
        return form_type(user, event, part)

    return {
        name: Offer(may, form(ON_PART[kind][name]), reverse(f"act_on_{kind}", args=[part.pk, name]))
        for name, may in can.items()
    }
