"""A whole life of an event, by five people of different roles, on the pages in Chinese and in English."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from riskloop.loop.models import QuasiEvent
from riskloop.organisation.models import History, User
from tests.web import stage
from tests.web.stage import People

Visit = Callable[..., Page]
Picture = Callable[[Page, str], None]


def outlet_verifier(unit_id: str) -> User:
    """网点督查岗 of an outlet."""
    found = User.objects.filter(username=f"r07-{unit_id}").first()
    return found or stage.person(f"r07-{unit_id}", "罗敏", "R07", unit_id)


def act(page: Page, action: str, **given: str) -> None:
    """Fills in the form of an action and sends it; the page says that it is done."""
    form = page.locator(f"form[action$='/{action}/']").first
    folded = page.locator(f"details:has(form[action$='/{action}/'])").first
    if folded.count() and folded.get_attribute("open") is None:
        folded.locator("summary").first.click()
    for name, value in given.items():
        fill(form, name, value)
    form.locator("button").last.click()
    expect(page.locator(".alert-success[role=status], [role=status].alert-success").first).to_be_visible()


def fill(form: object, name: str, value: str) -> None:
    fields = form.locator(f"[name$='-{name}']")  # type: ignore[attr-defined]
    kind = fields.first.evaluate("field => field.tagName + ':' + (field.type ?? '')")
    if kind.startswith("SELECT"):
        fields.first.select_option(value)
    elif kind == "INPUT:radio":
        form.locator(f"[name$='-{name}'][value='{value}']").check()  # type: ignore[attr-defined]
    else:
        fields.first.fill(value)


@pytest.mark.parametrize(("language", "model"), [("zh-hans", "A11"), ("en", "A12")])
def test_five_people_bring_an_event_from_entry_to_closure(
    bank: People, visit: Visit, picture: Picture, language: str, model: str
) -> None:
    new = QuasiEvent.objects.filter(state="new", model=model, unit_id="1111", withdrawn_on=None)
    event = new.latest("booked_on", "pk")
    outlet = outlet_verifier("1111")
    place = f"/events/{event.pk}/"
    monitor, verifier, approver, reviewer, local = (
        visit(user, language=language) for user in ("lin", "zhou", "shen", "guming", outlet.username)
    )

    monitor.goto(place)
    act(monitor, "take")
    act(monitor, "ask", template="1_transaction", words="请核实客户是否知情。")
    query = event.queries.get()

    verifier.goto("/queries/")
    verifier.locator(f"a[href='/queries/{query.pk}/']").first.click()
    verifier.goto(place)
    act(verifier, "forward", to="1111", words="请电话联系客户。")

    local.goto("/queries/")
    picture(local, f"life-{language}-owed")
    local.locator(f"a[href='/queries/{query.pk}/']").first.click()
    answer = local.locator(f"form[action$='/queries/{query.pk}/']")
    for area in answer.locator("textarea").all():
        area.fill("客户本人确认，凭证齐全。")
    answer.locator("[name='answer-method']").first.check()
    picture(local, f"life-{language}-answering")
    answer.locator("button").last.click()
    local.wait_for_url("**/queries/")

    monitor.goto(place)
    act(monitor, "accept_answer")
    act(monitor, "pass_on", reason="no_papers", note="授权书缺失。")
    monitor.locator("#determine, details:has(form[action$='/determine/'])").first.click()
    monitor.locator(".responsible select").first.select_option("1_direct")
    act(
        monitor,
        "determine",
        outcome="internal",
        event_type="execution",
        driver="P3",
        grade="key_attention",
        note="凭证审核不严。",
    )
    approver.goto(place)
    act(approver, "approve", note="同意。")

    verifier.goto(place)
    act(verifier, "appeal", words="客户已补交授权书。")
    reviewer.goto(place)
    act(reviewer, "reject_appeal", note="补交不改变事实。")

    monitor.goto(place)
    due_on = dt.date.today() + dt.timedelta(days=3)  # noqa: DTZ011 — the browser's day
    act(
        monitor,
        "set_measure",
        kind="2_management",
        description="重新培训经办人员。",
        owner=str(bank.verifier.pk),
        due_on=f"{due_on}",
    )
    verifier.goto(place)
    act(verifier, "report_done", note="培训已完成。")
    monitor.goto(place)
    act(monitor, "verify")
    act(monitor, "close")
    picture(monitor, f"life-{language}-closed")

    event.refresh_from_db()
    assert event.state == "closed"
    told = History.objects.filter(object_type="quasi_event", object_id=str(event.pk)).order_by("pk")
    assert [line.action for line in told if line.actor_id] == [
        *("take", "ask", "forward", "answer", "accept_answer", "pass_on", "determine", "approve"),
        *("appeal", "reject_appeal", "set_measure", "report_done", "verify", "close"),
    ]
    assert len({line.actor_id for line in told if line.actor_id}) == 5
