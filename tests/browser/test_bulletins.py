"""The bulletin in a browser: it fits, is reached from the exposure page, and is taken away as a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_exposure import volumes

__all__ = ["volumes"]


@pytest.mark.parametrize("width", [1280, 1920])
@pytest.mark.parametrize(("scheme", "language"), [("light", "zh-hans"), ("dark", "en")])
def test_the_page_fits_and_its_charts_are_drawn(
    volumes: None,
    visit: Callable[..., Page],
    picture: Callable[[Page, str], None],
    width: int,
    scheme: str,
    language: str,
) -> None:
    page = visit(width=width, scheme=scheme, language=language)
    page.goto("/bulletin/?unit=HO&period=2024-03")
    expect(page.locator(".bulletin svg.bars rect").first).to_be_visible()
    picture(page, f"bulletin-{width}-{scheme}-{language}")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    for table in page.locator(".table-responsive").all():
        assert table.evaluate("e => e.scrollWidth - e.clientWidth") <= 0


def test_on_paper_the_report_alone_is_left(volumes: None, visit: Callable[..., Page]) -> None:
    page = visit(language="en")
    page.goto("/bulletin/?unit=HO&period=2024-03")
    page.emulate_media(media="print")
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.locator(".periods")).to_be_hidden()
    expect(page.locator(".bulletin")).to_be_visible()


def test_from_exposure_to_the_bulletin_and_away_as_a_file(
    volumes: None, visit: Callable[..., Page], tmp_path: Path, picture: Callable[[Page, str], None]
) -> None:
    page = visit(language="en")
    page.goto("/exposure/?unit=12&period=2024-03")
    page.get_by_role("link", name="Bulletin", exact=True).click()
    expect(page.locator(".bulletin .about")).to_have_text("青山分行 · 2024-03")
    page.get_by_role("link", name="Word file").click()
    page.get_by_label("Why you need the file").fill("Reported to the board")
    picture(page, "bulletin-file")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Export").click()
    file = tmp_path / taken.value.suggested_filename
    taken.value.save_as(file)
    assert file.name == "bulletin-12-2024-03.docx"
    assert docx.Document(str(file)).paragraphs[0].text
