"""The forms of the webhooks' pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from riskloop.organisation.action import do
from riskloop.organisation.forms import ActionForm
from riskloop.organisation.models import User
from riskloop.outgoing.addresses import LONGEST
from riskloop.outgoing.models import Endpoint
from riskloop.outgoing.webhook_actions import NAME_LENGTH, AddEndpoint, ChangeEndpoint
from riskloop.outgoing.webhooks import EVENTS


class EndpointForm(ActionForm):
    """What an address is called, where it is, and of what it is told."""

    label = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LENGTH)
    # The action says of an address why it will not do.
    url = forms.CharField(label=gettext_lazy("Address (URL)"), max_length=LONGEST)
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Events that are sent"), choices=list(EVENTS.items())
    )

    @property
    def chosen(self) -> list[str]:
        """The events that are chosen, also in a form that was not accepted."""
        return list(self["events"].value() or [])


class AddEndpointForm(EndpointForm):
    name = "add_webhook"
    done = gettext_lazy("The webhook is there. Its secret is shown this once.")
    made: AddEndpoint

    def act(self) -> None:
        given = self.cleaned_data
        self.made = do(AddEndpoint(self.user, given["label"], given["url"], given["events"]))


class ChangeEndpointForm(EndpointForm):
    name = "change_webhook"
    done = gettext_lazy("The webhook is changed.")
    active = forms.BooleanField(label=gettext_lazy("Switched on"), required=False)

    def __init__(self, user: User, endpoint: Endpoint, given: Any = None) -> None:
        self.endpoint = endpoint
        super().__init__(user, given)

    def prepare(self) -> None:
        old = self.endpoint
        self.initial = {"label": old.name, "url": old.url, "events": old.events, "active": old.active}

    def act(self) -> None:
        given = self.cleaned_data
        change = (given["label"], given["url"], given["events"], given["active"])
        do(ChangeEndpoint(self.user, self.endpoint, *change))
