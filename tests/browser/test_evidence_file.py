"""A file is attached to an event in a browser, and the event's evidence file is made and printed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from riskloop.loop.models import QuasiEvent
from tests.loop.attached import PDF, PNG

SHEET = 680
"""Pixels that lie between the margins of an A4 sheet."""


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_from_a_file_attached_to_a_sheet_of_paper(
    visit: Callable[..., Page], picture: Callable[[Page, str], None], language: str
) -> None:
    page = visit(language=language)
    event = QuasiEvent.objects.filter(state="determined", unit_id="1112", measures__isnull=False).earliest(
        "pk"
    )
    page.goto(f"/events/{event.pk}/")
    form = page.locator("#attachments form[enctype]")
    form.locator("textarea").fill("授权书原件扫描件")
    form.locator("input[type=file]").set_input_files(
        [
            {"name": "授权书.pdf", "mimeType": "application/pdf", "buffer": PDF},
            {"name": "现场照片.png", "mimeType": "image/png", "buffer": PNG},
        ]
    )
    form.locator("button").click()
    expect(page).to_have_url(f"{page.url.split('/events/')[0]}/events/{event.pk}/")
    expect(page.locator("#attachments")).to_contain_text("现场照片.png")
    picture(page, f"event-attachments-{language}")
    page.goto(f"/events/{event.pk}/evidence/")
    picture(page, f"evidence-asked-{language}")
    page.fill("#id_why", "监管机构要求调阅该事件卷宗")
    page.locator("form[action$='/evidence/'] button").click()
    expect(page.locator("h1")).to_have_text("电子证据卷" if language == "zh-hans" else "Evidence file")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": SHEET, "height": 900})
    picture(page, f"evidence-printed-{language}")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.pdf().startswith(b"%PDF")
