"""Who opened the transfer function of an e-banking channel lately."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Example, hit, near_miss

Facts = Mapping[str, Sequence[Mapping[str, Any]]]


def openers(bank: Bank, channel: str, days: int, customers: Relation) -> Relation:
    """Of these customers those with transfers opened on the channel within the window, one row each.

    Args:
        days: calendar days that end on the business day.
        customers: by `customer_id`; further columns are handed on.

    Returns:
        What `outflow` counts from: when first and last, where and by which tellers.
    """
    events = bank.window("ebank_events", days)
    openings = events.filter(events.event == "transfer_opened", events.channel == channel)
    opened = openings.group_by("customer_id").aggregate(
        began_on=openings.booked_on.min(),
        last_began_on=openings.booked_on.max(),
        unit_id=openings.unit_id.min(),
        teller_ids=openings.teller_id.collect(),
    )
    return opened.inner_join(customers, "customer_id")


def examples(channel: str, other_channel: str, limit: Decimal) -> tuple[Example, ...]:
    """Examples at every boundary for persons of any age, with the parameters `days` 7 and `sum` `limit`."""
    below, large, half = limit - Decimal("0.01"), limit * 9, limit / 2

    def out(amount: Decimal | str, ago: int = 0, **entry: Any) -> dict[str, Any]:
        return {"amount": Decimal(amount), "booked_on": _ago(ago)} | entry

    def bank(
        *sent: dict[str, Any], kind: str = "personal", opened_ago: tuple[int, ...] = (0,), **opening: Any
    ) -> Facts:
        """A customer with two accounts, the days on which he opened transfers, and what he sent."""
        entry = {"channel": channel, "debit_account_id": "P1", "credit_account_id": "Q1"}
        event = {"customer_id": "K1", "event": "transfer_opened", "channel": channel}
        return {
            "customers": [{"customer_id": "K1", "kind": kind}],
            "accounts": [{"account_id": name, "customer_id": "K1", "unit_id": "U1"} for name in ("P1", "P2")],
            "ebank_events": [
                event | {"event_id": f"O{i}", "booked_on": _ago(ago)} | opening
                for i, ago in enumerate(opened_ago, 1)
            ],
            "journal": [entry | {"entry_id": f"E{i}"} | row for i, row in enumerate(sent, 1)],
        }

    def not_counted(zh: str, en: str, **entry: Any) -> Example:
        """What would make the limit full if it counted."""
        return near_miss(zh, en, bank(out(below), out("9000.00", **entry)))

    return (
        hit(
            "等于限额",
            "Exactly the limit",
            "K1",
            bank(out(limit), unit_id="U2", teller_id="T1"),
            evidence={"opened_on": EXAMPLE_DAY, "days": 7, "limit": limit},
        ),
        near_miss("低于限额一分", "One fen below the limit", bank(out(below))),
        hit(
            "两个账户、多日累计，窗口首日办理",
            "Several days and two accounts, opened on the first day of the window",
            "K1",
            bank(out(half, 6), out(half, debit_account_id="P2"), opened_ago=(6,)),
            evidence={"opened_on": _ago(6)},
        ),
        near_miss("在窗口前一天办理", "Opened a day before the window", bank(out(large), opened_ago=(7,))),
        near_miss(
            "办理前一天的转出不计",
            "Sent the day before the opening",
            bank(out(large, 3), out(below), opened_ago=(2,)),
        ),
        hit(
            "办理当日的转出照计",
            "Sent on the day of the opening, news today",
            "K1",
            bank(out(below, 2), out("0.01"), opened_ago=(2,)),
        ),
        near_miss("当日没有新情况", "Nothing new today", bank(out(large, 1), opened_ago=(2,))),
        hit(
            "当日再次办理也是新情况，自首次起累计",
            "Opened again today, nothing sent today: the first opening decides",
            "K1",
            bank(out(large, 1), opened_ago=(2, 0)),
            evidence={"opened_on": _ago(2)},
        ),
        near_miss(
            "办理两次，转出只计一次",
            "Opened twice, what was sent counts once",
            bank(out(below), opened_ago=(1, 0)),
        ),
        near_miss("单位客户不报", "A company", bank(out(large), kind="corporate")),
        near_miss(
            "客户资料中没有的客户",
            "A customer whom the standing data do not know",
            {**bank(out(large)), "customers": []},
            # A simulated bank gives every customer a row: cases with settings are not planted there.
            settings={"sum": 1_000},
        ),
        near_miss("在另一渠道开通", "Opened on another channel", bank(out(large), channel=other_channel)),
        near_miss("注册不是开通转账", "A registration", bank(out(large), event="registered")),
        near_miss("另一客户办理", "Opened by another customer", bank(out(large), customer_id="K2")),
        not_counted("另一渠道的转出不计", "Sent on another channel", channel=other_channel),
        not_counted("反交易不计", "A reversal", kind="reversal"),
        not_counted("冲正不计", "A correction", kind="correction"),
        not_counted("现金不是转账", "Cash", cash=True),
        not_counted("转入本人账户不是转出", "To an account of his own", credit_account_id="P2"),
        not_counted("转入不是转出", "What came in", debit_account_id="Q1", credit_account_id="P1"),
        hit(
            "没有记载收款账户的照计",
            "The account credited is not told",
            "K1",
            bank(out(limit, credit_account_id=None)),
        ),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "K1",
            bank(out("30000.00", currency="USD", amount_cny=Decimal("213000.00"))),
        ),
    )


def _ago(days: int) -> dt.date:
    return EXAMPLE_DAY - dt.timedelta(days=days)
