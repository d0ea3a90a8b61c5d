"""C21 电子银行密码重置监测."""

import datetime as dt
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.customer_events import as_hits

RESETS = ("login_password_reset", "token_password_reset")
V1 = "ebank_events:V1"


class Limits(Parameters):
    days: int = parameter(
        7,
        zh="统计天数",
        en="Window",
        unit="days",
        low=1,
        high=60,
        why=Text(
            "建议值：一周之内再次重置已少见；只作标示，不影响命中。",
            "Our proposal: to reset again within a week is rare. It marks a hit and decides none.",
        ),
    )
    times: int = parameter(
        2,
        zh="视为反复的次数",
        en="Resets that count as repeated",
        unit="times",
        low=2,
        high=100,
        why=Text(
            "建议值：第二次重置已不像一时忘记密码；只作标示，不影响命中。",
            "Our proposal: the second reset no longer looks like a password forgotten once. It marks a hit"
            " and decides none.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Passwords reset on the day, marked where the customer had so many resets within the window."""
    events = bank.today("ebank_events")
    found = events.filter(events.event.isin(RESETS))
    window = bank.window("ebank_events", p.days)
    resets = window.filter(window.event.isin(RESETS))
    numbers = resets.group_by("customer_id").aggregate(resets=resets.count())
    known = found.inner_join(numbers, found.customer_id == numbers.customer_id).select(
        found, resets=numbers.resets
    )
    return as_hits(
        bank,
        "ebank_events",
        known,
        channel=known.channel,
        of_token=known.event == "token_password_reset",
        repeated=known.resets >= p.times,
        resets=known.resets,
        days=p.days,
        times=p.times,
    )


def _ago(days: int) -> dt.date:
    return EXAMPLE_DAY - dt.timedelta(days=days)


def _bank(*more: dict[str, Any], **today: Any):
    """A reset of the day, and further events of the customer."""
    plain = {"customer_id": "K1", "channel": "internet", "event": "login_password_reset"}
    events = [plain | event for event in (today, *more)]
    return {
        "accounts": [
            {"account_id": "P1", "customer_id": "K1", "unit_id": "U1"},
            {"account_id": "P2", "customer_id": "K1", "unit_id": "U2"},
        ],
        "ebank_events": [{"event_id": f"V{i}"} | event for i, event in enumerate(events, 1)],
    }


_ONCE = {"repeated": False, "resets": 1}

MODEL = Model(
    code="C21",
    version=1,
    name=Text("电子银行密码重置监测", "E-banking password reset"),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="event",
    purpose=Text(
        "重置密码后即可操作客户的电子银行；冒名重置或柜员私自重置是盗用资金的前奏，短期内反复重置尤其可疑。",
        "Whoever resets the password can work the customer's e-banking. A reset by a stranger or by a teller"
        " on his own precedes the theft, and resets over and over are suspicious all the more.",
    ),
    definition=Text(
        "当日重置登录密码或U盾密码，每项报一次；客户近日重置次数达到规定次数（含等于）的标示为反复重置。",
        "A login password or a token's password was reset on the day; each event is a hit. It is marked as"
        " repeated where the customer had the given number of resets or more within the window.",
    ),
    false_positives=Text(
        "客户忘记密码、输错锁定后本人重置；老年客户反复忘记。",
        "A customer who forgot his password or was locked out; an elderly one who forgets it often.",
    ),
    decided=Text(
        "计登录密码重置和U盾密码重置，各渠道、自助或柜员办理都计，全部报送；反复只作标示。"
        "次数按客户累计，不分密码种类和渠道，窗口为截至当日的日历日，含当日全部重置（先后不分）。"
        "以事项为对象，同一客户当日两次报两次。按柜员集中的情况由统计分析查看。"
        "办理机构为空的取事项账户的开户机构，仍没有的取客户各账户中机构号最小的一个。",
        "Resets of the login password and of a token's count, on every channel, by a teller or the customer"
        " himself, and all are shown; repetition only marks a hit. Resets are counted by customer, of both"
        " kinds and all channels together, over calendar days that end on the business day, with every reset"
        " of that day, earlier or later. The subject is the event: two on a day are two hits. A teller with"
        " many is for the statistics to show. The unit is where it was handled, else that of the event's"
        " account, else the lowest number among the customer's accounts.",
    ),
    drivers=("E3", "P5", "P7"),
    needs={
        "ebank_events": ("event_id", "booked_on", "customer_id", "channel", "event"),
        "accounts": ("account_id", "customer_id", "unit_id"),
    },
    where_given={"ebank_events": ("account_id", "unit_id", "teller_id")},
    parameters=Limits,
    lookback=lambda p: p.days,
    compared={
        "channel": Text("渠道", "Channel"),
        "of_token": Text("U盾密码（否为登录密码）", "Token's password (no: login password)"),
        "repeated": Text("近日反复重置", "Repeated"),
        "resets": Text("近日重置次数", "Resets within the window"),
        "days": Text("统计天数", "Window in days"),
        "times": Text("视为反复的次数", "Resets that count as repeated"),
    },
    hits=hits,
    examples=(
        hit(
            "重置登录密码一次",
            "A login password reset once",
            V1,
            _bank(unit_id="U1", teller_id="T1"),
            evidence=_ONCE | {"channel": "internet", "of_token": False, "days": 7, "times": 2},
        ),
        hit(
            "重置U盾密码",
            "A token's password",
            V1,
            _bank(event="token_password_reset", account_id="P2"),
            evidence=_ONCE | {"of_token": True},
        ),
        hit(
            "上一次在窗口首日",
            "The one before on the first day of the window",
            V1,
            _bank({"booked_on": _ago(6)}),
            evidence={"repeated": True, "resets": 2},
        ),
        hit(
            "上一次在窗口前一天",
            "The one before a day before the window",
            V1,
            _bank({"booked_on": _ago(7)}),
            evidence=_ONCE,
        ),
        hit(
            "当日两种密码都重置",
            "Both passwords reset on the day",
            V1,
            _bank({"event": "token_password_reset"}),
            also=("ebank_events:V2",),
            evidence={"repeated": True, "resets": 2},
        ),
        hit(
            "另一渠道的重置合并计数",
            "A reset on another channel counts too",
            V1,
            _bank({"booked_on": _ago(2), "channel": "mobile"}),
            evidence={"repeated": True},
        ),
        hit(
            "七日内三次",
            "Three within the window",
            V1,
            _bank({"booked_on": _ago(2)}, {"booked_on": _ago(4)}),
            evidence={"repeated": True, "resets": 3},
        ),
        hit(
            "另一客户的重置不计",
            "Another customer's reset",
            V1,
            _bank({"booked_on": _ago(2), "customer_id": "K2"}),
            evidence=_ONCE,
        ),
        hit(
            "更换口令卡不是重置密码",
            "A token card replaced besides",
            V1,
            _bank({"event": "token_card_replaced"}),
            evidence=_ONCE,
        ),
        near_miss(
            "前几日反复重置，当日没有",
            "Repeated days ago, none on the day",
            _bank({"booked_on": _ago(2)}, booked_on=_ago(1)),
        ),
        near_miss("更换口令卡归C20", "A token card replaced", _bank(event="token_card_replaced")),
        near_miss("维护介质归C20", "A token maintained", _bank(event="token_maintained")),
        near_miss("注册", "A registration", _bank(event="registered")),
        near_miss("开通对外转账", "Transfers opened", _bank(event="transfer_opened")),
    ),
)
