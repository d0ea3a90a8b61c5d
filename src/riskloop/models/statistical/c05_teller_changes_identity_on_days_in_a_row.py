"""C05 柜员连续多日改变身份次数超限监测."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.identity_changes import as_subjects

Events = Sequence[Mapping[str, Any]]


class Limits(Parameters):
    count: int = parameter(
        2,
        zh="每日改变身份次数限额",
        en="Limit of identity changes on each day",
        unit="times",
        low=0,
        high=1000,
        why=Text(
            "建议值：替班一次、换回一次为两次；天天超过两次就不是偶尔替班。",
            "Our proposal: standing in once and changing back makes two; more than that day after day is"
            " not occasional.",
        ),
    )
    days: int = parameter(
        3,
        zh="连续天数",
        en="Consecutive days",
        unit="days",
        low=2,
        high=30,
        why=Text("建议值：连续三天已成习惯。", "Our proposal: three days in a row are a habit."),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Tellers over the limit of changes on every one of the `days` days that end today."""
    window = bank.window("teller_days", p.days)
    over = window.filter(window.identity_changes > p.count)
    tellers = over.group_by("teller_id").aggregate(
        days_over=over.count(),
        changes=over.identity_changes.sum().cast("int64"),
        fewest=over.identity_changes.min(),
    )
    found = as_subjects(bank, tellers.filter(tellers.days_over == p.days))
    return found.select(
        "subject_id", "unit_id", "teller_id", "fewest", count=found.changes, days=p.days, limit=p.count
    )


def _changes(*numbers: int, until: int = 0, **event: Any) -> Events:
    """So many changes of one teller on each of the days in a row that end `until` days ago."""
    plain = {"teller_id": "T1", "event": "identity_changed", "identity": "lead"} | event
    name = f"{plain['teller_id']}{plain['event']}"
    return [
        {"event_id": f"{name}{ago}-{i}", "booked_on": EXAMPLE_DAY - timedelta(days=ago)} | plain
        for ago, number in enumerate(reversed(numbers), until)
        for i in range(number)
    ]


def _bank(*groups: Events) -> Mapping[str, Events]:
    return {
        "tellers": [{"teller_id": name, "unit_id": "U1"} for name in ("T1", "T2")],
        "teller_events": [event for group in groups for event in group],
    }


MODEL = Model(
    code="C05",
    version=1,
    name=Text(
        "柜员连续多日改变身份次数超限监测", "Teller changes identity too often on several days in a row"
    ),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="teller",
    purpose=Text(
        "每天次数不多但天天改变身份，说明网点把一人多岗当作常态，岗位制约长期失效。",
        "Few changes a day, but day after day: the outlet lives with one person in several posts, and the"
        " separation of duties no longer works.",
    ),
    definition=Text(
        "柜员截至当日连续若干个日历日，每日改变身份的次数都超过限额（大于，不含等于）。",
        "On each of the given number of consecutive calendar days that end on the business day a teller"
        " changed his identity more often than the limit (equal is not a hit).",
    ),
    false_positives=Text(
        "网点人员集中休假、培训期间有审批的连续替班。",
        "Approved standing-in over several days while colleagues are on leave or in training.",
    ),
    decided=Text(
        "“连续多日”按日历日计算，当日为最后一日；没有超限的一天（包括周末和未上班的日子）即中断，须重新起算。"
        "不跳过非工作日，是因为许多网点周末照常营业，而柜员是否当班不在身份记录中；跨周末的由C06累计监测。"
        "连续超限期间每多一日报一次。一条“改变身份”记录计一次，改回也计一次，签到、签退不计。"
        "机构取柜员资料中的机构；资料中没有的柜员照报，机构为空。",
        "The days in a row are calendar days, the business day the last of them; a day within the limit ends"
        " the run, a weekend or a day off included. Days without work are not skipped: many outlets work at"
        " weekends, and the records of identities do not say whether the teller was on duty; what goes on"
        " across weekends is added up by C06. Every further day of the run is a hit of its own. Each record"
        " `identity_changed` counts once, changing back included; signing on and off do not count. The unit"
        " is that of the teller's standing data; a teller whom these do not know is a hit without a unit.",
    ),
    drivers=("R5", "R4", "P5"),
    needs={
        "teller_days": ("teller_id", "booked_on", "identity_changes"),
        "tellers": ("teller_id", "unit_id"),
    },
    parameters=Limits,
    lookback=lambda p: p.days,
    compared={
        "fewest": Text("其中最少一日的次数", "Changes on the day with the fewest"),
        "limit": Text("每日改变身份次数限额", "Limit of identity changes on each day"),
        "days": Text("连续天数", "Consecutive days"),
    },
    hits=hits,
    examples=(
        hit(
            "连续三天每天超过限额一次",
            "One above the limit on each of three days",
            "T1",
            _bank(_changes(3, 3, 3)),
            evidence={"fewest": 3, "limit": 2, "days": 3},
        ),
        near_miss("当日等于限额", "Exactly the limit today", _bank(_changes(9, 9, 2))),
        near_miss("首日等于限额", "Exactly the limit on the first day", _bank(_changes(2, 9, 9))),
        near_miss("只有两天", "Only two days", _bank(_changes(3, 3))),
        near_miss("三天中间断一天", "Three days with a day between", _bank(_changes(3, 3, 0, 3))),
        near_miss(
            "三天止于前一日", "Three days that ended the day before", _bank(_changes(3, 3, 3, until=1))
        ),
        hit(
            "第四天再报",
            "The fourth day in a row",
            "T1",
            _bank(_changes(3, 4, 5, 6)),
            evidence={"fewest": 4},
        ),
        near_miss(
            "签到、签退不计",
            "Signing on and off do not count",
            _bank(
                _changes(2, 2, 2), _changes(1, 1, 1, event="signed_on"), _changes(1, 1, 1, event="signed_off")
            ),
        ),
        near_miss(
            "其中一天是另一柜员",
            "One of the days is another teller's",
            _bank(_changes(3, 3), _changes(3, until=2, teller_id="T2")),
        ),
        hit(
            "本行规定五天",
            "A bank that counts five days",
            "T1",
            _bank(_changes(3, 3, 3, 3, 3)),
            settings={"days": 5},
            evidence={"days": 5},
        ),
    ),
)
