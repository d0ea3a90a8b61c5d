"""What the tests of what goes out share: units, an administrator, and jobs done on the spot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from riskloop.organisation.account_actions import create_user
from riskloop.organisation.assignment_actions import assign_role
from riskloop.organisation.models import Unit, User
from riskloop.organisation.sync import sync_organisation
from tests.loop.conftest import unit

Person = Callable[..., User]


@pytest.fixture
def units(db: None) -> None:
    sync_organisation(
        units=[unit("HO", "head_office", None), unit("A", "tier1_branch", "HO")], staff=[], tellers=[]
    )


@pytest.fixture
def person(units: None) -> Person:
    """Makes a person with a role over a unit."""

    def make(username: str, role: str = "R04", unit_id: str = "HO", email: str = "") -> User:
        at = Unit.objects.get(pk=unit_id)
        user = create_user(username=username, password=None, display_name=username, staff_id="", unit=at)
        assign_role(user, role, at)
        user.email = email
        user.save(update_fields=["email"])
        return user

    return make


def waiting(name: str = "") -> list[ProcrastinateJob]:
    """The jobs that wait, due or not, oldest first."""
    jobs = ProcrastinateJob.objects.filter(status="todo")
    return list((jobs.filter(task_name=name) if name else jobs).order_by("pk"))


def do_jobs(*, also_later: bool = False) -> list[Any]:
    """Does the jobs that are due as a worker would, in this transaction; returns what failed."""
    failed: list[Any] = []
    for job in waiting():
        if not also_later and job.scheduled_at and job.scheduled_at > timezone.now():
            continue
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job.pk])
        try:
            app.tasks[job.task_name](**job.args)
        except Exception as problem:
            failed.append(problem)
    return failed
