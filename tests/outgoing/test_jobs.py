"""Jobs: written with what causes them, done as the system, tried again, rescued from killed workers."""

from __future__ import annotations

import datetime as dt
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from riskloop.organisation.origin import origin
from riskloop.organisation.row_security import EVERYTHING, NOTHING, SETTING, reading
from riskloop.outgoing import jobs
from riskloop.outgoing.jobs import MOST_BEGINNINGS, PAUSES, Patience, later, rescue
from riskloop.outgoing.logs import TextLines
from tests.outgoing.conftest import waiting

ABOUT: Any = SimpleNamespace(job=SimpleNamespace(task_name="tried", id=7, attempts=0))


@pytest.mark.usefixtures("db")
def test_a_job_is_written_with_what_causes_it_or_not_at_all() -> None:
    with transaction.atomic():
        later("tried", number=1)
        assert [job.args for job in waiting("tried")] == [{"number": 1}]
        transaction.set_rollback(True)
    assert waiting("tried") == []


@pytest.mark.usefixtures("db")
def test_a_job_may_wait_for_its_moment() -> None:
    moment = timezone.now() + dt.timedelta(hours=1)
    later("tried", at=moment)
    assert [job.scheduled_at for job in waiting("tried")] == [moment]


@pytest.mark.usefixtures("db")
def test_a_job_reads_everything_and_is_known_as_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "close", lambda: None)

    def seen() -> tuple[str, str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting(%s, true)", [SETTING])
            return cursor.fetchone()[0], origin().channel

    with reading(NOTHING):
        assert jobs.as_the_system(seen, ABOUT, None) == (EVERYTHING.rows, "job")
        assert seen() == ("", "command")


def test_a_line_says_how_a_job_went(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    closed: list[bool] = []
    monkeypatch.setattr(jobs, "reading", lambda _reach: jobs.coming_from("job"))
    monkeypatch.setattr(jobs, "connection", SimpleNamespace(close=lambda: closed.append(True)))

    def breaks() -> None:
        raise RuntimeError("张小明")

    with caplog.at_level(logging.INFO, "riskloop.job"):
        jobs.as_the_system(lambda: None, ABOUT, None)
        with pytest.raises(RuntimeError):
            jobs.as_the_system(breaks, ABOUT, None)
    told = [(r.job, r.job_id, r.attempt, r.outcome) for r in caplog.records]
    assert told == [("tried", 7, 1, "done"), ("tried", 7, 1, "failed")]
    lines = [TextLines().format(record) for record in caplog.records]
    assert "builtins.RuntimeError" in lines[1]
    assert "张小明" not in "".join(lines)
    assert closed == [True, True]


def test_the_pauses_grow_and_end() -> None:
    def pause(attempts: int) -> float | None:
        job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="tried", attempts=attempts)
        decision = Patience().get_retry_decision(exception=RuntimeError(), job=job)
        at = decision.retry_at if decision else None
        return None if at is None else round((at - timezone.now()).total_seconds())

    assert [pause(n) for n in range(len(PAUSES) + 1)] == [*PAUSES, None]
    assert list(PAUSES) == sorted(PAUSES)


def begun(worker_age: int | None, attempts: int = 0) -> int:
    """A job that a worker has begun, who gave his last sign of life so many seconds ago; None: he is gone."""
    later("tried")
    (job,) = waiting("tried")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s * interval '1 second')"
            " RETURNING id",
            [worker_age or 0],
        )
        worker = None if worker_age is None else cursor.fetchone()[0]
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s, attempts = %s WHERE id = %s",
            [worker, attempts, job.pk],
        )
    return job.pk


def state(job: int) -> tuple[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status, attempts FROM procrastinate_jobs WHERE id = %s", [job])
        return cursor.fetchone()


@pytest.mark.usefixtures("db")
def test_the_jobs_of_a_dead_worker_wait_again() -> None:
    dead, gone, alive = begun(60), begun(None), begun(5)
    hopeless = begun(60, MOST_BEGINNINGS)
    assert async_to_sync(rescue)(app.job_manager) == 3
    assert state(dead) == state(gone) == ("todo", 1)
    assert state(alive) == ("doing", 0)
    assert state(hopeless)[0] == "failed"
    assert async_to_sync(rescue)(app.job_manager) == 0
