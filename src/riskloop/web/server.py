"""Serving the pages on this machine's loopback address."""

from __future__ import annotations

import gc
import signal
import socket
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from riskloop.bank.errors import BadInput

LOOPBACK = "127.0.0.1"
TRIED_PORTS = 50


def serve(port: int, announce: Callable[[str], None], *, worker: bool = True) -> None:
    """Serves until interrupted. `announce` is told the address once it can be opened.

    With a `worker` jobs are done beside the pages, until these end.
    """
    from django.conf import settings
    from waitress.server import create_server

    from riskloop.loop.attachments.uploads import largest_request
    from riskloop.outgoing.worker import beside
    from riskloop.web.wsgi import application

    listener = _listen(port)
    # The server takes a request on whole before the application sees it.
    limits = {"max_request_body_size": largest_request()}
    server = create_server(application, sockets=[listener], threads=8, **limits, **_behind(settings.PROXIES))
    _warm_up()
    # What has been loaded stays: a collection that went through all of it would hold up everybody's page.
    gc.collect()
    gc.freeze()
    announce(f"http://{LOOPBACK}:{listener.getsockname()[1]}/")
    # Who is told to end ends as one who is interrupted: the worker is given time for what it has begun.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with beside() if worker else nullcontext():
        try:
            server.run()
        except KeyboardInterrupt:
            server.close()


def _warm_up() -> None:
    """What the first page would wait for: the pages and operations themselves, and the units of today."""
    from django.urls import resolve

    from riskloop.organisation.timeline import settle_once_a_day

    resolve("/")
    settle_once_a_day()


def _behind(proxies: int) -> dict[str, Any]:
    """Whom to believe where a request came from: nobody, or so many proxies, the last one on this machine."""
    if not proxies:
        # Nobody believes what they say; that they are there tells the metrics that a proxy asks for another.
        return {"clear_untrusted_proxy_headers": False}
    return {
        "trusted_proxy": LOOPBACK,
        "trusted_proxy_count": proxies,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"},
    }


def _listen(port: int) -> socket.socket:
    """A listening socket on `port` or the next free one above it."""
    for candidate in range(port, min(port + TRIED_PORTS, 65536)):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        # A port whose last connections are still fading may be taken again at once.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, candidate))
            listener.listen(128)
            return listener
        except OSError:
            listener.close()
    raise BadInput(f"--port is {port}, and neither it nor the next {TRIED_PORTS} ports are free")
