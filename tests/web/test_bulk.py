"""One action on many events: every one by its own action, and for every one an answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from riskloop.loop import actions
from riskloop.loop.bulk import MOST, in_bulk
from riskloop.loop.models import QuasiEvent
from riskloop.organisation.action import Refused
from riskloop.organisation.models import History
from tests.web.stage import People

AsUser = Callable[..., Client]


def test_every_event_gets_its_answer(bank: People) -> None:
    free, taken = list(QuasiEvent.objects.filter(state="new", unit_id="1211", withdrawn_on=None)[:2])
    elsewhere = QuasiEvent.objects.filter(unit_id="1111", state="new").earliest("pk")
    actions.take(taken, bank.monitor)
    before = History.objects.count()
    ids = [free.pk, taken.pk, elsewhere.pk, uuid.uuid4(), free.pk]
    answers = in_bulk(bank.branch, "take", ids, {})
    assert [a.code for a in answers] == ["", "state", "missing", "missing"]
    assert all(a.reason for a in answers if not a.done)
    free.refresh_from_db()
    assert (free.state, free.assignee) == ("assigned", bank.branch)
    assert History.objects.count() == before + 1


def test_many_are_excluded_for_one_reason(bank: People) -> None:
    events = list(QuasiEvent.objects.filter(state="new", unit_id="1112", withdrawn_on=None)[:3])
    ids = [e.pk for e in events]
    assert all(a.done for a in in_bulk(bank.monitor, "take", ids, {}))
    assert {a.code for a in in_bulk(bank.monitor, "exclude", ids, {"reason": "nonsense"})} == {"reason"}
    assert all(a.done for a in in_bulk(bank.monitor, "exclude", ids, {"reason": "genuine", "note": "属实"}))
    assert set(QuasiEvent.objects.filter(pk__in=ids).values_list("state", flat=True)) == {"excluded"}


@pytest.mark.parametrize(
    ("name", "number", "code"), [("close", 1, "action"), ("take", 0, "events"), ("take", MOST + 1, "events")]
)
def test_what_is_no_bulk_is_refused_whole(bank: People, name: str, number: int, code: str) -> None:
    with pytest.raises(Refused) as refused:
        in_bulk(bank.monitor, name, [uuid.uuid4() for _one in range(number)], {})
    assert refused.value.code == code


def test_the_page_says_of_each_row_what_became_of_it(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    new = QuasiEvent.objects.filter(state="new", unit_id="1112", withdrawn_on=None)
    # All of them stand on one page.
    assert new.count() < 200
    free, taken = list(new[:2])
    actions.take(taken, bank.monitor)
    html = client.get(reverse("events"), {"unit": "1112", "state": "new", "per_page": 200}).content.decode()
    assert f'value="{free.pk}" form="bulk"' in html
    answer = client.post(reverse("bulk"), {"action": "take", "event": [free.pk, taken.pk, "nonsense"]})
    assert [one.code for one in answer.context["answers"]] == ["", "state"]
    assert "2 条中已办理 1 条" in answer.content.decode()


def test_an_excluded_event_leads_to_the_next_of_the_queue(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    for event in QuasiEvent.objects.filter(state="new", unit_id="1112", withdrawn_on=None)[:2]:
        actions.take(event, bank.monitor)
    shown = client.get(reverse("events"), {"state": "assigned", "assignee": "mine"})
    ids = [row.record.pk for row in shown.context["table"].rows]
    given = {"exclude-reason": "genuine", "exclude-note": "属实"}
    answer = client.post(reverse("act", args=[ids[0], "exclude"]), given)
    assert answer.headers["Location"] == reverse("event", args=[ids[1]])
