"""Numbers for Prometheus: how requests go, and what the apps count at the moment of asking.

An app enters with `register` what counts its things. The numbers bear no names of people or units.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence

from django.db import connection
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from riskloop.outgoing.jobs import STALLED
from riskloop.outgoing.models import Delivery, DeliveryState, Mail

log = logging.getLogger("riskloop.metrics")
Count = Callable[[], Iterable[GaugeMetricFamily]]
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10, 30)
REGISTRY = CollectorRegistry()
REQUESTS = Histogram(
    "riskloop_request_seconds",
    "Seconds to answer a request, by the name of the view, the method and the status.",
    ("view", "method", "status"),
    buckets=BUCKETS,
    registry=REGISTRY,
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_counts: list[Count] = []


def register(count: Count) -> None:
    """Enters what is counted whenever Prometheus asks, once."""
    if count not in _counts:
        _counts.append(count)


def gauge(
    name: str, told: str, labels: Sequence[str], numbers: Iterable[tuple[Sequence[str], float]]
) -> GaugeMetricFamily:
    """Numbers of one kind by their labels, as a `Count` gives them."""
    family = GaugeMetricFamily(name, told, labels=labels)
    for values, number in numbers:
        family.add_metric(list(values), number)
    return family


def observe(view: str, method: str, status: int, seconds: float) -> None:
    """Notes how a request went."""
    REQUESTS.labels(view, method if method in _METHODS else "OTHER", str(status)).observe(seconds)


class _Counted(Collector):
    """Everything that the apps count. What fails is left out, and said."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        failed = 0
        for count in _counts:
            try:
                yield from count()
            except Exception:
                failed += 1
                log.exception("something could not be counted")
        yield gauge("riskloop_counts_failed", "Collectors that failed just now.", (), [((), failed)])


REGISTRY.register(_Counted())


# ── what this app counts ──


def own() -> Iterable[GaugeMetricFamily]:
    """Jobs, workers, messages and e-mails."""
    yield gauge("riskloop_jobs", "Jobs that wait, were begun, or failed.", ("job", "state"), _jobs())
    yield gauge("riskloop_workers", "Workers that are alive.", (), [((), workers_alive())])
    states = (DeliveryState.WAITING, DeliveryState.GIVEN_UP)
    messages = [((str(s),), Delivery.objects.filter(state=s).count()) for s in states]
    yield gauge("riskloop_webhook_messages", "Messages that wait or were given up.", ("state",), messages)
    unsent = Mail.objects.filter(sent_at=None).count()
    yield gauge("riskloop_mails_unsent", "E-mails that were not sent.", (), [((), unsent)])


def _jobs() -> list[tuple[Sequence[str], float]]:
    states = {"todo": "waiting", "doing": "begun", "failed": "failed"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, status::text, count(*) FROM procrastinate_jobs"
            " WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1, 2 ORDER BY 1, 2"
        )
        return [((name, states[status]), number) for name, status, number in cursor.fetchall()]


def workers_alive() -> int:
    """Workers that gave a sign of life."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - %s * interval '1 second'",
            [STALLED],
        )
        return cursor.fetchone()[0]
