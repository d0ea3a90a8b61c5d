"""The page of bulletins and its operations: what is shown to whom, what is refused, what leaves a trace."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from fractions import Fraction
from html import unescape

import docx
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskloop.exposure.actions import record_volumes
from riskloop.exposure.models import DailyVolume
from riskloop.exposure.periods import Period
from riskloop.exposure.report import exposure_of
from riskloop.organisation.account_actions import create_user
from riskloop.organisation.assignment_actions import assign_role
from riskloop.organisation.models import Look, Unit, User
from tests.web.calling import program
from tests.web.stage import LAST_DAY, OUTLETS, People

AsUser = Callable[..., Client]
MARCH = {"period": "2024-03"}
WHY = "按月报送管理层审阅"


@pytest.fixture
def known(bank: People) -> People:
    """The bank with volumes of March."""
    for day in (dt.date(2024, 3, 1), LAST_DAY):
        rows = [{"unit_id": u, "teller_id": f"T{u}", "code": "1001", "volume": 1000} for u in OUTLETS]
        record_volumes(day, rows)
    return bank


def of_unit(username: str, role: str, *unit_ids: str) -> User:
    user = create_user(username=username, password=None, display_name=username, staff_id="")
    for unit_id in unit_ids:
        assign_role(user, role, Unit.objects.get(pk=unit_id))
    return user


def text(answer: object) -> str:
    return unescape(answer.content.decode())  # type: ignore[attr-defined]


def break_the_sums() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE exposure_unitevents SET internal_events = internal_events + 1 WHERE months = 1"
        )


# ── the page ──


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", ("运营简报", "风险提示", "案例通报")), ("en", ("Operation bulletin", "Risk tips", "Cases"))],
)
def test_it_is_read_in_the_language_of_the_page(
    known: People, as_user: AsUser, language: str, said: tuple[str, ...]
) -> None:
    answer = as_user(known.monitor, language).get(reverse("bulletin"), MARCH)
    assert answer.status_code == 200
    assert all(word in text(answer) for word in said)
    assert "<svg" in text(answer)
    assert "style=" not in text(answer).partition('class="card bulletin"')[2]


def test_without_a_question_it_is_of_the_highest_unit_and_the_newest_month(
    known: People, as_user: AsUser
) -> None:
    asked = as_user(known.branch).get(reverse("bulletin"))
    assert "青山分行 · 2024-03" in text(asked)


def test_its_figures_are_those_of_the_exposure_page(known: People, as_user: AsUser) -> None:
    for unit_id in ("HO", "10", "11", "12", "1111"):
        shown = (
            as_user(known.monitor).get(reverse("bulletin"), {"unit": unit_id, **MARCH}).context["bulletin"]
        )
        of = exposure_of(known.monitor, [unit_id], Period(dt.date(2024, 3, 1), dt.date(2024, 3, 31))).now
        for name in ("volume", "internal_events", "external_events", "rr", "rer"):
            assert shown.book[f"{name}.now"].value == getattr(of, name), (unit_id, name)


def test_the_page_of_exposure_leads_to_it_and_back(known: People, as_user: AsUser) -> None:
    client = as_user(known.monitor)
    exposure = text(client.get(reverse("exposure"), {"unit": "12", **MARCH}))
    link = "/bulletin/?unit=12&first=2024-03-01&last=2024-03-31"
    assert f'href="{link}"' in exposure
    assert 'href="/exposure/?unit=12&first=2024-03-01&last=2024-03-31"' in text(client.get(link))


# ── whose ──


def test_nobody_reads_the_bulletin_of_a_unit_beyond_reach(known: People, as_user: AsUser) -> None:
    client = as_user(known.branch, "en")
    assert client.get(reverse("bulletin"), {"unit": "12", **MARCH}).status_code == 200
    for unit_id in ("11", "HO", "1111", "no such"):
        answer = client.get(reverse("bulletin"), {"unit": unit_id, **MARCH})
        assert answer.status_code == 422
        assert "None of your roles reaches this unit." in text(answer)
        assert "card bulletin" not in text(answer)
        taken = client.post(
            reverse("bulletin_file") + f"?unit={unit_id}&period=2024-03", {"form": "docx", "why": WHY}
        )
        assert taken.status_code == 422
        for path, more in (("/bulletin", {}), ("/bulletin/file", {"why": WHY})):
            told = program(known.branch).get(path, unit=unit_id, **MARCH, **more)
            assert (told.status_code, told.json()["code"]) == (422, "input")
            assert told.json()["detail"].startswith("unit: ")
    assert not Look.objects.filter(object_type="bulletin").exists()


def test_an_administrator_has_no_bulletins(known: People, as_user: AsUser) -> None:
    client = as_user(known.administrator)
    assert client.get(reverse("bulletin"), MARCH).status_code == 403
    assert reverse("bulletin") not in text(client.get(reverse("overview")))
    assert program(known.administrator).get("/bulletin", **MARCH).status_code == 403


def test_who_has_several_units_names_one(known: People, as_user: AsUser) -> None:
    client = as_user(of_unit("two", "R14", "111", "121"), "en")
    first = client.get(reverse("bulletin"))
    assert first.status_code == 200
    assert "Name a unit: your roles reach more than one." in text(first)
    assert [number for number, _name in first.context["units"]] == ["111", "121"]
    assert client.get(reverse("bulletin"), {"unit": "121", **MARCH}).status_code == 200


def test_cases_are_told_only_to_those_who_read_events(known: People, as_user: AsUser) -> None:
    assessor = of_unit("ranker", "R11", "HO")
    said = "Single events are told to those whose roles read events."
    with_cases, without = (
        text(as_user(user, "en").get(reverse("bulletin"), MARCH)) for user in (known.monitor, assessor)
    )
    assert "The gravest closed risk events" in with_cases
    assert said not in with_cases
    assert said in without
    assert "The gravest closed risk events" not in without
    figures = program(assessor).get("/bulletin", **MARCH).json()["figures"]
    assert not [one for one in figures if one["name"].startswith("case.")]


def test_what_is_beyond_reach_is_in_no_figure(known: People, as_user: AsUser) -> None:
    """An outlet that moved away from the branch is out of his reach, though its past would count."""
    own = as_user(known.branch).get(reverse("bulletin"), MARCH).context["bulletin"].book
    whole = as_user(known.monitor).get(reverse("bulletin"), MARCH).context["bulletin"].book
    assert own["volume.now"].value == 2000
    assert whole["volume.now"].value == 6000
    assert not [cell.name for cell in own if ".1111" in cell.name or ".T1111" in cell.name]


# ── what is refused ──


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"period": "2024-13"}, 422, "This is no period."),
        ({"first": "2024-03-05", "last": "2024-03-01"}, 422, "The last day lies before the first."),
        ({"period": "0001"}, 422, "Give a day between 1901 and 2199."),
        ({"period": "2199"}, 422, "This period has not begun yet."),
        ({"period": "2010-01"}, 409, "Of this unit nothing is known in this period"),
    ],
)
def test_what_cannot_be_reported_is_refused_in_words(
    known: People, as_user: AsUser, given: dict[str, str], status: int, said: str
) -> None:
    answer = as_user(known.monitor, "en").get(reverse("bulletin"), given)
    assert answer.status_code == status
    assert said in text(answer)
    assert "card bulletin" not in text(answer)
    caller = program(known.monitor)
    caller.headers["accept-language"] = "en"
    told = caller.get("/bulletin", **given)
    assert told.status_code == status
    assert said in told.json()["detail"]
    file = as_user(known.monitor, "en").post(
        f"{reverse('bulletin_file')}?{'&'.join(f'{n}={v}' for n, v in given.items())}",
        {"form": "docx", "why": WHY},
    )
    assert file.status_code == status
    assert said in text(file)
    assert not Look.objects.filter(object_type="bulletin").exists()


def test_what_has_begun_is_told_up_to_today(known: People, as_user: AsUser) -> None:
    today = timezone.localdate()
    record_volumes(today, [{"unit_id": "1111", "teller_id": None, "code": "1001", "volume": 7}])
    answer = as_user(known.monitor).get(reverse("bulletin"), {"period": str(today.year)})
    assert answer.status_code == 200


def test_what_does_not_follow_is_neither_shown_nor_handed_out(known: People, as_user: AsUser) -> None:
    break_the_sums()
    client = as_user(known.monitor, "en")
    shown = client.get(reverse("bulletin"), MARCH)
    assert shown.status_code == 409
    assert "The figures do not follow from their parts" in text(shown)
    assert "driver.internal is" in text(shown)
    assert "card bulletin" not in text(shown)
    for form in ("html", "docx", "xlsx"):
        answer = client.post(f"{reverse('bulletin_file')}?period=2024-03", {"form": form, "why": WHY})
        assert answer.status_code == 409
        told = program(known.monitor).get("/bulletin/file", form=form, why=WHY, **MARCH)
        assert (told.status_code, told.json()["code"]) == (409, "does_not_follow")
    assert program(known.monitor).get("/bulletin", **MARCH).json()["code"] == "does_not_follow"
    assert not Look.objects.filter(object_type="bulletin").exists()


def test_nothing_known_yet_is_said_and_no_error(bank: People, as_user: AsUser) -> None:
    DailyVolume.objects.all().delete()
    answer = as_user(bank.monitor, "en").get(reverse("bulletin"))
    assert answer.status_code == 200
    assert "Of this unit nothing is known in this period" in text(answer)


# ── files ──


@pytest.mark.parametrize("form", ["html", "docx", "xlsx"])
def test_a_file_is_given_for_a_reason_and_traced(known: People, as_user: AsUser, form: str) -> None:
    client = as_user(known.monitor)
    address = f"{reverse('bulletin_file')}?unit=12&period=2024-03&form={form}"
    assert f'value="{form}" selected' in text(client.get(address))
    assert client.post(address, {"form": form, "why": "短"}).status_code == 422
    assert not Look.objects.filter(object_type="bulletin").exists()
    answer = client.post(address, {"form": form, "why": WHY})
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="bulletin-12-2024-03.{form}"'
    if form == "html":
        assert "青山分行 · 2024-03" in text(answer)
        assert "sandbox" in answer["Content-Security-Policy"]
    elif form == "docx":
        assert any(p.text == "风险提示" for p in docx.Document(io.BytesIO(answer.content)).paragraphs)
    else:
        with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
            assert any(name.startswith("xl/charts/") for name in book.namelist())
    look = Look.objects.get(object_type="bulletin")
    assert (look.kind, look.object_id, look.unit_id, look.reason) == ("export", "12", "12", WHY)
    assert look.about.startswith(f"2024-03 {form} SHA-256 ")
    overseer = of_unit("he", "R06", "HO")
    assert look.about in text(as_user(overseer).get(reverse("traces")))


def test_who_may_not_export_reads_without_taking_away(known: People, as_user: AsUser) -> None:
    """A sub-branch's verifier reads exposure without export."""
    reader = of_unit("reader", "R08", "121")
    client = as_user(reader)
    page = client.get(reverse("bulletin"), {"unit": "121", **MARCH})
    assert page.status_code == 200
    assert reverse("bulletin_file") not in text(page)
    assert client.get(reverse("bulletin_file"), {"unit": "121", **MARCH}).status_code == 403
    assign_role(reader, "R14", Unit.objects.get(pk="111"))
    refused = client.post(f"{reverse('bulletin_file')}?unit=121&period=2024-03", {"form": "docx", "why": WHY})
    assert refused.status_code == 403
    told = program(reader).get("/bulletin/file", unit="121", why=WHY, **MARCH)
    assert (told.status_code, told.json()["code"]) == (403, "role")
    assert not Look.objects.filter(object_type="bulletin").exists()


# ── the API ──


def test_the_bulletin_as_data_is_exact(known: People) -> None:
    told = program(known.monitor).get("/bulletin", unit="10", **MARCH).json()
    assert (told["unit_id"], told["first"], told["last"]) == ("10", "2024-03-01", "2024-03-31")
    figures = {one["name"]: one for one in told["figures"]}
    of = exposure_of(known.monitor, ["10"], Period(dt.date(2024, 3, 1), dt.date(2024, 3, 31))).now
    rr = figures["rr.now"]
    assert of.rr == Fraction(rr["value"]["numerator"], rr["value"]["denominator"])
    assert (rr["kind"], rr["formula"]) == ("per_10000", "events.now / volume.now")
    assert figures["volume.previous"] == {
        "name": "volume.previous", "kind": "count", "value": None, "text": "—", "formula": None,
    }  # fmt: skip
    assert figures["events.now"]["formula"] == "internal_events.now + external_events.now"
    shown = [
        place["figure"]
        for section in told["sections"]
        for block in section["blocks"]
        if block["kind"] == "table"
        for row in block["rows"]
        for place in row
        if place["figure"]
    ]
    assert shown
    assert set(shown) <= figures.keys()
    assert len(told["sections"]) == 6


def test_a_file_by_the_api_is_traced_too(known: People) -> None:
    answer = program(known.monitor).get("/bulletin/file", form="xlsx", why=WHY, unit="12", **MARCH)
    assert answer.status_code == 200
    look = Look.objects.get(object_type="bulletin")
    assert (look.kind, look.channel, look.reason) == ("export", "api", WHY)
    short = program(known.monitor).get("/bulletin/file", why="短", **MARCH)
    assert (short.status_code, short.json()["code"]) == (409, "reason")
