"""B16 柜员单日注册个人网银超限监测."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter

Events = Sequence[Mapping[str, Any]]


class Limits(Parameters):
    count: int = parameter(
        20,
        zh="单日注册笔数限额",
        en="Limit of registrations a day",
        unit="times",
        low=1,
        high=1000,
        why=Text(
            "建议值：一名柜员一天正常办理的网银注册一般不到二十笔。",
            "Our proposal: a teller at normal work registers fewer than twenty a day.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Tellers with more registrations of internet banking on the day than the limit."""
    events = bank.today("ebank_events")
    registered = events.filter(
        events.event == "registered", events.channel == "internet", events.teller_id.notnull()
    )
    tellers = registered.group_by("teller_id").aggregate(
        unit_id=registered.unit_id.min(),
        count=registered.count(),
        customer_ids=registered.customer_id.collect(),
    )
    many = tellers.filter(tellers["count"] > p.count)
    return many.select(
        "unit_id",
        "count",
        "customer_ids",
        subject_id=many.teller_id,
        teller_id=many.teller_id,
        limit=p.count,
    )


def _events(number: int, first: int = 1, **event: Any) -> Events:
    plain = {"event": "registered", "channel": "internet", "teller_id": "T1", "unit_id": "U1"}
    return [
        plain | {"event_id": f"R{i}", "customer_id": f"K{i}"} | event for i in range(first, first + number)
    ]


def _bank(*groups: Events) -> Mapping[str, Events]:
    return {"ebank_events": [event for group in groups for event in group]}


MODEL = Model(
    code="B16",
    version=1,
    name=Text("柜员单日注册个人网银超限监测", "Teller registers too many personal internet banks in a day"),
    category="non_fund_movement",
    handling="itemised",
    grade="attention",
    subject="teller",
    purpose=Text(
        "短时间内大量注册网银，可能是批量代办、凑任务量或为他人开立“工具”网银，客户本人未必知情。",
        "Many registrations in one day may be proxies in bulk, padded targets, or tools opened for others"
        " without the customers' knowledge.",
    ),
    definition=Text(
        "同一柜员当日经办的个人网银注册笔数超过限额（大于，不含等于）。",
        "One teller handled more registrations of internet banking on the day than the limit (equal is"
        " not a hit).",
    ),
    false_positives=Text(
        "代发工资单位、学校、社区等集中开户的营销活动；新网点开业。",
        "Agreed campaigns: payroll clients, schools or communities signing up together; a new outlet.",
    ),
    decided=Text(
        "只计网上银行渠道的“注册”事项，一笔事项计一次，当日又注销的照计；客户自助注册没有柜员，不计。"
        "机构取该柜员当日注册事项的机构，有多个时取机构号最小的一个。",
        "Only events `registered` on channel `internet` count, one each, cancelled the same day or not;"
        " self-service registrations have no teller and do not count. The unit is the unit of the"
        " teller's registrations that day, the lowest number where there are several.",
    ),
    drivers=("P5", "P4"),
    needs={
        "ebank_events": (
            "booked_on",
            "customer_id",
            "teller_id",
            "channel",
            "event",
        )
    },
    where_given={"ebank_events": ("unit_id",)},
    parameters=Limits,
    lookback=1,
    compared={"limit": Text("单日注册笔数限额", "Limit of registrations a day")},
    hits=hits,
    examples=(
        hit("超过限额一笔", "One above the limit", "T1", _bank(_events(21)), evidence={"limit": 20}),
        near_miss("等于限额不算超限", "Exactly the limit", _bank(_events(20))),
        near_miss(
            "手机银行注册不计",
            "Registrations of mobile banking",
            _bank(_events(20), _events(5, 21, channel="mobile")),
        ),
        near_miss(
            "电话银行注册不计",
            "Registrations of phone banking",
            _bank(_events(20), _events(5, 21, channel="phone")),
        ),
        near_miss(
            "注销等其他事项不计", "Other events", _bank(_events(20), _events(5, 21, event="cancelled"))
        ),
        near_miss(
            "前一日的注册不计",
            "Registrations of the day before",
            _bank(_events(20), _events(5, 21, booked_on=EXAMPLE_DAY - dt.timedelta(days=1))),
        ),
        near_miss(
            "两名柜员各自未超限",
            "Two tellers, each within the limit",
            _bank(_events(20), _events(20, 21, teller_id="T2")),
        ),
        near_miss(
            "客户自助注册没有柜员", "Self-service without a teller", _bank(_events(30, teller_id=None))
        ),
        hit(
            "分散在两个网点办理合并计数",
            "Handled at two outlets, counted together",
            "T1",
            _bank(_events(11), _events(10, 12, unit_id="U2")),
        ),
        hit(
            "本行将限额调为三笔",
            "A bank's own limit of three",
            "T1",
            _bank(_events(4), _events(3, 5, teller_id="T2")),
            settings={"count": 3},
            evidence={"limit": 3},
        ),
    ),
)
