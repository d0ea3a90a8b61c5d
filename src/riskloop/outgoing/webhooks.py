"""Announcing events to other systems, in the transaction of what is announced.

A message names no person and no account: which event by its number, which model, unit and day, and what was
concluded. Who wants to know more reads the event by the API, as far as he may.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from riskloop.outgoing.jobs import later_each
from riskloop.outgoing.models import Delivery, Endpoint

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

OPENED, DETERMINED, CLOSED, TEST = "event.opened", "event.determined", "event.closed", "webhook.test"
EVENTS: Mapping[str, StrOrPromise] = {
    OPENED: _("A quasi-risk event was opened"),
    DETERMINED: _("An event was determined"),
    CLOSED: _("An event was closed"),
}
"""What an endpoint can be told of."""
DELIVER = "outgoing.deliver"
PAUSES = (10, 60, 300, 1800, 7200, 21600, 43200)
"""Seconds between the attempts: eight attempts over about 21 hours, then a message is given up."""
MOST = len(PAUSES) + 1
_BATCH = 1000


@dataclass(frozen=True)
class EventTold:
    """What is told of an event: all of it, and nothing personal. Scores and amounts as exact digits."""

    event_id: str
    model: str
    unit_id: str | None
    day: dt.date
    state: str
    outcome: str | None = None
    grade: str | None = None
    score: str | None = None


def announce(kind: str, told: EventTold) -> int:
    """Writes a message down for every endpoint that is to know; returns for how many."""
    return announce_each(kind, [told])


def announce_each(kind: str, several: Iterable[EventTold]) -> int:
    """Announces many events of one kind at once, as `announce` does one.

    Raises:
        ValueError: there is no such kind.
    """
    if kind not in EVENTS:
        raise ValueError(f"no endpoint can be told of {kind}")
    endpoints = list(Endpoint.objects.filter(active=True, events__contains=[kind]))
    if not endpoints:
        return 0
    bodies = [body_of(kind, asdict(told)) for told in several]
    return len(
        _written(Delivery(endpoint=e, kind=kind, body=b, most=MOST) for b in bodies for e in endpoints)
    )


def announce_test(endpoint: Endpoint) -> Delivery:
    """A message that tells of nothing."""
    body = body_of(TEST, {"webhook": endpoint.pk})
    (delivery,) = _written([Delivery(endpoint=endpoint, kind=TEST, body=body, most=MOST)])
    return delivery


def body_of(kind: str, data: Mapping[str, Any]) -> str:
    """The text of a message, as it is signed."""
    said = {"type": kind, "timestamp": timezone.now().isoformat(), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), default=str)


def _written(deliveries: Iterable[Delivery]) -> list[Delivery]:
    written = Delivery.objects.bulk_create(deliveries, batch_size=_BATCH)
    for begin in range(0, len(written), _BATCH):
        several = written[begin : begin + _BATCH]
        later_each(DELIVER, [{"delivery": str(one.pk), "attempt": 0} for one in several])
    return written
