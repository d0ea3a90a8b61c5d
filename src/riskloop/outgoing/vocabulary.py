"""What the actions, objects and fields of what goes out are called in the history (`telling`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from riskloop.organisation.naming import choices, moments
from riskloop.organisation.telling import Deed, Field, Vocabulary, for_machines
from riskloop.outgoing.delivery import GIVEN_UP
from riskloop.outgoing.models import Endpoint
from riskloop.outgoing.notices import Kind
from riskloop.outgoing.webhooks import EVENTS

VOCABULARY = Vocabulary(
    objects={"notice_settings": _("Notice settings"), "webhook": _("Webhook")},
    fields={
        "notice_settings": {
            "by_mail": Field(_("Notices by e-mail")),
            "language": Field(_("Language of e-mails"), choices(settings.LANGUAGES)),
            # Whose they are: the line says it.
            **for_machines("person_id"),
        },
        "webhook": {
            "name": Field(_("Name")),
            "url": Field(_("Address (URL)")),
            "events": Field(_("Events that are sent"), choices(EVENTS.items())),
            "active": Field(_("Switched on")),
            "delivery_id": Field(_("Message"), for_auditors=True),
            "created_at": Field(_("Added at"), moments, for_auditors=True),
            **for_machines("id"),
        },
    },
    actions={
        "choose_notices": Deed(_("Chose how notices come"), "ti-bell-cog"),
        "add_webhook": Deed(_("Webhook added"), "ti-webhook"),
        "change_webhook": Deed(_("Webhook changed"), "ti-pencil"),
        "renew_webhook_secret": Deed(_("Secret renewed"), "ti-key"),
        "test_webhook": Deed(_("Test message sent"), "ti-send"),
        "send_webhook_again": Deed(_("Message sent again"), "ti-refresh"),
    },
)


def webhooks(keys: Collection[Any]) -> Mapping[Any, str]:
    """Webhooks by number."""
    return {key: found.name for key, found in Endpoint.objects.in_bulk(keys).items()}


KINDS = (
    Kind(
        GIVEN_UP,
        _("Messages to the webhook %(webhook)s were given up on %(day)s."),
        "ti-webhook-off",
        lambda number: reverse("webhook", args=[number]),
        {"webhook": webhooks, "day": None},
    ),
)
