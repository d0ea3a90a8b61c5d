"""Every number of the overview is the length of the queue that it links to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse

from riskloop.loop.models import QuasiEvent
from riskloop.web.overview import Number
from tests.web.stage import LAST_DAY, People

AsUser = Callable[..., Client]


def numbers(client: Client) -> Iterator[Number]:
    context = client.get(reverse("overview")).context
    for stage in context["stages"]:
        yield stage.total
        yield from stage.grades
    yield context["withdrawn"]
    yield from context["tasks"].values()
    for line in context["models"]:
        yield from (line.open, line.all)


@pytest.mark.parametrize("who", ["monitor", "verifier", "branch"])
def test_numbers_and_queues_agree(bank: People, as_user: AsUser, who: str) -> None:
    withdrawn = QuasiEvent.objects.filter(state="new").earliest("pk")
    withdrawn.withdrawn_on = withdrawn.found_at
    withdrawn.save()
    client = as_user(getattr(bank, who))
    listed = list(numbers(client))
    assert len(listed) > 20
    if who != "monitor":
        listed = listed[::6]
    differing = [
        number for number in listed if client.get(number.url).context["table"].paginator.count != number.count
    ]
    assert differing == []


def test_the_chart_counts_the_same_events(bank: People, as_user: AsUser) -> None:
    context = as_user(bank.monitor).get(reverse("overview")).context
    chart = context["chart"]
    assert len(chart["xAxis"]["data"]) == len(chart["links"]) == 30
    assert chart["xAxis"]["data"][-1] == f"{LAST_DAY:%m-%d}"
    assert sum(sum(series["data"]) for series in chart["series"]) == QuasiEvent.objects.count()


def test_a_bank_without_events_says_so(bank: People, as_user: AsUser) -> None:
    QuasiEvent.objects.update(unit_id="1111")
    page = as_user(bank.branch).get(reverse("overview")).content.decode()
    assert "暂无事件" in page


def test_my_open_events_are_mine(bank: People, as_user: AsUser) -> None:
    mine = as_user(bank.monitor).get(reverse("overview")).context["mine"]
    assert mine
    assert all(e.assignee == bank.monitor and e.state in {"assigned", "suspected"} for e in mine)
    assert as_user(bank.verifier).get(reverse("overview")).context["mine"] == []


def test_the_last_runs(bank: People, as_user: AsUser) -> None:
    runs = dict(as_user(bank.monitor).get(reverse("overview")).context["last_runs"])
    assert next(iter(runs)) == LAST_DAY
    assert dict(list(runs.values())[1])["failed"] == 1
    assert dict(list(runs.values())[3])["missing"] == 1
