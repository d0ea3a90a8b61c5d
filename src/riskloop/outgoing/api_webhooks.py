"""The operations of webhooks: where other systems are told of events, and what became of the messages."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Schema

from riskloop.organisation.action import do
from riskloop.organisation.functions import MANAGE_WEBHOOKS
from riskloop.organisation.operations import Limit, Number, Offset, Operations, Page, paged, signed_in
from riskloop.outgoing.delivery import attempts_of
from riskloop.outgoing.models import Delivery, Endpoint
from riskloop.outgoing.webhook_actions import (
    NAME_LENGTH,
    AddEndpoint,
    ChangeEndpoint,
    RenewSecret,
    SendAgain,
    SendTest,
)

router = Operations(tags=["webhooks"])


class WebhookIn(Schema):
    """What an address is called, where it is, and of what it is told."""

    name: Annotated[str, Field(max_length=NAME_LENGTH)]
    url: str
    events: list[str]


class WebhookChange(WebhookIn):
    active: bool = True


class WebhookOut(Schema):
    """An address that is told of events."""

    id: int
    name: str
    url: str
    events: list[str]
    active: bool
    created_at: dt.datetime


class WebhookSecret(WebhookOut):
    """The one answer that tells the secret."""

    secret: str


class AttemptOut(Schema):
    """An attempt: the status and the first bytes of the answer, or what stood in the way."""

    at: dt.datetime
    seconds: float
    status: int | None
    answer: str
    problem: str


class DeliveryOut(Schema):
    """A message, and the attempts to deliver it, the newest first. `message_id` is its `webhook-id`."""

    id: uuid.UUID
    message_id: str
    kind: str
    state: str
    body: str
    created_at: dt.datetime
    next_at: dt.datetime | None
    attempts: list[AttemptOut]


@router.reads("/webhooks", MANAGE_WEBHOOKS, answers=Page[WebhookOut])
def list_webhooks(request: HttpRequest, limit: Limit = 100, offset: Offset = 0) -> dict[str, Any]:  # noqa: ARG001
    """The addresses that are told of events. By name."""
    return paged(Endpoint.objects.order_by("name", "pk"), limit, offset, _webhook)


@router.does("/webhooks", MANAGE_WEBHOOKS, answers=WebhookSecret)
def add_webhook(request: HttpRequest, given: WebhookIn) -> WebhookSecret:
    """Adds an address. The answer is the one place where its secret is told."""
    done = do(AddEndpoint(signed_in(request), given.name, given.url, given.events))
    return WebhookSecret(**_webhook(done.endpoint).dict(), secret=done.secret)


@router.reads("/webhooks/{webhook_id}", MANAGE_WEBHOOKS, answers=WebhookOut)
def get_webhook(request: HttpRequest, webhook_id: Number) -> WebhookOut:  # noqa: ARG001
    """One address."""
    return _webhook(_one(webhook_id))


@router.does("/webhooks/{webhook_id}", MANAGE_WEBHOOKS, answers=WebhookOut)
def change_webhook(request: HttpRequest, webhook_id: Number, given: WebhookChange) -> WebhookOut:
    """Changes name, address and events, and switches on or off."""
    change = (given.name, given.url, given.events, given.active)
    return _webhook(do(ChangeEndpoint(signed_in(request), _one(webhook_id), *change)).endpoint)


@router.does("/webhooks/{webhook_id}/renew_secret", MANAGE_WEBHOOKS, answers=WebhookSecret)
def renew_webhook_secret(request: HttpRequest, webhook_id: Number) -> WebhookSecret:
    """Gives another secret. Messages are signed by it from now on."""
    done = do(RenewSecret(signed_in(request), _one(webhook_id)))
    return WebhookSecret(**_webhook(done.endpoint).dict(), secret=done.secret)


@router.does("/webhooks/{webhook_id}/test", MANAGE_WEBHOOKS, answers=DeliveryOut)
def test_webhook(request: HttpRequest, webhook_id: Number) -> DeliveryOut:
    """Sends a message that tells of nothing."""
    delivery = do(SendTest(signed_in(request), _one(webhook_id))).delivery
    assert delivery is not None  # noqa: S101 — an action that is done has one
    return _delivery(delivery)


@router.reads("/webhooks/{webhook_id}/deliveries", MANAGE_WEBHOOKS, answers=Page[DeliveryOut])
def list_deliveries(
    request: HttpRequest,  # noqa: ARG001
    webhook_id: Number,
    state: str = "",
    limit: Limit = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """The messages to an address. The newest first."""
    found = _one(webhook_id).deliveries.order_by("-created_at")
    return paged(found.filter(state=state) if state else found, limit, offset, _delivery)


@router.does("/webhooks/{webhook_id}/deliveries/{delivery_id}/again", MANAGE_WEBHOOKS, answers=DeliveryOut)
def send_webhook_again(request: HttpRequest, webhook_id: Number, delivery_id: uuid.UUID) -> DeliveryOut:
    """Sends a message once more. One that was given up, or that the receiver has lost."""
    endpoint = _one(webhook_id)
    delivery = get_object_or_404(endpoint.deliveries, pk=delivery_id)
    return _delivery(do(SendAgain(signed_in(request), endpoint, delivery)).delivery)


def _one(webhook_id: int) -> Endpoint:
    return get_object_or_404(Endpoint, pk=webhook_id)


def _webhook(endpoint: Endpoint) -> WebhookOut:
    return WebhookOut(
        id=endpoint.pk,
        name=endpoint.name,
        url=endpoint.url,
        events=endpoint.events,
        active=endpoint.active,
        created_at=endpoint.created_at,
    )


def _delivery(delivery: Delivery) -> DeliveryOut:
    return DeliveryOut(
        id=delivery.pk,
        message_id=delivery.message_id,
        kind=delivery.kind,
        state=delivery.state,
        body=delivery.body,
        created_at=delivery.created_at,
        next_at=delivery.next_at,
        attempts=[
            AttemptOut(at=a.at, seconds=a.seconds, status=a.status, answer=a.answer, problem=a.problem)
            for a in attempts_of([delivery])[delivery.pk]
        ],
    )
