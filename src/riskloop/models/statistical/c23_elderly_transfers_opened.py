"""C23 大年龄客户办理网银对外转账且近日网银转出金额超限监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.openings import openers
from riskloop.models.rules.outflow import outflow
from riskloop.models.rules.persons import persons_with_age


class Limits(Parameters):
    age: int = parameter(
        65,
        zh="年龄",
        en="Age",
        unit="years",
        low=50,
        high=120,
        why=Text(
            "建议值：65周岁（含）以上为大年龄客户。", "Our proposal: a customer of 65 or more is elderly."
        ),
    )
    days: int = parameter(
        7,
        zh="统计天数",
        en="Window",
        unit="days",
        low=1,
        high=60,
        why=Text(
            "建议值：诈骗得手后的资金通常在开通后数日内转出。",
            "Our proposal: after a fraud the money leaves within days of the opening.",
        ),
    )
    sum: Decimal = parameter(
        Decimal(50_000),
        zh="累计转出限额",
        en="Limit of the outflow",
        unit="CNY",
        low=0,
        high=10**12,
        why=Text("建议值：与现金大额标准同一量级。", "Our proposal: the order of the cash reporting limit."),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Elderly customers with transfers opened within the window, and more than `sum` out since."""
    known = persons_with_age(bank)
    elderly = known.filter(known.age >= p.age)
    found = outflow(bank, "internet", p.days, openers(bank, "internet", p.days, elderly), p.sum)
    drained = found.filter(found.amount > p.sum)
    return drained.rename(opened_on="began_on").mutate(limit=p.sum)


def _ago(days: int) -> dt.date:
    return EXAMPLE_DAY - dt.timedelta(days=days)


def _bank(
    *out: dict[str, Any],
    born_on: dt.date | None = dt.date(1950, 6, 1),
    kind: str = "personal",
    opened_ago: int = 0,
    **opening: Any,
):
    """A customer with two accounts, his opening of transfers and what he paid out by internet bank."""
    entry = {"channel": "internet", "debit_account_id": "P1", "credit_account_id": "Q1"}
    event = {"event_id": "O1", "customer_id": "K1", "event": "transfer_opened", "channel": "internet"}
    return {
        "customers": [{"customer_id": "K1", "kind": kind, "born_on": born_on}],
        "accounts": [{"account_id": name, "customer_id": "K1"} for name in ("P1", "P2")],
        "ebank_events": [event | {"booked_on": _ago(opened_ago)} | opening],
        "journal": [entry | {"entry_id": f"E{i}"} | row for i, row in enumerate(out, 1)],
    }


def _out(amount: str, ago: int = 0, **entry: Any) -> dict[str, Any]:
    return {"amount": Decimal(amount), "booked_on": _ago(ago)} | entry


def _leapling(day: dt.date):
    out = {"amount": Decimal("90000.00"), "booked_on": day}
    return _bank(out, born_on=dt.date(1960, 2, 29), booked_on=day)


MODEL = Model(
    code="C23",
    version=2,
    name=Text(
        "大年龄客户办理网银对外转账且近日网银转出金额超限监测",
        "Elderly customer opens outward transfer, recent outflow over limit",
    ),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="customer",
    purpose=Text(
        "老年客户开通网银对外转账后短期内大额转出，是电信诈骗和他人代为操作的典型迹象。",
        "An elderly customer who opens transfers and soon sends large sums is the typical victim of a"
        " telephone fraud, or of someone who operates the account for him.",
    ),
    definition=Text(
        "达到年龄的个人客户在近日内办理网银对外转账，且自办理日起网银转出累计超过限额（大于，不含等于）。",
        "A personal customer of the age or more opened outward transfers of the internet bank within the"
        " window, and has sent more than the limit by internet bank since (equal is not a hit).",
    ),
    false_positives=Text(
        "为子女购房、转存他行等客户本人真实转账。",
        "Genuine transfers by the customer himself: to children for a house, to his account elsewhere.",
    ),
    decided=Text(
        "年龄按当日周岁计算，2月29日出生的平年在3月1日增岁；没有出生日期的客户不报。"
        "转出指该客户名下账户网上银行渠道的非现金正常借方交易，自窗口内首次办理之日起（含当日）至当日累计，"
        "转入本人另一账户的不算。只在当日有办理或有转出时报送，以免同一事实连报多日。"
        "机构取办理事项的机构，没有的取转出账户的机构，有多个时取机构号最小的一个。",
        "Age is in full years on the business day; who was born on 29 February grows older on 1 March of a"
        " common year; a customer without a birth date brings no hit. The outflow is every normal debit"
        " of his accounts on channel internet, not in cash, from the day of the first opening in the"
        " window (included) to the business day; what goes to another account of his own is none. A hit"
        " comes only on a day with an opening or an outflow, so that one fact is not told for days. The"
        " unit is that of the opening, else of the paying account, the lowest number of several.",
    ),
    drivers=("E3", "E4"),
    needs={
        "customers": ("customer_id", "kind", "born_on"),
        "accounts": ("account_id", "customer_id", "unit_id"),
        "ebank_events": ("booked_on", "customer_id", "channel", "event"),
        "journal": (
            "entry_id",
            "booked_on",
            "channel",
            "kind",
            "debit_account_id",
            "amount_cny",
            "cash",
        ),
        "account_days": ("account_id", "booked_on", "debit_sum"),
    },
    where_given={"ebank_events": ("unit_id", "teller_id"), "journal": ("credit_account_id",)},
    parameters=Limits,
    lookback=lambda p: p.days,
    compared={
        "age": Text("年龄（周岁）", "Age in full years"),
        "opened_on": Text("办理对外转账日", "Transfers opened on"),
        "limit": Text("累计转出限额", "Limit of the outflow"),
    },
    hits=hits,
    examples=(
        hit(
            "超过限额一分",
            "One fen above the limit",
            "K1",
            _bank(_out("50000.01")),
            evidence={"age": 73, "opened_on": EXAMPLE_DAY, "limit": 50_000},
        ),
        near_miss("等于限额不算超限", "Exactly the limit", _bank(_out("50000.00"))),
        hit(
            "两个账户、多日累计，窗口首日办理",
            "Several days and two accounts, opened on the first day of the window",
            "K1",
            _bank(_out("30000.00", 6), _out("30000.00", 0, debit_account_id="P2"), opened_ago=6),
            evidence={"opened_on": _ago(6)},
        ),
        near_miss(
            "在窗口前一天办理", "Opened a day before the window", _bank(_out("90000.00"), opened_ago=7)
        ),
        near_miss(
            "办理前一天的转出不计",
            "Sent the day before the opening",
            _bank(_out("90000.00", 3), _out("50000.00"), opened_ago=2),
        ),
        hit(
            "办理当日的转出照计",
            "Sent on the day of the opening, news today",
            "K1",
            _bank(_out("50000.00", 2), _out("0.01"), opened_ago=2),
        ),
        near_miss("当日没有新情况", "Nothing new today", _bank(_out("90000.00", 1), opened_ago=2)),
        hit(
            "当日再次办理也是新情况",
            "Opened again today, nothing sent today",
            "K1",
            _bank(_out("90000.00", 1), opened_ago=2)
            | {
                "ebank_events": [
                    {
                        "event_id": f"O{ago}",
                        "customer_id": "K1",
                        "event": "transfer_opened",
                        "channel": "internet",
                        "booked_on": _ago(ago),
                    }
                    for ago in (0, 2)
                ]
            },
        ),
        near_miss("未到年龄", "A younger customer", _bank(_out("90000.00"), born_on=dt.date(1985, 3, 1))),
        near_miss("没有出生日期", "No birth date", _bank(_out("90000.00"), born_on=None)),
        near_miss("单位客户没有年龄", "A company", _bank(_out("90000.00"), kind="corporate")),
        near_miss(
            "开通的是手机银行", "Transfers of mobile banking", _bank(_out("90000.00"), channel="mobile")
        ),
        near_miss("其他网银事项", "Another event", _bank(_out("90000.00"), event="registered")),
        near_miss(
            "手机银行转出不计",
            "Sent by mobile bank",
            _bank(_out("50000.00"), _out("9000.00", channel="mobile")),
        ),
        near_miss("反交易不计", "A reversal", _bank(_out("50000.00"), _out("9000.00", kind="reversal"))),
        near_miss("现金不是转账", "Cash", _bank(_out("50000.00"), _out("9000.00", cash=True))),
        near_miss(
            "转入本人账户不是转出",
            "To an account of his own",
            _bank(_out("50000.00"), _out("9000.00", credit_account_id="P2")),
        ),
        hit(
            "当日正好到年龄",
            "The age reached on the day",
            "K1",
            _bank(_out("90000.00"), born_on=dt.date(1954, 3, 15)),
            settings={"age": 70},
            evidence={"age": 70},
        ),
        near_miss(
            "次日才到年龄",
            "The age reached tomorrow",
            _bank(_out("90000.00"), born_on=dt.date(1954, 3, 16)),
            settings={"age": 70},
        ),
        near_miss(
            "2月29日出生，平年2月28日未增岁",
            "Born on 29 February, on 28 February of a common year",
            _leapling(dt.date(2026, 2, 28)),
            day=dt.date(2026, 2, 28),
            settings={"age": 66},
        ),
        hit(
            "2月29日出生，平年3月1日增岁",
            "Born on 29 February, on 1 March of a common year",
            "K1",
            _leapling(dt.date(2026, 3, 1)),
            day=dt.date(2026, 3, 1),
            settings={"age": 66},
        ),
    ),
)
