"""What is done later: a job is written in the transaction of what causes it, so both are there or neither.

An app puts its jobs into its module `tasks`, where they are found by themselves. A worker may be killed at
any moment and a job then be done again: what a job does must be the same when it is done twice.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from riskloop.organisation.origin import coming_from
from riskloop.organisation.row_security import EVERYTHING, reading

log = logging.getLogger("riskloop.job")

PAUSES = (10, 60, 300, 1800, 7200)
"""Seconds before a job that failed is tried again; after the last of them it has failed for good."""
HEARTBEAT = 5
"""Seconds between two signs of life of a worker."""
STALLED = 30
"""Seconds without a sign of life after which a worker is taken for dead, and its jobs are done by others."""
MOST_BEGINNINGS = 10
"""A job that was begun so often and never ended takes its workers down with it, and has failed."""


@dataclass(frozen=True)
class Patience(BaseRetryStrategy):
    """Tries a job that failed again after growing pauses."""

    pauses: Sequence[int] = PAUSES

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002
        if job.attempts >= len(self.pauses):
            return None
        return RetryDecision(retry_at=timezone.now() + dt.timedelta(seconds=self.pauses[job.attempts]))


def job(name: str, pauses: Sequence[int] = PAUSES) -> Callable[[Callable[..., Any]], Any]:
    """A function that a worker calls later, with what `later` was given under this name."""
    return app.task(name=name, retry=Patience(pauses))


def every(cron: str, name: str) -> Callable[[Callable[..., Any]], Any]:
    """A function that one worker calls at the times of a cron pattern (UTC), with the time as `timestamp`."""

    def enter(function: Callable[..., Any]) -> Any:
        return app.periodic(cron=cron)(app.task(name=name)(function))

    return enter


def later(name: str, *, at: dt.datetime | None = None, **given: Any) -> None:
    """Writes a job down, in the transaction that runs.

    Args:
        name: of the job, as `job` has it.
        at: not before this moment.
        given: what the job is called with, as JSON.
    """
    app.configure_task(name, schedule_at=at).defer(**given)


def later_each(name: str, given: Sequence[dict[str, Any]]) -> None:
    """Writes a job down for each, as `later` does for one."""
    if given:
        app.configure_task(name).batch_defer(*given)


def as_the_system(call_next: Callable[[], Any], context: JobContext, worker: Any) -> Any:  # noqa: ARG001
    """Does a job as the system, which reads everything and writes as a job; logs how it went."""
    about = {"job": context.job.task_name, "job_id": context.job.id, "attempt": context.job.attempts + 1}
    begun = time.monotonic()

    def ended(outcome: str) -> dict[str, Any]:
        return about | {"outcome": outcome, "seconds": round(time.monotonic() - begun, 3)}

    try:
        with coming_from("job"), reading(EVERYTHING):
            done = call_next()
        log.info("job", extra=ended("done"))
        return done
    except Exception:
        log.exception("job", extra=ended("failed"))
        raise
    finally:
        # The threads of a worker come and go; a connection that is left to one is closed by nobody.
        connection.close()


async def rescue(manager: JobManager) -> int:
    """Hands the jobs that a killed worker had begun to whoever comes next; returns how many."""
    rescued = 0
    for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
        try:
            if stalled.attempts >= MOST_BEGINNINGS:
                await manager.finish_job(stalled, Status.FAILED, delete_job=False)
            else:
                await manager.retry_job(stalled)
        except ConnectorException:
            # Another worker has done the same at this moment.
            continue
        rescued += 1
    return rescued
