"""B18 网点单日注册卡连号超限监测."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter

Events = Sequence[Mapping[str, Any]]

LONGEST = 19
"""Digits of a card number (ISO/IEC 7812); those before the check digit fit a whole number of 64 bits."""


class Limits(Parameters):
    count: int = parameter(
        5,
        zh="连号张数",
        en="Consecutive cards",
        unit="times",
        low=2,
        high=1000,
        why=Text(
            "建议值：一家几口同来办卡可有三四张连号，五张起多为批量代办。",
            "Our proposal: a family may come for three or four cards in a row; from five on it is mostly"
            " somebody acting for many.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Outlets whose longest run of consecutive cards registered on the day reaches the limit."""
    runs = _runs(_cards(bank))
    long = runs.filter(runs.run >= p.count)
    in_order = ibis.window(group_by=long.unit_id, order_by=[long.run.desc(), long.first_card])
    ranked = long.mutate(place=ibis.row_number().over(in_order))
    longest = ranked.filter(ranked.place == 0)
    return longest.select(
        "unit_id",
        "count",
        "teller_ids",
        "account_ids",
        "customer_ids",
        "run",
        "first_card",
        "last_card",
        subject_id=longest.unit_id,
        limit=p.count,
    )


def _cards(bank: Bank) -> Relation:
    """Today's registered cards whose numbers are digits; `number` is what stands before the check digit."""
    events = bank.today("ebank_events")
    length = events.card_no.length()
    registered = events.filter(
        events.event == "registered",
        events.unit_id.notnull(),
        # No anchors: at the end of a text they mean not quite the same to every engine.
        ~events.card_no.re_search("[^0-9]"),
        length.between(2, LONGEST),
    )
    # An engine may cast before it filters.
    number = registered.card_no.substr(0, registered.card_no.length() - 1).try_cast("int64")
    return registered.mutate(length=registered.card_no.length(), number=number)


def _runs(cards: Relation) -> Relation:
    """Runs of consecutive numbers of one length at one outlet, one row each.

    Within a run a number and its rank grow alike, so their difference names the run.
    """
    by_number = ibis.window(group_by=[cards.unit_id, cards.length], order_by=cards.number)
    placed = cards.mutate(offset=cards.number - ibis.dense_rank().over(by_number))
    return placed.group_by("unit_id", "length", "offset").aggregate(
        run=placed.number.nunique(),
        first_card=placed.card_no.min(),
        last_card=placed.card_no.max(),
        count=placed.count(),
        teller_ids=placed.teller_id.collect(),
        account_ids=placed.account_id.collect(),
        customer_ids=placed.customer_id.collect(),
    )


def _card(number: int) -> str:
    """Six digits, and some check digit."""
    return f"{number:06d}{number * 7 % 10}"


def _events(cards: Iterable[int | str], **event: Any) -> Events:
    """A registration of each card; numbers are given a check digit."""
    plain: dict[str, Any] = {"event": "registered", "channel": "internet"}
    plain |= {"unit_id": "U1", "teller_id": "T1"}
    numbers = [_card(card) if isinstance(card, int) else card for card in cards]
    return [plain | {"card_no": number} | event for number in numbers]


def _bank(*groups: Events) -> Mapping[str, Events]:
    events = [event for group in groups for event in group]
    return {
        "ebank_events": [
            {"event_id": f"R{i}", "customer_id": f"K{i}", **event} for i, event in enumerate(events, 1)
        ]
    }


_FOUR = _events(range(621701, 621705))


MODEL = Model(
    code="B18",
    version=1,
    name=Text("网点单日注册卡连号超限监测", "Outlet registers many consecutive card numbers in a day"),
    category="non_fund_movement",
    handling="itemised",
    grade="attention",
    subject="outlet",
    purpose=Text(
        "一批连号卡同日注册电子银行，多为一人批量代办；卡与网银可能被收集、出售，用于洗钱和诈骗。",
        "Cards in a row registered for e-banking on one day were mostly taken out by one person for many;"
        " cards and access may be collected and sold for laundering and fraud.",
    ),
    definition=Text(
        "同一网点当日注册电子银行的卡，最长的一段连续卡号达到规定张数（含）。",
        "Of the cards registered for e-banking at one outlet on the day, the longest run of consecutive"
        " numbers has the given number of cards or more.",
    ),
    false_positives=Text(
        "代发工资单位、学校批量开卡后由客户本人集中开通；家庭成员同来办理。",
        "Cards issued in bulk for a payroll or a school and registered by the holders themselves; a family"
        " that comes together.",
    ),
    decided=Text(
        "只计“注册”事项，各渠道都计，合并看。卡号末位是校验位，连号看末位之前的数字；同一号码只算一张，"
        "位数不同的卡号（含首位为零的）不相连。没有卡号、没有机构的不计，卡号含数字以外字符、不足两位或超过十九位的不计。"
        "一个网点当日报一次：列最长的一段，一样长的列卡号最小的一段；首末卡号和笔数、柜员、账户、客户都是这一段的。",
        "Only events `registered` count, on any channel, together. The last digit of a card is its check"
        " digit: consecutive means in the digits before it. One number is one card; numbers of unequal length"
        " (leading zeros counted) are not consecutive. Events without a card or a unit are left out, as are"
        " card numbers with anything but digits, of one digit, or of more than 19. An outlet is reported once"
        " a day with its longest run, of equals the one of the lowest numbers: the first and the last card,"
        " the count, the tellers, accounts and customers are those of that run.",
    ),
    drivers=("P5", "P3", "E4"),
    needs={"ebank_events": ("booked_on", "customer_id", "unit_id", "event", "card_no")},
    where_given={"ebank_events": ("account_id", "teller_id")},
    parameters=Limits,
    lookback=1,
    compared={
        "run": Text("最长连号张数", "Cards of the longest run"),
        "limit": Text("规定张数", "Consecutive cards that count"),
        "first_card": Text("连号首张卡号", "First card of the run"),
        "last_card": Text("连号末张卡号", "Last card of the run"),
    },
    hits=hits,
    examples=(
        hit(
            "刚满五张",
            "Exactly five",
            "U1",
            _bank(_events(range(621701, 621706))),
            evidence={"run": 5, "limit": 5, "first_card": _card(621701), "last_card": _card(621705)},
        ),
        near_miss("只有四张", "Only four", _bank(_FOUR)),
        near_miss("中间断开一号", "A gap in the middle", _bank(_FOUR, _events([621706, 621707, 621708]))),
        hit(
            "办理次序打乱，跨越进位",
            "In any order, across a carry",
            "U1",
            _bank(_events([621711, 621708, 621712, 621710, 621709])),
            evidence={"run": 5, "first_card": _card(621708), "last_card": _card(621712)},
        ),
        near_miss(
            "整个卡号相连而校验位前不变",
            "Consecutive in the check digit only",
            _bank(_events([f"621701{digit}" for digit in range(10)])),
        ),
        near_miss("同一张卡注册两次只算一张", "One card registered twice", _bank(_FOUR, _events([621704]))),
        hit(
            "各渠道合并",
            "Several channels together",
            "U1",
            _bank(
                _events([621701, 621702, 621703]),
                _events([621703, 621704], channel="mobile"),
                _events([621705], channel="phone"),
            ),
            evidence={"run": 5},
        ),
        near_miss(
            "第五张在另一网点", "The fifth at another outlet", _bank(_FOUR, _events([621705], unit_id="U2"))
        ),
        near_miss(
            "第五张没有机构", "The fifth without a unit", _bank(_FOUR, _events([621705], unit_id=None))
        ),
        near_miss(
            "第五张没有卡号", "The fifth without a card number", _bank(_FOUR, _events([621705], card_no=None))
        ),
        near_miss(
            "第五张是其他事项",
            "The fifth another event",
            _bank(_FOUR, _events([621705], event="token_maintained")),
        ),
        near_miss(
            "第五张在前一日",
            "The fifth the day before",
            _bank(_FOUR, _events([621705], booked_on=EXAMPLE_DAY - dt.timedelta(days=1))),
        ),
        near_miss(
            "第五张卡号含字母", "The fifth with a letter in its number", _bank(_FOUR, _events(["62170X5"]))
        ),
        near_miss(
            "位数不同不相连",
            "Numbers of another length do not follow",
            _bank(_events(["71", "82", "93", "94", "105", "116", "127"])),
        ),
        hit(
            "首位为零的卡号",
            "Leading zeros",
            "U1",
            _bank(_events(range(8, 13))),
            evidence={"run": 5},
        ),
        hit(
            "两段中报较长的一段",
            "Two runs, the longer is named",
            "U1",
            _bank(_events(range(621701, 621706)), _events(range(621801, 621807))),
            evidence={"run": 6, "first_card": _card(621801), "last_card": _card(621806)},
        ),
        hit(
            "两段一样长，报卡号小的一段",
            "Two runs of one length, the lower numbers are named",
            "U1",
            _bank(_events(range(621801, 621806)), _events(range(621701, 621706))),
            evidence={"run": 5, "first_card": _card(621701), "last_card": _card(621705)},
        ),
        hit(
            "没有柜员的自助注册照计",
            "Self-service without a teller",
            "U1",
            _bank(_events(range(621701, 621706), teller_id=None)),
        ),
        hit(
            "十九位卡号",
            "Numbers of 19 digits",
            "U1",
            _bank(_events([f"99999999999999999{n}0" for n in range(5, 8)])),
            settings={"count": 3},
            evidence={"run": 3, "first_card": "9999999999999999950", "last_card": "9999999999999999970"},
        ),
        near_miss(
            "二十位卡号不计",
            "Numbers of 20 digits",
            _bank(_events([f"000000000000000000{n}0" for n in range(5, 8)])),
            settings={"count": 3},
        ),
        near_miss(
            "本行规定三张，只有两张",
            "Two, in a bank that counts to three",
            _bank(_events([621701, 621702])),
            settings={"count": 3},
        ),
    ),
)
