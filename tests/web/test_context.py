"""The parts that an event's page brings in: earlier events, and what its objects usually do."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client
from django.urls import reverse

from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.loop.models import QuasiEvent
from riskloop.organisation.models import Look
from tests.web.reading import Page
from tests.web.stage import LAST_DAY, People

AsUser = Callable[..., Client]
PARTS = ("event_earlier", "event_usual")


@pytest.fixture
def event(bank: People) -> QuasiEvent:
    new = QuasiEvent.objects.filter(state="new", unit_id="1111", booked_on=LAST_DAY)
    return new.exclude(account_ids=[]).earliest("pk")


@pytest.mark.parametrize("part", PARTS)
def test_the_page_asks_for_its_parts(bank: People, as_user: AsUser, event: QuasiEvent, part: str) -> None:
    page = as_user(bank.monitor).get(reverse("event", args=[event.pk])).content.decode()
    assert f'hx-get="{reverse(part, args=[event.pk])}"' in page


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_an_event_out_of_reach_is_not_there(
    bank: People, as_user: AsUser, event: QuasiEvent, part: str
) -> None:
    assert as_user(bank.branch).get(reverse(part, args=[event.pk])).status_code == 404


@pytest.mark.parametrize("part", PARTS)
def test_a_part_read_by_hand_is_a_look_and_one_of_the_page_is_the_pages(
    bank: People, as_user: AsUser, event: QuasiEvent, part: str
) -> None:
    client, looks = as_user(bank.monitor), Look.objects.filter(object_id=str(event.pk))
    client.get(reverse(part, args=[event.pk]))
    assert looks.count() == 1
    client.get(reverse("event", args=[event.pk]))
    assert looks.count() == 2
    client.get(reverse(part, args=[event.pk]), headers={"HX-Request": "true"})
    assert looks.count() == 2


def test_earlier_events_are_within_reach(bank: People, as_user: AsUser) -> None:
    event = QuasiEvent.objects.filter(unit_id="1211").latest("booked_on")
    ways = as_user(bank.branch).get(reverse("event_earlier", args=[event.pk])).context["ways"]
    shown = [other for way in ways for other in way.events]
    assert shown
    assert {other.unit_id for other in shown} == {"1211"}


def test_where_nothing_is_kept_the_part_says_so(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    answer = as_user(bank.monitor).get(reverse("event_usual", args=[event.pk]))
    assert "该对象没有保存的数据。" in Page(answer.content.decode()).said


def test_the_day_is_shown_against_what_is_usual(
    bank: People, as_user: AsUser, event: QuasiEvent, standing: Home
) -> None:
    (account,) = event.account_ids
    file = Lake(standing).file("account_days", LAST_DAY)
    file.parent.mkdir(parents=True)
    row = {"account_id": account, "debits": 1, "debit_sum": 7, "credits": 0, "credit_sum": 0}
    pq.write_table(pa.Table.from_pylist([row]), file)
    try:
        answer = as_user(bank.monitor).get(reverse("event_usual", args=[event.pk]))
    finally:
        file.unlink()
        file.parent.rmdir()
    one = answer.context["objects"][0]
    assert [(f.name, f.today) for f in one.figures][:2] == [("debits", 1), ("debit_sum", 7)]
    assert one.chart["series"][0]["data"][-1]["value"] == 7
    assert account not in answer.content.decode()
