"""The worker: does the jobs that wait, in a process of its own or in a thread beside the pages."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params

from riskloop.outgoing.jobs import HEARTBEAT, STALLED, as_the_system, rescue

log = logging.getLogger("riskloop.worker")
AT_ONCE = 4
"""Jobs done at once."""
PAUSE = 5
"""Seconds before a worker that lost the database begins again."""
LAST_SECONDS = 20
"""So long a worker that is stopped may take to end what it has begun."""


class Worker:
    """Does jobs until it is stopped; begins again when the database was gone."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[None]] | None = None

    def run(self) -> None:
        """Until `stop` is called, by another thread or a signal."""
        log.info("worker begins")
        while not self._stopping.is_set():
            try:
                asyncio.run(self._work())
            except asyncio.CancelledError:
                continue
            except Exception:
                log.exception("worker broke off, and begins again")
            self._stopping.wait(PAUSE)
        log.info("worker ends")

    def stop(self) -> None:
        """Lets the jobs that are being done end, and begins no other."""
        self._stopping.set()
        if self._running is not None:
            loop, task = self._running
            loop.call_soon_threadsafe(task.cancel)

    async def _work(self) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101
        self._running = (asyncio.get_running_loop(), task)
        try:
            if self._stopping.is_set():
                return
            own = _with_own_connections()
            async with own.open_async():
                await rescue(own.job_manager)
                await own.run_worker_async(
                    concurrency=AT_ONCE,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=LAST_SECONDS,
                    update_heartbeat_interval=HEARTBEAT,
                    stalled_worker_timeout=STALLED,
                    task_middleware=[*_inherited(), as_the_system],
                )
        finally:
            self._running = None


def _with_own_connections() -> App:
    """The app of the jobs as a worker needs it: it listens by connections of its own.

    What a job writes down to be done later still goes by Django's connection, in the job's own transaction.
    """
    connector = PsycopgConnector(min_size=1, max_size=AT_ONCE, kwargs=connector_params())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return app.with_connector(connector)


def _inherited() -> list[Any]:
    return list(app.worker_defaults.get("task_middleware") or [])


@contextmanager
def beside() -> Generator[None]:
    """A worker in a thread, which ends with what is done within."""
    worker = Worker()
    thread = threading.Thread(target=worker.run, name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join(LAST_SECONDS)


def work() -> None:
    """A worker in this process, until it is interrupted or told to end."""
    worker = Worker()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_of: worker.stop())
    worker.run()
