"""B08 客户同一天对卡片X次(含)以上申请网上开通关闭交易监测."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter

Events = Sequence[Mapping[str, Any]]


class Limits(Parameters):
    count: int = parameter(
        3,
        zh="单日开通关闭次数",
        en="Openings and closings a day",
        unit="times",
        low=1,
        high=100,
        why=Text(
            "建议值：一天开通后又关闭属正常，第三次起须核实。",
            "Our proposal: opened and closed again on a day is usual, a third time is not.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Cards whose online function was opened and closed `count` times or more on the day."""
    events = bank.today("card_events")
    switched = events.filter(events.event.isin(("online_opened", "online_closed")))
    cards = switched.group_by("card_no").aggregate(
        event_unit=switched.unit_id.min(),
        count=switched.count(),
        teller_ids=switched.teller_id.collect(),
        account_id=switched.account_id.min(),
        customer_ids=switched.customer_id.collect(),
        opened=switched.event_id.count(where=switched.event == "online_opened"),
        closed=switched.event_id.count(where=switched.event == "online_closed"),
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
        opened=many.opened,
        closed=many.closed,
        limit=p.count,
    )


def _events(number: int, first: int = 1, **event: Any) -> Events:
    """So many events of one card, opened and closed by turns."""
    plain = {"card_no": "6222001", "account_id": "P1", "customer_id": "K1", "channel": "mobile"}
    turns = ("online_closed", "online_opened")
    return [
        plain | {"event_id": f"V{i}", "event": turns[i % 2]} | event for i in range(first, first + number)
    ]


def _bank(*groups: Events) -> Mapping[str, Events]:
    account = {"account_id": "P1", "kind": "card", "customer_id": "K1", "unit_id": "U1"}
    return {"accounts": [account], "card_events": [event for group in groups for event in group]}


MODEL = Model(
    code="B08",
    version=1,
    name=Text(
        "客户同一天对卡片X次(含)以上申请网上开通关闭交易监测",
        "Card online function opened or closed X times or more a day",
    ),
    category="non_fund_movement",
    handling="itemised",
    grade="general",
    subject="card",
    purpose=Text(
        "同一张卡一天内反复开通、关闭网上功能，可能是他人试探、盗用，或避开限额逐次放行支付。",
        "A card whose online function is opened and closed over and over in a day may be in strange hands"
        " that try it out, or be opened for one payment at a time.",
    ),
    definition=Text(
        "同一张卡当日网上功能开通与关闭合计达到或超过规定次数（含等于）。",
        "On the day the online function of one card was opened and closed, both added together, the given"
        " number of times or more (equal is a hit).",
    ),
    false_positives=Text(
        "客户操作失误后重办；用卡谨慎的客户每次付款后即关闭；系统重复提交。",
        "A slip made good, a careful customer who closes the card after each payment, a request that the"
        " system sent twice.",
    ),
    decided=Text(
        "开通与关闭合并计次，各渠道（含客户自助）都计，不要求交替；按卡号计数，同一客户的多张卡不合并。"
        "消费验密修改归C31，启用归C30。没有办理机构的取卡账户的开户机构；办理机构有多个时取机构号最小的一个。",
        "Openings and closings are counted together, on every channel and by the customer himself too, in"
        " whatever order; by card number, and two cards of one customer are not added together. Changes of"
        " the purchase PIN belong to C31, activations to C30. The unit is where it was handled, the lowest"
        " number of several, else that of the card's account.",
    ),
    drivers=("E3", "E4"),
    needs={
        "card_events": ("event_id", "booked_on", "card_no", "customer_id", "event"),
        "accounts": ("account_id", "unit_id"),
    },
    where_given={"card_events": ("account_id", "unit_id", "teller_id")},
    parameters=Limits,
    lookback=1,
    compared={
        "opened": Text("当日开通次数", "Opened today"),
        "closed": Text("当日关闭次数", "Closed today"),
        "limit": Text("规定次数", "Number that counts"),
    },
    hits=hits,
    examples=(
        hit(
            "正好达到次数",
            "Exactly the number",
            "6222001",
            _bank(_events(3)),
            evidence={"opened": 2, "closed": 1, "limit": 3},
        ),
        near_miss("少一次", "One time fewer", _bank(_events(2))),
        hit(
            "三次都是关闭",
            "Closed three times",
            "6222001",
            _bank(_events(3, event="online_closed")),
            evidence={"opened": 0, "closed": 3},
        ),
        hit(
            "柜面与自助合并计次",
            "At the counter and by himself, counted together",
            "6222001",
            _bank(_events(2, channel="counter", unit_id="U1", teller_id="T1"), _events(1, 3)),
        ),
        near_miss(
            "其中一次是前一日",
            "One of the three was the day before",
            _bank(_events(2), _events(1, 3, booked_on=EXAMPLE_DAY - dt.timedelta(days=1))),
        ),
        near_miss(
            "消费验密修改不计",
            "A change of the purchase PIN",
            _bank(_events(2), _events(1, 3, event="purchase_pin_changed")),
        ),
        near_miss("启用不计", "An activation", _bank(_events(2), _events(1, 3, event="activated"))),
        near_miss("发卡不计", "A card issued", _bank(_events(2), _events(1, 3, event="issued"))),
        near_miss(
            "同一客户的两张卡不合并",
            "Two cards of one customer",
            _bank(_events(2), _events(2, 3, card_no="6222002")),
        ),
        hit(
            "没有账户的卡",
            "A card without an account",
            "6222001",
            _bank(_events(3, account_id=None)),
        ),
        hit(
            "本行规定五次",
            "A bank that counts to five",
            "6222001",
            _bank(_events(5)),
            settings={"count": 5},
            evidence={"opened": 3, "closed": 2, "limit": 5},
        ),
    ),
)
