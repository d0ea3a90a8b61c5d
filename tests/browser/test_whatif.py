"""A sweep in a browser: asked by a form, shown by itself once it is computed, its curve and table read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from riskloop.bank.lake import Lake
from riskloop.bank.memory import arrow_table
from riskloop.governance.models import ModelChange, WhatIfQuestion
from riskloop.organisation.models import User
from tests.outgoing.conftest import do_jobs
from tests.web import stage

HITS = {"100,000": "4", "300,000": "3", "500,000": "2", "700,000": "1", "900,000": "1"}
"""By value of the parameter, how many of the four payments are that large."""


@pytest.fixture
def maintainer(bank: stage.People, django_db_blocker: DjangoDbBlocker) -> Iterator[User]:
    """Who asks, and four payments of one day; what he asked goes with him."""
    amounts = (200_000, 400_000, 600_000, 900_000)
    rows = [
        {"entry_id": f"E{n}", "unit_id": "1111", "amount": Decimal(amount), "debit_account_id": f"P{n}"}
        for n, amount in enumerate(amounts)
    ]
    accounts = [{"account_id": f"P{n}", "kind": "personal_settlement", "unit_id": "1111"} for n in range(4)]
    day, lake = stage.LAST_DAY, Lake(settings.HOME)
    lake.write_facts("journal", day, arrow_table("journal", rows, day))
    lake.write_standing("accounts", day, arrow_table("accounts", accounts, day))
    with django_db_blocker.unblock():
        there = User.objects.filter(username="cai").first()
        yield there or stage.person("cai", "蔡维", "R02", "HO")
        WhatIfQuestion.objects.all().delete()
        ModelChange.objects.all().delete()


def ask(page: Page, low: str = "100000", high: str = "900000") -> None:
    page.goto("/models/A11/")
    page.get_by_role("link", name="What if", exact=True).last.click()
    page.get_by_label("Parameter that is varied").select_option("amount")
    page.locator("#id_ask_what_if-low").fill(low)
    page.locator("#id_ask_what_if-high").fill(high)
    page.get_by_label("How many values").fill("5")
    page.get_by_role("button", name="Ask what if").click()


def test_a_sweep_is_asked_and_its_curve_is_read(
    maintainer: User, visit: Callable[..., Page], picture: Callable[[Page, str], None]
) -> None:
    page = visit("cai", language="en")
    ask(page)
    expect(page.get_by_text("Waits to be computed").first).to_be_visible()
    assert do_jobs() == []
    # Nobody touches the page: it looks by itself.
    rows = page.locator("#alternatives tbody tr")
    expect(rows).to_have_count(len(HITS) + 1, timeout=15_000)
    expect(page.locator(".chart canvas")).to_be_visible()
    told = {row.locator("td").first.inner_text(): row.locator("td").nth(1).inner_text() for row in rows.all()}
    assert told.pop("In force 500,000") == "2"
    assert told == HITS
    picture(page, "what-if-en")
    rows.filter(has_text="700,000").get_by_role("link").click()
    expect(page.locator("#chosen h2")).to_have_text("amount = 700,000")
    expect(page.locator("#by-unit tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Propose this value").click()
    expect(page.locator("#id_propose_model_change-value_amount")).to_have_value("700000")


@pytest.mark.parametrize(("width", "scheme", "language"), [(1280, "light", "zh-hans"), (1920, "dark", "en")])
def test_the_pages_fit(
    maintainer: User,
    visit: Callable[..., Page],
    picture: Callable[[Page, str], None],
    width: int,
    scheme: str,
    language: str,
) -> None:
    asking = visit("cai", language="en")
    ask(asking)
    asking.wait_for_url("**/what-if/*/")
    assert do_jobs() == []
    page = visit("cai", width=width, scheme=scheme, language=language)
    for address in (asking.url, "/what-if/", "/models/A11/what-if/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.goto(asking.url)
    expect(page.locator(".chart canvas")).to_be_visible()
    picture(page, f"what-if-{width}-{scheme}-{language}")


def test_a_click_on_a_point_tells_it_in_full(maintainer: User, visit: Callable[..., Page]) -> None:
    page = visit("cai", language="en")
    ask(page)
    page.wait_for_url("**/what-if/*/")
    assert do_jobs() == []
    canvas = page.locator(".chart canvas")
    expect(canvas).to_be_visible(timeout=15_000)
    where = page.evaluate(
        """() => {
          const chart = echarts.getInstanceByDom(document.querySelector(".chart"));
          return chart.convertToPixel({ seriesIndex: 0 }, [300000, 3]);
        }"""
    )
    canvas.click(position={"x": where[0], "y": where[1]})
    page.wait_for_url("**/what-if/*/?at=1#chosen")
    expect(page.locator("#chosen h2")).to_have_text("amount = 300,000")


WORDS_OF_THE_CHART = """() => {
  const chart = echarts.getInstanceByDom(document.querySelector(".chart"));
  const words = chart.getZr().storage.getDisplayList(true).filter((one) => one.style && one.style.text);
  return words.map((one) => {
    const box = one.getBoundingRect().clone();
    if (one.getComputedTransform()) box.applyTransform(one.getComputedTransform());
    return { text: one.style.text, left: box.x, right: box.x + box.width, top: box.y,
      bottom: box.y + box.height, width: chart.getWidth(), height: chart.getHeight() };
  });
}"""


@pytest.mark.parametrize("ends", [("100000", "500000"), ("500000", "900000"), ("100000", "900000")])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_value_in_force_is_read_wherever_it_lies(
    maintainer: User,
    visit: Callable[..., Page],
    picture: Callable[[Page, str], None],
    ends: tuple[str, str],
    language: str,
) -> None:
    asking = visit("cai", language="en")
    ask(asking, *ends)
    asking.wait_for_url("**/what-if/*/")
    assert do_jobs() == []
    page = visit("cai", language=language)
    page.goto(asking.url)
    expect(page.locator(".chart canvas")).to_be_visible()
    # Once the lines are drawn in full the words stand where they stay.
    page.wait_for_timeout(1_500)
    words = page.evaluate(WORDS_OF_THE_CHART)
    picture(page, f"what-if-in-force-{ends[0]}-{ends[1]}-{language}")
    (told,) = [one for one in words if "500,000" in one["text"] and one["text"] != "500,000"]
    assert 0 <= told["left"] < told["right"] <= told["width"]
    assert 0 <= told["top"] < told["bottom"] <= told["height"]
    for other in words:
        apart = other["right"] <= told["left"] or told["right"] <= other["left"]
        apart |= other["bottom"] <= told["top"] or told["bottom"] <= other["top"]
        assert apart or other is told, (told, other)
