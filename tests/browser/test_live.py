"""Pages that stay open keep up, and disturb nobody who works on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from riskloop.loop import actions
from riskloop.loop.models import QuasiEvent
from tests.web.stage import People

Visit = Callable[..., Page]
Picture = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def often() -> Iterator[None]:
    before, settings.LIVE_SECONDS = settings.LIVE_SECONDS, 1
    yield
    settings.LIVE_SECONDS = before


def free(model: str) -> QuasiEvent:
    return QuasiEvent.objects.filter(state="new", model=model, withdrawn_on=None).latest("booked_on", "pk")


def test_the_queue_follows_what_others_do(bank: People, visit: Visit) -> None:
    event = free("A12")
    page = visit("lin")
    page.goto("/events/?state=new&model=A12")
    row = page.locator(f"tr[data-href='/events/{event.pk}/']")
    expect(row).to_have_count(1)
    page.evaluate("window.stayed = true")
    actions.take(event, bank.approver)
    expect(row).to_have_count(0)
    assert page.evaluate("window.stayed")
    expect(page.locator(".live-bar")).to_be_hidden()


def test_ticked_rows_stay_until_one_asks(bank: People, visit: Visit, picture: Picture) -> None:
    event = free("B05")
    page = visit("lin")
    page.goto("/events/?state=new&model=B05")
    page.keyboard.press("j")
    page.keyboard.press("x")
    actions.take(event, bank.approver)
    expect(page.locator(".live-bar")).to_be_visible()
    expect(page.locator("tr[data-href] input:checked")).to_have_count(1)
    picture(page, "queue-changed")
    page.keyboard.press(".")
    expect(page.locator(f"tr[data-href='/events/{event.pk}/']")).to_have_count(0)


def test_an_event_says_that_it_has_changed_and_keeps_what_was_typed(
    bank: People, visit: Visit, picture: Picture
) -> None:
    event, other = free("B06"), free("B07")
    actions.take(event, bank.monitor)
    page = visit("lin", language="en")
    page.goto(f"/events/{event.pk}/")
    page.keyboard.press("e")
    page.locator("#id_exclude-note").fill("called the customer")
    actions.take(other, bank.approver)
    page.wait_for_timeout(2500)
    expect(page.locator(".live-bar")).to_be_hidden()
    actions.ask(event, bank.monitor, "1_transaction", "请核实。")
    expect(page.locator(".live-bar")).to_contain_text("Something has happened to this event")
    expect(page.locator("#id_exclude-note")).to_have_value("called the customer")
    picture(page, "event-changed")
