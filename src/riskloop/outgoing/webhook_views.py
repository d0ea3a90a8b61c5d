"""The pages of the addresses that are told of events: their settings, and what became of every message."""

from __future__ import annotations

import uuid
from typing import Any

import django_tables2 as tables
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from riskloop.organisation.action import Refused, do
from riskloop.organisation.forms import CONFLICT, FORBIDDEN, OK, ActionForm, answer
from riskloop.organisation.functions import MANAGE_WEBHOOKS
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn
from riskloop.organisation.telling import history_of, told
from riskloop.outgoing.delivery import attempts_of
from riskloop.outgoing.models import Delivery, DeliveryState, Endpoint
from riskloop.outgoing.webhook_actions import OnEndpoint, RenewSecret, SendAgain, SendTest
from riskloop.outgoing.webhook_forms import AddEndpointForm, ChangeEndpointForm
from riskloop.outgoing.webhooks import EVENTS, MOST

ROWS = 50


class DeliveryTable(tables.Table):
    """Only for its pages: the rows are drawn by the template."""

    id = tables.Column()

    class Meta:
        model = Delivery
        fields = ("id",)


@needs(MANAGE_WEBHOOKS)
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: SignedIn) -> HttpResponse:
    """All addresses, and a new one: its secret is on the answer, and nowhere afterwards."""
    if request.method != "POST":
        return _list(request, AddEndpointForm(request.user))
    form = AddEndpointForm(request.user, request.POST)
    refused = answer(request, form, lambda f, status: _list(request, f, status), lambda: "webhooks")
    if refused.status_code >= FORBIDDEN:
        return refused
    return _page(request, form.made.endpoint, secret=form.made.secret)


def _list(request: SignedIn, form: ActionForm, status: int = OK) -> HttpResponse:
    endpoints = [(endpoint, _names(endpoint)) for endpoint in Endpoint.objects.order_by("name", "pk")]
    context = {"title": _("Webhooks"), "endpoints": endpoints, "form": form}
    return render(request, "outgoing/webhooks.html", context, status=status)


def _names(endpoint: Endpoint) -> list[str]:
    return [str(name) for kind, name in EVENTS.items() if kind in endpoint.events]


@needs(MANAGE_WEBHOOKS)
@require_safe
def webhook(request: SignedIn, webhook_id: int) -> HttpResponse:
    """One address: its settings, and its messages with every attempt."""
    return _page(request, get_object_or_404(Endpoint, pk=webhook_id))


@needs(MANAGE_WEBHOOKS)
@require_POST
def change_webhook(request: SignedIn, webhook_id: int) -> HttpResponse:
    """Name, address, events, on or off."""
    endpoint = get_object_or_404(Endpoint, pk=webhook_id)

    def page(form: ActionForm, status: int) -> HttpResponse:
        return _page(request, Endpoint.objects.get(pk=webhook_id), form=form, status=status)

    form = ChangeEndpointForm(request.user, endpoint, request.POST)
    return answer(request, form, page, lambda: reverse("webhook", args=[webhook_id]))


@needs(MANAGE_WEBHOOKS)
@require_POST
def renew_webhook_secret(request: SignedIn, webhook_id: int) -> HttpResponse:
    """Another secret, shown on the answer."""
    action = RenewSecret(request.user, get_object_or_404(Endpoint, pk=webhook_id))
    refused = _done(request, action, _("The webhook has another secret."))
    return refused or _page(request, action.endpoint, secret=action.secret)


@needs(MANAGE_WEBHOOKS)
@require_POST
def test_webhook(request: SignedIn, webhook_id: int) -> HttpResponse:
    """A test message."""
    action = SendTest(request.user, get_object_or_404(Endpoint, pk=webhook_id))
    refused = _done(request, action, _("A test message is on its way."))
    return refused or redirect("webhook", webhook_id)


@needs(MANAGE_WEBHOOKS)
@require_POST
def send_webhook_again(request: SignedIn, webhook_id: int, delivery_id: uuid.UUID) -> HttpResponse:
    """A message once more."""
    endpoint = get_object_or_404(Endpoint, pk=webhook_id)
    delivery = get_object_or_404(endpoint.deliveries, pk=delivery_id)
    refused = _done(
        request, SendAgain(request.user, endpoint, delivery), _("The message is on its way again.")
    )
    return refused or redirect("webhook", webhook_id)


def _done(request: SignedIn, action: OnEndpoint, said: str) -> HttpResponse | None:
    """Does an action that has no form; the page again where it is refused."""
    try:
        do(action)
    except Refused as refused:
        messages.error(request, _("Not done: %(reason)s") % {"reason": refused})
        page = _page(request, action.endpoint, status=FORBIDDEN if refused.who else CONFLICT)
        page.headers["X-Refused"] = refused.code
        return page
    messages.success(request, said)
    return None


def _page(
    request: SignedIn,
    endpoint: Endpoint,
    *,
    form: ActionForm | None = None,
    secret: str = "",
    status: int = OK,
) -> HttpResponse:
    found = endpoint.deliveries.order_by("-created_at")
    state = request.GET.get("state", "")
    if state in DeliveryState.values:
        found = found.filter(state=state)
    table = DeliveryTable(found, order_by=())
    table.paginate(page=1, per_page=ROWS)
    table.page = table.paginator.get_page(request.GET.get("page"))
    deliveries: list[Any] = [row.record for row in table.paginated_rows]
    attempts = attempts_of(deliveries)
    context = {
        "title": endpoint.name,
        "endpoint": endpoint,
        "form": form or ChangeEndpointForm(request.user, endpoint),
        "secret": secret,
        "table": table,
        "states": DeliveryState.choices,
        "state": state,
        "most": MOST,
        "deliveries": [(delivery, attempts[delivery.pk]) for delivery in deliveries],
        "lines": told(reversed(history_of("webhook", endpoint.pk))),
    }
    return render(request, "outgoing/webhook.html", context, status=status)
