"""C03 离岗连续若干天以上权限卡状态仍是启用的柜员监测."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter

LOOK_FURTHER = 30
"""Days read before the shortest run, to find where a run began across holidays without records."""


class Limits(Parameters):
    days: int = parameter(
        5,
        zh="连续离岗天数",
        en="Consecutive days away",
        unit="days",
        low=1,
        high=90,
        why=Text(
            "建议值：离岗五天以上通常属休假或外派，应先停用或移交权限卡。",
            "Our proposal: five days away is leave or secondment, before which the card is suspended or"
            " handed over.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Tellers recorded absent today and ever since `days` days ago, whose authority card is active."""
    gone = _absent(bank, p)
    tellers = bank.standing("tellers")
    snapshot = bank.today("teller_cards")
    active = snapshot.filter(snapshot.status == "active")
    cards = active.group_by("teller_id").aggregate(card_no=active.card_no.min(), active_cards=active.count())
    away = tellers.inner_join(gone, tellers.staff_id == gone.staff_id).inner_join(
        cards, tellers.teller_id == cards.teller_id
    )
    return away.select(
        subject_id=tellers.teller_id,
        unit_id=tellers.unit_id,
        teller_id=tellers.teller_id,
        away_since=gone.away_since,
        days_away=bank.day.delta(gone.away_since, unit="day") + 1,
        limit=p.days,
        card_no=cards.card_no,
        active_cards=cards.active_cards,
    )


def _absent(bank: Bank, p: Limits) -> Relation:
    """Staff absent today, with the first recorded day of absence since they were last present."""
    attendance = bank.window("attendance", p.days + LOOK_FURTHER)
    present = attendance.filter(attendance.state == "present")
    last = present.group_by("staff_id").aggregate(present_on=present.on.max())
    absent = attendance.filter(attendance.state != "present")
    since = absent.left_join(last, absent.staff_id == last.staff_id).filter(
        last.present_on.isnull() | (absent.on > last.present_on)
    )
    runs = since.group_by(absent.staff_id).aggregate(away_since=absent.on.min(), last_on=absent.on.max())
    latest = (bank.day - ibis.interval(days=p.days - 1)).cast("date")
    return runs.filter(runs.last_on == bank.day, runs.away_since <= latest)


def _days(ago: Iterable[int], state: str = "away") -> Sequence[Mapping[str, Any]]:
    return [{"staff_id": "S1", "on": EXAMPLE_DAY - dt.timedelta(days=back), "state": state} for back in ago]


def _bank(*attendance: Sequence[Mapping[str, Any]], **card: Any):
    return {
        "attendance": [row for rows in attendance for row in rows],
        "tellers": [{"teller_id": "T1", "staff_id": "S1", "unit_id": "U1"}],
        "teller_cards": [{"card_no": "Q1", "teller_id": "T1", "status": "active"} | card],
    }


MODEL = Model(
    code="C03",
    version=1,
    name=Text(
        "离岗连续若干天以上权限卡状态仍是启用的柜员监测", "Authority card still active after N days away"
    ),
    category="statistical",
    handling="statistical",
    grade="attention",
    subject="teller",
    purpose=Text(
        "柜员离岗而权限卡仍启用，他人可能冒用其权限办理业务或授权。",
        "While a teller is away his active card lets someone else work or authorise in his name.",
    ),
    definition=Text(
        "柜员截至当日已连续离岗达到或超过规定天数，当日权限卡状态仍为启用。",
        "A teller has been away for the number of consecutive days or more, up to and including the day,"
        " and his authority card is still active that day.",
    ),
    false_positives=Text(
        "外出培训、轮岗到他网点而考勤未及时维护；考勤迟报。",
        "Training or rotation to another outlet with attendance not kept up; late attendance records.",
    ),
    decided=Text(
        "考勤“休假”和“离岗”都算离岗。按日历天数计算：从最近一次在岗之后第一条离岗记录起，到当日止，首尾都须有离岗记录；"
        "中间没有考勤记录的日子（周末、节假日）不中断，计入天数。当日没有考勤记录的不报。"
        f"离岗首日最多向前追溯（规定天数+{LOOK_FURTHER}）天。一名员工有几个柜员号的，各自判断；有几张启用卡的，列卡号最小的一张。",
        "Attendance `leave` and `away` both are away. Calendar days count, from the first record of"
        " absence after the teller was last present to the business day; both ends must be recorded"
        " absences, and days without a record between them (weekends, holidays) do not break the run and"
        " count. A day without a record brings no hit. The first day is looked for up to"
        f" {LOOK_FURTHER} days before the shortest run. A person with several teller numbers is judged"
        " on each; of several active cards the lowest number is named.",
    ),
    drivers=("P6", "R4"),
    needs={
        "attendance": ("staff_id", "on", "state"),
        "tellers": ("teller_id", "staff_id", "unit_id"),
        "teller_cards": ("as_of", "card_no", "teller_id", "status"),
    },
    parameters=Limits,
    lookback=lambda p: p.days + LOOK_FURTHER,
    compared={
        "away_since": Text("离岗首日", "First day away"),
        "days_away": Text("已连续离岗天数", "Consecutive days away"),
        "limit": Text("规定天数", "Limit of days away"),
        "card_no": Text("启用的权限卡", "Active authority card"),
        "active_cards": Text("启用卡张数", "Number of active cards"),
    },
    hits=hits,
    examples=(
        hit(
            "刚满五天",
            "Exactly five days",
            "T1",
            _bank(_days([5], "present"), _days(range(5))),
            evidence={
                "away_since": EXAMPLE_DAY - dt.timedelta(days=4),
                "days_away": 5,
                "limit": 5,
                "card_no": "Q1",
                "active_cards": 1,
            },
        ),
        near_miss("只有四天", "Only four days", _bank(_days([4], "present"), _days(range(4)))),
        near_miss(
            "中间回岗一天",
            "Back for a day in between",
            _bank(_days([2], "present"), _days([6, 5, 4, 3, 1, 0])),
        ),
        near_miss("当日已回岗", "Back on the day", _bank(_days([0], "present"), _days(range(1, 8)))),
        near_miss("当日没有考勤记录", "No record on the day", _bank(_days(range(1, 8)))),
        hit("休假也是离岗", "Leave counts as away", "T1", _bank(_days([4, 3], "leave"), _days([2, 1, 0]))),
        hit(
            "周末没有考勤记录不中断",
            "A weekend without records does not break the run",
            "T1",
            _bank(_days([5], "present"), _days([4, 3, 0])),
            evidence={"days_away": 5},
        ),
        near_miss(
            "没有记录的日子不能作首日",
            "A day without a record does not begin the run",
            _bank(_days([5], "present"), _days([3, 2, 1, 0])),
        ),
        hit(
            "首日在更早的假期之前",
            "The run began before a holiday",
            "T1",
            _bank(_days([10], "present"), _days([9, 0])),
            evidence={"days_away": 10},
        ),
        near_miss("卡已停用", "The card is suspended", _bank(_days(range(7)), status="suspended")),
        near_miss("卡已交回", "The card was returned", _bank(_days(range(7)), status="returned")),
        near_miss(
            "只是前一日启用",
            "Active only the day before",
            _bank(_days(range(7)), as_of=EXAMPLE_DAY - dt.timedelta(days=1)),
        ),
        near_miss("他人的卡", "Another teller's card", _bank(_days(range(7)), teller_id="T2")),
    ),
)
