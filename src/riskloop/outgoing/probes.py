"""What machines ask: does the process answer, is it ready, what are its numbers.

They are answered before everything else: without a session, whatever the host is called, and also while the
database is away.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from secrets import compare_digest

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, JsonResponse
from prometheus_client.exposition import choose_encoder

from riskloop.organisation.row_security import EVERYTHING, reading
from riskloop.outgoing.metrics import REGISTRY, workers_alive

log = logging.getLogger("riskloop.ready")
UNAVAILABLE, FORBIDDEN = 503, 403
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")
_migrated: list[bool] = []
"""Filled once everything is applied: that does not change while the process runs."""

Answer = Callable[[HttpRequest], HttpResponseBase]


def probes(get_response: Answer) -> Answer:
    """Answers the probes, and lets everything else pass."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        probe = PROBES.get(request.path_info)
        if probe is None:
            return get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        response = probe(request)
        response.headers["Cache-Control"] = "no-store"
        return response

    return answer


def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 — as all probes
    """The process answers."""
    return JsonResponse({"ok": True})


def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Whether people can be let in; what is lacking, the log says and the answer does not."""
    lacking = _lacking()
    if lacking:
        log.warning("not ready", extra={"lacking": lacking})
    answer = JsonResponse({"ready": not lacking}, status=UNAVAILABLE if lacking else 200)
    # Django would log it as a failure of ours.
    setattr(answer, "_has_been_logged", True)  # noqa: B010 — a name of Django's own
    return answer


def _lacking() -> str:
    """The first thing that is lacking, in a word; empty when nothing is."""
    try:
        connection.ensure_connection()
        if not _is_migrated():
            return "migrations"
        return "" if workers_alive() else "worker"
    except (DatabaseError, InterfaceError):
        connection.close()
        return "database"


def _is_migrated() -> bool:
    if not _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _migrated.append(True)
    return True


def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers, for whoever brings the token; without a token set, for this machine alone."""
    if not _may_read_metrics(request):
        return HttpResponse(status=FORBIDDEN)
    encode, kind = choose_encoder(request.headers.get("Accept", ""))
    try:
        with reading(EVERYTHING):
            return HttpResponse(encode(REGISTRY), content_type=kind)
    except (DatabaseError, InterfaceError):
        connection.close()
        return HttpResponse(status=UNAVAILABLE)


def _may_read_metrics(request: HttpRequest) -> bool:
    token: str = settings.METRICS_TOKEN
    if token:
        given = request.headers.get("Authorization", "")
        return compare_digest(given.encode(), f"Bearer {token}".encode())
    # What a proxy hands on comes from elsewhere, though the proxy is here.
    return _is_here(request) and not any(name in request.headers for name in _FORWARDED)


def _is_here(request: HttpRequest) -> bool:
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


PROBES: Mapping[str, Callable[[HttpRequest], HttpResponse]] = {
    "/health": health,
    "/ready": ready,
    "/metrics": metrics,
}
