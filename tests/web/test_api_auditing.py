"""What reviewers and auditors read, for programs: the same lines within the same reach as on their pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from riskloop.loop.models import QuasiEvent
from riskloop.organisation import odd_looks
from riskloop.organisation.api_looks import LookQuery
from riskloop.organisation.functions import EXPORT, READ_HISTORY, REVIEW_TRACES
from riskloop.organisation.masking import Kind, masked
from riskloop.organisation.models import History, Look, User
from riskloop.organisation.trace_views import TraceFilter
from riskloop.web.api_history import HistoryQuery
from riskloop.web.history_page import HistoryFilter
from tests.web.calling import program
from tests.web.stage import People
from tests.web.test_history_page import IMPOSSIBLE, auditor, said

AsUser = Callable[..., Client]


@pytest.fixture
def looked(bank: People, as_user: AsUser, monkeypatch: pytest.MonkeyPatch) -> list[QuasiEvent]:
    """Of each of the outlets one event, at all of which the monitor looked; so many are many."""
    monkeypatch.setattr(odd_looks, "MANY_LOOKS", 2)
    outlets = ("1111", "1112", "1211")
    new = QuasiEvent.objects.filter(state="new", subject_kind="account")
    events = [new.filter(unit_id=unit_id).earliest("pk") for unit_id in outlets]
    client = as_user(bank.monitor)
    for event in events:
        client.get(reverse("event", args=[event.pk]))
    as_user(bank.handler).get(reverse("event", args=[events[0].pk]))
    return events


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"person": "lin"},
        {"kind": "export"},
        {"object": "6222", "mark": "any"},
        {"mark": "many"},
        {"first": "2024-01-01", "last": "2024-01-31"},
    ],
)
def test_looks_are_those_of_the_page(
    looked: list[QuasiEvent], as_user: AsUser, given: dict[str, str]
) -> None:
    reviewer = auditor("HO")
    page = as_user(reviewer).get(reverse("traces"), given).context
    caller = program(reviewer)
    told = caller.get("/looks", **given).json()
    assert told["total"] == len(page["lines"]) == len(told["items"])
    assert [(one["id"], one["marks"]) for one in told["items"]] == [
        (line.look.pk, [mark.code for mark in line.marks]) for line in page["lines"]
    ]
    ranked = caller.get("/looks/persons", **given).json()
    assert [(r["username"], r["odd"], list(r["marks"].values())) for r in ranked] == [
        (r.username, r.odd, r.by_mark) for r in page["ranked"]
    ]
    if given.get("mark") == "many":
        assert {one["person"]["name"] for one in told["items"]} == {"林岚"}
        assert ranked[0]["marks"]["many"] == len(looked)


def test_looks_are_narrowed_by_what_narrows_the_page() -> None:
    assert set(LookQuery.model_fields) == set(TraceFilter({}).fields)
    assert set(HistoryQuery.model_fields) == {*HistoryFilter.base_filters, "day"}


def test_a_look_says_what_the_page_says(bank: People, looked: list[QuasiEvent]) -> None:
    event = looked[1]
    (one,) = program(auditor("HO")).get("/looks", object=str(event.pk)).json()["items"]
    assert one["person"] == {"id": bank.monitor.pk, "name": "林岚"}
    assert (one["role"], one["kind"], one["unit_id"]) == ("R04", "look", "1112")
    assert one["about"] == f"{event.model} {masked(event.subject_id, Kind.NUMBER)} {event.booked_on}"


def test_a_searched_number_is_masked(bank: People, as_user: AsUser, looked: list[QuasiEvent]) -> None:
    given = f"{reverse('export_events')}?text={looked[1].subject_id}"
    as_user(bank.monitor).post(given, {"why": "核对客户身份与交易背景"})
    answer = program(auditor("HO")).get("/looks", kind="export")
    (one,) = answer.json()["items"]
    assert one["query"] == f"text={masked(looked[1].subject_id, Kind.NUMBER)}"
    assert looked[1].subject_id not in answer.content.decode()


@pytest.mark.parametrize("functions", [None, [REVIEW_TRACES]])
def test_a_reviewer_sees_the_looks_of_his_units_also_by_a_token_for_nothing_else(
    looked: list[QuasiEvent], functions: list[str] | None
) -> None:
    units = {}
    for unit_id in ("HO", "11", "12"):
        items = program(auditor(unit_id), functions).get("/looks").json()["items"]
        units[unit_id] = sorted(one["unit_id"] for one in items)
    assert units == {"HO": ["1111", "1111", "1112", "1211"], "11": ["1111", "1111", "1112"], "12": ["1211"]}


def test_without_the_review_there_is_none(looked: list[QuasiEvent]) -> None:
    caller = program(auditor("HO"), [READ_HISTORY])
    for path in ("/looks", "/looks/marks", "/looks/persons"):
        assert caller.get(path).status_code == 403, path


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"first": "x"}, "first"),
        ({"first": "2024-02-02", "last": "2024-02-01"}, "last"),
        ({"first": "2020-01-01", "last": "2024-01-01"}, "last"),
        ({"kind": "anything"}, "kind"),
        ({"mark": "anything"}, "mark"),
    ],
)
def test_looks_that_cannot_be_chosen_are_refused(bank: People, given: dict[str, str], field: str) -> None:
    caller = program(auditor("HO"))
    for path in ("/looks", "/looks/persons"):
        assert_refused(caller.get(path, **given), field)


def assert_refused(answer: Any, field: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (422, "input")
    assert answer.json()["detail"].startswith(f"{field}: ")


def test_marks_are_named_in_both_languages(bank: People) -> None:
    marks = program(auditor("HO")).get("/looks/marks").json()
    assert [mark["code"] for mark in marks] == list(odd_looks.CODES)
    assert marks[0]["name"] == {"zh": "大量无关查询", "en": "Many looks without a case"}


# ── the history ──


@pytest.fixture
def overseer(bank: People) -> User:
    return auditor("HO")


def test_the_chain_is_walked(overseer: User) -> None:
    caller = program(overseer)
    last = History.objects.latest("pk")
    assert caller.get("/history/chain").json() == {
        "lines": History.objects.count(),
        "last_id": last.pk,
        "digest": last.digest,
        "broken": None,
    }
    changed = History.objects.earliest("pk")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE organisation_history DISABLE TRIGGER USER")
        cursor.execute("UPDATE organisation_history SET reason = 'x' WHERE id = %s", [changed.pk])
        cursor.execute("ALTER TABLE organisation_history ENABLE TRIGGER USER")
    broken = caller.get("/history/chain").json()["broken"]
    assert broken == {"line_id": changed.pk, "why": "says something else than its digest"}


def test_the_file_is_that_of_the_page(overseer: User, as_user: AsUser) -> None:
    given = {"action": "close", "object_type": "quasi_event"}
    file = program(overseer).get("/history/file", **given)
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert file.streaming
    text = said(file)
    assert text == said(as_user(overseer).post(reverse("history_export"), given))
    assert text.count("\n") > 2
    by_api, by_page = Look.objects.order_by("pk")
    assert (by_api.channel, by_page.channel) == ("api", "page")
    for look in (by_api, by_page):
        assert (look.kind, look.user, look.rows) == ("export", overseer, text.count("\n") - 1)
        assert look.query == "action=close&object_type=quasi_event"


def test_the_file_holds_the_lines_of_ones_units(bank: People) -> None:
    rows = list(csv.DictReader(io.StringIO(said(program(auditor("12")).get("/history/file")))))
    assert {row["unit_id"] for row in rows} == {"12", "1211"}


@pytest.mark.parametrize("functions", [[READ_HISTORY], [EXPORT]])
def test_the_file_takes_two_functions(overseer: User, functions: list[str]) -> None:
    answer = program(overseer, functions).get("/history/file")
    assert (answer.status_code, answer.json()["code"]) == (403, "function")
    assert not Look.objects.exists()
    assert program(overseer, [READ_HISTORY, EXPORT]).get("/history/file").status_code == 200


@pytest.mark.parametrize(("given", "field"), IMPOSSIBLE)
def test_lines_that_cannot_be_chosen_are_refused(overseer: User, given: dict[str, str], field: str) -> None:
    caller = program(overseer)
    for path in ("/history", "/history/file"):
        assert_refused(caller.get(path, **given), field)
    assert not Look.objects.exists()


def test_lines_are_narrowed_as_on_the_page(bank: People, overseer: User) -> None:
    caller = program(overseer)
    closed = History.objects.filter(action="close")
    for given in ({"action": "close"}, {"action": "close", "actor": bank.monitor.pk}):
        assert caller.get("/history", **given).json()["total"] == closed.count() > 0
    assert caller.get("/history", action="close", actor=bank.verifier.pk).json()["total"] == 0
    assert caller.get("/history", action="close", unit_id="10").json()["total"] == 0
    assert caller.get("/history", action="close", last="2000-01-01").json()["total"] == 0
