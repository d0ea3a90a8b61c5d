"""C07 柜员大量新开小金额个人户监测."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter

PERSONAL_KINDS = ("personal_settlement", "card", "personal_time")
Accounts = Sequence[Mapping[str, Any]]


class Limits(Parameters):
    each: Decimal = parameter(
        Decimal(10),
        zh="小金额上限",
        en="Largest small opening amount",
        unit="account_currency",
        low=0,
        high=10**6,
        why=Text(
            "建议值：开户起存一般为一元至十元。",
            "Our proposal: the usual minimum for an opening is one to ten yuan.",
        ),
    )
    count: int = parameter(
        10,
        zh="当日开户数",
        en="Accounts opened in the day",
        unit="accounts",
        low=2,
        high=1000,
        why=Text(
            "建议值：一名柜员一天为零散客户开立的小额户一般不到十个。",
            "Our proposal: for customers who come one by one a teller opens fewer than ten a day.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Tellers who opened `count` or more personal accounts today, each with the small amount or less."""
    accounts = bank.standing("accounts")
    small = accounts.filter(
        accounts.opened_on == bank.day,
        accounts.opened_by.notnull(),
        accounts.kind.isin(PERSONAL_KINDS),
        accounts.opening_amount <= p.each,
    )
    tellers = small.group_by("opened_by").aggregate(
        unit_id=small.unit_id.min(),
        count=small.count(),
        account_ids=small.account_id.collect(),
        customer_ids=small.customer_id.collect(),
        customers=small.customer_id.nunique(),
    )
    many = tellers.filter(tellers["count"] >= p.count)
    return many.select(
        "unit_id",
        "count",
        "account_ids",
        "customer_ids",
        "customers",
        subject_id=many.opened_by,
        teller_id=many.opened_by,
        each=p.each,
        limit=p.count,
    )


def _opened(number: int, amount: str | None = "1.00", first: int = 1, **account: Any) -> Accounts:
    """So many accounts opened by one teller, each for a customer of its own."""
    plain = {
        "kind": "personal_settlement",
        "unit_id": "U1",
        "opened_on": EXAMPLE_DAY,
        "opened_by": "T1",
        "opening_amount": None if amount is None else Decimal(amount),
    }
    return [
        plain | {"account_id": f"P{i}", "customer_id": f"K{i}"} | account
        for i in range(first, first + number)
    ]


def _bank(*groups: Accounts) -> Mapping[str, Accounts]:
    return {"accounts": [account for group in groups for account in group]}


MODEL = Model(
    code="C07",
    version=1,
    name=Text("柜员大量新开小金额个人户监测", "Teller opens many small personal accounts"),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="teller",
    purpose=Text(
        "大量小金额新户可能是为完成任务虚开、冒用他人身份开立，或批量开立后出租出借。",
        "Many new accounts with next to nothing on them may be opened to meet targets, in the names of"
        " people who know nothing of it, or in bulk to be rented out.",
    ),
    definition=Text(
        "同一柜员当日新开个人账户中，开户金额不超过小金额上限的户数达到或超过规定户数。",
        "The personal accounts that one teller opened on the day with the small amount or less reach the"
        " number or more.",
    ),
    false_positives=Text(
        "代发工资单位、学校、社区等批量开户；开户不要求起存金额的银行，零金额开户属常态。",
        "Payroll clients, schools or communities that open in bulk; a bank that asks for no first deposit,"
        " where an opening with nothing is the rule.",
    ),
    decided=Text(
        "个人户指个人结算、卡和个人定期账户。开户金额等于上限的算小金额，零金额也算；没有开户金额的账户无法判断，不计，"
        "没有开户柜员的同样不计。开户金额按账户币种比较，不折人民币（账户资料中没有汇率）。当日又销户的照计，"
        "同一客户的几个账户各计一户。机构取这些账户的机构，有多个时取机构号最小的一个。",
        "Personal accounts are settlement accounts, cards and personal time deposits. An amount equal to the"
        " limit is small, and so is zero; an account without an opening amount cannot be judged and does"
        " not count, nor does one without the teller who opened it. The amount is compared in the account's"
        " currency (no rate stands with it). An account closed the same day counts, and several of one"
        " customer count each. The unit is that of these accounts, the lowest number of several.",
    ),
    drivers=("P5", "E4", "P2"),
    needs={
        "accounts": ("account_id", "kind", "unit_id", "opened_on", "opened_by", "opening_amount"),
    },
    where_given={"accounts": ("customer_id",)},
    parameters=Limits,
    # Standing data alone: the day is the day of opening.
    lookback=1,
    compared={
        "limit": Text("规定户数", "Limit of accounts"),
        "each": Text("小金额上限", "Largest small opening amount"),
        "customers": Text("涉及客户数", "Customers concerned"),
    },
    hits=hits,
    examples=(
        hit(
            "正好十户，金额等于上限",
            "Exactly ten accounts of exactly the amount",
            "T1",
            _bank(_opened(10, "10.00")),
            evidence={"limit": 10, "each": 10, "customers": 10},
        ),
        near_miss("少一户", "One account fewer", _bank(_opened(9))),
        near_miss(
            "其中一户超过上限一分",
            "One account a fen above the amount",
            _bank(_opened(9), _opened(1, "10.01", 10)),
        ),
        hit("零金额开户也算", "Opened with nothing", "T1", _bank(_opened(10, "0.00"))),
        near_miss(
            "没有开户金额的不计", "One without an opening amount", _bank(_opened(9), _opened(1, None, 10))
        ),
        hit(
            "卡、定期与结算户合并计数",
            "Cards and time deposits count together",
            "T1",
            _bank(_opened(8), _opened(1, first=9, kind="card"), _opened(1, first=10, kind="personal_time")),
        ),
        near_miss(
            "单位账户不计",
            "A corporate account does not count",
            _bank(_opened(9), _opened(1, first=10, kind="corporate_current")),
        ),
        near_miss(
            "内部账户不计",
            "An internal account does not count",
            _bank(_opened(9), _opened(1, first=10, kind="internal", customer_id=None)),
        ),
        near_miss(
            "其中一户前一日开立",
            "One was opened the day before",
            _bank(_opened(9), _opened(1, first=10, opened_on=EXAMPLE_DAY - timedelta(days=1))),
        ),
        near_miss(
            "其中一户由另一柜员开立",
            "One was opened by another teller",
            _bank(_opened(9), _opened(1, first=10, opened_by="T2")),
        ),
        near_miss("没有开户柜员", "Nobody is named as the opener", _bank(_opened(12, opened_by=None))),
        hit(
            "同一客户的账户各计一户，当日销户照计",
            "Accounts of one customer, closed the same day",
            "T1",
            _bank(_opened(10, customer_id="K1", closed_on=EXAMPLE_DAY, status="closed")),
            evidence={"customers": 1},
        ),
        hit(
            "分散在两个网点合并计数",
            "At two outlets, counted together",
            "T1",
            _bank(_opened(5), _opened(5, first=6, unit_id="U2")),
        ),
        hit(
            "本行规定三户、一元",
            "A bank that counts three of one yuan",
            "T1",
            _bank(_opened(3), _opened(2, "1.00", 4, opened_by="T2"), _opened(1, "1.01", 6, opened_by="T2")),
            settings={"count": 3, "each": Decimal(1)},
            evidence={"limit": 3, "each": 1},
        ),
    ),
)
