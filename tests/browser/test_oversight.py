"""Oversight and assignment in the browser: a sample is drawn, looked at, and what is wrong begins anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from riskloop.loop import actions
from riskloop.loop.models import QuasiEvent, SampleItem, SamplingPlan
from tests.web.stage import People

Visit = Callable[..., Page]
Picture = Callable[[Page, str], None]


def excluded_last_month(bank: People, model: str) -> list[QuasiEvent]:
    """Three events that the monitor excluded on the last day of last month."""
    events = list(QuasiEvent.objects.filter(state="new", model=model, withdrawn_on=None).order_by("pk")[:3])
    last = timezone.localdate().replace(day=1) - dt.timedelta(days=1)
    for event in events:
        actions.take(event, bank.monitor)
        actions.exclude(event, bank.monitor, "genuine", "客户本人办理。")
    at = timezone.make_aware(dt.datetime.combine(last, dt.time(10)))
    QuasiEvent.objects.filter(pk__in=[event.pk for event in events]).update(concluded_at=at)
    return events


@pytest.mark.parametrize(("language", "model", "unit"), [("zh-hans", "A08", "HO"), ("en", "A16", "10")])
def test_a_reviewer_draws_looks_once_more_and_finds_one_wrong(
    bank: People, visit: Visit, picture: Picture, language: str, model: str, unit: str
) -> None:
    excluded_last_month(bank, model)
    page = visit("guming", language=language)
    page.goto("/oversight/")
    picture(page, f"oversight-{language}")
    page.locator("#id_draw_sample-unit").select_option(unit)
    page.locator("main form button").last.click()
    page.wait_for_url("**/oversight/*/")
    plan = SamplingPlan.objects.latest("pk")
    item = SampleItem.objects.filter(plan=plan, outcome="excluded").earliest("pk")
    picture(page, f"sample-{language}")
    page.locator(f"a[href='/events/{item.event_id}/#sample-{item.pk}']").click()
    card = page.locator(f"#sample-{item.pk}")
    card.locator("input[value='wrong']").check()
    card.locator("input[value='6_conclusion']").check()
    card.locator("input[value='3_key_step']").check()
    card.locator("textarea").fill("未核实资金去向。")
    picture(page, f"second-look-{language}")
    card.locator("button").click()
    expect(page.locator(".alert-success")).to_be_visible()
    item.refresh_from_db()
    assert (item.verdict, item.faults) == ("wrong", ["3_key_step", "6_conclusion"])
    assert QuasiEvent.objects.get(pk=item.event_id).state == "new"
    page.goto(f"/oversight/{plan.pk}/")
    picture(page, f"sample-looked-at-{language}")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_who_assigns_sees_the_load_and_sets_a_share(
    bank: People, visit: Visit, picture: Picture, language: str
) -> None:
    page = visit("lin", language=language)
    page.goto("/assignment/")
    picture(page, f"assignment-{language}")
    page.locator(f"a[href='/assignment/{bank.branch.pk}/']").click()
    page.locator("input[value='statistical']").check()
    page.locator("#id_set_skill-why").fill("分工调整。")
    picture(page, f"monitor-{language}")
    page.locator("main form button").last.click()
    page.wait_for_url("**/assignment/")
    expect(page.locator(".alert-success")).to_be_visible()
    page.goto(f"/assignment/{bank.branch.pk}/")
    expect(page.locator("input[value='statistical']")).to_be_checked()
