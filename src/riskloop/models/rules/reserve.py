"""Reserve accounts (备付金) between two levels: what the upper unit books against what the lower one does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Example, Parameters, Text, hit, near_miss, parameter

Facts = Mapping[str, Sequence[Mapping[str, Any]]]
GAP = 10
"""Calendar days looked at beyond the age, the business day among them: they span a week's holiday with the
weekends around it. A hit less than so many days after the last one goes on with its open event, if the books
have differed ever since."""


class Limits(Parameters):
    tolerance: Decimal = parameter(
        Decimal(0),
        zh="容差",
        en="Tolerance",
        unit="CNY",
        low=0,
        high=10**9,
        why=Text("上下级账务应逐分相符。", "The books of the two levels must agree to the fen."),
    )
    age: int = parameter(
        0,
        zh="不符天数",
        en="Days that it has stood",
        unit="days",
        low=0,
        high=60,
        why=Text(
            "建议值：当日不符当日即报；未达账项较多的行可以宽限。",
            "Our proposal: told on its first day; a bank with many items in transit may wait.",
        ),
    )


def differing(bank: Bank, p: Limits, upper: str, lower: str) -> Relation:
    """Units of level `lower` whose reserve differs from the books of the unit of level `upper` that keeps it.

    One hit a lower unit: `amount` is what the books differ by, all upper units together, in CNY.

    Args:
        upper, lower: levels of units, as `units.level` has them.
    """
    stated = bank.window("reserve_positions", p.age + GAP)
    of_levels = stated.filter(
        stated.upper_unit_id.isin(_of_level(bank, upper)), stated.lower_unit_id.isin(_of_level(bank, lower))
    )
    positions = of_levels.mutate(gap=of_levels.upper_balance - of_levels.lower_balance)
    apart = positions.gap.abs() > p.tolerance
    pair = ("upper_unit_id", "lower_unit_id")
    agreed = positions.group_by(*pair).aggregate(agreed_on=positions.as_of.max(where=~apart))
    known = positions.filter(apart).left_join(agreed, pair)
    standing = known.filter(known.agreed_on.isnull() | (known.as_of > known.agreed_on))
    today = standing.as_of == bank.day
    pairs = standing.group_by(*pair).aggregate(
        since=standing.as_of.min(),
        gap=standing.gap.sum(where=today),
        upper_balance=standing.upper_balance.sum(where=today),
        lower_balance=standing.lower_balance.sum(where=today),
    )
    old = pairs.filter(pairs.gap.notnull(), pairs.since <= bank.day - ibis.interval(days=p.age))
    found = old.group_by("lower_unit_id").aggregate(
        amount=old.gap.abs().sum(),
        count=old.count(),
        upper_units=old.upper_unit_id.collect().sort(),
        upper_balance=old.upper_balance.sum(),
        lower_balance=old.lower_balance.sum(),
        since=old.since.min(),
    )
    return found.select(
        "amount",
        "count",
        "upper_units",
        "upper_balance",
        "lower_balance",
        "since",
        subject_id=found.lower_unit_id,
        unit_id=found.lower_unit_id,
        tolerance=p.tolerance,
        age=p.age,
    )


def _of_level(bank: Bank, level: str) -> Relation:
    units = bank.standing("units")
    return units.filter(units.level == level).unit_id


NEEDS = {
    "reserve_positions": ("as_of", "upper_unit_id", "lower_unit_id", "upper_balance", "lower_balance"),
    "units": ("unit_id", "level"),
}
COMPARED = {
    "upper_balance": Text("上级余额", "Balance by the upper unit"),
    "lower_balance": Text("下级余额", "Balance by the lower unit"),
    "upper_units": Text("上级机构", "Upper units"),
    "since": Text("不符起始日（回看期内）", "Differing since (within the days looked at)"),
    "tolerance": Text("容差", "Tolerance"),
    "age": Text("不符天数", "Days that it must have stood"),
}
FALSE_POSITIVES = Text(
    "在途款项、上下级日切时间不同、节假日顺延记账。",
    "Money on its way, levels that close at different hours, entries put off over a holiday.",
)
DECIDED = Text(
    "对象为下级机构，层级以机构资料为准，资料中没有的机构不判断。相差超过容差即报（等于容差不报），多出少出都算；"
    "不符天数为零时当日即报，为N时须自N个日历日之前起每次报送都不符，其间相符过一次即重新起算；只回看N加10个日历日（含当日，可跨长假），更早的报送不看。"
    "同一下级机构对几个上级机构不符的合并为一次，金额为差额绝对值之和。状态未消除前每日报送；距上一次命中不足10日且其间未曾相符的，计入仍未结的原事件；其间相符过的，另立事件。",
    "The subject is the lower unit; levels are those of the units' own table, and a unit that it does not"
    " know is not judged. A difference beyond the tolerance counts either way (equal is not a hit). With no"
    " days to wait it is told at once; with N, every statement since N calendar days ago must differ, and one"
    " that agreed begins the count anew; N and ten calendar days are looked at, the day itself among them (a"
    " long holiday fits in), and no earlier statement. A lower unit that differs from several upper units is"
    " told once, with the sum of the differences as its amount. Until it is settled it is a hit every day; a"
    " hit less than ten days after the last one extends that event while it is open; where the books agreed"
    " in between, it opens another.",
)


def examples(upper: str, lower: str, other: tuple[str, str]) -> tuple[Example, ...]:
    """Examples at every boundary for two levels; `other` are two levels that the model leaves to others."""

    def bank(*positions: Mapping[str, Any], levels: tuple[str, str] = (upper, lower)) -> Facts:
        units = [{"unit_id": unit, "level": levels[0]} for unit in ("X1", "X2")]
        return {
            "units": [*units, {"unit_id": "L1", "level": levels[1]}],
            "reserve_positions": positions,
        }

    # A bank has one head office: there are no two of it to differ from.
    two_above = hit(
        "对两个上级都不符合并为一次",
        "Differing from two upper units is told once",
        "L1",
        bank(_stated("8000.01"), _stated("7000.00", unit="X2")),
        evidence={"upper_balance": Decimal("15000.01"), "lower_balance": 16_000},
    )
    elsewhere = near_miss("其他层级之间", "Between other levels", bank(_stated("9000.00"), levels=other))
    more = [elsewhere] if upper == "head_office" else [elsewhere, two_above]
    return (*_of_one_day(bank), *more, *_over_days(bank), *_of_some_age(bank))


def _stated(upper_balance: str, ago: int = 0, unit: str = "X1") -> dict[str, Any]:
    return {
        "as_of": EXAMPLE_DAY - dt.timedelta(days=ago),
        "upper_unit_id": unit,
        "lower_unit_id": "L1",
        "upper_balance": Decimal(upper_balance),
        "lower_balance": Decimal("8000.00"),
    }


def _of_one_day(bank: Callable[..., Facts]) -> Iterator[Example]:
    yield hit(
        "上级多一分",
        "One fen more by the upper unit",
        "L1",
        bank(_stated("8000.01")),
        evidence={
            "upper_balance": Decimal("8000.01"),
            "lower_balance": 8000,
            "upper_units": ["X1"],
            "since": EXAMPLE_DAY,
            "tolerance": 0,
            "age": 0,
        },
    )
    yield hit("上级少一分", "One fen less by the upper unit", "L1", bank(_stated("7999.99")))
    yield near_miss("账务相符", "The books agree", bank(_stated("8000.00")))
    ten = {"tolerance": Decimal(10)}
    yield near_miss("等于容差不报", "Exactly the tolerance", bank(_stated("8010.00")), settings=ten)
    yield hit("超过容差一分", "One fen beyond the tolerance", "L1", bank(_stated("8010.01")), settings=ten)


def _over_days(bank: Callable[..., Facts]) -> Iterator[Example]:
    yield near_miss(
        "前一日不符当日已相符",
        "They differed the day before, and agree today",
        bank(_stated("9000.00", 1), _stated("8000.00")),
    )
    yield near_miss(
        "前一日不符当日没有报送", "They differed the day before only", bank(_stated("9000.00", 1))
    )
    yield hit(
        "周五起不符至今",
        "They have differed since the last statement, days ago",
        "L1",
        bank(_stated("9000.00", 3), _stated("9000.00")),
        evidence={"since": EXAMPLE_DAY - dt.timedelta(days=3)},
    )
    yield hit(
        "其间相符过，重新起算",
        "An agreement in between begins the count anew",
        "L1",
        bank(_stated("9000.00", 3), _stated("8000.00", 2), _stated("9000.00", 1), _stated("9000.00")),
        evidence={"since": EXAMPLE_DAY - dt.timedelta(days=1)},
    )


def _of_some_age(bank: Callable[..., Facts]) -> Iterator[Example]:
    aged = {"age": 3}
    yield hit(
        "满三日", "Three days old", "L1", bank(_stated("9000.00", 3), _stated("9000.00")), settings=aged
    )
    yield near_miss(
        "只有两日", "Two days old", bank(_stated("9000.00", 2), _stated("9000.00")), settings=aged
    )
    yield near_miss(
        "三日之内相符过",
        "Agreed within the three days",
        bank(_stated("9000.00", 3), _stated("8000.00", 1), _stated("9000.00")),
        settings=aged,
    )
    yield hit(
        "三日前没有报送，更早的一次已不符",
        "No statement three days ago, and the one before it differed",
        "L1",
        bank(_stated("9000.00", 12), _stated("9000.00", 2), _stated("9000.00")),
        settings=aged,
    )
    yield near_miss(
        "更早的一次在回看期之前",
        "The one before it lies before the days looked at",
        bank(_stated("9000.00", 13), _stated("9000.00", 2), _stated("9000.00")),
        settings=aged,
    )
