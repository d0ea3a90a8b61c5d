"""Who had both keys of his internet bank renewed on one day: the login password, and the token's part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Example, hit, near_miss
from riskloop.models.rules.outflow import outflow
from riskloop.models.rules.persons import persons

Facts = Mapping[str, Sequence[Mapping[str, Any]]]

CHANNEL = "internet"
LOGIN = "login_password_reset"


def outflow_since_resets(bank: Bank, token_event: str, days: int, least: Decimal) -> Relation:
    """Persons who reset the login password and had `token_event` on one day, with what they sent since.

    Args:
        token_event: the event that must come on the same day as the login password's reset.
        days: calendar days that end on the business day, for the events and for the entries.
        least: as for `outflow`.

    Returns:
        As `outflow`, with the first such day as `reset_on`.
    """
    since = outflow(bank, CHANNEL, days, _both_on_one_day(bank, token_event, days), least)
    return since.rename(reset_on="began_on")


def _both_on_one_day(bank: Bank, token_event: str, days: int) -> Relation:
    """What `outflow` counts from: the days of the window that saw both, and who handled the events."""
    events = bank.window("ebank_events", days)
    keys = (LOGIN, token_event)
    either = events.filter(events.channel == CHANNEL, events.event.isin(keys)).semi_join(
        persons(bank), "customer_id"
    )
    by_day = either.group_by("customer_id", "booked_on").aggregate(kinds=either.event.nunique())
    both = either.semi_join(by_day.filter(by_day.kinds == len(keys)), ["customer_id", "booked_on"])
    return both.group_by("customer_id").aggregate(
        began_on=both.booked_on.min(),
        last_began_on=both.booked_on.max(),
        unit_id=both.unit_id.min(),
        teller_ids=both.teller_id.collect(),
    )


def sent(amount: Decimal | str, ago: int = 0, **entry: Any) -> dict[str, Any]:
    """An entry by internet bank, so many days before the example's day."""
    return {"amount": Decimal(amount), "booked_on": _ago(ago)} | entry


def customer(*entries: dict[str, Any], events: Facts, kind: str = "personal") -> Facts:
    """A customer with two accounts, what he had renewed, and what he sent."""
    entry = {"channel": CHANNEL, "debit_account_id": "P1", "credit_account_id": "Q1"}
    return {
        **events,
        "customers": [{"customer_id": name, "kind": kind} for name in ("K1", "K2")],
        "accounts": [{"account_id": name, "customer_id": "K1", "unit_id": "U1"} for name in ("P1", "P2")],
        "journal": [entry | {"entry_id": f"E{i}"} | row for i, row in enumerate(entries, 1)],
    }


def renewed(*events: tuple[str, int], **last: Any) -> Facts:
    """These events of the customer, each so many days ago; `last` changes the last one."""
    plain = {"customer_id": "K1", "channel": CHANNEL}
    rows = [
        plain | {"event_id": f"V{i}", "event": name, "booked_on": _ago(ago)}
        for i, (name, ago) in enumerate(events, 1)
    ]
    return {"ebank_events": [*rows[:-1], rows[-1] | last]}


def both(token_event: str, *ago: int) -> Facts:
    """The login password and `token_event` on each of these days."""
    return renewed(*((name, back) for back in ago for name in (LOGIN, token_event)))


def examples(
    token_event: str, limit: Decimal, large: Decimal, evidence: Mapping[str, Any], low: Mapping[str, Any]
) -> tuple[Example, ...]:
    """Examples at the boundaries that the models share, with the parameter `days` 3.

    Args:
        limit: one fen more is a hit.
        large: a sum that is a hit without doubt, and so are two thirds of it.
        evidence: what a hit says beside the days.
        low: a setting of the model under which a third of its limit is a hit.
    """
    return (
        *_of_sums(token_event, limit, large, evidence),
        *_of_events(token_event, limit, large),
        *_of_customers(token_event, large, low),
        *_of_entries(token_event, limit, large),
    )


def _of_sums(token: str, limit: Decimal, large: Decimal, evidence: Mapping[str, Any]) -> Iterator[Example]:
    at_unit = renewed((LOGIN, 0), (token, 0), unit_id="U2", teller_id="T1")
    yield hit(
        "超过限额一分",
        "One fen above the limit",
        "K1",
        customer(sent(limit + Decimal("0.01")), events=at_unit),
        evidence={"reset_on": EXAMPLE_DAY, "days": 3} | dict(evidence),
    )
    yield near_miss("等于限额不算超限", "Exactly the limit", customer(sent(limit), events=both(token, 0)))
    third = large / 3
    yield hit(
        "两个账户、多日累计，窗口首日办理",
        "Several days and two accounts, both events on the first day of the window",
        "K1",
        customer(sent(third, 2), sent(third, debit_account_id="P2"), events=both(token, 2)),
        evidence={"reset_on": _ago(2)},
    )


def _of_events(token: str, limit: Decimal, large: Decimal) -> Iterator[Example]:
    def told(zh: str, en: str, events: Facts, ago: int = 0) -> Example:
        return near_miss(zh, en, customer(sent(large, ago), events=events))

    yield told("在窗口前一天办理", "Both events a day before the window", both(token, 3))
    apart = renewed((LOGIN, 1), (token, 0))
    yield told("两项分在两日办理", "One event yesterday, the other today", apart)
    twice = renewed((LOGIN, 0), (LOGIN, 0))
    yield told("只重置登录密码，两次", "The login password alone, twice", twice)
    yield told("登录密码没有重置", "The login password was not reset", renewed((token, 0)))
    mobile = renewed((token, 0), (LOGIN, 0), channel="mobile")
    yield told("其中一项是手机银行的", "One of the events is of mobile banking", mobile)
    another = renewed((token, 0), (LOGIN, 0), customer_id="K2")
    yield told("其中一项是另一客户的", "One of the events is another customer's", another)
    yield near_miss(
        "办理前一天的转出不计",
        "Sent the day before the events",
        customer(sent(large, 2), sent(limit), events=both(token, 1)),
    )
    yield hit(
        "办理当日的转出照计",
        "Sent on the day of the events, news today",
        "K1",
        customer(sent(limit, 1), sent("0.01"), events=both(token, 1)),
    )
    yield told("当日没有新情况", "Nothing new today", both(token, 1), 1)
    one_again = renewed((LOGIN, 1), (token, 1), (LOGIN, 0))
    yield told("当日只办理一项不是新情况", "One of the events again today is nothing new", one_again, 1)
    yield hit(
        "当日两项再次办理，自首次起累计",
        "Both events again today, nothing sent today: the first day decides",
        "K1",
        customer(sent(large, 1), events=both(token, 1, 0)),
        evidence={"reset_on": _ago(1)},
    )
    yield near_miss(
        "办理两次，转出只计一次",
        "Both events on two days, what was sent counts once",
        customer(sent(limit), events=both(token, 1, 0)),
    )


def _of_customers(token: str, large: Decimal, low: Mapping[str, Any]) -> Iterator[Example]:
    today = both(token, 0)
    yield near_miss("单位客户不报", "A company", customer(sent(large), events=today, kind="corporate"))
    yield near_miss(
        "客户资料中没有的客户",
        "A customer whom the standing data do not know",
        {**customer(sent(large), events=today), "customers": []},
        # A simulated bank gives every customer a row: cases with settings are not planted there.
        settings=low,
    )


def _of_entries(token: str, limit: Decimal, large: Decimal) -> Iterator[Example]:
    def not_counted(zh: str, en: str, **entry: Any) -> Example:
        """What would go beyond the limit if it counted."""
        return near_miss(zh, en, customer(sent(limit), sent("9000.00", **entry), events=both(token, 0)))

    yield not_counted("手机银行转出不计", "Sent by mobile bank", channel="mobile")
    yield not_counted("反交易不计", "A reversal", kind="reversal")
    yield not_counted("冲正不计", "A correction", kind="correction")
    yield not_counted("现金不是转账", "Cash", cash=True)
    yield not_counted("转入本人账户不是转出", "To an account of his own", credit_account_id="P2")
    yield hit(
        "外币按当日入账汇率折算",
        "Foreign currency counts at the day's booked rate",
        "K1",
        customer(sent(limit / 2, currency="USD", amount_cny=large), events=both(token, 0)),
    )


def _ago(days: int) -> dt.date:
    return EXAMPLE_DAY - dt.timedelta(days=days)
