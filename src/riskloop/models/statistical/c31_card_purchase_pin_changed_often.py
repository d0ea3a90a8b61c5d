"""C31 客户同一天对卡片X次(含)以上申请修改消费验密功能监测."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter

Events = Sequence[Mapping[str, Any]]
CARD = "6222001"


class Limits(Parameters):
    count: int = parameter(
        3,
        zh="单日修改次数",
        en="Changes a day",
        unit="times",
        low=1,
        high=100,
        why=Text(
            "建议值：一天内关闭后又恢复属正常，第三次起须关注。",
            "Our proposal: switched off and on again on a day is usual, a third time is not.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Cards whose purchase-PIN check was changed `count` times or more on the day."""
    events = bank.today("card_events")
    changed = events.filter(events.event == "purchase_pin_changed")
    cards = changed.group_by("card_no").aggregate(
        event_unit=changed.unit_id.min(),
        count=changed.count(),
        teller_ids=changed.teller_id.collect(),
        account_id=changed.account_id.min(),
        customer_ids=changed.customer_id.collect(),
        by_tellers=changed.teller_id.count(),
    )
    many = cards.filter(cards["count"] >= p.count)
    accounts = bank.standing("accounts")
    known = many.left_join(accounts, many.account_id == accounts.account_id)
    return known.select(
        subject_id=many.card_no,
        # A customer who does it himself names no unit: then it is the account's.
        unit_id=ibis.coalesce(many.event_unit, accounts.unit_id),
        count=many["count"],
        teller_ids=many.teller_ids,
        account_id=many.account_id,
        customer_ids=many.customer_ids,
        by_tellers=many.by_tellers,
        limit=p.count,
    )


def _events(number: int, first: int = 1, **event: Any) -> Events:
    """So many changes of one card."""
    plain = {"card_no": CARD, "account_id": "P1", "customer_id": "K1", "channel": "mobile"}
    changed = plain | {"event": "purchase_pin_changed"}
    return [changed | {"event_id": f"V{i}"} | event for i in range(first, first + number)]


def _bank(*groups: Events) -> Mapping[str, Events]:
    account = {"account_id": "P1", "kind": "card", "customer_id": "K1", "unit_id": "U1"}
    return {"accounts": [account], "card_events": [event for group in groups for event in group]}


MODEL = Model(
    code="C31",
    version=1,
    name=Text(
        "客户同一天对卡片X次(含)以上申请修改消费验密功能监测",
        "Card purchase-PIN setting changed X times or more a day",
    ),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="card",
    purpose=Text(
        "消费验密关闭后凭卡即可消费；一天内反复修改，可能是卡片被他人掌握试探盗刷，或出租出借套现。",
        "Without the PIN whoever holds the card can pay with it. A setting changed over and over in a day"
        " may be a thief who tries it out, or a card lent to others.",
    ),
    definition=Text(
        "同一张卡当日修改消费验密功能达到或超过规定次数（含等于）。",
        "The purchase-PIN setting of one card was changed the given number of times or more on the day"
        " (equal is a hit).",
    ),
    false_positives=Text(
        "客户操作失误后重办；临时关闭以便境外或小额消费后即恢复；系统重复提交。",
        "A slip made good; a PIN switched off for one purchase and on again; a request that the system sent"
        " twice.",
    ),
    decided=Text(
        "只计“修改消费验密”，开启和关闭不分，各渠道（含客户自助）都计；按卡号计数，同一客户的多张卡不合并。"
        "网上功能开通关闭归B08，启用归C30。没有办理机构的取卡账户的开户机构；"
        "办理机构有多个时取机构号最小的一个。",
        "Only `purchase_pin_changed` counts, on or off alike, on every channel and by the customer himself"
        " too; by card number, and two cards of one customer are not added together. Online functions belong"
        " to B08, activations to C30. The unit is where it was handled, the lowest number of several, else"
        " that of the card's account.",
    ),
    drivers=("E3", "E4"),
    needs={
        "card_events": ("booked_on", "card_no", "customer_id", "event"),
        "accounts": ("account_id", "unit_id"),
    },
    where_given={"card_events": ("account_id", "unit_id", "teller_id")},
    parameters=Limits,
    lookback=1,
    compared={
        "by_tellers": Text("其中柜员经办", "Of these by tellers"),
        "limit": Text("规定次数", "Number that counts"),
    },
    hits=hits,
    examples=(
        hit(
            "正好达到次数",
            "Exactly the number",
            CARD,
            _bank(_events(3)),
            evidence={"by_tellers": 0, "limit": 3},
        ),
        near_miss("少一次", "One time fewer", _bank(_events(2))),
        hit(
            "柜台与自助合并计次",
            "At the counter and by himself, counted together",
            CARD,
            _bank(_events(2), _events(1, 3, channel="counter", teller_id="T1", unit_id="U2")),
            evidence={"by_tellers": 1},
        ),
        hit(
            "未注明卡账户",
            "Without the card's account",
            CARD,
            _bank(_events(4, account_id=None)),
            evidence={"by_tellers": 0},
        ),
        near_miss(
            "分散在同一客户的两张卡",
            "Two cards of one customer",
            _bank(_events(2), _events(2, 3, card_no="6222009")),
        ),
        near_miss(
            "其中一次是前一日",
            "One of them the day before",
            _bank(_events(2), _events(1, 3, booked_on=EXAMPLE_DAY - dt.timedelta(days=1))),
        ),
        near_miss(
            "网上功能开通归B08",
            "One of them opened the online function",
            _bank(_events(2), _events(1, 3, event="online_opened")),
        ),
        near_miss(
            "启用归C30", "One of them an activation", _bank(_events(2), _events(1, 3, event="activated"))
        ),
        near_miss("发卡不计", "One of them the issue", _bank(_events(2), _events(1, 3, event="issued"))),
        hit(
            "本行规定两次",
            "A bank that counts to two",
            CARD,
            _bank(_events(2), _events(1, 3, card_no="6222009")),
            settings={"count": 2},
            evidence={"limit": 2},
        ),
    ),
)
