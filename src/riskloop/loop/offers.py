"""What the page of an event offers to do: where the reader may, with the form; else with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse

from riskloop.loop.actions import Action
from riskloop.loop.detail import ON_EVENT as ACTIONS
from riskloop.loop.detail import Possible, possible
from riskloop.loop.forms import ON_EVENT, ON_PART, EventForm
from riskloop.loop.models import QuasiEvent
from riskloop.loop.parts import Part
from riskloop.organisation.models import User

ONLY_WHERE_ALLOWED = frozenset({"appeal", "ask_reopening", "report_exception", "urge"})
"""Whoever may not do these is not told of them: they are nobody's next step."""


@dataclass(frozen=True)
class Offer:
    """An action with its form, and the address that the form is sent to.

    Attributes:
        about: what its form is made of: the person, the event, and the part of it if it is about one.
        given: the form, where it was sent and not accepted.
    """

    possible: Possible
    kind: type[EventForm]
    about: tuple[Any, ...]
    address: str
    given: EventForm | None = None

    @cached_property
    def form(self) -> EventForm:
        """Made where it is drawn: what it offers is looked up, in vain where the action is not possible."""
        return self.given or self.kind(*self.about)

    @property
    def title(self) -> Any:
        """What one would do."""
        return self.kind.title

    @property
    def open(self) -> bool:
        """Whether the form shows at once: it was sent and not accepted."""
        return self.given is not None and self.given.is_bound


def offers(event: QuasiEvent, user: User, given: EventForm | None) -> dict[str, Offer]:
    """What can be done to the event where it stands, in the order of work.

    Args:
        given: the form that was sent and not accepted, shown again as it was.
    """

    def offer(action: Action) -> Offer:
        kind = ON_EVENT[action.name]
        address = reverse("act", args=[event.pk, action.name])
        sent = given if given is not None and type(given) is kind else None
        return Offer(possible(action), kind, (user, event), address, sent)

    at_hand = (action(event, user) for action in ACTIONS)
    found = {action.name: offer(action) for action in at_hand if event.state in action.states}
    return {
        name: offer
        for name, offer in found.items()
        if offer.possible.allowed or offer.open or name not in ONLY_WHERE_ALLOWED
    }


def offers_on(
    kind: str, part: Part, can: Mapping[str, Possible], event: QuasiEvent, user: User, given: EventForm | None
) -> dict[str, Offer]:
    """What can be done to a part of the event, by the name of the action."""

    def offer(name: str, may: Possible) -> Offer:
        form = ON_PART[kind][name]
        address = reverse(f"act_on_{kind}", args=[part.pk, name])
        sent = given if isinstance(given, form) and given.part == part else None
        return Offer(may, form, (user, event, part), address, sent)

    return {name: offer(name, may) for name, may in can.items()}
