"""B17 网点单日注册个人网银超限监测."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter

Rows = Sequence[Mapping[str, Any]]


class Limits(Parameters):
    count: int = parameter(
        60,
        zh="单日注册笔数限额",
        en="Limit of registrations a day",
        unit="times",
        low=1,
        high=10_000,
        why=Text(
            "建议值：约为三名柜员各按B16限额（二十笔）办理的总和。",
            "Our proposal: about what three tellers register together, each at the limit of B16 (twenty).",
        ),
    )
    ratio: Decimal = parameter(
        Decimal(3),
        zh="对本网点日均的倍数",
        en="Times the outlet's own mean",
        unit="ratio",
        low=1,
        high=1000,
        why=Text(
            "建议值：大网点平日笔数就多，超过自身日均三倍才算异常。",
            "Our proposal: a large outlet registers many every day; three times its own mean is unusual.",
        ),
    )
    days: int = parameter(
        60,
        zh="日均统计天数",
        en="Days of the mean",
        unit="days",
        low=1,
        high=366,
        why=Text(
            "建议值：约两个月，足以抹平单次营销活动。",
            "Our proposal: about two months level out a single campaign.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Outlets with more registrations than the limit, and than `ratio` times their mean of `days` days."""
    outlets = _outlets(bank, p)
    # The mean is not divided out: products of whole numbers and the ratio are exact on every engine.
    above_mean = outlets.today * outlets.days_counted > outlets.before * p.ratio
    many = outlets.filter(outlets.today > p.count, above_mean)
    handled = _handled(bank)
    found = many.inner_join(handled, many.unit_id == handled.unit_id)
    return found.select(
        subject_id=many.unit_id,
        unit_id=many.unit_id,
        count=many.today,
        teller_ids=handled.teller_ids,
        customer_ids=handled.customer_ids,
        limit=p.count,
        before=many.before,
        days_counted=many.days_counted,
        ratio=p.ratio,
    )


def _outlets(bank: Bank, p: Limits) -> Relation:
    """Registrations of each outlet today and before, and the days of the window that it has been open."""
    days = bank.window("outlet_days", p.days + 1)
    numbers = days.group_by("unit_id").aggregate(
        today=days.registered.sum(where=days.booked_on == bank.day).fill_null(0).cast("int64"),
        before=days.registered.sum(where=days.booked_on < bank.day).fill_null(0).cast("int64"),
    )
    units = bank.standing("units")
    known = numbers.left_join(units, numbers.unit_id == units.unit_id)
    days_open = bank.day.delta(units.opened_on, unit="day").fill_null(p.days)
    return known.select(numbers, days_counted=days_open.clip(1, p.days))


def _handled(bank: Bank) -> Relation:
    """By outlet, who registered whom today."""
    events = bank.today("ebank_events")
    registered = events.filter(
        events.event == "registered", events.channel == "internet", events.unit_id.notnull()
    )
    return registered.group_by("unit_id").aggregate(
        teller_ids=registered.teller_id.collect(), customer_ids=registered.customer_id.collect()
    )


def _ago(days: int) -> dt.date:
    return EXAMPLE_DAY - dt.timedelta(days=days)


def _events(number: int, ago: int = 0, first: int = 1, **event: Any) -> Rows:
    plain = {"event": "registered", "channel": "internet", "unit_id": "U1", "teller_id": "T1"}
    plain |= {"booked_on": _ago(ago)}
    return [
        plain | {"event_id": f"R{ago}x{i}", "customer_id": f"K{i}"} | event
        for i in range(first, first + number)
    ]


def _bank(*groups: Rows, opened_ago: int | None = None) -> Mapping[str, Rows]:
    events = [event for group in groups for event in group]
    if opened_ago is None:
        return {"ebank_events": events}
    return {"ebank_events": events, "units": [{"unit_id": "U1", "opened_on": _ago(opened_ago)}]}


_TWO_DAYS = {"count": 2, "days": 2}
_TEN_DAYS = {"count": 2, "days": 10}


MODEL = Model(
    code="B17",
    version=1,
    name=Text("网点单日注册个人网银超限监测", "Outlet registers too many personal internet banks in a day"),
    category="non_fund_movement",
    handling="itemised",
    grade="attention",
    subject="outlet",
    purpose=Text(
        "网点一天注册的个人网银突然大增，可能是批量代办、突击完成任务或为他人开立“工具”网银，分摊到几名柜员便不触发B16。",
        "A sudden rise of an outlet's registrations may be proxies in bulk, a rush for a target, or tools"
        " opened for others; spread over several tellers it escapes B16.",
    ),
    definition=Text(
        "网点当日个人网银注册笔数超过限额，并超过本网点前若干日（不含当日）日均笔数的规定倍数（都不含等于）。",
        "An outlet's registrations of internet banking on the day exceed the limit, and exceed the given"
        " multiple of its own mean per calendar day over the days before (equal is not a hit).",
    ),
    false_positives=Text(
        "代发工资单位、学校、社区等集中开户的营销活动；新网点开业；邻近网点停业后客户转来。",
        "Agreed campaigns: payroll clients, schools or communities signing up together; a new outlet; the"
        " customers of a neighbour that closed.",
    ),
    decided=Text(
        "只计网上银行渠道的“注册”事项，一笔计一次，自助注册的照计；没有机构的不计。日均按日历天数，没有注册的日子"
        "（含周末、节假日）计为零，不含当日。网点在统计期内开业的（有开业日期时），只按开业日至前一日的天数平均，至少按一天；"
        "没有开业日期的按整个统计期。此前没有注册的网点，日均为零，只看限额。",
        "Only events `registered` on channel `internet` count, one each, self-service included; those without"
        " a unit do not. The mean is per calendar day: days without a registration, weekends and holidays"
        " too, count as zero, and the day itself does not count. For an outlet opened within these days"
        " (where the opening is given) the mean is over the days from the opening to yesterday, one at least;"
        " without a date it is over all the days. Where nothing was registered before, the mean is zero and"
        " the limit alone decides.",
    ),
    drivers=("P5", "P4"),
    needs={
        "outlet_days": ("unit_id", "registered", "booked_on"),
        "ebank_events": ("booked_on", "unit_id", "customer_id", "channel", "event"),
        "units": ("unit_id",),
    },
    where_given={"ebank_events": ("teller_id",), "units": ("opened_on",)},
    parameters=Limits,
    lookback=lambda p: {"outlet_days": p.days + 1},
    compared={
        "limit": Text("单日注册笔数限额", "Limit of registrations a day"),
        "before": Text("此前注册笔数合计", "Registrations in the days before"),
        "days_counted": Text("计算日均的天数", "Days that the mean is taken over"),
        "ratio": Text("对日均的规定倍数", "Times the mean that counts"),
    },
    hits=hits,
    examples=(
        hit(
            "超过限额一笔，此前没有注册",
            "One above the limit, none before",
            "U1",
            _bank(_events(61)),
            evidence={"limit": 60, "before": 0, "days_counted": 60, "ratio": 3},
        ),
        near_miss("等于限额不算超限", "Exactly the limit", _bank(_events(60))),
        hit(
            "平日也有注册，当日远超日均",
            "Registrations before, far fewer a day",
            "U1",
            _bank(_events(61), _events(20, 1), _events(20, 8)),
            evidence={"before": 40},
        ),
        near_miss(
            "手机银行注册不计", "Mobile banking", _bank(_events(60), _events(5, 0, 61, channel="mobile"))
        ),
        near_miss(
            "电话银行注册不计", "Phone banking", _bank(_events(60), _events(5, 0, 61, channel="phone"))
        ),
        near_miss(
            "注销等其他事项不计", "Other events", _bank(_events(60), _events(5, 0, 61, event="cancelled"))
        ),
        near_miss("前一日的不是当日的", "Those of the day before", _bank(_events(60), _events(5, 1))),
        near_miss(
            "前一日超限而当日没有", "Above the limit the day before, none today", _bank(_events(70, 1))
        ),
        near_miss(
            "两个网点各自未超限",
            "Two outlets, each within the limit",
            _bank(_events(60), _events(60, 0, 61, unit_id="U2")),
        ),
        near_miss("没有机构的不计", "Without a unit", _bank(_events(60), _events(5, 0, 61, unit_id=None))),
        hit(
            "几名柜员和自助注册合并计数",
            "Several tellers and self-service, counted together",
            "U1",
            _bank(_events(30), _events(30, 0, 31, teller_id="T2"), _events(1, 0, 61, teller_id=None)),
        ),
        near_miss(
            "等于日均的三倍",
            "Exactly three times the mean",
            _bank(_events(3), _events(1, 1), _events(1, 2)),
            settings=_TWO_DAYS,
        ),
        hit(
            "超过日均的三倍",
            "More than three times the mean",
            "U1",
            _bank(_events(4), _events(1, 1), _events(1, 2)),
            settings=_TWO_DAYS,
            evidence={"before": 2, "days_counted": 2, "ratio": 3},
        ),
        near_miss(
            "统计期首日的注册计入日均",
            "Those of the window's first day count",
            _bank(_events(3), _events(2, 2)),
            settings=_TWO_DAYS,
        ),
        hit(
            "统计期之前的不计入日均",
            "Those of the day before the window do not",
            "U1",
            _bank(_events(3), _events(2, 3)),
            settings=_TWO_DAYS,
            evidence={"before": 0},
        ),
        hit(
            "此前的手机银行注册不计入日均",
            "Earlier registrations of mobile banking do not count",
            "U1",
            _bank(_events(3), _events(1, 1), _events(5, 2, channel="mobile")),
            settings=_TWO_DAYS,
            evidence={"before": 1},
        ),
        hit(
            "刚超过本行的倍数",
            "Just above a bank's own multiple",
            "U1",
            _bank(_events(2), _events(1, 1)),
            settings={"count": 1, "days": 1, "ratio": Decimal("1.99")},
        ),
        near_miss(
            "等于本行的倍数",
            "Exactly a bank's own multiple",
            _bank(_events(2), _events(1, 1)),
            settings={"count": 1, "days": 1, "ratio": Decimal(2)},
        ),
        near_miss(
            "两天前开业，只按两天平均",
            "Opened two days ago, a mean of two days",
            _bank(_events(3), _events(1, 1), _events(1, 2), opened_ago=2),
            settings=_TEN_DAYS,
        ),
        hit(
            "三天前开业，按三天平均",
            "Opened three days ago, a mean of three days",
            "U1",
            _bank(_events(3), _events(1, 1), _events(1, 2), opened_ago=3),
            settings=_TEN_DAYS,
            evidence={"days_counted": 3},
        ),
        hit(
            "当日开业只看限额",
            "Opened today, the limit alone",
            "U1",
            _bank(_events(3), opened_ago=0),
            settings=_TEN_DAYS,
            evidence={"days_counted": 1, "before": 0},
        ),
        hit(
            "统计期之前开业，按整个统计期平均",
            "Opened before the window, a mean of all its days",
            "U1",
            _bank(_events(3), _events(1, 1), _events(1, 2), opened_ago=11),
            settings=_TEN_DAYS,
            evidence={"days_counted": 10},
        ),
        hit(
            "没有开业日期，按整个统计期平均",
            "No date of opening, a mean of all the days",
            "U1",
            _bank(_events(3), _events(1, 1), _events(1, 2)),
            settings=_TEN_DAYS,
            evidence={"days_counted": 10},
        ),
    ),
)
