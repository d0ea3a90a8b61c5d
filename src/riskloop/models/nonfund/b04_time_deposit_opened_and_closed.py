"""B04 个人定期存款当日开销户监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter


class Limits(Parameters):
    amount: Decimal = parameter(
        Decimal(10_000),
        zh="开户金额限额",
        en="Limit of the opening amount",
        unit="CNY",
        low=0,
        high=10**12,
        why=Text(
            "建议值：一万元以下多为试存或操作练习，风险低。",
            "Our proposal: below 10,000 it is mostly a trial or a slip, with little at stake.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Personal time deposits opened and closed on the day, of the limit or more."""
    accounts = bank.standing("accounts")
    opened = accounts.filter(
        accounts.kind == "personal_time",
        accounts.opened_on == bank.day,
        accounts.closed_on == bank.day,
    )
    # No rate stands with an account: what cannot be compared in CNY is verified, and bears no amount.
    in_cny = ibis.ifelse(opened.currency == "CNY", opened.opening_amount, ibis.null())
    found = opened.filter((opened.opening_amount >= p.amount) | (opened.currency != "CNY"))
    return found.select(
        subject_id=found.account_id,
        unit_id=found.unit_id,
        amount=in_cny,
        teller_ids=ibis.array([found.opened_by, found.closed_by]),
        account_id=found.account_id,
        customer_id=found.customer_id,
        opening_amount=found.opening_amount,
        currency=found.currency,
        limit=p.amount,
    )


def _bank(amount: str | None = "10000.00", **account: Any):
    """One account, opened and closed on the day unless `account` says otherwise."""
    deposit = {
        "account_id": "D1",
        "kind": "personal_time",
        "customer_id": "K1",
        "opened_on": EXAMPLE_DAY,
        "opened_by": "T1",
        "closed_on": EXAMPLE_DAY,
        "closed_by": "T2",
        "status": "closed",
        "opening_amount": None if amount is None else Decimal(amount),
    }
    return {"accounts": [deposit | account]}


YESTERDAY, TOMORROW = (EXAMPLE_DAY + dt.timedelta(days=n) for n in (-1, 1))

MODEL = Model(
    code="B04",
    version=1,
    name=Text("个人定期存款当日开销户监测", "Personal time deposit opened and closed on one day"),
    category="non_fund_movement",
    handling="itemised",
    grade="general",
    subject="account",
    purpose=Text(
        "定期存款当日开立又当日销户没有储蓄意义，可能是虚增存款、空存套取凭证，或经办差错后的掩盖。",
        "A time deposit closed on the day it was opened saves nothing: it may pad the figures, obtain a"
        " certificate of deposit for show, or cover an error.",
    ),
    definition=Text(
        "个人定期存款账户的开户日与销户日同为当日，且开户金额达到或超过限额。",
        "A personal time deposit whose opening and closing day both are the business day, with an opening"
        " amount of the limit or more.",
    ),
    false_positives=Text(
        "客户改变主意、选错期限或利率后当日重新办理。",
        "The customer changed his mind, or the term was wrong and the deposit was made anew.",
    ),
    decided=Text(
        "以账户资料的开户日、销户日和开户金额为准，不看流水；没有开户金额的人民币账户不报。"
        "外币账户没有当日汇率可折算，不论金额都报，不列人民币金额。销户日与开户日相同但不是当日的，已在当日报送。",
        "The account's own opening day, closing day and opening amount decide, not the journal; a CNY"
        " account without an opening amount brings no hit. In foreign currency no rate stands with the"
        " account: it is told whatever the amount, and bears none in CNY.",
    ),
    drivers=("P1", "P4"),
    needs={
        "accounts": (
            "account_id",
            "kind",
            "unit_id",
            "currency",
            "opened_on",
            "opening_amount",
            "closed_on",
        )
    },
    where_given={"accounts": ("customer_id", "opened_by", "closed_by")},
    parameters=Limits,
    # Standing data alone.
    lookback=1,
    compared={
        "opening_amount": Text("开户金额", "Opening amount"),
        "currency": Text("币种", "Currency"),
        "limit": Text("开户金额限额", "Limit of the opening amount"),
    },
    hits=hits,
    examples=(
        hit(
            "等于限额",
            "Exactly the limit",
            "D1",
            _bank(),
            evidence={"opening_amount": 10_000, "currency": "CNY", "limit": 10_000},
        ),
        near_miss("低于限额一分", "One fen below the limit", _bank("9999.99")),
        near_miss("昨日开户当日销户", "Opened yesterday", _bank("90000.00", opened_on=YESTERDAY)),
        near_miss(
            "开户和销户都在昨日",
            "Opened and closed yesterday",
            _bank("90000.00", opened_on=YESTERDAY, closed_on=YESTERDAY),
        ),
        near_miss("当日开户次日销户", "Opened today, closed tomorrow", _bank("90000.00", closed_on=TOMORROW)),
        near_miss(
            "当日开户未销户",
            "Opened and not closed",
            _bank("90000.00", closed_on=None, closed_by=None, status="normal"),
        ),
        near_miss(
            "对公定期不属于本模型", "A corporate time deposit", _bank("90000.00", kind="corporate_time")
        ),
        near_miss(
            "个人结算账户不属于本模型",
            "A personal settlement account",
            _bank("90000.00", kind="personal_settlement"),
        ),
        near_miss("没有开户金额", "No opening amount", _bank(None)),
        hit(
            "同一柜员开户并销户",
            "One teller opened and closed it",
            "D1",
            _bank(closed_by="T1"),
        ),
        hit(
            "外币无法折算，一律核实",
            "Foreign currency cannot be compared and is verified",
            "D1",
            _bank("2000.00", currency="USD"),
            evidence={"opening_amount": 2000, "currency": "USD"},
        ),
    ),
)
