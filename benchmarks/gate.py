"""What the gate adds to a list page: 40,000 units and 200,000 people, and the queue read at each level.

    python benchmarks/gate.py HOME        prints the figures as JSON

Each page is asked for in turn with the gate and without: without, the same rows come by their path alone,
nobody looks up what the reader may do, and the database keeps nothing back.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from unittest.mock import patch

UNITS, PEOPLE, EVENTS = 40_000, 200_000, 200_000
SPREAD = {"tier1_branch": 40, "tier2_branch": 10, "sub_branch": 10}
"""How many of a level stand below each unit of the level above; outlets fill up to `UNITS`."""
TIMES = 21
DAY = dt.date(2024, 3, 15)
READERS = {
    "head_office": "R04",
    "tier1_branch": "R04",
    "tier2_branch": "R04",
    "sub_branch": "R08",
    "outlet": "R07",
}


def start(home: Path) -> None:
    """Django over this home, reading as the system."""
    os.environ["RISKLOOP_HOME"] = str(home)
    from riskloop.bank.home import Home
    from riskloop.web.startup import prepare

    prepare(Home(home))


def units() -> Iterator[dict[str, object]]:
    """The tree, from the root down."""
    above = [("HO", "head_office")]
    yield unit("HO", "head_office", None)
    made = 1
    for level, number in SPREAD.items():
        here = [
            (f"{parent}{n:02}" if parent != "HO" else f"{n:02}", parent)
            for parent, _l in above
            for n in range(number)
        ]
        for unit_id, parent in here:
            yield unit(unit_id, level, parent)
        made += len(here)
        above = [(unit_id, level) for unit_id, _parent in here]
    for n in range(UNITS - made):
        parent = above[n % len(above)][0]
        yield unit(f"{parent}{n // len(above):02}", "outlet", parent)


def unit(unit_id: str, level: str, parent: str | None) -> dict[str, object]:
    return {"unit_id": unit_id, "name": f"机构{unit_id}", "level": level, "parent_id": parent}


def fill() -> float:
    """The bank; returns the seconds that taking over its units and people took."""
    from riskloop.loop.models import QuasiEvent
    from riskloop.organisation.models import RoleAssignment, Unit, User
    from riskloop.organisation.sync import sync_organisation

    tree = list(units())
    ids = [str(u["unit_id"]) for u in tree]
    outlets = [str(u["unit_id"]) for u in tree if u["level"] == "outlet"]
    staff = [
        {"staff_id": f"S{n}", "name": f"员工{n}", "unit_id": outlets[n % len(outlets)], "post": "柜员"}
        for n in range(PEOPLE)
    ]
    begun = time.perf_counter()
    sync_organisation(units=tree, staff=staff, tellers=[])
    seconds = time.perf_counter() - begun
    User.objects.bulk_create(
        (User(username=f"u{n}", staff_id=f"S{n}", unit_id=outlets[n % len(outlets)]) for n in range(PEOPLE)),
        batch_size=5000,
    )
    people = dict(User.objects.values_list("username", "pk"))
    RoleAssignment.objects.bulk_create(
        (
            RoleAssignment(user_id=people[f"u{n}"], role_id="R14", unit_id=ids[n % len(ids)], from_on=DAY)
            for n in range(PEOPLE)
        ),
        batch_size=5000,
    )
    for level, role in READERS.items():
        reader = User.objects.create(username=level)
        place = Unit.objects.filter(level=level).order_by("unit_id").first()
        RoleAssignment.objects.create(user=reader, role_id=role, unit=place, from_on=DAY)
    QuasiEvent.objects.bulk_create(
        (event(n, outlets[n % len(outlets)]) for n in range(EVENTS)), batch_size=2000
    )
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return seconds


def event(number: int, unit_id: str) -> object:
    from django.utils import timezone

    from riskloop.loop.models import QuasiEvent

    return QuasiEvent(
        id=uuid.UUID(int=number),
        model="A11",
        model_version=1,
        parameter_version="1",
        parameters={},
        subject_kind="entry",
        subject_id=f"E{number}",
        booked_on=DAY,
        last_on=DAY,
        unit_id=unit_id,
        count=1,
        evidence={},
        grade="general",
        found_at=timezone.now(),
    )


@contextmanager
def ungated(level: str) -> Iterator[None]:
    """The same rows, and nobody asks who reads them."""
    from django.db.models import Q

    from riskloop.loop.models import QuasiEvent
    from riskloop.organisation.models import Unit, User
    from riskloop.organisation.row_security import EVERYTHING
    from riskloop.organisation.scope import authority_of

    reader = User.objects.get(username=level)
    path = reader.assignments.get().unit.path
    below = Unit.objects.filter(Q(path=path) | Q(path__startswith=f"{path}/"))
    rows = QuasiEvent.objects.all() if level == "head_office" else QuasiEvent.objects.filter(unit__in=below)
    known = authority_of(reader)
    with (
        patch("riskloop.loop.queue.visible_to", lambda _user: rows),
        patch("riskloop.organisation.scope._looked_up", lambda _user: known),
        patch("riskloop.web.middleware.reach_of", lambda _user: EVERYTHING),
    ):
        yield


def measure(level: str) -> tuple[float, float]:
    """Milliseconds of the queue's table with the gate and without, the medians of pages asked for in turn."""
    from django.test import Client

    from riskloop.organisation.models import User

    client = Client(headers={"HX-Request": "true"})
    client.force_login(
        User.objects.get(username=level), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    gated: list[float] = []
    bare: list[float] = []
    for _ in range(TIMES):
        gated.append(page(client))
        with ungated(level):
            bare.append(page(client))
    return median(gated), median(bare)


def page(client: object) -> float:
    begun = time.perf_counter()
    answer = client.get("/events/?state=open")  # type: ignore[attr-defined]
    if answer.status_code != 200:  # noqa: PLR2004 — HTTP's word for "here it is"
        sys.exit(f"/events/ answered {answer.status_code}")
    return 1000 * (time.perf_counter() - begun)


def main() -> None:
    start(Path(sys.argv[1]))
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    figures: dict[str, object] = {"sync": fill()}
    figures |= {level: measure(level) for level in READERS}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
