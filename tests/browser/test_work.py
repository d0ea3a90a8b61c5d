"""People at work in a real browser: an event from entry to closure, the keyboard, the switches."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal

import pyarrow as pa
import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from riskloop.detection.kept import keep_hits
from riskloop.loop import actions
from riskloop.loop.models import QuasiEvent
from riskloop.loop.statistics import record_statistics
from riskloop.models.catalogue import model_of, parameters_of
from riskloop.models.hits import to_hits
from tests.web import stage
from tests.web.stage import People

Visit = Callable[..., Page]
Picture = Callable[[Page, str], None]


def new_event(unit: str, model: str = "A11") -> QuasiEvent:
    return QuasiEvent.objects.filter(state="new", unit_id=unit, model=model).latest("booked_on", "pk")


def test_two_people_bring_an_event_to_its_close(bank: People, visit: Visit, picture: Picture) -> None:
    event = new_event("1211")
    place = f"/events/{event.pk}/"
    monitor = visit("lin")
    monitor.goto(place)
    monitor.get_by_role("button", name="领取事件").click()
    expect(monitor.get_by_role("status")).to_have_text("您已领取该事件。")

    monitor.get_by_text("存疑：转认定").click()
    monitor.locator("#id_pass_on-reason").select_option("no_papers")
    monitor.locator("#id_pass_on-note").fill("授权书缺失。")
    monitor.get_by_role("button", name="转认定", exact=True).click()
    expect(monitor.get_by_role("status")).to_have_text("事件已转认定。")

    monitor.get_by_text("认定为风险事件").click()
    monitor.get_by_label("内部风险事件").check()
    monitor.locator("#id_determine-event_type").select_option("execution")
    monitor.locator("#id_determine-driver").select_option("P3")
    monitor.locator("#id_determine-grade").select_option("general")
    monitor.locator(".responsible select").first.select_option("1_direct")
    monitor.locator("#id_determine-note").fill("凭证审核不严，客户本人确认。")
    picture(monitor, "event-determining")
    monitor.get_by_role("button", name="认定", exact=True).click()
    expect(monitor.get_by_role("status")).to_contain_text("事件已认定")

    expect(monitor.get_by_role("button", name="闭环")).to_have_count(0)
    due_on = dt.date.today() + dt.timedelta(days=3)  # noqa: DTZ011 — the browser's day
    monitor.get_by_label("措施类别").select_option(label="管理改进")
    monitor.get_by_label("整改内容").fill("补齐凭证，重新培训经办人员。")
    monitor.get_by_label("责任人").select_option(label="周正")
    monitor.get_by_label("完成期限").fill(f"{due_on}")
    monitor.get_by_role("button", name="下达", exact=True).click()
    expect(monitor.get_by_role("status")).to_have_text("整改措施已下达。")
    picture(monitor, "event-measure-set")

    verifier = visit("zhou")
    verifier.get_by_role("link", name="待我整改的措施").click()
    verifier.locator(f"tr[data-href='{place}']").click()
    verifier.get_by_label("完成情况").fill("凭证已补齐，培训已完成。")
    verifier.get_by_role("button", name="报告完成").click()
    expect(verifier.get_by_role("status")).to_contain_text("整改已报告完成")
    expect(verifier.get_by_text("整改人不得验证本人的整改")).to_be_visible()

    monitor.goto(place)
    monitor.get_by_role("button", name="验证通过").click()
    expect(monitor.get_by_role("status")).to_have_text("整改已验证。")
    monitor.get_by_role("button", name="闭环").click()
    expect(monitor.get_by_role("status")).to_have_text("事件已闭环。")
    expect(monitor.locator(".timeline-list > li")).to_have_count(8)
    picture(monitor, "event-closed")
    event.refresh_from_db()
    assert event.state == "closed"


def test_a_monitor_works_without_the_mouse(bank: People, visit: Visit) -> None:
    page = visit("lin")
    page.goto("/events/?state=new&model=B04&sort=amount")
    rows = page.locator("tr[data-href]")
    places = [row.get_attribute("data-href") for row in rows.all()]
    for key in "jjk":
        page.keyboard.press(key)
    expect(rows.nth(0)).to_have_attribute("aria-current", "true")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{places[1]}")

    page.keyboard.press("t")
    expect(page.get_by_role("status")).to_have_text("您已领取该事件。")
    page.keyboard.press("e")
    expect(page.locator("#id_exclude-reason")).to_be_focused()
    page.locator("#id_exclude-reason").select_option(index=1)
    page.keyboard.press("Tab")
    page.keyboard.type("客户本人办理 txn")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_have_text("事件已排除。")
    excluded = QuasiEvent.objects.get(pk=re.split("/", places[1] or "")[2])
    assert (excluded.state, excluded.conclusion_note) == ("excluded", "客户本人办理 txn")

    page.keyboard.press("n")
    page.wait_for_url(f"**{places[2]}")
    page.keyboard.press("p")
    page.wait_for_url(f"**{places[0]}")
    page.keyboard.press("q")
    page.wait_for_url("**/events/?state=new&model=B04&sort=amount")


def test_determine_has_its_key_too(bank: People, visit: Visit) -> None:
    event = new_event("1112", "B09")
    actions.take(event, bank.monitor)
    page = visit("lin")
    page.goto(f"/events/{event.pk}/")
    page.keyboard.press("s")
    page.locator("#id_pass_on-reason").select_option(index=1)
    page.locator("#id_pass_on-note").fill("缺授权书")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_have_text("事件已转认定。")
    page.keyboard.press("d")
    expect(page.locator("#id_determine-outcome_0")).to_be_focused()
    expect(page.locator("#exclude")).not_to_have_attribute("open", "")


def test_help_opens_with_a_key_and_keys_rest_meanwhile(bank: People, visit: Visit, picture: Picture) -> None:
    page = visit("lin")
    page.goto("/events/?state=new")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    picture(page, "help")
    page.keyboard.press("j")
    expect(page.locator("tr[aria-current]")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).not_to_be_visible()


def test_the_queue_narrows_without_a_reload(bank: People, visit: Visit) -> None:
    page = visit("lin")
    page.goto("/events/?state=new")
    page.evaluate("window.stayed = true")
    page.get_by_label("模型").select_option("A11")
    page.wait_for_url(lambda url: "model=A11" in url)
    assert "text=" not in page.url, "a filter that says nothing stays out of the address"
    page.wait_for_function("document.querySelectorAll('tr[data-href]').length < 50")
    assert all("A11" in text for text in page.locator("tr[data-href]").all_inner_texts())

    page.keyboard.press("Escape")
    page.get_by_role("link", name="金额").click()
    page.wait_for_url(lambda url: "sort=amount" in url and "model=A11" in url)
    amounts = [float(t.replace(",", "")) for t in page.locator("td.num").all_inner_texts()]
    assert amounts == sorted(amounts)

    page.get_by_label("等级").select_option("general")
    page.wait_for_url(lambda url: "grade=general" in url and "sort=amount" in url)

    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#id_text")).to_be_focused()
    subject = page.locator("tr[data-href] a").first.inner_text()
    page.keyboard.type(subject)
    expect(page.locator("tr[data-href]")).to_have_count(1)
    assert page.evaluate("window.stayed")

    page.get_by_role("button", name="English").click()
    page.wait_for_url(lambda url: "grade=general" in url and f"text={subject}" in url)
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")

    page.goto("/events/?state=new")
    page.get_by_label("模型").select_option("A11")
    page.wait_for_url(lambda url: "model=A11" in url)
    page.get_by_label("等级").select_option("attention")
    page.wait_for_url(lambda url: "grade=attention" in url)
    page.go_back()
    page.wait_for_url(lambda url: "grade=" not in url)
    expect(page.get_by_label("等级")).to_have_value("")
    expect(page.get_by_label("模型")).to_have_value("A11")


def test_paging_by_key(bank: People, visit: Visit) -> None:
    page = visit("lin")
    page.goto("/events/?per_page=25")
    first = page.locator("tr[data-href]").first.get_attribute("data-href")
    page.keyboard.press("]")
    page.wait_for_url(lambda url: "page=2" in url)
    expect(page.locator("tr[data-href]").first).not_to_have_attribute("data-href", first or "")
    page.keyboard.press("[")
    page.wait_for_url(lambda url: "page=1" in url)


def test_a_number_of_the_overview_opens_its_queue(bank: People, visit: Visit) -> None:
    page = visit("lin")
    count = page.locator(".loop-new .loop-count").inner_text()
    page.locator(".loop-new .loop-total").click()
    expect(page.locator(".pager")).to_contain_text(f"共 {count} 条")


def test_the_language_switch_stays_on_the_page(bank: People, visit: Visit) -> None:
    page = visit("lin")
    page.goto("/models/A11/")
    page.get_by_role("button", name="English").click()
    page.wait_for_url("**/models/A11/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_contain_text("Personal account, single large payment")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


@pytest.mark.parametrize(
    ("scheme", "first", "second"), [("light", "light", "dark"), ("dark", "dark", "light")]
)
def test_the_theme_follows_the_system_until_it_is_chosen(
    bank: People, visit: Visit, scheme: str, first: str, second: str
) -> None:
    page = visit("lin", scheme=scheme)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", first)
    page.locator("[data-theme-switch]").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", second)
    page.goto("/models/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", second)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_from_their_ground(bank: People, visit: Visit, scheme: str) -> None:
    """WCAG AA for body text: 4.5 to 1, on what the words with a colour really stand on."""
    page = visit("lin", scheme=scheme)
    page.goto("/events/")
    faint = page.evaluate(CONTRAST)
    assert faint == []


CONTRAST = """() => {
  const pixel = (colour) => {
    const c = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    c.fillStyle = colour; c.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = c.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => top.slice(0, 3).map((v, i) => v * top[3] + below[i] * (1 - top[3])).concat(1);
  const ground = (e) => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) layers.unshift(pixel(getComputedStyle(at).backgroundColor));
    return layers.map((l) => l.slice(0, 3).map((v) => (l[3] ? v / 1 : 0)).concat(l[3]))
      .reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const seen = new Set();
  const faint = [];
  const looked = 'td, th, .word, .muted, .form-label, .nav-link-title, .person, h1';
  for (const e of document.querySelectorAll(looked)) {
    const style = getComputedStyle(e);
    const below = ground(e);
    const [hi, lo] = [light(over(pixel(style.color), below)), light(below)].sort((a, b) => b - a);
    const ratio = (hi + 0.05) / (lo + 0.05);
    const key = `${e.className} ${style.color}`;
    if (ratio < 4.5 && !seen.has(key)) faint.push([e.className || e.tagName, ratio.toFixed(2)]);
    seen.add(key);
  }
  return faint;
}"""


def test_signing_out(bank: People, visit: Visit, picture: Picture) -> None:
    page = visit("lin")
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/accounts/login/**")
    picture(page, "sign-in")


def test_a_cell_of_the_ledger_tells_what_it_read(bank: People, visit: Visit, picture: Picture) -> None:
    page = visit("lin")
    page.goto("/runs/")
    page.locator("a.cell-failed").click()
    expect(page.locator("#cell")).to_contain_text("OSError: disk")
    page.locator(".imports summary").first.click()
    picture(page, "runs-cell")


def test_a_bundle_is_cleared_without_the_mouse(bank: People, visit: Visit, picture: Picture) -> None:
    new = QuasiEvent.objects.filter(state="new", withdrawn_on=None).exclude(unit_id="1111")
    events = list(new.order_by("pk")[:3])
    assert len(events) == 3
    QuasiEvent.objects.filter(pk__in=[e.pk for e in events]).update(bundle=events[0].pk)
    page = visit("lin")
    page.goto(f"/events/{events[0].pk}/")
    page.keyboard.press("t")
    expect(page.get_by_role("status")).to_have_text("您已领取该事件。")
    page.keyboard.press("e")
    page.locator("#id_exclude-reason").select_option(index=1)
    picture(page, "event-bundle")
    page.locator("#id_exclude-note").focus()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_have_text("事件已排除。")
    states = QuasiEvent.objects.filter(bundle=events[0].pk).values_list("state", flat=True)
    assert set(states) == {"excluded"}


def test_a_finding_is_opened_from_the_statistics(bank: People, visit: Visit, picture: Picture) -> None:
    model, day = model_of("C12"), stage.LAST_DAY
    row = {"subject_id": "N1111", "unit_id": "1111", "amount": Decimal(5), "account_id": "N1111"}
    hits = to_hits(model, parameters_of(model), day, pa.Table.from_pylist([row]))
    keep_hits(settings.HOME, "C12", day, hits, {})
    record_statistics(day, "C12", hits.to_pylist())
    page = visit("lin")
    page.goto("/statistics/")
    page.get_by_role("link", name=model.name.zh).click()
    page.get_by_text("立为风险事项").click()
    page.get_by_label("发现的情况").fill("连续透支")
    picture(page, "statistic")
    page.get_by_role("button", name="立项").click()
    expect(page.get_by_role("status")).to_contain_text("已立项")
    expect(page.locator(".timeline-list > li")).to_have_count(1)
    assert QuasiEvent.objects.get(model="C12").unit_id == "1111"


def test_a_person_issues_a_token_and_revokes_it(visit: Visit, picture: Picture) -> None:
    page = visit("lin")
    page.get_by_role("link", name="访问令牌").click()
    page.get_by_label("令牌名称").fill("夜间导出")
    page.get_by_label("查看准风险事件").check()
    page.get_by_label("导出", exact=True).check()
    page.get_by_role("button", name="签发令牌").click()
    expect(page.locator("#secret code")).to_have_text(re.compile("^rl_"))
    picture(page, "token-issued")
    page.get_by_role("button", name="吊销").click()
    expect(page.get_by_role("status")).to_have_text("令牌已吊销。")
    expect(page.locator("#secret")).to_have_count(0)
