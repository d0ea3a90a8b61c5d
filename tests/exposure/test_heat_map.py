"""The heat map: tiles by volume, colours by the honest estimate, the same in words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from riskloop.bulletin.models import ListedVolume
from riskloop.exposure.asked import Asked
from riskloop.exposure.heat_map import MEASURES, STEPS, HeatMap, heat_map
from riskloop.exposure.peers import Verdict
from riskloop.exposure.periods import Period
from riskloop.loop.models import Outcome
from riskloop.organisation.models import Unit, User
from riskloop.organisation.sync import sync_organisation
from tests.exposure.conftest import Determined, volume
from tests.exposure.test_page import BACKEND
from tests.loop.conftest import DAY, unit

Person = Callable[..., User]
MARCH = Period(DAY.replace(day=1), DAY)
OUTLETS = [f"N{n}" for n in range(40)]


@pytest.fixture
def branch(bank: None) -> None:
    """A sub-branch with forty outlets of unlike size; N0 is tiny, N7 is bad, N9 has no volume."""
    sync_organisation(units=[unit(outlet, "outlet", "S1") for outlet in OUTLETS], staff=[], tellers=[])
    sizes = {"N0": 10, "N9": 0}
    volume(*((outlet, "T1", sizes.get(outlet, 10_000)) for outlet in OUTLETS), ("S1", "T1", 50))


def mapped(user: User, measure: str = "rr", unit_id: str = "S1") -> HeatMap:
    request: Any = type("Request", (), {"user": user})
    return heat_map(Asked(request, MARCH, Unit.objects.get(pk=unit_id), ()), measure)


def test_one_event_of_few_transactions_is_not_the_worst(
    person: Person, branch: None, determined: Determined
) -> None:
    determined("N0")
    for outlet in OUTLETS[1:9]:
        for _n in range(60 if outlet == "N7" else 5):
            determined(outlet)
    of = mapped(person("ann"))
    tiles = {tile.row.key: tile for tile in of.tiles}
    assert of.tiles[0].row.key == "N7"
    assert (tiles["N7"].verdict, tiles["N7"].step) == (Verdict.HIGHER, len(STEPS) - 1)
    assert tiles["N0"].verdict is Verdict.UNTOLD
    assert (tiles["N0"].value or 0) < 0.1
    # Without volume there is no tile, and the row stays in the table.
    assert (tiles["N9"].value, tiles["N9"].step, tiles["N9"].verdict) == (None, None, None)
    assert "N9" not in {tile.row.key for tile in of.drawn}
    # What is the unit's own is shown, and no peer of what is below it.
    assert (tiles["S1"].row.own, tiles["S1"].verdict) == (True, None)


def test_exposure_is_compared_with_the_whole_and_told_without_a_verdict(
    person: Person, branch: None, determined: Determined
) -> None:
    for outlet in OUTLETS[1:9]:
        determined(outlet, Outcome.EXTERNAL, score="2" if outlet == "N1" else "1")
    of = mapped(person("ann"), "erer")
    assert of.usual == pytest.approx(9 / 380_060)
    tiles = {tile.row.key: tile for tile in of.tiles}
    assert tiles["N1"].value == pytest.approx(2 / 10_000)
    assert {tile.verdict for tile in of.tiles} == {None}
    assert mapped(person("ben"), "irer").usual == 0


def test_a_volume_that_is_cut_has_no_tile(person: Person, branch: None) -> None:
    ListedVolume.objects.create(first=DAY.replace(day=1), months=1, unit_id="N3", volume=7)
    of = mapped(person("ann"))
    cut = next(tile for tile in of.tiles if tile.row.key == "N3")
    assert (cut.row.measures.cut, cut.value) == (True, None)
    assert "N3" not in {tile.row.key for tile in of.drawn}


@pytest.mark.parametrize("measure", MEASURES)
def test_the_page_draws_tiles_that_lead_down_and_says_the_same_in_its_table(
    person: Person, client: Client, branch: None, determined: Determined, measure: str
) -> None:
    for outlet in OUTLETS[1:9]:
        determined(outlet, controllable=True)
    client.force_login(person("ann"), backend=BACKEND)
    client.cookies["django_language"] = "en"
    given = {"unit": "S1", "measure": measure, "first": str(MARCH.first), "last": str(MARCH.last)}
    html = client.get(reverse("exposure_map"), given).content.decode()
    drawn = re.search(r'<script id="heat-map" type="application/json">(.+?)</script>', html)
    assert drawn
    tiles = json.loads(drawn[1])["series"][0]["data"]
    assert len(tiles) == 40
    leads = {tile["link"] for tile in tiles}
    assert f"/exposure/map/?first={MARCH.first}&last={MARCH.last}&measure={measure}&unit=N1" in leads
    table = html[html.index('class="table table-hover card-table exposure"') :]
    # The forty, the outlet that was there before, and what is the sub-branch's own.
    assert table[: table.index("</table>")].count("<tr><td>") == 42
    # The way back up carries the measure along.
    assert f"measure={measure}" in html.split('class="under-title"')[1].split("</div>")[0]


def test_it_is_found_from_the_figures_and_ends_where_nothing_is_below(
    person: Person, client: Client, branch: None
) -> None:
    client.force_login(person("ann"), backend=BACKEND)
    assert reverse("exposure_map") in client.get(reverse("exposure")).content.decode()
    assert client.get(reverse("exposure_map"), {"unit": "N1", "period": "2024-03"}).status_code == 200
    assert client.get(reverse("exposure_map"), {"period": "2023-01"}).status_code == 200
    assert client.get(reverse("exposure_map"), {"period": "x"}).status_code == 200
    other = person("ben", "R04", "B2")
    client.force_login(other, backend=BACKEND)
    assert client.get(reverse("exposure_map"), {"unit": "N1"}).status_code == 404
