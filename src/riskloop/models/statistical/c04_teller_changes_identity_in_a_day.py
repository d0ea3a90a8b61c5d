"""C04 柜员当日改变身份次数超限监测."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.identity_changes import as_subjects

Events = Sequence[Mapping[str, Any]]


class Limits(Parameters):
    count: int = parameter(
        4,
        zh="当日改变身份次数限额",
        en="Limit of identity changes a day",
        unit="times",
        low=0,
        high=1000,
        why=Text(
            "建议值：上下午各替班一次、各换回一次，共四次。",
            "Our proposal: standing in once in the morning and once in the afternoon, and changing back,"
            " makes four.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Tellers who changed their identity more often today than the limit."""
    days = bank.today("teller_days")
    found = as_subjects(bank, days.filter(days.identity_changes > p.count))
    return found.select("subject_id", "unit_id", "teller_id", count=found.identity_changes, limit=p.count)


def _changes(number: int, ago: int = 0, **event: Any) -> Events:
    """So many changes of one teller on a day."""
    plain = {"teller_id": "T1", "event": "identity_changed", "booked_on": EXAMPLE_DAY - timedelta(days=ago)}
    row = plain | event
    name = f"{row['teller_id']}{row['event']}{ago}"
    return [{"event_id": f"{name}-{i}", "identity": ("lead", "handler")[i % 2]} | row for i in range(number)]


def _bank(*groups: Events) -> Mapping[str, Events]:
    return {
        "tellers": [{"teller_id": name, "unit_id": "U1"} for name in ("T1", "T2")],
        "teller_events": [event for group in groups for event in group],
    }


MODEL = Model(
    code="C04",
    version=1,
    name=Text("柜员当日改变身份次数超限监测", "Teller changes identity too often in a day"),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="teller",
    purpose=Text(
        "柜员在经办、主办、主管之间频繁改变身份，岗位制约可能形同虚设：一人先经办、再以另一身份复核或授权。",
        "A teller who keeps changing between handler, lead and supervisor may undo the separation of"
        " duties: he handles an item, then checks or authorises in another identity.",
    ),
    definition=Text(
        "柜员当日改变身份的次数超过限额（大于，不含等于）。",
        "A teller changed his identity more often on the day than the limit (equal is not a hit).",
    ),
    false_positives=Text(
        "人手少的网点午间和休假期间正常替班；改错身份后立即改回。",
        "Ordinary standing-in at small outlets, at noon or during leave; a wrong identity changed back at"
        " once.",
    ),
    decided=Text(
        "一条“改变身份”记录计一次，改回原身份也计一次；签到、签退不计，改成哪种身份不问。"
        "一名员工有几个柜员号的，各柜员号分别计算。机构取柜员资料中的机构；资料中没有的柜员照报，机构为空。",
        "Each record `identity_changed` counts once, changing back included; signing on and off do not"
        " count, and it does not matter which identity was taken. A person with several teller numbers is"
        " counted on each. The unit is that of the teller's standing data; a teller whom these do not know"
        " is a hit without a unit.",
    ),
    drivers=("R5", "R4", "P5"),
    needs={
        "teller_days": ("teller_id", "booked_on", "identity_changes"),
        "tellers": ("teller_id", "unit_id"),
    },
    parameters=Limits,
    lookback=1,
    compared={"limit": Text("当日改变身份次数限额", "Limit of identity changes a day")},
    hits=hits,
    examples=(
        hit("超过限额一次", "One above the limit", "T1", _bank(_changes(5)), evidence={"limit": 4}),
        near_miss("等于限额不算超限", "Exactly the limit", _bank(_changes(4))),
        near_miss(
            "前一日的改变不计", "The day before does not count", _bank(_changes(4), _changes(6, ago=1))
        ),
        near_miss(
            "签到不计", "Signing on does not count", _bank(_changes(4), _changes(5, event="signed_on"))
        ),
        near_miss(
            "签退不计", "Signing off does not count", _bank(_changes(4), _changes(5, event="signed_off"))
        ),
        near_miss(
            "两名柜员各自未超限",
            "Two tellers, each within the limit",
            _bank(_changes(4), _changes(4, teller_id="T2")),
        ),
        hit(
            "每次都改为同一身份的照计",
            "The same identity every time",
            "T1",
            _bank(_changes(5, identity="supervisor")),
        ),
        hit(
            "柜员资料中没有的柜员",
            "A teller whom the standing data do not know",
            "T9",
            _bank(_changes(5, teller_id="T9")),
        ),
        hit(
            "本行将限额调为零",
            "A bank that allows no change",
            "T1",
            _bank(_changes(1)),
            settings={"count": 0},
            evidence={"limit": 0},
        ),
    ),
)
