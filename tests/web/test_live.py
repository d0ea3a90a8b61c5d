"""What open pages ask by themselves: which events changed, within reach, and no sign of the person."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from riskloop.loop import actions, changes
from riskloop.loop.changes import changes_since, latest_change
from riskloop.loop.models import QuasiEvent
from riskloop.organisation.models import Look, User
from riskloop.web.sessions import SEEN_AT
from tests.web.api_cases import new_event
from tests.web.stage import People

AsUser = Callable[[User], Client]
BY_ITSELF = {"X-By-Itself": "yes"}


def test_what_happened_since_is_told_within_reach(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.branch)
    client.get(reverse("overview"))
    since = latest_change()
    assert changes_since(bank.monitor, since).events == []
    near, far = new_event("1211"), QuasiEvent.objects.filter(state="new", unit_id="1111").earliest("pk")
    actions.take(near, bank.monitor)
    actions.take(far, bank.approver)
    assert set(changes_since(bank.monitor, since).events) == {near.pk, far.pk}
    # The branch reaches 12 and below.
    found = changes_since(bank.branch, since)
    assert found.events == [near.pk]
    told = client.get("/api/v1/changes", {"since": since}).json()
    assert told == {"latest": found.latest, "events": [str(near.pk)], "more": False}
    assert changes_since(bank.branch, found.latest).events == []
    begin = client.get("/api/v1/changes").json()
    assert begin == {"latest": found.latest, "events": [], "more": False}


def test_however_far_back_one_asks_little_is_read(bank: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "LINES", 5)
    since, seen, rounds = 0, set[Any](), 0
    while True:
        found = changes_since(bank.monitor, since)
        seen |= set(found.events)
        since, rounds = found.latest, rounds + 1
        if not found.more:
            break
    assert rounds > 2
    assert since == latest_change()
    monkeypatch.undo()
    assert seen == set(changes_since(bank.monitor, 0).events)


def test_pages_say_from_where_they_keep_up(bank: People, as_user: AsUser, settings: Any) -> None:
    client, event = as_user(bank.monitor), new_event()
    for address in (reverse("events"), reverse("event", args=[event.pk]), reverse("overview")):
        page = client.get(address).content.decode()
        assert f'data-since="{latest_change()}"' in page
    assert f'data-event="{event.pk}"' in client.get(reverse("event", args=[event.pk])).content.decode()
    settings.LIVE_SECONDS = 0
    assert "data-live" not in client.get(reverse("events")).content.decode()


def test_a_page_that_asks_by_itself_is_no_sign_of_the_person(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    client.get(reverse("events"), {"state": "new"})
    session = client.session
    long_ago = time.time() - 600
    session[SEEN_AT] = long_ago
    session.save()
    looks = Look.objects.count()
    for address in ("/api/v1/changes", reverse("events"), reverse("bell")):
        assert client.get(address, {"since": 0}, headers=BY_ITSELF).status_code == 200
    assert client.session[SEEN_AT] == long_ago
    assert client.session["queue"]["query"] == "state=new"
    assert Look.objects.count() == looks
    client.get(reverse("events"))
    assert client.session[SEEN_AT] > long_ago


def test_an_idle_session_ends_although_its_page_asks(bank: People, as_user: AsUser, settings: Any) -> None:
    client = as_user(bank.monitor)
    client.get(reverse("events"))
    session = client.session
    session[SEEN_AT] = time.time() - settings.IDLE_MINUTES * 60 - 1
    session.save()
    assert client.get("/api/v1/changes", {"since": 0}, headers=BY_ITSELF).status_code == 401
