"""C08 同一客户开多户监测."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter

PAYMENT_KINDS = ("personal_settlement", "card", "corporate_current")


class Limits(Parameters):
    days: int = parameter(
        30,
        zh="统计天数",
        en="Window",
        unit="days",
        low=1,
        high=366,
        why=Text("建议值：一个月。", "Our proposal: a month."),
    )
    count: int = parameter(
        3,
        zh="开户数",
        en="Accounts opened",
        unit="accounts",
        low=2,
        high=100,
        why=Text(
            "建议值：一个月内开三个支付账户已少见；个人Ⅱ、Ⅲ类户合计超过五个即属清理标准。",
            "Our proposal: three payment accounts within a month are rare; more than five Class II and III"
            " accounts are over the norm of the banks' clean-up notices.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Customers for whom a payment account was opened today, and `count` or more in the window."""
    accounts = bank.standing("accounts")
    first = (bank.day - ibis.interval(days=p.days - 1)).cast("date")
    opened = accounts.filter(
        accounts.opened_on.between(first, bank.day),
        accounts.kind.isin(PAYMENT_KINDS),
        accounts.customer_id.notnull(),
    )
    today = opened.opened_on == bank.day
    customers = opened.group_by("customer_id").aggregate(
        unit_id=opened.unit_id.min(where=today),
        count=opened.count(),
        account_ids=opened.account_id.collect(),
        first_on=opened.opened_on.min(),
        last_on=opened.opened_on.max(),
    )
    several = customers.filter(customers["count"] >= p.count, customers.last_on == bank.day)
    return several.select(
        "unit_id",
        "count",
        "account_ids",
        "first_on",
        subject_id=several.customer_id,
        customer_id=several.customer_id,
        limit=p.count,
    )


def _opened(ago: Iterable[int], *more: dict[str, Any], **account: Any):
    """Accounts of one customer, opened so many days ago; `more` describes further ones, opened today."""
    rows = [
        {"account_id": f"P{i}", "opened_on": EXAMPLE_DAY - dt.timedelta(days=back)} | account
        for i, back in enumerate(ago)
    ]
    rows += [{"account_id": f"M{i}", "opened_on": EXAMPLE_DAY} | other for i, other in enumerate(more)]
    return {"accounts": [{"customer_id": "K1", "kind": "personal_settlement"} | row for row in rows]}


MODEL = Model(
    code="C08",
    version=1,
    name=Text("同一客户开多户监测", "One customer opens several accounts"),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="customer",
    purpose=Text(
        "短期内为同一客户开立多个账户，可能用于出租、出借或转移资金。",
        "Several accounts opened for one customer within a short time may be rented out, lent, or used to"
        " move money on.",
    ),
    definition=Text(
        "统计天数内为同一客户开立的支付账户达到或超过开户数，且当日有新开户。",
        "The payment accounts opened for one customer within the window reach the number or more, and one"
        " of them was opened on the day.",
    ),
    false_positives=Text(
        "单位按用途开立基本户、一般户和专用户；客户同时办理结算账户和银行卡。",
        "A company that opens basic, general and special-purpose accounts; a customer who takes an account"
        " with a card.",
    ),
    decided=Text(
        "只计可以对外支付的账户（个人结算、卡、往来户）：同一客户开立多张定期存单属正常理财，内部账户没有客户，均不计。"
        "窗口为截至当日的日历天数。只在有新开户的当日报送，以免同一事实连报多日；开立后又销户的照计。"
        "机构取当日新开账户的机构，有多个时取机构号最小的一个。",
        "Only accounts that can pay count (personal settlement, card, corporate current): several time"
        " deposits are ordinary saving, and internal accounts have no customer. The window is calendar"
        " days up to the business day. A hit comes only on a day on which an account was opened, so that"
        " one fact is not told for a month; an account closed since counts. The unit is that of the"
        " account opened on the day, the lowest number where there are several.",
    ),
    drivers=("E4", "E2"),
    needs={"accounts": ("account_id", "kind", "customer_id", "unit_id", "opened_on")},
    parameters=Limits,
    # Standing data alone: the window is over the days of opening, not over facts.
    lookback=1,
    compared={
        "first_on": Text("窗口内最早开户日", "First opened within the window"),
        "limit": Text("开户数限额", "Limit of accounts"),
    },
    hits=hits,
    examples=(
        hit(
            "第三十天内开满三户",
            "The third account, the first on the first day of the window",
            "K1",
            _opened([29, 10, 0]),
            evidence={"first_on": EXAMPLE_DAY - dt.timedelta(days=29), "limit": 3},
        ),
        near_miss("最早一户在窗口前一天", "The first a day before the window", _opened([30, 10, 0])),
        near_miss("只有两户", "Two accounts", _opened([10, 0])),
        near_miss("当日没有新开户", "None opened on the day", _opened([20, 10, 1])),
        near_miss("以后开立的不计", "Opened after the day", _opened([10, 0, -1])),
        hit(
            "卡账户与往来户合并计算",
            "Cards and corporate accounts count together",
            "K1",
            _opened([5], {"kind": "card"}, {"kind": "corporate_current"}),
        ),
        near_miss(
            "定期账户不计",
            "Time deposits do not count",
            _opened([5, 0], {"kind": "personal_time"}, {"kind": "corporate_time"}),
        ),
        near_miss(
            "内部账户没有客户", "Internal accounts", _opened([5, 0, 0], kind="internal", customer_id=None)
        ),
        near_miss("属于另一客户", "One belongs to another customer", _opened([5, 0], {"customer_id": "K2"})),
        hit(
            "开立后又销户的照计",
            "Closed since",
            "K1",
            _opened([2, 1, 0], closed_on=EXAMPLE_DAY, status="closed"),
        ),
    ),
)
