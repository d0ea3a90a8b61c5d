"""The page of drivers in a browser: it fits, and its chart is drawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web import stage


@pytest.mark.parametrize(
    ("scheme", "language", "width"), [("light", "zh-hans", 1280), ("dark", "en", 1920), ("light", "en", 1280)]
)
@pytest.mark.parametrize("by", ["driver", "unit"])
def test_the_page_fits_and_its_chart_is_drawn(
    visit: Callable[..., Page],
    picture: Callable[[Page, str], None],
    by: str,
    scheme: str,
    language: str,
    width: int,
) -> None:
    page = visit(width=width, scheme=scheme, language=language)
    page.goto(f"/exposure/drivers/?period={stage.LAST_DAY.year}&by={by}")
    expect(page.locator(".chart canvas")).to_be_visible()
    picture(page, f"drivers-{by}-{width}-{scheme}-{language}")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    table = page.locator(".table-responsive").last
    assert table.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
