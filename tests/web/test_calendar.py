"""The page of the work calendar says what the bank's own calendar says, and the limits in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client
from django.urls import reverse

from riskloop.bank.home import Home
from riskloop.loop.models import TimeLimit
from tests.web.stage import People

AsUser = Callable[..., Client]
HOLIDAY, MOVED = dt.date(2025, 10, 1), dt.date(2025, 9, 28)


@pytest.fixture
def listed(standing: Home, bank: People) -> Iterator[None]:
    """The bank has listed 2025: one holiday, and a Sunday worked for it."""
    folder = standing.lake / "calendar"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "calendar.parquet"
    pq.write_table(pa.table({"on": [HOLIDAY, MOVED], "working": [False, True]}), file)
    yield
    file.unlink()


@pytest.mark.usefixtures("listed")
def test_the_bank_s_own_days_are_shown(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor, "en")
    page = client.get(reverse("calendar"), {"year": 2025})
    days = {d.day: d for month in page.context["months"] for week in month.weeks for d in week if d}
    assert len(days) == 365
    assert (days[HOLIDAY].works, days[HOLIDAY].moved) == (False, True)
    assert (days[MOVED].works, days[MOVED].moved) == (True, True)
    assert not days[dt.date(2025, 9, 27)].moved
    assert "2025 has 261 working days" in page.content.decode()
    told = client.get("/api/v1/calendar/2025").json()["days_off"]
    assert {dt.date.fromisoformat(day) for day in told} == {d for d, one in days.items() if not one.works}


@pytest.mark.parametrize("year", ["", "abc", "0", "99999", "²", "-1"])
def test_any_year_that_is_asked_for_is_answered(bank: People, as_user: AsUser, year: str) -> None:
    page = as_user(bank.monitor).get(reverse("calendar"), {"year": year})
    assert page.status_code == 200
    assert "按周一至周五为工作日" in page.content.decode()


def test_the_limits_in_force_are_shown(bank: People, as_user: AsUser) -> None:
    TimeLimit.objects.create(
        step="answer", grade="general", days=17, warn_before=1, effective_from=dt.date(2024, 1, 1)
    )
    client = as_user(bank.monitor)
    limits = dict(client.get(reverse("calendar")).context["limits"])
    assert [limit.days for limit in limits["answer"]] == [17, 2, 1]
    told = {(one["step"], one["grade"]): one["days"] for one in client.get("/api/v1/time_limits").json()}
    assert told["answer", "general"] == 17


def test_the_days_of_the_week_stand_above(bank: People, as_user: AsUser) -> None:
    page = as_user(bank.monitor).get(reverse("calendar")).content.decode()
    assert page.count("<span>一</span><span>二</span><span>三</span>") == 12
