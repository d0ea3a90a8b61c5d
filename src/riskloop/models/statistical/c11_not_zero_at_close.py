"""C11 日终零余额内部账户监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.bank_accounts import bank_s_own


class Limits(Parameters):
    tolerance: Decimal = parameter(
        Decimal(0),
        zh="容差",
        en="Tolerance",
        unit="account_currency",
        low=0,
        high=10**9,
        why=Text(
            "规定日终零余额的账户，日终不应有余额。",
            "An account that must be zero at the close must not keep anything.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Accounts of the bank's own that must close at zero and did not, by more than the tolerance."""
    balances = bank.today("balances")
    accounts = bank.standing("accounts")
    left = balances.filter(balances.closing.abs() > p.tolerance)
    passing = bank_s_own(accounts.filter(accounts.zero_at_close))
    found = left.inner_join(passing, left.account_id == passing.account_id)
    # No rate stands with a balance: one in another currency is shown, and has no amount in CNY.
    in_cny = ibis.ifelse(passing.currency == "CNY", left.closing.abs(), ibis.null())
    return found.select(
        subject_id=left.account_id,
        unit_id=passing.unit_id,
        amount=in_cny,
        account_id=left.account_id,
        closing=left.closing,
        currency=passing.currency,
        tolerance=p.tolerance,
    )


def _bank(closing: str, as_of: dt.date = EXAMPLE_DAY, **account: Any):
    """One account that must close at zero, and its balance."""
    plain = {"account_id": "N1", "kind": "internal", "zero_at_close": True}
    return {
        "accounts": [plain | account],
        "balances": [{"account_id": "N1", "as_of": as_of, "closing": Decimal(closing)}],
    }


MODEL = Model(
    code="C11",
    version=1,
    name=Text("日终零余额内部账户监测", "Internal account that must be zero at day end"),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="account",
    purpose=Text(
        "过渡性内部账户日终应结清，留有余额说明有业务未处理完、记错账，或有资金被暂存挪用。",
        "A passing account must be settled at the end of the day; what is left on it is unfinished work, a"
        " wrong entry, or money parked for other ends.",
    ),
    definition=Text(
        "规定日终零余额的内部账户，日终余额不为零且超过容差，借方、贷方余额都算。",
        "An account of the bank's own that must be zero at the end of the day closes with a balance beyond"
        " the tolerance, on either side.",
    ),
    false_positives=Text(
        "清算批次晚于日终切换；系统故障次日补处理；零余额标志未及时维护。",
        "A clearing batch after the day's end; work finished the next day after a failure; a flag that was"
        " not kept up.",
    ),
    decided=Text(
        "“内部账户”取银行自有的各类账户：内部、备付金、汇出汇款、久悬未取、销账；客户账户（如资金归集的零余额户）有此标志的不报。"
        "容差按账户币种计，等于容差不报；已销户的照查。余额不为零的状态本身就是问题，未结清前每日报送；当日没有余额记录的不判断。"
        "外币账户列示余额，不折人民币（余额没有当日汇率）。",
        "`Internal` is read as every kind of account that the bank keeps for itself: internal, reserve,"
        " outward remittance, dormant-unclaimed and suspense; a customer's account with the flag (a"
        " zero-balance account of a cash pool) is none. The tolerance is in the account's currency, and"
        " equal to it is not a hit; closed accounts are judged too. The state is the finding: it is a hit"
        " every day until it is settled. Without a balance of the day nothing is said. In foreign currency"
        " the balance is shown and not converted (no rate stands with it).",
    ),
    drivers=("P1", "P6", "S4"),
    needs={
        "balances": ("account_id", "as_of", "closing"),
        "accounts": ("account_id", "kind", "unit_id", "currency", "zero_at_close"),
    },
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
            "余额一分",
            "One fen is left",
            "N1",
            _bank("0.01"),
            evidence={"closing": Decimal("0.01"), "currency": "CNY", "tolerance": 0},
        ),
        hit(
            "负余额一分",
            "One fen below zero",
            "N1",
            _bank("-0.01"),
            evidence={"closing": Decimal("-0.01")},
        ),
        near_miss("余额为零", "Exactly zero", _bank("0.00")),
        near_miss("未规定日终零余额", "The account may keep a balance", _bank("500.00", zero_at_close=False)),
        near_miss(
            "前一日有余额当日已结清",
            "A balance the day before",
            _bank("500.00", as_of=EXAMPLE_DAY - dt.timedelta(days=1)),
        ),
        hit("销账账户", "A suspense account", "N1", _bank("1.00", kind="suspense")),
        hit("备付金账户", "A reserve account", "N1", _bank("1.00", kind="reserve")),
        hit("汇出汇款账户", "An outward-remittance account", "N1", _bank("1.00", kind="outward_remittance")),
        hit("久悬未取账户", "A dormant-unclaimed account", "N1", _bank("1.00", kind="dormant_unclaimed")),
        near_miss(
            "客户的零余额户不是内部账户",
            "A customer's zero-balance account",
            _bank("500.00", kind="corporate_current", customer_id="K1"),
        ),
        near_miss(
            "账户资料中没有的账户",
            "An account that the standing data do not know",
            _bank("500.00", account_id="N2"),
        ),
        hit(
            "外币余额按原币列示",
            "In foreign currency",
            "N1",
            _bank("20.00", currency="USD"),
            evidence={"closing": 20, "currency": "USD"},
        ),
        near_miss(
            "等于容差不报", "Exactly the tolerance", _bank("-10.00"), settings={"tolerance": Decimal(10)}
        ),
        hit(
            "超过容差一分",
            "One fen beyond the tolerance",
            "N1",
            _bank("-10.01"),
            settings={"tolerance": Decimal(10)},
        ),
    ),
)
