"""What an administrator does with the addresses that are told of events. The history knows no secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from riskloop.organisation.action import Action, require
from riskloop.organisation.functions import MANAGE_WEBHOOKS
from riskloop.organisation.models import User
from riskloop.outgoing.addresses import check_url
from riskloop.outgoing.delivery import try_again
from riskloop.outgoing.models import Delivery, DeliveryState, Endpoint
from riskloop.outgoing.signing import new_secret, seal
from riskloop.outgoing.webhooks import EVENTS, announce_test

NAME_LENGTH = 100


@dataclass
class OnEndpoint(Action):
    """An action on an address that exists. It belongs to no unit: it is managed by the head office."""

    user: User | None
    endpoint: Endpoint
    function = MANAGE_WEBHOOKS
    object_type = "webhook"

    @property
    def unit_id(self) -> str | None:
        return None

    @property
    def touched(self) -> Endpoint:
        return self.endpoint

    def lock(self) -> None:
        self.endpoint.refresh_from_db(from_queryset=Endpoint.objects.select_for_update())


def _require_sound(name: str, url: str, events: Sequence[str]) -> None:
    named = 0 < len(name.strip()) <= NAME_LENGTH
    require(named, "name", _("Give it a name of at most %(number)d characters.") % {"number": NAME_LENGTH})
    check_url(url)
    known = bool(events) and set(events) <= EVENTS.keys()
    require(known, "events", _("Choose at least one event from the list."))


@dataclass
class AddEndpoint(Action):
    """A new address. Its secret is on the action once it is done, and is shown nowhere afterwards."""

    user: User | None
    label: str
    url: str
    events: Sequence[str]
    endpoint: Endpoint = field(init=False)
    secret: str = field(init=False, repr=False)
    name = "add_webhook"
    function = MANAGE_WEBHOOKS
    object_type = "webhook"

    def __post_init__(self) -> None:
        self.secret = new_secret()
        self.endpoint = Endpoint(
            name=self.label.strip(),
            url=self.url,
            events=sorted(set(self.events)),
            sealed=seal(self.secret),
        )

    @property
    def unit_id(self) -> str | None:
        return None

    @property
    def touched(self) -> Endpoint:
        return self.endpoint

    def check(self) -> None:
        super().check()
        _require_sound(self.label, self.url, self.events)

    def execute(self) -> None:
        self.endpoint.save()


@dataclass
class ChangeEndpoint(OnEndpoint):
    """Another name or address, other events, switched on or off. What waits goes to the new address."""

    label: str
    url: str
    events: Sequence[str]
    active: bool
    name = "change_webhook"

    def check(self) -> None:
        super().check()
        _require_sound(self.label, self.url, self.events)

    def execute(self) -> None:
        self.endpoint.name, self.endpoint.url = self.label.strip(), self.url
        self.endpoint.events, self.endpoint.active = sorted(set(self.events)), self.active
        self.endpoint.save(update_fields=["name", "url", "events", "active"])


@dataclass
class RenewSecret(OnEndpoint):
    """Another secret; from now on messages are signed by it, also those that are on their way."""

    secret: str = field(default="", init=False, repr=False)
    name = "renew_webhook_secret"

    def execute(self) -> None:
        self.secret = new_secret()
        self.endpoint.sealed = seal(self.secret)
        self.endpoint.save(update_fields=["sealed"])


@dataclass
class SendTest(OnEndpoint):
    """A message that tells of nothing, to see whether it arrives."""

    delivery: Delivery | None = field(default=None, init=False)
    name = "test_webhook"

    @property
    def beside(self) -> dict[str, Any]:
        return {"delivery_id": self.delivery.pk if self.delivery else None}

    def check(self) -> None:
        super().check()
        require(self.endpoint.active, "inactive", _("The webhook is switched off."))

    def execute(self) -> None:
        self.delivery = announce_test(self.endpoint)


@dataclass
class SendAgain(OnEndpoint):
    """A message once more: one that was given up, or that the receiver has lost."""

    delivery: Delivery
    name = "send_webhook_again"

    @property
    def beside(self) -> dict[str, Any]:
        return {"delivery_id": self.delivery.pk}

    def lock(self) -> None:
        super().lock()
        self.delivery.refresh_from_db(from_queryset=Delivery.objects.select_for_update())

    def check(self) -> None:
        super().check()
        require(self.endpoint.active, "inactive", _("The webhook is switched off."))
        waits = self.delivery.state == DeliveryState.WAITING
        require(not waits, "state", _("The message is on its way already."))

    def execute(self) -> None:
        try_again(self.delivery)
