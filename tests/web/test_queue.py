"""The queue: narrowed down, in order, page by page, and as quick with many events as with few."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from riskloop.loop import actions, filters
from riskloop.loop.deadlines import clock
from riskloop.loop.models import QuasiEvent
from riskloop.loop.queue import event_table
from riskloop.loop.states import OPEN
from riskloop.loop.tables import bundled, ranked
from riskloop.loop.visibility import visible_to
from riskloop.web import sessions
from tests.web import stage
from tests.web.stage import LAST_DAY, People

AsUser = Callable[..., Client]


def shown(client: Client, **given: Any) -> list[QuasiEvent]:
    answer = client.get(reverse("events"), {"per_page": 200} | given)
    assert answer.status_code == 200
    return [row.record for row in answer.context["table"].rows]


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        ({"state": "new"}, lambda e: e.state == "new"),
        ({"state": "open"}, lambda e: e.state in OPEN),
        ({"state": "in_hand"}, lambda e: e.state in {"assigned", "suspected"}),
        ({"grade": "attention"}, lambda e: e.grade == "attention"),
        ({"model": "A11"}, lambda e: e.model == "A11"),
        ({"unit": "111"}, lambda e: e.unit_id in {"1111", "1112"}),
        ({"unit": "1211"}, lambda e: e.unit_id == "1211"),
        ({"first": LAST_DAY - dt.timedelta(days=2)}, lambda e: e.booked_on >= LAST_DAY - dt.timedelta(2)),
        ({"last": LAST_DAY - dt.timedelta(days=2)}, lambda e: e.booked_on <= LAST_DAY - dt.timedelta(2)),
        ({"assignee": "mine"}, lambda e: e.assignee and e.assignee.username == "lin"),
        ({"assignee": "nobody"}, lambda e: e.assignee is None),
        ({"outcome": "internal"}, lambda e: e.outcome == "internal"),
        ({"state": "new", "model": "B09"}, lambda e: e.state == "new" and e.model == "B09"),
    ],
)
def test_a_filter_leaves_exactly_what_it_says(
    bank: People, as_user: AsUser, given: dict[str, Any], holds: Callable[[QuasiEvent], bool]
) -> None:
    expected = {e.pk for e in QuasiEvent.objects.select_related("assignee") if holds(e)}
    assert expected
    assert {e.pk for e in shown(as_user(bank.monitor), **given)} == expected


def test_the_events_of_others(bank: People, as_user: AsUser) -> None:
    taken = QuasiEvent.objects.exclude(assignee=None)
    assert {e.pk for e in shown(as_user(bank.handler), assignee="others")} == {e.pk for e in taken}
    assert shown(as_user(bank.monitor), assignee="others") == []


@pytest.mark.parametrize("field", ["entry_ids", "account_ids", "customer_ids", "teller_ids"])
def test_search_finds_what_stands_behind_an_event(bank: People, as_user: AsUser, field: str) -> None:
    event = QuasiEvent.objects.filter(model="A11").earliest("pk")
    text = getattr(event, field)[0]
    found = shown(as_user(bank.monitor), text=f" {text} ")
    assert event in found
    assert all(text in getattr(e, field) or text in e.subject_id for e in found)


def test_search_finds_a_part_of_the_subject(bank: People, as_user: AsUser) -> None:
    event = QuasiEvent.objects.filter(subject_kind="event").earliest("pk")
    part = event.subject_id.split(":")[1]
    assert event.pk in {e.pk for e in shown(as_user(bank.monitor), text=part)}


def test_measures(bank: People, as_user: AsUser) -> None:
    def events(**given: Any) -> set[Any]:
        return set(QuasiEvent.objects.filter(**given).values_list("pk", flat=True))

    to_do = events(measures__done_at=None, measures__owner=bank.verifier)
    assert {e.pk for e in shown(as_user(bank.verifier), measure="mine")} == to_do
    to_verify = events(measures__done_at__isnull=False, measures__verified_at=None)
    assert {e.pk for e in shown(as_user(bank.monitor), measure="unverified")} == to_verify
    late = events(measures__done_at=None, measures__due_on__lt=dt.date(2025, 1, 1))
    assert {e.pk for e in shown(as_user(bank.monitor), measure="overdue")} == late
    assert to_do
    assert to_verify
    assert late


def test_withdrawn_events_are_set_apart(bank: People, as_user: AsUser) -> None:
    event = QuasiEvent.objects.earliest("pk")
    event.withdrawn_on = event.found_at
    event.save()
    client = as_user(bank.monitor)
    assert event not in shown(client, withdrawn="no")
    assert shown(client, withdrawn="yes") == [event]
    assert event in shown(client)


def test_the_gravest_and_newest_come_first(bank: People, as_user: AsUser) -> None:
    ranks = {"key_attention": 0, "attention": 1, "general": 2}
    order = [(ranks[e.grade], -e.booked_on.toordinal()) for e in shown(as_user(bank.monitor))]
    assert order == sorted(order)


@pytest.mark.parametrize("column", ["amount", "booked_on", "model", "state", "unit"])
def test_sorting_goes_both_ways(bank: People, as_user: AsUser, column: str) -> None:
    client = as_user(bank.monitor)
    field = "unit_id" if column == "unit" else column
    up = [getattr(e, field) for e in shown(client, sort=column)]
    down = [getattr(e, field) for e in shown(client, sort=f"-{column}")]
    assert up == sorted(up)
    assert down == sorted(up, reverse=True)


def test_pages_neither_overlap_nor_leave_out(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    total = QuasiEvent.objects.count()
    pages = [shown_on(client, page) for page in range(1, total // 25 + 2)]
    every = list(itertools.chain.from_iterable(pages))
    assert len(every) == total
    assert set(every) == set(QuasiEvent.objects.values_list("pk", flat=True))


def shown_on(client: Client, page: int) -> list[Any]:
    answer = client.get(reverse("events"), {"per_page": 25, "page": page, "sort": "state"})
    return [row.record.pk for row in answer.context["table"].page.object_list]


def test_the_page_size_is_kept_and_no_other_is_taken(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)

    def size(**given: Any) -> int:
        return client.get(reverse("events"), given).context["table"].paginator.per_page

    assert size() == 50
    assert size(per_page=25) == 25
    assert size() == 25
    assert size(per_page=1_000_000) == 25
    assert size(per_page="-1") == 25


@pytest.mark.parametrize("page", ["0", "-1", "9999", "x", ""])
def test_a_page_that_is_not_there_shows_one_that_is(bank: People, as_user: AsUser, page: str) -> None:
    assert as_user(bank.monitor).get(reverse("events"), {"page": page}).status_code == 200


@pytest.mark.parametrize(
    "given", [{"state": "x"}, {"unit": "1211' OR 1=1"}, {"first": "2024-13-01"}, {"model": "Z99"}]
)
def test_a_filter_that_cannot_be_read_is_named(bank: People, as_user: AsUser, given: dict[str, str]) -> None:
    answer = as_user(bank.monitor).get(reverse("events"), given)
    assert 'role="alert"' in answer.content.decode()


def test_an_unknown_order_is_the_usual_one(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    assert [e.pk for e in shown(client, sort="password")] == [e.pk for e in shown(client)]


def test_a_reader_filters_by_his_own_units_only(bank: People, as_user: AsUser) -> None:
    answer = as_user(bank.branch).get(reverse("events"))
    units = [value for value, _label in answer.context["filter"].form.fields["unit"].choices if value]
    assert units == ["12", "121", "1211"]


def test_starting_again_leads_to_everything_open(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    page = client.get(reverse("events"), {"state": "closed"}).content.decode()
    # From the navigation, and from the form.
    assert page.count(f'href="{reverse("events")}?state=open&amp;withdrawn=no"') == 2


def test_htmx_gets_the_table_alone(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    part = client.get(reverse("events"), {"state": "new"}, headers={"hx-request": "true"})
    assert "HX-Request" in part.headers["Vary"]
    html = part.content.decode()
    assert "<html" not in html
    assert "<table" in html


def test_many_events_need_no_more_queries_than_few(
    bank: People, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a machine that stood still for a minute a request also writes down that the session was seen.
    monkeypatch.setattr(sessions, "SEEN_EVERY", 3600)
    client = as_user(bank.monitor)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(reverse("events"), {"per_page": 200})
        return len(caught)

    queries()
    few = queries()
    stage.find_events(days=3, a_day=4)
    for event in QuasiEvent.objects.filter(state="new", unit_id="1211", withdrawn_on=None)[:5]:
        actions.take(event, bank.branch)
    assert queries() == few
    # Two of them are of the people to whom ticked rows can be given, one of where to keep up from.
    assert few <= 21


def test_what_is_overdue_is_marked_filtered_and_told_by_the_api(bank: People, as_user: AsUser) -> None:
    late, soon = QuasiEvent.objects.filter(state="new", grade="general").order_by("pk")[:2]
    today = timezone.localdate()
    QuasiEvent.objects.exclude(pk__in=[late.pk, soon.pk]).update(clock_from=today)
    calendar = clock(today).calendar
    # A general event may be discriminated for three working days, and is warned of on the third.
    for event, back in ((late, 4), (soon, 3)):
        QuasiEvent.objects.filter(pk=event.pk).update(clock_from=calendar.before(today, back))
    client = as_user(bank.monitor)
    for mark, event in (("overdue", late), ("warning", soon)):
        page = client.get(f"{reverse('events')}?due={mark}")
        rows = [row.record.pk for row in page.context["table"].rows]
        assert event.pk in rows
        assert page.content.decode().count(f'class="due-{mark}"') == len(rows)
        told = client.get(f"/api/v1/events?due={mark}&limit=500").json()
        assert {UUID(one["id"]) for one in told["items"]} == set(rows)
        assert {one["due"] for one in told["items"]} == {mark}
        assert f'class="due-{mark}"' in client.get(reverse("event", args=[event.pk])).content.decode()
    closed = QuasiEvent.objects.filter(state="closed").earliest("pk")
    told = client.get(f"/api/v1/events/{closed.pk}").json()
    assert (told["due_on"], told["due"]) == (None, "")


def test_of_many_units_the_upper_ones_are_offered_and_the_way_to_the_chosen(
    bank: People, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "MANY_UNITS", 3)
    client = as_user(bank.monitor)

    def offered(**given: str) -> list[str]:
        answer = client.get(reverse("events"), given)
        assert not answer.context["filter"].form.errors
        return [value for value, _label in answer.context["filter"].form.fields["unit"].choices if value]

    top = offered()
    assert top[0] == "HO"
    assert 1 < len(top) <= 3
    assert {"12", "121", "1211"} <= set(offered(unit="121"))
    # A unit that is not in the list is within reach all the same.
    assert all(e.unit_id == "1211" for e in shown(client, unit="1211"))
    refused = client.get(reverse("events"), {"unit": "nowhere"})
    assert "unit" in refused.context["filter"].form.errors
    part = client.get(reverse("events"), {"unit": "121"}, headers={"HX-Request": "true"}).content.decode()
    assert 'id="filter-unit" hx-swap-oob="true"' in part
    monkeypatch.undo()
    part = client.get(reverse("events"), {"unit": "121"}, headers={"HX-Request": "true"}).content.decode()
    assert "hx-swap-oob" not in part


def test_the_queue_is_read_in_the_order_of_its_index(bank: People) -> None:
    """Of a million events nothing is sorted: the index has the very order that the page asks for."""
    given = QueryDict("state=open&withdrawn=no")
    events = bundled(ranked(visible_to(bank.monitor)))
    rows = event_table(filters.EventFilter(given, events, bank.monitor), given).data.data
    with connection.cursor() as cursor:
        # Of a few events PostgreSQL would sort all the same.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    plan = rows[:50].explain()
    assert "event_waiting" in plan
    assert "Sort" not in plan


def test_an_event_of_no_unit_shows_a_dash(bank: People, as_user: AsUser) -> None:
    event = QuasiEvent.objects.filter(state="new").earliest("pk")
    QuasiEvent.objects.filter(pk=event.pk).update(unit=None)
    page = as_user(bank.monitor).get(reverse("events"), {"text": event.subject_id}).content.decode()
    row = page.split(f'data-href="{reverse("event", args=[event.pk])}"')[1].split("</tr>")[0]
    assert "None" not in row
    assert '<td class="of-unit" title="">—</td>' in row
