"""The exposure page in a browser: it fits, its chart is drawn, and a click sorts it in place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from riskloop.exposure.actions import record_volumes
from riskloop.exposure.models import BusinessVolume, DailyVolume, TellerVolume, UnitVolume
from riskloop.loop.models import Outcome, QuasiEvent
from tests.web import stage

DAYS = 12


@pytest.fixture
def volumes(bank: stage.People, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Online volume in every outlet, committed like the bank itself."""
    with django_db_blocker.unblock():
        for back in range(DAYS):
            rows = [
                {
                    "unit_id": outlet,
                    "teller_id": f"T{kind}{outlet}",
                    # The first is the business of the events' own entries.
                    "code": f"100{n}" if n else "0000",
                    "volume": 100 * (n + 1),
                }
                for n, outlet in enumerate(stage.OUTLETS)
                for kind in "HA"
            ]
            record_volumes(stage.LAST_DAY - dt.timedelta(days=back), rows)
        yield
        DailyVolume.objects.all().delete()
        for sums in (UnitVolume, TellerVolume, BusinessVolume):
            sums.objects.all().delete()


@pytest.mark.parametrize("width", [1280, 1920])
@pytest.mark.parametrize(("scheme", "language"), [("light", "zh-hans"), ("dark", "en")])
@pytest.mark.parametrize("by", ["units", "tellers", "businesses"])
def test_the_page_fits_and_its_chart_is_drawn(
    volumes: None,
    visit: Callable[..., Page],
    picture: Callable[[Page, str], None],
    width: int,
    scheme: str,
    language: str,
    by: str,
) -> None:
    page = visit(width=width, scheme=scheme, language=language)
    page.goto(f"/exposure/?by={by}")
    expect(page.locator(".chart canvas")).to_be_visible()
    picture(page, f"exposure-{by}-{width}-{scheme}-{language}")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    for table in page.locator(".table-responsive").all():
        assert table.evaluate("e => e.scrollWidth - e.clientWidth") <= 0


def test_a_click_sorts_and_a_new_period_is_shown_in_place(volumes: None, visit: Callable[..., Page]) -> None:
    page = visit(language="en")
    first = stage.LAST_DAY - dt.timedelta(days=DAYS - 1)
    page.goto(f"/exposure/?level=outlet&first={first}&last={stage.LAST_DAY}")
    table = page.locator("#exposure table").last
    row = table.locator("tbody tr").first
    table.get_by_role("link", name="Online volume").click()
    expect(table.locator("th[aria-sort=descending]")).to_have_text("Online volume")
    expect(row.locator("td").nth(2)).to_have_text(f"{DAYS * 600:,}")
    expect(page.locator(".chart canvas")).to_be_visible()
    table.get_by_role("link", name="Online volume").click()
    expect(row.locator("td").nth(2)).to_have_text(f"{DAYS * 200:,}")
    page.get_by_label("From day").fill(str(stage.LAST_DAY))
    page.get_by_label("From day").dispatch_event("change")
    expect(table.locator("tbody tr td:nth-child(3)")).to_have_text(["200", "400", "600"])
    assert "level=outlet" in page.url


def test_a_count_opens_the_events_that_it_counts(volumes: None, visit: Callable[..., Page]) -> None:
    month = stage.LAST_DAY.replace(day=1)
    counted = QuasiEvent.objects.filter(
        outcome=Outcome.INTERNAL, withdrawn_on=None, booked_on__gte=month, booked_on__lte=stage.LAST_DAY
    ).count()
    page = visit(language="en")
    page.goto("/exposure/")
    line = page.locator("#exposure table").first.locator("tr", has_text="Internal").last
    link = line.get_by_role("link")
    expect(link).to_have_text(str(counted))
    link.click()
    expect(page.locator("table.queue tbody tr")).to_have_count(counted)
    page.locator("table.queue tbody tr").first.get_by_role("link").click()
    assert "/events/" in page.url
