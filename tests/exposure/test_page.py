"""The exposure page, as a reader meets it."""

import datetime as dt
import json
import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from riskloop.loop.models import Outcome
from riskloop.organisation import timeline
from riskloop.organisation.assignment_actions import assign_role
from riskloop.organisation.models import Unit, UnitVersion, User
from tests.exposure.conftest import Determined, volume
from tests.loop.conftest import DAY

Person = Callable[..., User]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PERIOD = {"first": "2024-03-01", "last": "2024-03-15"}
NINE = {"level": "outlet", "show": "nine"} | PERIOD


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
    """The cells of the body of the list, which is the last table, as text."""
    table = re.findall(
        r'<table class="table[^"]*card-table.*?</table>', html.split("</main>", maxsplit=1)[0], re.S
    )[-1]
    body = table[table.index("<tbody>") : table.index("</tbody>")]
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
    outlet = next(row for row in rows(page(reader, **NINE)) if row[0] == "unit O1 O1")
    assert outlet == [
        "unit O1 O1", "Outlet", "20,000", "1", "1",
        "1.00", "0.50", "0.50", "7.50", "10.00", "5.00", "7.50", "5.00", "2.50",
    ]  # fmt: skip


def test_tabs_arrows_and_buttons_lead_where_they_say(reader: Client, determined: Determined) -> None:
    volume(("O1", "T1", 20_000))
    determined("O1")
    links = {unescape(link) for link in re.findall(r'href="([^"]*)"', page(reader, by="units"))}
    assert {"/exposure/?by=tellers", "/exposure/?by=businesses", "/exposure/?by=units&show=peers"} <= links
    before = DAY.replace(day=1) - dt.timedelta(days=1)
    arrow = f"?by=units&first={before.replace(day=1)}&last={before}"
    assert arrow in links


def test_what_is_undefined_is_a_dash_and_no_event_a_zero(reader: Client, determined: Determined) -> None:
    volume(("O1", "T1", 20_000))
    determined("O2", score="2")
    by_unit = {row[0]: row[2:] for row in rows(page(reader, **NINE))}
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
    html = page(reader, **NINE)
    external = next(u for u in re.findall(r'href="([^"]+outcome=external[^"]*)"', html) if "unit=O1" in u)
    queue = reader.get(unescape(external)).content.decode()
    assert (">E0<" in queue, ">E1<" in queue) == (True, False)


def test_tellers_have_a_table_of_their_own(reader: Client, determined: Determined) -> None:
    volume(("O1", "T1", 100), ("O1", "T8", 50))
    determined("O1", tellers=("T1",))
    assert [row[:5] for row in rows(page(reader, by="tellers", show="nine", **PERIOD))] == [
        ["person G1 T1", "unit O1", "100", "1", "0"],
        ["T8", "—", "50", "0", "0"],
    ]


def test_the_period_is_the_month_of_the_newest_volume(reader: Client) -> None:
    volume(("O1", "T1", 1), day=DAY)
    html = page(reader)
    assert 'value="2024-03-01"' in html
    assert 'value="2024-03-31"' in html
    assert "the newest volume is of 2024-03-15" in html
    assert rows(html)[0][2] == "1"


def test_a_period_may_be_named(reader: Client) -> None:
    html = page(reader, period="2024-Q1")
    assert 'value="2024-01-01"' in html
    assert "previous period: 2023-10-01 – 2023-12-31; same period last year: 2023-01-01 – 2023-03-31" in html


def test_a_unit_shows_its_measures_compared_and_why_they_changed(
    reader: Client, determined: Determined
) -> None:
    volume(("O1", "T1", 10_000), day=DAY)
    volume(("O1", "T1", 10_000), day=dt.date(2024, 2, 29))
    determined("O1", Outcome.INTERNAL, "4", controllable=True)
    determined("O1", Outcome.EXTERNAL, "2", day=dt.date(2024, 2, 29))
    html = page(reader, unit="O1", period="2024-03")
    head = html[: html.rindex("<tbody>")]
    lines = dict(re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', head, re.S))
    cells = {
        name: [
            " ".join(unescape(re.sub(r"<[^>]+>", "", c)).split())
            for c in re.findall(r"<td.*?</td>", of, re.S)
        ]
        for name, of in lines.items()
    }
    assert cells["All risk events"] == [
        "1", "0 %", "—", "1.00", "0 %", "—", "4.00", "+100.00 %", "—", "4.00", "+100.00 %", "—",
    ]  # fmt: skip
    assert cells["Controllable"][::3] == ["1", "1.00", "4.00", "4.00"]
    assert cells["External"] == [
        "0",
        "−100.00 %",
        "—",
        "0",
        "−100.00 %",
        "—",
        "—",
        "—",
        "—",
        "0",
        "−100.00 %",
        "—",
    ]
    said = " ".join(re.sub(r"<[^>]+>", "", html).split())
    assert "Change of RER on Previous period: +2.00, of which +0.00 because" in said
    assert "+2.00 because they were more or less grave" in said


def test_drilling_down_leads_to_the_units_below_and_back(reader: Client) -> None:
    volume(("O1", "T1", 5))
    html = page(reader, unit="B1", **PERIOD)
    assert [row[0] for row in rows(html)] == ["unit S1 S1", "its own B1"]
    (up,) = (u for u in re.findall(r'<a href="(/exposure/\?unit=B&[^"]+)">unit B</a>', unescape(html)))
    assert reader.get(up).status_code == 200
    assert "unit HO" in html


def test_a_unit_beyond_reach_is_not_there(person: Person, client: Client) -> None:
    client.force_login(person("bob", unit_id="B1"), backend=BACKEND)
    assert client.get("/exposure/", {"unit": "B2"}).status_code == 404
    assert client.get("/exposure/volumes/", {"unit": "B2"}).status_code == 404
    assert client.get("/exposure/events/", {"unit": "B2"}).status_code == 404


def test_who_reaches_several_units_begins_with_all_of_them(person: Person, client: Client) -> None:
    user = person("bob", unit_id="B1")
    assign_role(user, "R14", Unit.objects.get(pk="S2"))
    client.force_login(user, backend=BACKEND)
    volume(("O1", "T1", 5), ("O2", "T2", 7))
    listed = rows(page(client, **PERIOD))
    assert [(row[0], row[2]) for row in listed] == [("unit B1 B1", "5"), ("unit S2 S2", "7")]


def test_what_was_merged_is_counted_and_told(reader: Client) -> None:
    volume(("O1", "T1", 5), ("O2", "T2", 7), day=dt.date(2024, 3, 1))
    timeline.set_from(UnitVersion, "O1", DAY, {"closed_on": DAY, "merged_into_id": "O2"}, "hand")
    timeline.settle_units()
    html = page(reader, unit="O2", period="2024-03")
    assert "unit O1 (O1) was merged on 2024-03-15: its past is counted here too." in html
    assert ">12</a>" in html
    assert "unit O1 (O1) left on 2024-03-15" in page(reader, unit="S1", period="2024-03")


def test_businesses_have_a_table_of_their_own(reader: Client, determined: Determined) -> None:
    volume(("O1", "T1", 100))
    determined("O1", businesses=("1001",))
    determined("O1")
    listed = rows(page(reader, by="businesses", show="nine", **PERIOD))
    assert [row[:4] for row in listed] == [["1001", "100", "1", "0"], ["without an entry", "0", "1", "0"]]


# ── what is behind ──


def behind(client: Client, view: str, **given: str) -> str:
    response = client.get(f"/exposure/{view}/", given | PERIOD)
    assert response.status_code == 200
    return response.content.decode()


def test_the_events_behind_are_those_that_the_figure_counts(reader: Client, determined: Determined) -> None:
    determined("O1", Outcome.INTERNAL, tellers=("T1",), controllable=True, businesses=("1001",))
    determined("O1", Outcome.EXTERNAL, tellers=("T2",))
    determined("O1", Outcome.EXCLUDED)
    determined("S1", Outcome.EXTERNAL)
    for given, expected in (
        ({"unit": "S1"}, {"E0", "E1", "E3"}),
        ({"unit": "S1", "own": "1"}, {"E3"}),
        ({"unit": "HO", "outcome": "controllable"}, {"E0"}),
        ({"teller": "T2"}, {"E1"}),
        ({"business": "1001"}, {"E0"}),
        ({"business": ""}, {"E1", "E3"}),
    ):
        html = behind(reader, "events", **given)
        assert set(re.findall(r">(E\d)</a>", html)) == expected, given


def test_the_volumes_behind_lead_down_to_the_facts(reader: Client) -> None:
    volume(("O1", "T1", 5), ("O2", "T2", 7), day=dt.date(2024, 3, 1))
    volume(("O1", "T1", 11), day=DAY)
    by_day = dict(rows(behind(reader, "volumes", unit="O1")))
    assert {day: number for day, number in by_day.items() if number != "0"} == {
        "2024-03-01": "5",
        "2024-03-15": "11",
    }
    months = rows(reader.get("/exposure/volumes/", {"unit": "HO", "period": "2024"}).content.decode())
    assert [row for row in months if row[1] != "0"] == [["2024-03", "23"]]
    day = reader.get("/exposure/volumes/", {"unit": "HO", "period": "2024-03-01"}).content.decode()
    assert rows(day) == [["O1", "T1", "1001", "5"], ["O2", "T2", "1001", "7"]]
    one = reader.get("/exposure/volumes/", {"teller": "T2", "period": "2024-03-01"}).content.decode()
    assert rows(one) == [["O2", "T2", "1001", "7"]]


def test_a_part_of_a_period_counts_the_units_of_the_whole(reader: Client) -> None:
    volume(("O1", "T1", 5), ("O2", "T2", 7), day=dt.date(2024, 3, 1))
    timeline.set_from(UnitVersion, "O1", DAY, {"closed_on": DAY, "merged_into_id": "O2"}, "hand")
    timeline.settle_units()
    html = reader.get("/exposure/volumes/", {"unit": "O2", "period": "2024-03"}).content.decode()
    assert rows(html)[0] == ["2024-03-01", "12"]
    (first,) = re.findall(r'<a href="([^"]+)">2024-03-01</a>', html)
    day = reader.get(unescape(first)).content.decode()
    assert [row[3] for row in rows(day)] == ["5", "7"]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"first": "2024-03-15", "last": "2024-03-01"}, "The last day lies before the first."),
        ({"first": "yesterday", "last": "2024-03-01"}, "Enter a valid date."),
        ({"period": "2024-Q7"}, "This is no period."),
        ({"first": "1800-01-01", "last": "1800-01-02"}, "Give a day between 1901 and 2199."),
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
