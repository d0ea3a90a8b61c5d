"""C30 单日同一柜员卡片启用次数超限监测."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter

Events = Sequence[Mapping[str, Any]]


class Limits(Parameters):
    count: int = parameter(
        20,
        zh="单日启用次数限额",
        en="Limit of activations a day",
        unit="times",
        low=1,
        high=1000,
        why=Text(
            "建议值：一名柜员一天正常办理的卡片启用一般不到二十次。",
            "Our proposal: a teller at normal work activates fewer than twenty cards a day.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Tellers with more activations of cards on the day than the limit."""
    events = bank.today("card_events")
    activated = events.filter(events.event == "activated", events.teller_id.notnull())
    tellers = activated.group_by("teller_id").aggregate(
        unit_id=activated.unit_id.min(),
        count=activated.count(),
        account_ids=activated.account_id.collect(),
        customer_ids=activated.customer_id.collect(),
        customers=activated.customer_id.nunique(),
    )
    many = tellers.filter(tellers["count"] > p.count)
    return many.select(
        "unit_id",
        "count",
        "account_ids",
        "customer_ids",
        "customers",
        subject_id=many.teller_id,
        teller_id=many.teller_id,
        limit=p.count,
    )


def _events(number: int, first: int = 1, **event: Any) -> Events:
    """So many activations by one teller, each of another card and customer."""
    plain = {"event": "activated", "teller_id": "T1", "unit_id": "U1"}
    return [
        plain
        | {"event_id": f"V{i}", "card_no": f"6222{i:03}", "customer_id": f"K{i}", "account_id": f"P{i}"}
        | event
        for i in range(first, first + number)
    ]


def _bank(*groups: Events) -> Mapping[str, Events]:
    return {"card_events": [event for group in groups for event in group]}


MODEL = Model(
    code="C30",
    version=1,
    name=Text("单日同一柜员卡片启用次数超限监测", "Teller activates too many cards in a day"),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="teller",
    purpose=Text(
        "一名柜员一天内大量启用卡片，可能是批量代办、客户未到场即启用，或为他人收集的卡片开通使用。",
        "Many cards activated by one teller in a day may be proxies in bulk, customers who were not there,"
        " or cards collected for others to use.",
    ),
    definition=Text(
        "同一柜员当日经办的卡片启用次数超过限额（大于，不含等于）。",
        "One teller activated cards more often on the day than the limit (equal is not a hit).",
    ),
    false_positives=Text(
        "代发工资单位、学校、社区等批量发卡后集中启用；新网点开业。",
        "Cards issued in bulk and activated together: payroll clients, schools, communities; a new outlet.",
    ),
    decided=Text(
        "只计“启用”事项，一项计一次，同一张卡启用两次计两次，各渠道只要有柜员的都计；"
        "客户自助启用没有柜员，不计。同时列示涉及的客户数。"
        "机构取该柜员当日启用事项的机构，有多个时取机构号最小的一个。",
        "Only events `activated` count, one each, twice for a card activated twice, on every channel where a"
        " teller is named; what customers activate themselves has no teller and does not count. The number"
        " of customers is shown besides. The unit is that of the teller's activations that day, the lowest"
        " number where there are several.",
    ),
    drivers=("P5", "P4", "E4"),
    needs={"card_events": ("booked_on", "customer_id", "teller_id", "event")},
    where_given={"card_events": ("unit_id", "account_id")},
    parameters=Limits,
    lookback=1,
    compared={
        "customers": Text("涉及客户数", "Customers concerned"),
        "limit": Text("单日启用次数限额", "Limit of activations a day"),
    },
    hits=hits,
    examples=(
        hit(
            "超过限额一次",
            "One above the limit",
            "T1",
            _bank(_events(21)),
            evidence={"customers": 21, "limit": 20},
        ),
        near_miss("等于限额不算超限", "Exactly the limit", _bank(_events(20))),
        hit(
            "都是同一客户的卡片",
            "All cards of one customer",
            "T1",
            _bank(_events(21, customer_id="K1")),
            evidence={"customers": 1},
        ),
        hit(
            "同一张卡反复启用各计一次",
            "One card activated over and over",
            "T1",
            _bank(_events(21, card_no="6222001", customer_id="K1", account_id="P1")),
            evidence={"customers": 1},
        ),
        hit(
            "智能柜台上柜员审核的照计",
            "At a smart counter, checked by the teller",
            "T1",
            _bank(_events(11), _events(10, 12, channel="smart_counter")),
        ),
        hit(
            "分散在两个网点办理合并计数",
            "Handled at two outlets, counted together",
            "T1",
            _bank(_events(11, unit_id="U2"), _events(10, 12)),
        ),
        near_miss("发卡不是启用", "Cards issued", _bank(_events(20), _events(5, 21, event="issued"))),
        near_miss(
            "开通网上功能不是启用",
            "Online functions opened",
            _bank(_events(20), _events(5, 21, event="online_opened")),
        ),
        near_miss(
            "前一日的启用不计",
            "Activations of the day before",
            _bank(_events(20), _events(5, 21, booked_on=EXAMPLE_DAY - dt.timedelta(days=1))),
        ),
        near_miss(
            "两名柜员各自未超限",
            "Two tellers, each within the limit",
            _bank(_events(20), _events(20, 21, teller_id="T2")),
        ),
        near_miss(
            "客户自助启用没有柜员", "Activated by customers themselves", _bank(_events(30, teller_id=None))
        ),
        hit(
            "本行将限额调为三次",
            "A bank's own limit of three",
            "T1",
            _bank(_events(4), _events(3, 5, teller_id="T2")),
            settings={"count": 3},
            evidence={"limit": 3},
        ),
    ),
)
