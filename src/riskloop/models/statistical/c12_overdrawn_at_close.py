"""C12 账户日终余额透支监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter


class Limits(Parameters):
    tolerance: Decimal = parameter(
        Decimal(0),
        zh="容差",
        en="Tolerance",
        unit="account_currency",
        low=0,
        high=10**9,
        why=Text(
            "不允许透支的账户日终不应为负。", "An account without an overdraft must not close below zero."
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Accounts that may not be overdrawn and closed the day below zero by more than the tolerance."""
    balances = bank.today("balances")
    accounts = bank.standing("accounts")
    below = balances.filter(balances.closing < -p.tolerance)
    barred = accounts.filter(~accounts.overdraft_allowed)
    overdrawn = below.inner_join(barred, below.account_id == barred.account_id)
    # No rate stands with a balance: an overdraft in another currency is shown, and has no amount in CNY.
    in_cny = ibis.ifelse(barred.currency == "CNY", -below.closing, ibis.null())
    return overdrawn.select(
        subject_id=below.account_id,
        unit_id=barred.unit_id,
        amount=in_cny,
        account_id=below.account_id,
        customer_id=barred.customer_id,
        closing=below.closing,
        currency=barred.currency,
        tolerance=p.tolerance,
    )


def _bank(closing: str, as_of: dt.date = EXAMPLE_DAY, **account: Any):
    return {
        "accounts": [{"account_id": "P1", "customer_id": "K1"} | account],
        "balances": [{"account_id": "P1", "as_of": as_of, "closing": Decimal(closing)}],
    }


MODEL = Model(
    code="C12",
    version=1,
    name=Text("账户日终余额透支监测", "Account overdrawn at day end"),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="account",
    purpose=Text(
        "不允许透支的账户日终为负，说明系统控制失效、记账错误或垫款未经审批。",
        "An account that may not be overdrawn yet closes below zero shows a control that failed, a wrong"
        " entry, or an advance that nobody approved.",
    ),
    definition=Text(
        "未允许透支的账户，日终余额低于零且超过容差。",
        "The closing balance of an account without an overdraft is below zero by more than the tolerance.",
    ),
    false_positives=Text(
        "批量清算时间差、年费和利息扣收造成的短时负数；透支标志未及时维护。",
        "Timing of batch clearing, fees and interest; an overdraft flag that was not kept up.",
    ),
    decided=Text(
        "容差按账户币种计；各类账户（含内部账户）一视同仁，只看透支标志，已销户的照查。外币账户列示余额，"
        "不折人民币（余额没有当日汇率）。账户资料中没有的账户无法判断是否允许透支，不报。",
        "The tolerance is in the account's currency. Every kind of account, internal ones included, is"
        " judged by its overdraft flag alone, closed or not. In foreign currency the balance is shown and"
        " not converted (no rate stands with it). A balance of an account that the standing data do not"
        " know is not judged.",
    ),
    drivers=("P1", "S4"),
    needs={
        "balances": ("account_id", "as_of", "closing"),
        "accounts": ("account_id", "unit_id", "currency", "overdraft_allowed"),
    },
    where_given={"accounts": ("customer_id",)},
    parameters=Limits,
    lookback=1,
    compared={
        "closing": Text("日终余额", "Closing balance"),
        "currency": Text("币种", "Currency"),
        "tolerance": Text("容差", "Tolerance"),
    },
    hits=hits,
    examples=(
        hit(
            "透支一分",
            "Overdrawn by one fen",
            "P1",
            _bank("-0.01"),
            evidence={"closing": Decimal("-0.01"), "currency": "CNY", "tolerance": 0},
        ),
        near_miss("余额为零", "Exactly zero", _bank("0.00")),
        near_miss("允许透支的账户", "An overdraft is allowed", _bank("-500.00", overdraft_allowed=True)),
        near_miss(
            "前一日透支当日已补足",
            "Overdrawn the day before",
            _bank("-500.00", as_of=EXAMPLE_DAY - dt.timedelta(days=1)),
        ),
        hit(
            "内部账户同样适用",
            "An internal account",
            "P1",
            _bank("-1.00", kind="internal", customer_id=None),
        ),
        hit(
            "外币透支按原币列示",
            "Overdrawn in foreign currency",
            "P1",
            _bank("-20.00", currency="USD"),
            evidence={"closing": Decimal(-20), "currency": "USD"},
        ),
        near_miss(
            "等于容差不报", "Exactly the tolerance", _bank("-10.00"), settings={"tolerance": Decimal(10)}
        ),
        hit(
            "超过容差一分",
            "One fen beyond the tolerance",
            "P1",
            _bank("-10.01"),
            settings={"tolerance": Decimal(10)},
        ),
    ),
)
