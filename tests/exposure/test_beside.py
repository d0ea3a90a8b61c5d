"""Lists beside their peers: estimates, intervals, what is said of whom, and both charts."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from riskloop.exposure.beside import ListAsked, page_of
from riskloop.exposure.figures import Subject
from riskloop.exposure.months import months_of
from riskloop.exposure.peers import Verdict
from riskloop.exposure.periods import parse
from riskloop.exposure.ranking import rank
from riskloop.organisation.models import User
from riskloop.web.seen import read_page
from tests.exposure.conftest import Determined, volume
from tests.exposure.test_page import PERIOD, page, reader, rows
from tests.loop.conftest import DAY

Person = Callable[..., User]
MARCH = parse("2024-03")
BESIDE = {"by": "tellers", "show": "peers"} | PERIOD
__all__ = ["reader"]


@pytest.fixture
def tellers(determined: Determined) -> None:
    """Five with much volume and few events, one with little of both, one with many events."""
    volume(*(("O1", f"T{n}", 10_000) for n in range(5)), ("O1", "T5", 200), ("O1", "T6", 10_000))
    for n in range(5):
        determined("O1", tellers=(f"T{n}",))
    determined("O1", tellers=("T5",))
    for _event in range(40):
        determined("O1", tellers=("T6",))


def of_tellers(person: Person) -> ListAsked:
    return ListAsked(person("ann"), Subject.TELLER, MARCH, ["O1"])


def chart(html: str, name: str) -> dict[str, Any]:
    (option,) = re.findall(rf'<script id="{name}" type="application/json">(.*?)</script>', html)
    return json.loads(option)


def test_one_event_in_few_transactions_is_not_the_worst_in_the_bank(tellers: None, person: Person) -> None:
    asked = of_tellers(person)
    by_raw = page_of(asked, "-rr", 50, 0, asked.peers())
    by_estimate = page_of(asked, "-estimate", 50, 0, asked.peers())
    assert by_raw.rows[0].key == "T5"
    assert by_estimate.rows[0].key == "T6"
    said = {row.key: row.standing.verdict for row in by_raw.rows if row.standing}
    assert said["T6"] is Verdict.HIGHER
    assert said["T5"] is Verdict.UNTOLD


def test_estimates_are_those_of_the_ranking(tellers: None, person: Person) -> None:
    asked = of_tellers(person)
    expected = rank([1, 1, 1, 1, 1, 1, 40], [10_000] * 5 + [200, 10_000])
    for row in page_of(asked, "key", 50, 0, asked.peers()).rows:
        place = int(row.key[1:])
        assert row.standing is not None
        assert row.standing.estimate == pytest.approx(expected.estimate[place])
        assert row.standing.low == pytest.approx(expected.low[place])
        assert row.standing.high == pytest.approx(expected.high[place])


def test_of_fewer_than_four_nothing_is_said(person: Person, determined: Determined) -> None:
    volume(("O1", "T1", 10_000), ("O1", "T2", 10_000), ("O1", "T3", 10_000), ("O1", "T4", 0))
    for _event in range(40):
        determined("O1", tellers=("T1",))
    asked = of_tellers(person)
    found = page_of(asked, "-estimate", 50, 0, asked.peers())
    assert {row.standing.verdict for row in found.rows if row.standing} == {Verdict.FEW}


def test_a_units_own_is_no_peer_of_the_units_below_it(person: Person, determined: Determined) -> None:
    volume(("S1", "T1", 10), ("O1", "T2", 10_000))
    determined("S1")
    asked = ListAsked(person("ann"), Subject.UNIT, MARCH, ["S1"])
    peers = asked.peers()
    assert peers.keys == ("O1",)
    found = page_of(asked, "-estimate", 50, 0, peers)
    assert [(row.key, row.standing is None) for row in found.rows][-1] == ("S1", True)
    assert found.total == len(found.rows) == 2


def test_pages_in_order_of_the_estimates_go_on_where_the_last_ended(tellers: None, person: Person) -> None:
    asked = of_tellers(person)
    whole = [row.key for row in page_of(asked, "-estimate", 50, 0, asked.peers()).rows]
    parts = [row.key for n in (0, 3, 6) for row in page_of(asked, "-estimate", 3, n, asked.peers()).rows]
    assert parts == whole
    assert page_of(asked, "estimate", 50, 0, asked.peers()).rows[-1].key == whole[0]


def test_who_has_no_volume_has_no_estimate_and_stands_last(person: Person, determined: Determined) -> None:
    volume(("O1", "T1", 100), ("O1", "T2", 100))
    determined("O1", tellers=("T3",))
    asked = of_tellers(person)
    last = page_of(asked, "-estimate", 50, 0, asked.peers()).rows[-1]
    assert (last.key, last.standing and last.standing.estimate) == ("T3", None)


def test_the_page_shows_the_estimate_with_its_interval_and_what_is_said(
    tellers: None, reader: Client
) -> None:
    first, *others = rows(page(reader, **BESIDE))
    assert first[0] == "T6"
    assert first[2:5] == ["10,000", "40", "40.00"]
    estimate, low, high = (float(cell) for cell in first[5:8])
    assert low < estimate < high
    assert estimate < 40
    assert first[-1] == "higher than its peers"
    assert {row[-1] for row in others if row[0] == "T5"} == {"cannot be told apart"}


def test_each_point_of_the_funnel_leads_to_what_it_is_of(tellers: None, reader: Client) -> None:
    option = chart(page(reader, **BESIDE), "funnel-chart")
    points = [point for one in option["series"] if one["type"] == "scatter" for point in one["data"]]
    assert len(points) == 7
    assert "T6: 40 events, volume 10,000, RR 40.00" in [point["name"] for point in points]
    for point in points:
        key = point["name"].split(":")[0].split()[-1]
        behind = reader.get(point["link"]).content.decode()
        assert f'<span class="code">{key}</span>' in behind


def test_a_point_of_a_unit_leads_to_its_figures(reader: Client) -> None:
    volume(("O1", "T1", 100), ("O2", "T2", 300))
    option = chart(page(reader, unit="S1", show="peers", **PERIOD), "funnel-chart")
    links = [point["link"] for one in option["series"] if one["type"] == "scatter" for point in one["data"]]
    assert any("unit=O1" in link and link.startswith("/exposure/?") for link in links)


def test_the_months_say_when_the_ratio_has_changed(
    person: Person, reader: Client, determined: Determined
) -> None:
    for month in range(1, 9):
        day = dt.date(2023, month + 4, 10)
        volume(("O1", "T1", 10_000), day=day)
        for _event in range(2):
            determined("O1", day=day)
    volume(("O1", "T1", 10_000), day=DAY)
    for _event in range(20):
        determined("O1", day=DAY)
    found = months_of(person("bob"), ["O1"], MARCH)
    assert str(found.months[0].period) == "2023-05"
    assert found.usual == pytest.approx(2 / 10_000)
    assert [month.out for month in found.months] == [0] * 10 + [1]
    html = page(reader, unit="O1", show="peers", period="2024-03")
    assert "above the upper limit" in html
    option = chart(html, "months-chart")
    assert reader.get(option["links"][-1]).status_code == 200
    assert option["series"][-2]["data"][-1] == 20.0
    assert option["series"][-1]["data"] == [None] * 10 + [20.0]


def test_a_list_without_any_volume_says_so(reader: Client) -> None:
    assert "None of the list has online volume in this period." in page(reader, show="peers", **PERIOD)


def test_what_is_beyond_reach_is_no_peer(person: Person) -> None:
    volume(("O1", "T1", 100), ("O3", "T9", 300))
    asked = ListAsked(person("bob", unit_id="B1"), Subject.TELLER, MARCH, ["B1"])
    assert asked.peers().keys == ("T1",)


def test_programs_get_the_same(tellers: None, reader: Client) -> None:
    given = {"period": "2024-03", "unit": "O1", "peers": "true", "order": "-estimate"}
    found = reader.get("/api/v1/exposure/tellers", given).json()["items"]
    assert found[0]["teller_id"] == "T6"
    assert found[0]["standing"]["verdict"] == "higher"
    assert found[0]["standing"]["low"] < found[0]["standing"]["estimate"] < found[0]["standing"]["high"]
    plain = {"period": "2024-03", "unit": "O1"}
    assert reader.get("/api/v1/exposure/tellers", plain).json()["items"][0]["standing"] is None
    assert reader.get("/api/v1/exposure/tellers", plain | {"order": "-estimate"}).status_code == 422


def test_one_event_in_hardly_any_volume_does_not_flatten_the_funnel(
    determined: Determined, reader: Client
) -> None:
    volume(*(("O1", f"T{n}", 10_000) for n in range(9)), ("O1", "T9", 1))
    for n in range(10):
        determined("O1", tellers=(f"T{n}",))
    html = page(reader, **BESIDE)
    option = chart(html, "funnel-chart")
    top = option["yAxis"]["max"]
    assert top < 100
    assert [point["value"] for point in option["series"][-1]["data"]] == [[1, top]]
    assert "Drawn at the upper edge, for they lie above it: 1." in html


def test_both_tables_go_into_the_file(tellers: None, reader: Client, person: Person) -> None:
    address = "/exposure/?by=tellers&show=peers&unit=O1&first=2024-02-01&last=2024-03-15"
    volume(("O1", "T1", 10_000), day=dt.date(2024, 2, 5))
    html = reader.get(address).content.decode()
    names = [table.name for table in read_page(html).tables]
    assert "Control chart by month" in names
    last = read_page(html).tables[-1]
    assert last.headings[-1][-1] == "Beside its peers"
    assert last.rows[0][-1] == "higher than its peers"
    assert isinstance(last.rows[0][5], float)
