"""C29 网银内管柜员状态监测."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter


class Limits(Parameters):
    days: int = parameter(
        30,
        zh="未使用天数",
        en="Days unused",
        unit="days",
        low=1,
        high=3660,
        why=Text(
            "建议值：一个月未用的内管柜员号应停用，需要时再启用。",
            "Our proposal: an operator number not used for a month is disabled until it is needed.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Outlets whose staff have enabled operator numbers unused for long, or are on leave, away or gone."""
    judged = _judged(bank, p)
    wrong = judged.filter(judged.unused | judged.never_used | judged.away | judged.left)
    # In the order of the numbers, which no engine keeps by itself.
    operators = wrong.operator_id.collect().sort()
    separator: Relation = ibis.literal(", ")
    return wrong.group_by("unit_id").aggregate(
        subject_id=wrong.unit_id.min(),
        count=wrong.count(),
        unused=wrong.count(where=wrong.unused),
        never_used=wrong.count(where=wrong.never_used),
        away=wrong.count(where=wrong.away),
        left=wrong.count(where=wrong.left),
        operators=separator.join(operators),
        limit=ibis.literal(p.days),
    )


def _judged(bank: Bank, p: Limits) -> Relation:
    """The day's enabled operators with the unit of their person, and what is wrong with each."""
    snapshot, staff = bank.today("ebank_operators"), bank.standing("staff")
    enabled = snapshot.filter(snapshot.status == "enabled")
    attendance = bank.today("attendance")
    absent = attendance.filter(attendance.state.isin(("leave", "away")))
    known = enabled.inner_join(staff, enabled.staff_id == staff.staff_id).left_join(
        absent, enabled.staff_id == absent.staff_id
    )
    earliest = (bank.day - ibis.interval(days=p.days)).cast("date")
    return known.select(
        unit_id=staff.unit_id,
        operator_id=enabled.operator_id,
        unused=(enabled.last_used_on < earliest).fill_null(False),
        never_used=enabled.last_used_on.isnull(),
        away=absent.state.notnull(),
        left=(staff.left_on <= bank.day).fill_null(False),
    )


def _ago(days: int) -> dt.date:
    return EXAMPLE_DAY - dt.timedelta(days=days)


def _operator(number: int = 1, used_ago: int | None = 1, **more: Any) -> dict[str, Any]:
    used = None if used_ago is None else _ago(used_ago)
    return {
        "operator_id": f"N{number}",
        "staff_id": f"S{number}",
        "status": "enabled",
        "last_used_on": used,
    } | more


def _bank(
    *operators: Mapping[str, Any],
    attendance: Sequence[dict[str, Any]] = (),
    left_on: dt.date | None = None,
):
    """Two people of outlet U1, the first of whom may have left, and one of outlet U2."""
    return {
        "staff": [
            {"staff_id": "S1", "unit_id": "U1", "left_on": left_on},
            {"staff_id": "S2", "unit_id": "U1"},
            {"staff_id": "S3", "unit_id": "U2"},
        ],
        "attendance": [{"staff_id": "S1"} | row for row in attendance],
        "ebank_operators": operators,
    }


MODEL = Model(
    code="C29",
    version=1,
    name=Text("网银内管柜员状态监测", "Status of internet-bank back-office operators"),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="outlet",
    purpose=Text(
        "内管柜员可维护客户的网银权限；长期不用或人已离岗、离职而未停用的柜员号，可能被他人冒用。",
        "A back-office operator can change what customers may do in the internet bank. A number that nobody"
        " uses, or whose holder is away or gone, waits for somebody else to use it.",
    ),
    definition=Text(
        "机构当日有启用状态的网银内管柜员号，超过规定天数未用（大于，不含等于）、从未使用，"
        "或其人员当日休假、离岗或已离职。",
        "On the day the staff of a unit hold an enabled operator number that has not been used for more than"
        " the number of days (equal is not a hit) or never, or whose holder is on leave or away that day, or"
        " has left.",
    ),
    false_positives=Text(
        "备岗柜员号按规定保留；新启用尚未使用；短期休假或外出培训；考勤、离职信息维护不及时。",
        "A stand-in's number kept by rule; one enabled lately; a short leave or a training; attendance or"
        " staff records behind the facts.",
    ),
    decided=Text(
        "一个内管柜员号不是可单列的对象，按人员所属机构汇总，每个机构一条：笔数为有问题的柜员号个数，"
        "各原因分别计数（一个柜员号可计入几项），柜员号按顺序列出。最后使用日早于当日前N天的为未用，"
        "没有最后使用日的视为从未使用，一启用即报。考勤“休假”“离岗”都计，一天即计，没有考勤记录的不计；"
        "离职日当日起视为已离职。停用的柜员号不计；人员资料中没有的人员没有机构，不报。"
        "状态本身就是问题，未停用前每日报送。",
        "An operator number is no subject of its own: hits are by the unit of its holder, one row a unit."
        " The count is the numbers at fault, each reason is counted apart (a number may have several), and"
        " the numbers are listed in order. Unused means last used earlier than N days before the business"
        " day; without a date it was never used, which is shown from the day it is enabled. Attendance"
        " `leave` and `away` both count, one day is enough, a day without a record is none; who leaves on"
        " the day has left. Disabled numbers do not count; a holder whom the standing data do not know has"
        " no unit, and brings no hit. The state is the finding: it is a hit every day until it ends.",
    ),
    drivers=("P6", "R4"),
    needs={
        "ebank_operators": ("as_of", "operator_id", "staff_id", "status", "last_used_on"),
        "staff": ("staff_id", "unit_id"),
        "attendance": ("staff_id", "on", "state"),
    },
    where_given={"staff": ("left_on",)},
    parameters=Limits,
    lookback=1,
    compared={
        "unused": Text("超过天数未用", "Unused for too long"),
        "never_used": Text("从未使用", "Never used"),
        "away": Text("人员休假或离岗", "Holder on leave or away"),
        "left": Text("人员已离职", "Holder has left"),
        "operators": Text("内管柜员号", "Operator numbers"),
        "limit": Text("未使用天数", "Limit of days unused"),
    },
    hits=hits,
    examples=(
        hit(
            "三十一天未用",
            "Unused for a day more than the limit",
            "U1",
            _bank(_operator(used_ago=31)),
            evidence={"unused": 1, "never_used": 0, "away": 0, "left": 0, "operators": "N1", "limit": 30},
        ),
        near_miss("正好三十天未用", "Unused for exactly the limit", _bank(_operator(used_ago=30))),
        near_miss("当日刚用过", "Used on the day", _bank(_operator(used_ago=0))),
        hit(
            "启用后从未使用",
            "Never used",
            "U1",
            _bank(_operator(used_ago=None)),
            evidence={"unused": 0, "never_used": 1},
        ),
        hit(
            "人员休假",
            "On leave",
            "U1",
            _bank(_operator(), attendance=[{"state": "leave"}]),
            evidence={"unused": 0, "away": 1, "left": 0},
        ),
        hit("人员离岗", "Away", "U1", _bank(_operator(), attendance=[{"state": "away"}])),
        near_miss("人员在岗", "Present", _bank(_operator(), attendance=[{"state": "present"}])),
        near_miss(
            "前一日休假当日没有记录",
            "On leave the day before, no record today",
            _bank(_operator(), attendance=[{"state": "leave", "on": _ago(1)}]),
        ),
        near_miss(
            "他人休假",
            "Another person is on leave",
            _bank(_operator(), attendance=[{"state": "leave", "staff_id": "S2"}]),
        ),
        hit(
            "当日离职",
            "Left on the day",
            "U1",
            _bank(_operator(), left_on=EXAMPLE_DAY),
            evidence={"unused": 0, "away": 0, "left": 1},
        ),
        hit("早已离职", "Left long ago", "U1", _bank(_operator(), left_on=_ago(90)), evidence={"left": 1}),
        near_miss("次日离职", "Leaves tomorrow", _bank(_operator(), left_on=_ago(-1))),
        near_miss("已停用", "Disabled", _bank(_operator(used_ago=90, status="disabled"))),
        near_miss(
            "只是前一日启用", "Enabled only the day before", _bank(_operator(used_ago=90, as_of=_ago(1)))
        ),
        near_miss(
            "人员资料中没有的人员",
            "A holder whom nobody knows",
            _bank(_operator(used_ago=90, staff_id="S9")),
            # With the default's own value, and not planted: the simulator knows everybody.
            settings={"days": 30},
        ),
        hit(
            "一个柜员号几项原因",
            "Several reasons of one number",
            "U1",
            _bank(_operator(used_ago=60), attendance=[{"state": "leave"}], left_on=_ago(2)),
            evidence={"unused": 1, "away": 1, "left": 1, "operators": "N1"},
        ),
        hit(
            "同一机构两个柜员号合并一条",
            "Two numbers of a unit are one row",
            "U1",
            _bank(_operator(2, 40), _operator(1, None), _operator(3)),
            evidence={"unused": 1, "never_used": 1, "operators": "N1, N2"},
        ),
        hit(
            "两个机构各一条",
            "Two units, a row each",
            "U1",
            _bank(_operator(1, 40), _operator(3, 40)),
            also=("U2",),
            evidence={"unused": 1, "operators": "N1"},
        ),
        hit(
            "本行将天数调为十天",
            "A bank's own limit of ten days",
            "U1",
            _bank(_operator(used_ago=11), _operator(2, 10)),
            settings={"days": 10},
            evidence={"unused": 1, "operators": "N1", "limit": 10},
        ),
    ),
)
