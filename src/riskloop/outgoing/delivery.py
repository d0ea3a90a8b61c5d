"""Sending messages: tried again with growing pauses, given up after a stated number, every attempt noted.

A message is locked while it is sent, so that two workers never send it at once. Where one is killed between
the receiver's answer and our writing it down it is sent again; the receiver knows it by its `webhook-id`.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from dataclasses import dataclass

import requests
import urllib3
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from riskloop.organisation.functions import MANAGE_WEBHOOKS
from riskloop.organisation.scope import people_who_may
from riskloop.outgoing.addresses import NotThere, session
from riskloop.outgoing.jobs import later
from riskloop.outgoing.models import Attempt, Delivery, DeliveryState, Problem
from riskloop.outgoing.notices import tell
from riskloop.outgoing.signing import signed, unseal
from riskloop.outgoing.webhooks import DELIVER, MOST, PAUSES

CONNECT_SECONDS, ANSWER_SECONDS = 5, 10
ANSWER_SHOWN = 200
"""Bytes of an answer that are kept."""
GIVEN_UP = "webhook_given_up"
OK = range(200, 300)


@dataclass(frozen=True)
class Outcome:
    """How an attempt went."""

    seconds: float
    status: int | None = None
    answer: str = ""
    problem: str = ""

    @property
    def arrived(self) -> bool:
        return self.status in OK


@transaction.atomic
def deliver(delivery_id: str, attempt: int) -> bool:
    """Does one attempt, unless it has been done or is being done; returns whether it did."""
    still = Delivery.objects.filter(pk=uuid.UUID(delivery_id), state=DeliveryState.WAITING, attempts=attempt)
    delivery = still.select_related("endpoint").select_for_update(skip_locked=True, of=("self",)).first()
    if delivery is None:
        return False
    at = timezone.now()
    outcome = _send(delivery) if delivery.endpoint.active else Outcome(0, problem=Problem.INACTIVE)
    delivery.tries.create(
        at=at,
        seconds=outcome.seconds,
        status=outcome.status,
        answer=outcome.answer,
        problem=outcome.problem,
    )
    _go_on(delivery, outcome)
    return True


def _go_on(delivery: Delivery, outcome: Outcome) -> None:
    """What comes after an attempt: nothing more, another one, or giving up."""
    delivery.attempts += 1
    delivery.next_at = None
    if outcome.arrived:
        delivery.state = DeliveryState.DELIVERED
    elif delivery.attempts >= delivery.most or not delivery.endpoint.active:
        delivery.state = DeliveryState.GIVEN_UP
        day = timezone.localdate()
        managers = people_who_may(MANAGE_WEBHOOKS, None)
        endpoint = delivery.endpoint_id
        tell(managers, GIVEN_UP, "webhook", endpoint, occasion=day, webhook=endpoint, day=day)
    else:
        pause = PAUSES[delivery.attempts - 1 - (delivery.most - MOST)]
        delivery.next_at = timezone.now() + dt.timedelta(seconds=pause)
        later(DELIVER, at=delivery.next_at, delivery=str(delivery.pk), attempt=delivery.attempts)
    delivery.save(update_fields=["attempts", "next_at", "state"])


def try_again(delivery: Delivery) -> None:
    """Puts a message that is no longer on its way on its way again, with as many attempts as a new one."""
    delivery.state, delivery.most = DeliveryState.WAITING, delivery.attempts + MOST
    delivery.save(update_fields=["state", "most"])
    later(DELIVER, delivery=str(delivery.pk), attempt=delivery.attempts)


def attempts_of(deliveries: list[Delivery]) -> dict[uuid.UUID, list[Attempt]]:
    """The attempts of deliveries, the newest first."""
    found: dict[uuid.UUID, list[Attempt]] = {delivery.pk: [] for delivery in deliveries}
    for attempt in Attempt.objects.filter(delivery__in=deliveries).order_by("-pk"):
        found[attempt.delivery_id].append(attempt)
    return found


def _send(delivery: Delivery) -> Outcome:
    """One request, without following where the answer leads."""
    secret = unseal(delivery.endpoint.sealed)
    headers = {
        **signed(secret, delivery.message_id, int(time.time()), delivery.body),
        "Content-Type": "application/json",
        "User-Agent": "riskloop",
        "Accept-Encoding": "identity",
    }
    begun = time.monotonic()
    status, answer, problem = None, "", ""
    try:
        with (
            session() as client,
            client.post(
                delivery.endpoint.url,
                data=delivery.body.encode(),
                headers=headers,
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
                stream=True,
                verify=settings.WEBHOOK_CA or True,
            ) as response,
        ):
            status = response.status_code
            answer = _shown(response.raw.read1(ANSWER_SHOWN))
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, NotThere) as failure:
        problem = _named(failure)
    return Outcome(round(time.monotonic() - begun, 3), status, answer, problem)


def _shown(raw: bytes) -> str:
    text = raw.decode(errors="replace")
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()


def _named(failure: Exception) -> str:
    """A word for what stood in the way: what the failure says itself may name machines of the inside."""
    kinds: tuple[tuple[type[Exception], Problem], ...] = (
        (NotThere, Problem.ADDRESS),
        (requests.exceptions.SSLError, Problem.CERTIFICATE),
        (requests.Timeout, Problem.TIMEOUT),
        (urllib3.exceptions.TimeoutError, Problem.TIMEOUT),
        (requests.ConnectionError, Problem.UNREACHABLE),
    )
    return next((word for kind, word in kinds if isinstance(failure, kind)), Problem.BROKEN)
