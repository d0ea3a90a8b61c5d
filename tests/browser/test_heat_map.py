"""The heat map and the samples for inspection in a browser: they fit, are drawn, and lead on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from riskloop.exposure.models import InspectionSample, SampledRow
from riskloop.organisation.models import RoleAssignment, User
from tests.browser.test_exposure import volumes
from tests.web import stage

__all__ = ["volumes"]
PERIOD = f"first={stage.LAST_DAY.replace(day=1)}&last={stage.LAST_DAY}"


@pytest.fixture
def assesses(bank: stage.People, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The monitor assesses risk as well, for the time of a test."""
    with django_db_blocker.unblock():
        lin = User.objects.get(username="lin")
        role = RoleAssignment.objects.create(user=lin, role_id="R13", unit_id="HO", from_on=stage.LAST_DAY)
        yield
        SampledRow.objects.all().delete()
        InspectionSample.objects.all().delete()
        role.delete()


@pytest.mark.parametrize("width", [1280, 1920])
@pytest.mark.parametrize(("scheme", "language"), [("light", "zh-hans"), ("dark", "en")])
def test_the_map_fits_and_is_drawn(
    volumes: None,
    visit: Callable[..., Page],
    picture: Callable[[Page, str], None],
    width: int,
    scheme: str,
    language: str,
) -> None:
    page = visit(width=width, scheme=scheme, language=language)
    page.goto(f"/exposure/map/?{PERIOD}&unit=111")
    expect(page.locator(".chart.map canvas")).to_be_visible()
    picture(page, f"heat-map-{width}-{scheme}-{language}")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_tile_leads_down_by_mouse_and_by_keyboard(volumes: None, visit: Callable[..., Page]) -> None:
    page = visit(language="en")
    page.goto(f"/exposure/map/?{PERIOD}&unit=111")
    tiles = page.locator(".chart.map")
    expect(tiles.locator("canvas")).to_be_visible()
    tiles.click(position={"x": 60, "y": 60})
    expect(page).to_have_url(re.compile(r"unit=111\d"))
    page.locator(".under-title").get_by_role("link").last.click()
    expect(page).to_have_url(re.compile(r"/exposure/map/\?unit=111&"))
    tiles.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"unit=111\d"))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_ticked_rows_become_a_sample(
    volumes: None,
    assesses: None,
    visit: Callable[..., Page],
    picture: Callable[[Page, str], None],
    language: str,
) -> None:
    page = visit(language=language)
    page.goto(f"/exposure/?{PERIOD}&unit=111&show=peers&by=tellers")
    page.locator("details.card summary").click()
    boxes = page.locator("#exposure table input[type=checkbox]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    form = page.locator("#draw-inspection")
    form.locator("input[value=rows]").check()
    form.locator("textarea").fill("近月异常集中，下月现场检查。")
    picture(page, f"draw-inspection-{language}")
    form.get_by_role("button").click()
    expect(page.locator(".said")).to_have_text("近月异常集中，下月现场检查。")
    expect(page.locator("table.exposure tbody tr")).to_have_count(2)
    page.locator("input[value=planned]").check()
    page.locator("textarea").fill("四月第二周。")
    picture(page, f"inspection-sample-{language}")
    page.locator("form.act").get_by_role("button").click()
    page.goto("/inspections/?state=planned")
    expect(page.locator("table[data-rows] tbody tr")).to_have_count(1)
    picture(page, f"inspection-samples-{language}")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
