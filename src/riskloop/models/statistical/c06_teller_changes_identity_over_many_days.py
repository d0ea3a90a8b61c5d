"""C06 柜员累计多日改变身份次数超限监测."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.identity_changes import as_subjects

Events = Sequence[Mapping[str, Any]]


class Limits(Parameters):
    days: int = parameter(
        30,
        zh="累计天数",
        en="Window",
        unit="days",
        low=1,
        high=366,
        why=Text("建议值：一个月。", "Our proposal: a month."),
    )
    count: int = parameter(
        40,
        zh="累计改变身份次数限额",
        en="Limit of identity changes in the window",
        unit="times",
        low=1,
        high=10_000,
        why=Text(
            "建议值：一个月约二十个工作日，平均每日替班一次、换回一次。",
            "Our proposal: some twenty working days a month, standing in and changing back once on each.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Tellers with more changes in the window than the limit, one of them today."""
    window = bank.window("teller_days", p.days)
    tellers = window.group_by("teller_id").aggregate(
        changes=window.identity_changes.sum().cast("int64"),
        days_with_changes=window.count(),
        first_on=window.booked_on.min(),
        last_on=window.booked_on.max(),
    )
    many = tellers.filter(tellers.changes > p.count, tellers.last_on == bank.day)
    found = as_subjects(bank, many)
    return found.select(
        "subject_id",
        "unit_id",
        "teller_id",
        "days_with_changes",
        "first_on",
        count=found.changes,
        days=p.days,
        limit=p.count,
    )


def _changes(numbers: Mapping[int, int], **event: Any) -> Events:
    """Changes of one teller: how many, by how many days ago."""
    plain = {"teller_id": "T1", "event": "identity_changed", "identity": "lead"} | event
    name = f"{plain['teller_id']}{plain['event']}"
    return [
        {"event_id": f"{name}{ago}-{i}", "booked_on": EXAMPLE_DAY - timedelta(days=ago)} | plain
        for ago, number in numbers.items()
        for i in range(number)
    ]


def _bank(*groups: Events) -> Mapping[str, Events]:
    return {
        "tellers": [{"teller_id": name, "unit_id": "U1"} for name in ("T1", "T2")],
        "teller_events": [event for group in groups for event in group],
    }


MODEL = Model(
    code="C06",
    version=1,
    name=Text("柜员累计多日改变身份次数超限监测", "Teller changes identity too often over many days"),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="teller",
    purpose=Text(
        "单日和连续数日都未超限，但一段时间内累计改变身份很多，说明该柜员实际兼任不相容岗位。",
        "Neither a day nor a few days in a row stand out, but the changes add up: the teller in fact holds"
        " posts that exclude each other.",
    ),
    definition=Text(
        "柜员在累计天数内改变身份的总次数超过限额（大于，不含等于），且当日有改变。",
        "The changes of identity of one teller within the window exceed the limit (equal is not a hit), and"
        " one of them is of the day.",
    ),
    false_positives=Text(
        "人手少的小型网点长期有审批的兼岗；新员工跟班期间由他人多次替班。",
        "Small outlets with an approved double post; many stand-ins while a newcomer is being trained.",
    ),
    decided=Text(
        "窗口为截至当日（含）的日历天数。只在当日又有改变时报送，以免同一事实连报一个月；超限期间每有改变的一日报一次。"
        "一条“改变身份”记录计一次，改回也计一次，签到、签退不计。"
        "机构取柜员资料中的机构；资料中没有的柜员照报，机构为空。",
        "The window is calendar days up to the business day, included. A hit comes only on a day with a"
        " change, so that one fact is not told for a month; while the sum stays above the limit every day"
        " with a change is one. Each record `identity_changed` counts once, changing back included; signing"
        " on and off do not count. The unit is that of the teller's standing data; a teller whom these do"
        " not know is a hit without a unit.",
    ),
    drivers=("R5", "R4", "P5"),
    needs={
        "teller_days": ("teller_id", "booked_on", "identity_changes"),
        "tellers": ("teller_id", "unit_id"),
    },
    parameters=Limits,
    lookback=lambda p: p.days,
    compared={
        "days_with_changes": Text("有改变的天数", "Days with a change"),
        "first_on": Text("窗口内首次改变日", "First change within the window"),
        "limit": Text("累计次数限额", "Limit of changes in the window"),
        "days": Text("累计天数", "Window in days"),
    },
    hits=hits,
    examples=(
        hit(
            "五天内累计超过限额一次",
            "One above the limit, within five days",
            "T1",
            _bank(_changes({4: 10, 3: 10, 1: 10, 0: 11})),
            evidence={
                "days_with_changes": 4,
                "first_on": EXAMPLE_DAY - timedelta(days=4),
                "limit": 40,
                "days": 30,
            },
        ),
        near_miss(
            "五天内累计等于限额",
            "Exactly the limit, within five days",
            _bank(_changes({4: 20, 1: 10, 0: 10})),
        ),
        hit(
            "窗口首日的计入",
            "The first day of the window counts",
            "T1",
            _bank(_changes({29: 1, 15: 20, 0: 20})),
            evidence={"first_on": EXAMPLE_DAY - timedelta(days=29)},
        ),
        near_miss(
            "窗口前一天的不计",
            "The day before the window does not count",
            _bank(_changes({30: 1, 15: 20, 0: 20})),
        ),
        near_miss("当日没有改变", "No change today", _bank(_changes({5: 30, 1: 30}))),
        hit(
            "当日一天即超限",
            "All on one day",
            "T1",
            _bank(_changes({0: 41})),
            evidence={"days_with_changes": 1},
        ),
        near_miss(
            "签到、签退不计",
            "Signing on and off do not count",
            _bank(
                _changes({3: 30, 0: 10}),
                _changes({0: 1}, event="signed_on"),
                _changes({0: 1}, event="signed_off"),
            ),
        ),
        near_miss(
            "当日只有签到",
            "Only signed on today",
            _bank(_changes({3: 45}), _changes({0: 1}, event="signed_on")),
        ),
        near_miss(
            "两名柜员各自未超限",
            "Two tellers, each within the limit",
            _bank(_changes({3: 10, 0: 11}), _changes({3: 10, 0: 11}, teller_id="T2")),
        ),
        hit(
            "本行将限额调为三次",
            "A bank's own limit of three",
            "T1",
            _bank(_changes({6: 2, 0: 2}), _changes({6: 2, 0: 1}, teller_id="T2")),
            settings={"days": 7, "count": 3},
            evidence={"limit": 3, "days": 7},
        ),
    ),
)
