"""Health, readiness, metrics, and the line of every request."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from prometheus_client.parser import text_string_to_metric_families

from riskloop.loop.models import QuasiEvent
from riskloop.outgoing import metrics, probes
from riskloop.outgoing.jobs import STALLED, later
from riskloop.outgoing.logs import JsonLines
from riskloop.web.middleware import POLICY
from tests.web.stage import People

AsUser = Callable[..., Client]


def working(seconds: int = 0) -> None:
    """A worker that gave its last sign of life so long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s * interval '1 second')",
            [seconds],
        )


def test_health_asks_nothing_of_anybody(django_assert_num_queries: Any, db: None) -> None:
    with django_assert_num_queries(0):
        answer = Client().get("/health", headers={"host": "10.1.2.3"})
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert answer.cookies == {}
    assert Client().post("/health").status_code == 405


def test_ready_when_database_migrations_and_worker_are(db: None, caplog: pytest.LogCaptureFixture) -> None:
    answer = Client().get("/ready")
    assert (answer.status_code, answer.json()) == (503, {"ready": False})
    assert caplog.records[-1].lacking == "worker"
    working(STALLED + 1)
    assert Client().get("/ready").status_code == 503
    working()
    answer = Client().get("/ready")
    assert (answer.status_code, answer.json()) == (200, {"ready": True})


def test_not_ready_before_the_migrations(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    working()
    monkeypatch.setattr(probes, "_migrated", [])
    monkeypatch.setattr(probes.MigrationExecutor, "migration_plan", lambda *_of: [("x", False)])
    assert Client().get("/ready").status_code == 503
    assert caplog.records[-1].lacking == "migrations"


def test_without_a_database_it_is_alive_and_not_ready(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone() -> None:
        raise DatabaseError("no server at 10.1.2.3")

    with monkeypatch.context() as away:
        away.setattr(probes.connection, "ensure_connection", gone)
        away.setattr(probes.connection, "close", lambda: None)
        assert Client().get("/health").status_code == 200
        answer = Client().get("/ready")
    assert (answer.status_code, answer.json()) == (503, {"ready": False})
    assert caplog.records[-1].lacking == "database"


# ── metrics ──


def numbers(
    client: Client | None = None, **headers: str
) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    text = (client or Client()).get("/metrics", headers=headers).content.decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def of(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


def test_requests_are_counted_by_view_method_and_status(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    event = QuasiEvent.objects.filter(unit_id="1112").earliest("pk")
    counted = of("riskloop_request_seconds_count", view="event", method="GET", status="200")
    nowhere = of("riskloop_request_seconds_count", view="nowhere", method="OTHER", status="404")
    before = numbers()
    client.get(reverse("event", args=[event.pk]))
    client.generic("SURPRISE", f"/customers/{event.subject_id}/")
    after = numbers()
    assert after[counted] == before.get(counted, 0) + 1
    assert after[nowhere] == before.get(nowhere, 0) + 1
    assert event.subject_id not in str(after)


def test_jobs_workers_and_messages_are_counted(bank: People) -> None:
    later("tried")
    working()
    found = numbers()
    assert found[of("riskloop_jobs", job="tried", state="waiting")] == 1
    assert found[of("riskloop_workers")] == 1
    assert found[of("riskloop_webhook_messages", state="given_up")] == 0
    assert found[of("riskloop_counts_failed")] == 0


def test_an_app_counts_its_own_and_one_that_fails_spoils_nothing(
    bank: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def things() -> Iterator[Any]:
        yield metrics.gauge(
            "riskloop_things", "Things.", ("state",), [(("open",), QuasiEvent.objects.count())]
        )

    def broken() -> Iterator[Any]:
        raise RuntimeError

    monkeypatch.setattr(metrics, "_counts", [])
    for count in (broken, things, things):
        metrics.register(count)
    found = numbers()
    # Counted as the system, whoever asks.
    assert found[of("riskloop_things", state="open")] == QuasiEvent.objects.count() > 0
    assert found[of("riskloop_counts_failed")] == 1


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.1.2.3", {}, 403),
        ("", {}, 403),
        ("127.0.0.1", {"x-forwarded-for": "10.1.2.3"}, 403),
        ("127.0.0.1", {"forwarded": "for=10.1.2.3"}, 403),
    ],
)
def test_without_a_token_metrics_are_for_this_machine(
    db: None, address: str, headers: dict[str, str], status: int
) -> None:
    assert Client(REMOTE_ADDR=address).get("/metrics", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("given", "status"),
    [("Bearer right", 200), ("Bearer wrong", 403), ("right", 403), ("", 403), ("Bearer 对", 403)],
)
def test_with_a_token_metrics_are_for_who_brings_it(db: None, settings: Any, given: str, status: int) -> None:
    settings.METRICS_TOKEN = "right"  # noqa: S105 — of a test
    client = Client(REMOTE_ADDR="127.0.0.1")
    assert client.get("/metrics", headers={"authorization": given}).status_code == status


# ── the line of a request ──


def line(caplog: pytest.LogCaptureFixture) -> Any:
    return [r for r in caplog.records if r.name == "riskloop.request"][-1]


def test_every_request_has_its_line(bank: People, as_user: AsUser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "riskloop.request")
    client = as_user(bank.monitor)
    answer = client.get(reverse("events"), {"text": "张小明"})
    said = line(caplog)
    assert (said.view, said.method, said.status, said.account) == ("events", "GET", 200, bank.monitor.pk)
    assert 0 < said.seconds < 60
    assert len(answer.headers["X-Request-ID"]) == 32
    assert Client().get(reverse("events")).status_code == 302
    assert (line(caplog).view, line(caplog).account) == ("events", None)


def test_nothing_that_people_type_or_see_gets_into_the_log(
    bank: People, as_user: AsUser, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    client = as_user(bank.monitor)
    client.raise_request_exception = False
    event = QuasiEvent.objects.filter(subject_kind="account", unit_id="1112").earliest("pk")
    client.get(reverse("event", args=[event.pk]))
    client.get(reverse("events"), {"text": event.subject_id})
    client.get(f"/nowhere/{event.subject_id}/")
    client.post(reverse("act", args=[event.pk, "unmask"]), {"unmask-why": "核对张小明"})
    client.post(reverse("account_login"), {"login": "张小明", "password": "110101199003071234"})
    monkeypatch.setattr(
        "riskloop.web.overview.Overview.stages", lambda *_of: {}[f"张小明 {event.subject_id}"]
    )
    assert client.get(reverse("overview")).status_code == 500
    ours = [r for r in caplog.records if not r.name.startswith("django.db")]
    text = "\n".join(JsonLines(json_ensure_ascii=False).format(r) for r in ours)
    assert '"failure": ["builtins.KeyError"]' in text
    for secret in (event.subject_id, str(event.pk), "张小明", "林岚", "110101199003071234"):
        assert secret not in text


def test_a_probe_carries_no_policy_of_pages(db: None) -> None:
    assert POLICY not in Client().get("/health").headers.values()
