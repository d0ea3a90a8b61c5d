"""A hundred items without the mouse, and where one is always to be seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from riskloop.loop.models import QuasiEvent
from tests.web import stage
from tests.web.stage import People

Visit = Callable[..., Page]
Picture = Callable[[Page, str], None]
HUNDRED = 100
UNSEEN = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const style = getComputedStyle(at);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  return outlined || style.boxShadow !== "none" ? null : at.outerHTML.slice(0, 120);
}"""
"""What has the focus and does not show it."""


def tick_all(page: Page) -> None:
    for _row in range(HUNDRED):
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(page.locator("tr[data-href] input:checked")).to_have_count(HUNDRED)


def test_a_hundred_events_are_cleared_without_the_mouse(bank: People, visit: Visit, picture: Picture) -> None:
    last = stage.LAST_DAY - dt.timedelta(days=4)
    page = visit("lin")
    queue = f"/events/?state=new&withdrawn=no&last={last}&per_page=100"
    page.goto(queue)
    tick_all(page)
    page.keyboard.press("b")
    expect(page.locator("#bulk-action")).to_be_focused()
    picture(page, "queue-ticked")
    page.keyboard.press("Control+Enter")
    # A hundred events one by one, each with its history: on a busy machine that takes a while.
    expect(page.get_by_role("status")).to_contain_text("100 条中已办理 100 条", timeout=60_000)
    page.goto(f"{queue}&assignee=mine".replace("state=new", "state=assigned"))
    rows = page.locator("tr[data-href]").all()
    ids = [(row.get_attribute("data-href") or "").split("/")[2] for row in rows]
    tick_all(page)
    page.keyboard.press("b")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("100 条中已办理 100 条", timeout=60_000)
    assert set(QuasiEvent.objects.filter(pk__in=ids).values_list("state", flat=True)) == {"excluded"}


@pytest.mark.parametrize("path", ["/events/?state=new", "event", "/assignment/", "/"])
def test_one_always_sees_where_one_is(bank: People, visit: Visit, path: str) -> None:
    if path == "event":
        path = f"/events/{QuasiEvent.objects.filter(state='assigned').earliest('pk').pk}/"
    page = visit("lin")
    page.goto(path)
    unseen: set[str] = set()
    for _step in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(UNSEEN)
        if found:
            unseen.add(found)
    assert unseen == set()
