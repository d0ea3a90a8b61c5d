"""A09 个人结算账户当日累计大额业务监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.entries import by_side, touching

FEWEST = 2
"""So many entries make a sum (累计); one alone is judged by the models of one entry."""


class Limits(Parameters):
    sum: Decimal = parameter(
        Decimal(500_000),
        zh="当日累计限额",
        en="Limit of the day's sum",
        unit="CNY",
        low=1,
        high=10**13,
        why=Text(
            "自然人境内转账大额交易报告标准，按当日单笔或累计计（中国人民银行令〔2016〕第3号）。",
            "Reporting limit for domestic transfers of natural persons, one or the sum of a day (PBC Order"
            " 2016 No. 3).",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Personal settlement accounts whose debits, or credits, of today are several and reach the limit."""
    reached = bank.few(_reached(bank, p))
    journal = bank.today("journal")
    behind = _behind(bank, journal.filter(journal.kind == "normal"), reached)
    found = behind.group_by(*reached.columns).aggregate(
        count=behind.entry_id.nunique(),
        entry_ids=behind.entry_id.collect(),
        teller_ids=behind.teller_id.collect(),
        authoriser_ids=behind.authoriser_id.collect(),
    )
    return found.mutate(
        subject_id=found.account_id,
        amount=ibis.greatest(
            ibis.ifelse(found.debits_reached, found.debit_sum, 0),
            ibis.ifelse(found.credits_reached, found.credit_sum, 0),
        ),
        limit=p.sum,
    )


def _reached(bank: Bank, p: Limits) -> Relation:
    """The accounts that hit, one row each, with the side or sides that reached the limit."""
    days = bank.today("account_days")
    sides = days.select(
        "account_id",
        "debit_sum",
        "credit_sum",
        debits_reached=(days.debit_sum >= p.sum) & (days.debits >= FEWEST),
        credits_reached=(days.credit_sum >= p.sum) & (days.credits >= FEWEST),
    )
    large = sides.filter(sides.debits_reached | sides.credits_reached)
    accounts = bank.standing("accounts")
    personal = accounts.filter(accounts.kind == "personal_settlement")
    own = personal.select("account_id", "unit_id", "customer_id")
    return large.inner_join(own, "account_id")


def _behind(bank: Bank, normal: Relation, reached: Relation) -> Relation:
    """The day's entries of these accounts on a side that reached the limit, once for each such side."""
    columns = ("entry_id", "teller_id", "authoriser_id")
    moved = by_side(touching(bank, normal, reached, *columns), *columns).inner_join(reached, "account_id")
    return moved.filter(ibis.ifelse(moved.side == "debit", moved.debits_reached, moved.credits_reached))


def _out(amount: str, **entry: Any) -> dict[str, Any]:
    return {"amount": Decimal(amount), "debit_account_id": "P1"} | entry


def _in(amount: str, **entry: Any) -> dict[str, Any]:
    return {"amount": Decimal(amount), "credit_account_id": "P1"} | entry


def _bank(*entries: dict[str, Any], kind: str = "personal_settlement"):
    return {
        "accounts": [
            {"account_id": "P1", "kind": kind, "customer_id": "K1"},
            {"account_id": "P2", "kind": "personal_settlement", "customer_id": "K1"},
        ],
        "journal": [{"entry_id": f"E{i}"} | entry for i, entry in enumerate(entries, 1)],
    }


MODEL = Model(
    code="A09",
    version=1,
    name=Text("个人结算账户当日累计大额业务监测", "Personal account, same-day cumulative large amount"),
    category="fund_movement",
    handling="itemised",
    grade="general",
    subject="account",
    purpose=Text(
        "一日之内把大额拆成数笔，可避开单笔限额和授权；当日累计看得见分拆，也看得见一日之内快进快出。",
        "A large sum split within a day stays below the limit of one entry and its authorisation; the sum of"
        " the day shows the splitting, and the money that comes and goes at once.",
    ),
    definition=Text(
        "个人结算账户当日两笔（含）以上的借方正常交易，或两笔（含）以上的贷方正常交易，累计达到或超过限额。",
        "On the day two or more normal debits, or two or more normal credits, of a personal settlement"
        " account reach the limit together.",
    ),
    false_positives=Text(
        "购房分笔付款、个体工商户的经营收付、理财产品到期与再购买、本人账户之间的资金归集。",
        "A house paid in parts, a sole trader's business, wealth products that fall due and are bought"
        " again, money moved between the customer's own accounts.",
    ),
    decided=Text(
        "借方与贷方分别累计，不相抵；两个方向同时达到的只报一次，金额取较大的一方。累计达到限额即报（含等于）。"
        "“累计”至少两笔：该方向只有一笔的不报，单笔大额支付归A11，单笔大额入账不属本模型；其中一笔本身已达限额的照报。"
        "反交易和冲正不计也不抵减；自动记账、现金照计。机构取开户机构。笔数与流水只列达到限额的方向。",
        "Debits and credits are summed apart and never netted; when both reach the limit there is one hit,"
        " with the larger sum as its amount. Equal to the limit is a hit. Cumulative means at least two"
        " entries: one alone on its side is no hit (a single large payment is A11's, a single large receipt"
        " is not for this model), while several count though one of them reaches the limit by itself."
        " Reversals and corrections neither count nor reduce; automatic and cash entries count. The unit is"
        " the account's. Count and entries are those of the side that reached the limit.",
    ),
    drivers=("E2", "E4", "P6"),
    needs={
        "journal": ("entry_id", "booked_on", "kind", "debit_account_id", "credit_account_id"),
        "account_days": ("account_id", "booked_on", "debits", "debit_sum", "credits", "credit_sum"),
        "accounts": ("account_id", "kind", "unit_id"),
    },
    where_given={"journal": ("teller_id", "authoriser_id"), "accounts": ("customer_id",)},
    parameters=Limits,
    lookback=1,
    compared={
        "debit_sum": Text("借方累计", "Sum of debits"),
        "credit_sum": Text("贷方累计", "Sum of credits"),
        "debits_reached": Text("借方达到限额", "Debits reach the limit"),
        "credits_reached": Text("贷方达到限额", "Credits reach the limit"),
        "limit": Text("当日累计限额", "Limit of the day's sum"),
    },
    hits=hits,
    examples=(
        hit(
            "两笔借方累计等于限额",
            "Two debits make exactly the limit",
            "P1",
            _bank(_out("200000.00", teller_id="T1"), _out("300000.00", teller_id="T2")),
            evidence={
                "debit_sum": 500_000,
                "credit_sum": 0,
                "debits_reached": True,
                "credits_reached": False,
                "limit": 500_000,
            },
        ),
        near_miss("累计低于限额一分", "One fen below the limit", _bank(_out("200000.00"), _out("299999.99"))),
        near_miss("只有一笔借方，归A11", "One debit alone is A11's", _bank(_out("900000.00"))),
        near_miss("只有一笔贷方", "One credit alone", _bank(_in("900000.00"))),
        hit(
            "两笔之一本身已达限额",
            "Two debits, one of which reaches the limit by itself",
            "P1",
            _bank(_out("600000.00"), _out("0.01")),
            evidence={"debit_sum": Decimal("600000.01")},
        ),
        hit(
            "两笔贷方累计等于限额",
            "Two credits make exactly the limit",
            "P1",
            _bank(_in("400000.00"), _in("100000.00")),
            evidence={"debit_sum": 0, "credit_sum": 500_000, "credits_reached": True},
        ),
        near_miss(
            "借方与贷方不合并",
            "Debits and credits are not added together",
            _bank(_out("150000.00"), _out("150000.00"), _in("150000.00"), _in("150000.00")),
        ),
        near_miss(
            "借方一笔与贷方一笔不是两笔",
            "One debit and one credit are not two of a side",
            _bank(_out("600000.00"), _in("600000.00")),
        ),
        hit(
            "收支不相抵，两方都达到",
            "What comes in does not offset what goes out: both reach the limit",
            "P1",
            _bank(_in("300000.00"), _in("300000.00"), _out("400000.00"), _out("300000.00")),
            evidence={
                "debit_sum": 700_000,
                "credit_sum": 600_000,
                "debits_reached": True,
                "credits_reached": True,
            },
        ),
        hit(
            "借方只有一笔，贷方两笔达到",
            "One large debit alone, and two credits that reach the limit",
            "P1",
            _bank(_out("900000.00"), _in("300000.00"), _in("300000.00")),
            evidence={"debit_sum": 900_000, "debits_reached": False, "credits_reached": True},
        ),
        near_miss(
            "其中一笔是前一日的",
            "One of the two was booked the day before",
            _bank(
                _out("400000.00", booked_on=EXAMPLE_DAY - dt.timedelta(days=1)),
                _out("400000.00"),
            ),
        ),
        near_miss(
            "分散在两个账户",
            "Split over two accounts",
            _bank(_out("300000.00"), _out("300000.00", debit_account_id="P2")),
        ),
        near_miss("反交易不计", "A reversal", _bank(_out("300000.00", kind="reversal"), _out("300000.00"))),
        near_miss("冲正不计", "A correction", _bank(_out("300000.00", kind="correction"), _out("300000.00"))),
        near_miss(
            "卡账户不属于本模型",
            "A card account",
            _bank(_out("600000.00"), _out("600000.00"), kind="card"),
        ),
        hit(
            "现金与自动记账照计",
            "Cash and an automatic entry count",
            "P1",
            _bank(_out("250000.00", cash=True), _out("250000.00", automatic=True)),
        ),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "P1",
            _bank(_out("40000.00", currency="USD", amount_cny=Decimal("284000.00")), _out("216000.00")),
            evidence={"debit_sum": 500_000},
        ),
        near_miss(
            "外币面额大而折算后不足限额",
            "A large figure in a small currency",
            _bank(_out("9000000.00", currency="JPY", amount_cny=Decimal("430000.00")), _out("60000.00")),
        ),
    ),
)
