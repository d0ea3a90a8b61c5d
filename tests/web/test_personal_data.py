"""Personal data is masked on every page, shown for a reason to one person, and every look leaves a trace."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskloop.bank.home import Home
from riskloop.detection.kept import keep_hits
from riskloop.loop import export, personal
from riskloop.loop.models import QuasiEvent
from riskloop.loop.statistics import record_statistics
from riskloop.models.catalogue import model_of, parameters_of
from riskloop.models.hits import to_hits
from riskloop.organisation.masking import Kind, masked
from riskloop.organisation.models import History, Look, LookKind, RoleAssignment, Unmasking, User
from riskloop.organisation.odd_looks import MANY_LOOKS
from tests.web import addresses
from tests.web.reading import Page
from tests.web.stage import LAST_DAY, People, person

AsUser = Callable[..., Client]
WHY = "核实客户身份与交易背景"
SECRETS = (
    "张小明",
    "110101199003071234",
    "13800138000",
    "江北市人民路一号",
    "江南贸易有限公司",
    "1990-03-07",
)
WHERE = {"R05": "10", "R07": "1111", "R08": "111", "R12": "11"}
"""Where a role exists that does not exist at the head office."""
ACCOUNT = "6222000099990017"


@pytest.fixture
def event(bank: People) -> QuasiEvent:
    """A new event about an account, with its rows."""
    return QuasiEvent.objects.filter(state="new", subject_kind="account", unit_id="1112").earliest("pk")


@pytest.fixture
def reviewer(bank: People) -> User:
    return person("reviewer", "审阅人", "R06", "HO")


@pytest.fixture
def viewer(bank: People) -> User:
    return person("viewer", "查询人", "R14", "HO")


@pytest.fixture
def hits(bank: People, standing: Home) -> list[dict[str, Any]]:
    """An account overdrawn on the last day."""
    model = model_of("C12")
    row = {"subject_id": ACCOUNT, "unit_id": "1111", "amount": Decimal(5), "account_id": ACCOUNT}
    found = to_hits(
        model, parameters_of(model), LAST_DAY, pa.Table.from_pylist([row | {"customer_id": "K77"}])
    )
    keep_hits(standing, "C12", LAST_DAY, found, {})
    record_statistics(LAST_DAY, "C12", found.to_pylist())
    return found.to_pylist()


def page_of(event: QuasiEvent) -> str:
    return reverse("event", args=[event.pk])


def ask(client: Client, event: QuasiEvent, why: str = WHY) -> HttpResponse:
    return client.post(reverse("act", args=[event.pk, "unmask"]), {"unmask-why": why})


def read(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def numbers_of_the_bank() -> set[str]:
    accounts = {a for event in QuasiEvent.objects.all() for a in event.account_ids}
    return {number for number in accounts if len(number) > 4}


# ── masked everywhere ──


@pytest.mark.usefixtures("hits")
def test_no_page_shows_personal_data(bank: People, as_user: AsUser) -> None:
    """To a monitor, who reads the most of it; tests/slow looks as each of the other roles too."""
    assert_masked(as_user(bank.monitor))


def assert_masked(client: Client) -> None:
    """No page that the client can read has personal data in clear."""
    numbers = numbers_of_the_bank() | {ACCOUNT}
    assert len(numbers) > 100
    shown = {
        (address, found) for address in addresses.readable() for found in _told(client, address, numbers)
    }
    assert shown == set()


def _told(client: Client, address: str, numbers: set[str]) -> set[str]:
    html = read(client, address)
    return {s for s in SECRETS if s in html} | (set(re.findall(r"\d{13,}", html)) & numbers)


def test_masked_accounts_can_still_be_told_apart(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    html = read(as_user(bank.monitor), page_of(event))
    assert masked(event.subject_id, Kind.NUMBER) in html
    assert "110*************34" in html
    assert "138****8000" in html


@pytest.mark.usefixtures("hits")
def test_rows_of_statistics_are_masked_and_can_still_be_opened(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    html = read(client, reverse("statistic", args=["C12"]))
    assert "6222********0017" in html
    (hit,) = re.findall(r'name="hit" value="([^"]+)"', html)
    given = {"day": str(LAST_DAY), "hit": hit, "why": "连续透支"}
    client.post(reverse("open_finding", args=["C12"]), given)
    assert QuasiEvent.objects.get(model="C12").subject_id == ACCOUNT


def test_a_whole_number_is_still_found(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    answer = as_user(bank.monitor).get(reverse("events"), {"text": event.subject_id})
    assert event.pk in {row.record.pk for row in answer.context["table"].rows}


def test_a_masked_number_cannot_be_guessed_by_its_parts(
    bank: People, as_user: AsUser, event: QuasiEvent
) -> None:
    answer = as_user(bank.monitor).get(reverse("events"), {"text": event.subject_id[:-1]})
    assert list(answer.context["table"].rows) == []


def test_a_refusal_for_a_bundle_names_its_event_masked(
    bank: People, as_user: AsUser, event: QuasiEvent
) -> None:
    other = QuasiEvent.objects.filter(state="new", subject_kind="account", unit_id="1111").earliest("pk")
    QuasiEvent.objects.filter(pk__in=[event.pk, other.pk]).update(bundle=event.pk)
    QuasiEvent.objects.filter(pk=other.pk).update(teller_ids=["TH1111"])
    answer = as_user(bank.handler).post(
        reverse("act", args=[event.pk, "take"]), {"take-whole": "on"}, follow=True
    )
    html = answer.content.decode()
    assert other.subject_id not in html
    assert masked(other.subject_id, Kind.NUMBER) in html


# ── in clear ──


def test_who_asks_with_a_reason_sees_this_event_in_clear(
    bank: People, as_user: AsUser, event: QuasiEvent
) -> None:
    client = as_user(bank.monitor)
    assert "恢复脱敏" not in read(client, page_of(event))
    assert ask(client, event).url == page_of(event)
    html = read(client, page_of(event))
    assert all(secret in html for secret in SECRETS[:5])
    assert event.subject_id in Page(html).said
    assert event.subject_id not in html.split("</title>")[0], "no history of a browser keeps it"
    assert "还有 30 分钟" in html


def test_nobody_else_and_nothing_else_is_in_clear(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    client = as_user(bank.monitor)
    ask(client, event)
    other = QuasiEvent.objects.filter(state="new").exclude(pk=event.pk).earliest("pk")
    assert "张小明" not in read(client, page_of(other))
    assert "张小明" not in read(as_user(bank.handler), page_of(event))
    assert event.subject_id not in read(client, f"{reverse('events')}?model={event.model}&per_page=200")


def test_clear_ends_after_its_time(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    client = as_user(bank.monitor)
    ask(client, event)
    Unmasking.objects.update(until=timezone.now() + dt.timedelta(seconds=61))
    assert "还有 2 分钟" in read(client, page_of(event))
    Unmasking.objects.update(until=timezone.now() - dt.timedelta(seconds=1))
    assert "张小明" not in read(client, page_of(event))


def test_clear_is_given_back(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    client = as_user(bank.monitor)
    ask(client, event)
    assert client.post(reverse("act", args=[event.pk, "hide_again"])).url == page_of(event)
    assert "张小明" not in read(client, page_of(event))
    again = client.post(reverse("act", args=[event.pk, "hide_again"]))
    assert again.status_code == 409


@pytest.mark.parametrize(("why", "status"), [("", 422), ("核实", 409)])
def test_a_reason_is_needed(bank: People, as_user: AsUser, event: QuasiEvent, why: str, status: int) -> None:
    client = as_user(bank.monitor)
    answer = ask(client, event, why)
    assert answer.status_code == status
    assert "张小明" not in answer.content.decode()
    assert not Unmasking.objects.exists()
    assert not History.objects.filter(action="unmask").exists()


def test_a_role_is_needed(as_user: AsUser, event: QuasiEvent, viewer: User) -> None:
    client = as_user(viewer)
    answer = ask(client, event)
    assert answer.status_code == 403
    assert "张小明" not in answer.content.decode()
    assert "unmask-why" not in read(client, page_of(event)), "no form for who may not"


def test_a_recused_person_sees_nothing_in_clear(bank: People, as_user: AsUser) -> None:
    event = QuasiEvent.objects.filter(state="new", unit_id="1111").earliest("pk")
    answer = ask(as_user(bank.handler), event)
    assert answer.status_code == 403
    assert "张小明" not in answer.content.decode()


def test_an_event_out_of_reach_cannot_be_asked_for(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    assert ask(as_user(bank.branch), event).status_code == 404
    assert not Unmasking.objects.exists()


def test_nothing_is_shown_in_clear_by_following_a_link(
    bank: People, as_user: AsUser, event: QuasiEvent
) -> None:
    as_user(bank.monitor).get(reverse("act", args=[event.pk, "unmask"]), {"unmask-why": WHY})
    assert not Unmasking.objects.exists()


# ── traces ──


def test_every_look_at_an_event_leaves_a_trace(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    client = as_user(bank.monitor)
    client.get(page_of(event))
    ask(client, event)
    client.get(page_of(event))
    ask(client, event, "")
    looks = list(Look.objects.filter(object_id=str(event.pk)).order_by("id"))
    assert [look.kind for look in looks] == [LookKind.LOOK, LookKind.CLEAR_LOOK, LookKind.CLEAR_LOOK]
    assert [look.reason for look in looks] == ["", WHY, WHY]
    assert {(look.user, look.role, look.unit_id, look.channel) for look in looks} == {
        (bank.monitor, "R04", "1112", "page")
    }
    assert looks[0].customer_ids == event.customer_ids
    assert looks[0].address == "127.0.0.1"


def test_an_event_out_of_reach_leaves_no_trace_and_no_page(
    bank: People, as_user: AsUser, event: QuasiEvent
) -> None:
    assert as_user(bank.branch).get(page_of(event)).status_code == 404
    assert not Look.objects.exists()


def test_where_no_trace_can_be_written_nothing_is_shown(
    bank: People, as_user: AsUser, event: QuasiEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_given: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(personal, "trace", broken)
    client = as_user(bank.monitor)
    client.raise_request_exception = False
    assert client.get(page_of(event)).status_code == 500


@pytest.mark.usefixtures("hits")
def test_a_list_of_rows_leaves_a_trace(bank: People, as_user: AsUser) -> None:
    as_user(bank.monitor).get(reverse("statistic", args=["C12"]), {"unit": "111"})
    look = Look.objects.get()
    assert (look.object_type, look.object_id, look.unit_id, look.rows) == ("statistic", "C12", "111", 1)
    assert look.customer_ids == ["K77"]
    assert "unit=111" in look.query


def test_a_list_beyond_ones_units_is_traced_where_the_reader_is(bank: People, as_user: AsUser) -> None:
    """Chen reads the branch 12: what he asks for elsewhere shows nothing, and is seen by his own reviewer."""
    answer = as_user(bank.branch).get(reverse("statistic", args=["C12"]), {"unit": "11"})
    assert answer.status_code == 200
    assert Look.objects.get().unit_id == "12"


# ── the reviewer ──


def test_the_reviewer_sees_who_looked_and_why(
    bank: People, as_user: AsUser, event: QuasiEvent, reviewer: User
) -> None:
    client = as_user(bank.monitor)
    ask(client, event)
    client.get(page_of(event))
    said = Page(read(as_user(reviewer), reverse("traces"))).said
    about = f"{event.model} {masked(event.subject_id, Kind.NUMBER)} {event.booked_on}"
    assert {"林岚", "监测岗", "查看明文", WHY, about, "解放大道网点"} <= set(said)


def test_the_reviewers_page_speaks_english_too(
    bank: People, as_user: AsUser, event: QuasiEvent, reviewer: User
) -> None:
    as_user(bank.monitor).get(page_of(event))
    said = Page(read(as_user(reviewer, "en"), reverse("traces"))).said
    assert {"Looks at personal data", "Look, masked", "Many looks without a case"} <= set(said)
    strange = {text for text in said if re.search(r"[\u4e00-\u9fff]", text)}
    assert strange == {"审阅人", "Oversight reviewer, 总行", "林岚", "解放大道网点"}


def test_many_looks_are_marked_and_ranked(bank: People, as_user: AsUser, reviewer: User) -> None:
    client = as_user(bank.monitor)
    for found in QuasiEvent.objects.filter(state="new")[: MANY_LOOKS + 1]:
        client.get(page_of(found))
    context = as_user(reviewer).get(reverse("traces"), {"mark": "many", "person": "lin"}).context
    assert len(context["lines"]) == MANY_LOOKS + 1
    assert all("many" in {mark.code for mark in line.marks} for line in context["lines"])
    assert [one.username for one in context["ranked"]] == ["lin"]
    assert context["ranked"][0].by_mark[0] == MANY_LOOKS + 1


def test_looks_are_narrowed_down(bank: People, as_user: AsUser, event: QuasiEvent, reviewer: User) -> None:
    as_user(bank.monitor).get(page_of(event))
    as_user(bank.handler).get(page_of(event))
    as_user(bank.monitor).get(reverse("statistic", args=["C12"]))

    def number(**given: str) -> int:
        return len(as_user(reviewer).get(reverse("traces"), given).context["lines"])

    assert number() == 3
    assert number(person="lin") == 2
    assert number(person="王芳") == 1
    assert number(object=str(event.pk)) == 2
    assert number(object=event.model) == 2
    assert number(kind="export") == 0
    assert number(first="2024-01-01", last="2024-01-31") == 0
    assert number(mark="clear") == 0


@pytest.mark.parametrize(
    "given",
    [
        {"first": "x"},
        {"first": "2024-02-02", "last": "2024-02-01"},
        {"first": "2020-01-01", "last": "2024-01-01"},
    ],
)
def test_days_that_cannot_be_are_named(as_user: AsUser, reviewer: User, given: dict[str, str]) -> None:
    answer = as_user(reviewer).get(reverse("traces"), given)
    assert answer.status_code == 422
    assert "alert-danger" in answer.content.decode()


def test_a_reviewer_of_a_branch_sees_its_looks_alone(
    bank: People, as_user: AsUser, event: QuasiEvent
) -> None:
    as_user(bank.monitor).get(page_of(event))
    near, far = person("near", "近", "R06", "11"), person("far", "远", "R06", "12")
    assert len(as_user(near).get(reverse("traces")).context["lines"]) == 1
    assert as_user(far).get(reverse("traces")).context["lines"] == []


def test_only_who_reviews_reads_traces(bank: People, as_user: AsUser, reviewer: User) -> None:
    assert as_user(bank.monitor).get(reverse("traces")).status_code == 403
    assert reverse("traces") not in read(as_user(bank.monitor), reverse("overview"))
    assert reverse("traces") in read(as_user(reviewer), reverse("overview"))


def test_a_searched_number_is_masked_for_the_reviewer(
    bank: People, as_user: AsUser, event: QuasiEvent, reviewer: User
) -> None:
    get_file(as_user(bank.monitor), text=event.subject_id)
    assert event.subject_id in Look.objects.get().query
    html = read(as_user(reviewer), reverse("traces"))
    assert event.subject_id not in html
    assert masked(event.subject_id, Kind.NUMBER) in html


# ── the file ──


def get_file(client: Client, why: str = WHY, **given: str) -> HttpResponse:
    query = "&".join(f"{name}={value}" for name, value in given.items())
    return client.post(f"{reverse('export_events')}?{query}", {"why": why})


def rows_of(answer: HttpResponse) -> list[list[str]]:
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))[1:]


def test_the_file_is_the_queue_as_seen(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    given = {"state": "new", "sort": "-amount", "unit": "11"}
    seen = client.get(reverse("events"), given | {"per_page": "200"}).context["table"]
    shown = [row.record for row in seen.rows]
    answer = get_file(client, **given)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].endswith('.csv"')
    rows = rows_of(answer)
    assert [row[9] for row in rows] == [str(event.amount) for event in shown]
    assert len(rows) == QuasiEvent.objects.filter(state="new", unit_id__in=["1111", "1112"]).count()


def test_the_file_is_masked(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    client = as_user(bank.monitor)
    ask(client, event)
    text = get_file(client).content.decode()
    assert not set(re.findall(r"\d{13,}", text)) & numbers_of_the_bank()
    assert masked(event.subject_id, Kind.NUMBER) in text


def test_the_file_is_traced(bank: People, as_user: AsUser) -> None:
    rows = rows_of(get_file(as_user(bank.branch), state="new"))
    look = Look.objects.get()
    assert (look.kind, look.user, look.role, look.unit_id) == (LookKind.EXPORT, bank.branch, "R04", "12")
    assert (look.rows, look.query, look.reason) == (len(rows), "state=new", WHY)
    assert {row[7] for row in rows} == {"1211"}


@pytest.mark.parametrize("why", ["", "短"])
def test_a_file_needs_a_reason(bank: People, as_user: AsUser, why: str) -> None:
    answer = get_file(as_user(bank.monitor), why)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"].startswith("text/html")
    assert not Look.objects.exists()


@pytest.mark.parametrize("role", ["R01", "R07", "R11"])
def test_a_file_needs_the_function(bank: People, as_user: AsUser, role: str) -> None:
    client = as_user(person("reader", "读者", role, WHERE.get(role, "HO")))
    assert get_file(client).status_code == 403
    assert client.get(reverse("export_events")).status_code == 403
    assert reverse("export_events") not in read(client, reverse("events"))
    assert not Look.objects.exists()


def test_a_file_holds_the_units_where_one_may_export(bank: People, as_user: AsUser) -> None:
    """An outlet's verifier may not export; that he also monitors elsewhere does not change it."""
    both = person("both", "两处", "R07", "1111")
    RoleAssignment.objects.create(user=both, role_id="R14", unit_id="12", from_on=dt.date(2024, 1, 1))
    client = as_user(both)
    assert {e.record.unit_id for e in client.get(reverse("events")).context["table"].rows} == {"1111", "1211"}
    assert {row[7] for row in rows_of(get_file(client))} == {"1211"}


def test_a_file_that_would_be_too_long_is_cut_and_says_so(
    bank: People, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("riskloop.loop.export_views.AT_MOST", 5)
    client = as_user(bank.monitor)
    assert "最多 5 行" in read(client, reverse("export_events"))
    assert len(rows_of(get_file(client))) == 5
    assert Look.objects.get().rows == 5
    assert export.AT_MOST == 50_000


def test_the_queue_leads_to_the_file_with_its_filters(bank: People, as_user: AsUser) -> None:
    html = read(as_user(bank.monitor), f"{reverse('events')}?state=new&sort=-amount")
    assert f"{reverse('export_events')}?state=new&amp;sort=-amount" in html


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start: str) -> None:
    assert export.safe(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize(("value", "text"), [("1=1", "1=1"), (None, ""), (Decimal("5.00"), "5.00")])
def test_other_cells_stay_as_they_are(value: object, text: str) -> None:
    assert export.safe(value) == text


def test_a_name_that_is_a_formula_is_disarmed_in_the_file(bank: People, as_user: AsUser) -> None:
    event = QuasiEvent.objects.filter(state="assigned").earliest("pk")
    User.objects.filter(pk=event.assignee_id).update(display_name="=HYPERLINK(1)")
    rows = rows_of(get_file(as_user(bank.monitor), state="assigned"))
    assert {row[13] for row in rows} == {"'=HYPERLINK(1)"}
