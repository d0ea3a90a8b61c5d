"""The exposure page, as a reader meets it."""

import json
import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from riskloop.loop.models import Outcome
from riskloop.organisation.models import User
from tests.exposure.conftest import Determined, volume
from tests.loop.conftest import DAY

Person = Callable[..., User]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PERIOD = {"first": "2024-03-01", "last": "2024-03-15"}


@pytest.fixture
def reader(person: Person, client: Client) -> Client:
    client.force_login(person("ann"), backend=BACKEND)
    client.cookies["django_language"] = "en"
    return client


def page(client: Client, htmx: bool = False, **given: str) -> str:
    response = client.get("/exposure/", given, headers={"HX-Request": "true"} if htmx else {})
    assert response.status_code == 200
    return response.content.decode()


def rows(html: str) -> list[list[str]]:
    """The cells of the table's body, as text."""
    body = html[html.index("<tbody>") : html.index("</tbody>")]
    return [
        [
            " ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<td.*?</td>", row, re.S)
        ]
        for row in re.findall(r"<tr.*?</tr>", body, re.S)
    ]


def test_nobody_sees_it_without_signing_in(db: None, client: Client) -> None:
    assert client.get("/exposure/").status_code == 302


def test_units_show_counts_and_measures_per_ten_thousand(reader: Client, determined: Determined) -> None:
    volume(("O1", "T1", 20_000))
    determined("O1", Outcome.INTERNAL, "10")
    determined("O1", Outcome.EXTERNAL, "5")
    outlet = next(row for row in rows(page(reader, **PERIOD)) if row[0] == "unit O1 O1")
    assert outlet == [
        "unit O1 O1", "Outlet", "20,000", "1", "1",
        "1.00", "0.50", "0.50", "7.50", "10.00", "5.00", "7.50", "5.00", "2.50",
    ]  # fmt: skip


def test_what_is_undefined_is_a_dash_and_no_event_a_zero(reader: Client, determined: Determined) -> None:
    volume(("O1", "T1", 20_000))
    determined("O2", score="2")
    by_unit = {row[0]: row[2:] for row in rows(page(reader, **PERIOD))}
    assert by_unit["unit O1 O1"] == ["20,000", "0", "0", "0", "0", "0", "—", "—", "—", "0", "0", "0"]
    assert by_unit["unit O2 O2"] == ["0", "1", "0", "—", "—", "—", "2.00", "2.00", "—", "—", "—", "—"]


def test_the_highest_exposure_comes_first_and_a_click_sorts_otherwise(
    reader: Client, determined: Determined
) -> None:
    volume(("O1", "T1", 100), ("O2", "T3", 300))
    determined("O2")
    outlets = {"level": "outlet"} | PERIOD
    assert [row[0] for row in rows(page(reader, **outlets))] == ["unit O2 O2", "unit O1 O1"]
    assert [row[0] for row in rows(page(reader, sort="volume", **outlets))] == ["unit O1 O1", "unit O2 O2"]
    assert [row[0] for row in rows(page(reader, sort="rer", **outlets))] == ["unit O1 O1", "unit O2 O2"]


def test_undefined_sorts_below_zero(reader: Client, determined: Determined) -> None:
    volume(("O1", "T1", 100))
    assert [row[0] for row in rows(page(reader, level="outlet", **PERIOD))] == ["unit O1 O1", "unit O2 O2"]


def test_a_count_leads_to_its_events(reader: Client, determined: Determined) -> None:
    volume(("O1", "T1", 100))
    determined("O1", Outcome.EXTERNAL)
    determined("O2", Outcome.INTERNAL)
    html = page(reader, level="outlet", **PERIOD)
    (external,) = re.findall(r'href="([^"]+outcome=external[^"]*)"', html)
    assert "unit=O1" in external
    queue = reader.get(unescape(external)).content.decode()
    assert (">E0<" in queue, ">E1<" in queue) == (True, False)


def test_tellers_have_a_table_of_their_own(reader: Client, determined: Determined) -> None:
    volume(("O1", "T1", 100), ("O1", "T8", 50))
    determined("O1", tellers=("T1",))
    assert [row[:5] for row in rows(page(reader, by="tellers", **PERIOD))] == [
        ["person G1 T1", "unit O1", "100", "1", "0"],
        ["T8", "—", "50", "0", "0"],
    ]


def test_the_period_is_the_last_thirty_days_with_volume(reader: Client) -> None:
    volume(("O1", "T1", 1), day=DAY)
    html = page(reader)
    assert 'value="2024-02-15"' in html
    assert 'value="2024-03-15"' in html
    assert rows(html)[0][2] == "1"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"first": "2024-03-15", "last": "2024-03-01"}, "The last day lies before the first."),
        ({"first": "yesterday"}, "Enter a valid date."),
        ({"level": "planet"}, "Select a valid choice."),
    ],
)
def test_a_period_that_is_none_is_told(reader: Client, given: dict[str, str], problem: str) -> None:
    html = page(reader, **given)
    assert problem in html
    assert "card-table exposure" not in html


def test_the_chart_shows_the_highest_exposures(reader: Client, determined: Determined) -> None:
    volume(("O1", "T1", 1_000), ("O2", "T3", 10_000))
    determined("O1", Outcome.INTERNAL, "1")
    determined("O1", Outcome.EXTERNAL, "2")
    determined("O2", Outcome.INTERNAL, "5")
    html = page(reader, level="outlet", **PERIOD)
    (option,) = re.findall(r'<script id="exposure-chart" type="application/json">(.*?)</script>', html)
    chart = json.loads(option)
    assert chart["yAxis"]["data"] == ["unit O1", "unit O2"]
    assert [one["data"] for one in chart["series"]] == [[10.0, 5.0], [20.0, 0.0]]


def test_htmx_gets_the_table_and_chart_alone(reader: Client) -> None:
    volume(("O1", "T1", 1))
    html = page(reader, htmx=True, **PERIOD)
    assert "<tbody>" in html
    assert "<html" not in html
    assert "<form" not in html


def test_pages_are_fifty_rows_long(reader: Client) -> None:
    volume(*(("O1", f"T{n:03}", n + 1) for n in range(60)))
    first, second, beyond = (
        rows(page(reader, by="tellers", sort="-volume", page=str(n), **PERIOD)) for n in (1, 2, 99)
    )
    assert (len(first), len(second)) == (50, 10)
    assert first[0][0] == "T059"
    assert beyond == second


def test_who_has_no_part_in_exposure_is_not_let_in(person: Person, client: Client) -> None:
    client.force_login(person("sys", role="R01"), backend=BACKEND)
    assert client.get("/exposure/").status_code == 403
