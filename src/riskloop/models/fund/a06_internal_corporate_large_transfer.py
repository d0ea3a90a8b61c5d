"""A06 内部账户与往来账户大额转账业务监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.internal_transfer import internal_transfers


class Limits(Parameters):
    amount: Decimal = parameter(
        Decimal(500_000),
        zh="单笔限额",
        en="Limit of one transfer",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "建议值：单位之间金额较大，取单位大额交易报告标准200万元的四分之一。",
            "Our proposal: sums between units are larger; a quarter of the reporting limit of units,"
            " 2,000,000.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Manual normal entries of the day, the limit or more, between an internal and a corporate account."""
    found = internal_transfers(bank, "corporate_current", p.amount)
    return found.rename(to_corporate="to_other")


def _bank(amount: str = "500000.00", internal_kind: str = "internal", **entry: Any):
    """One entry from an internal account to a corporate current account."""
    transfer = {"entry_id": "E1", "debit_account_id": "N1", "credit_account_id": "C1"}
    return {
        "accounts": [
            {"account_id": "N1", "kind": internal_kind},
            {"account_id": "N2", "kind": "internal"},
            {"account_id": "C1", "kind": "corporate_current", "customer_id": "K1"},
            {"account_id": "C2", "kind": "corporate_current", "customer_id": "K2"},
            {"account_id": "T1", "kind": "corporate_time", "customer_id": "K1"},
            {"account_id": "P1", "kind": "personal_settlement", "customer_id": "K3"},
        ],
        "journal": [transfer | {"amount": Decimal(amount)} | entry],
    }


MODEL = Model(
    code="A06",
    version=1,
    name=Text(
        "内部账户与往来账户大额转账业务监测",
        "Large transfer between internal and corporate account",
    ),
    category="fund_movement",
    handling="itemised",
    grade="attention",
    subject="entry",
    purpose=Text(
        "内部账户没有客户核对；经往来户转出的银行资金可借单位的正常收付掩盖，"
        "由往来户转入则可能是截留客户资金或绕开正常的收费、还款流程。",
        "No customer watches an internal account: the bank's money that leaves through a corporate account"
        " hides among the unit's ordinary payments, and money taken from one may be a customer's money kept"
        " back, or a fee or repayment outside its procedure.",
    ),
    definition=Text(
        "一方为内部账户、另一方为往来户，金额达到或超过限额的非自动正常转账，方向不限。",
        "A manual normal entry of the limit or more with an internal account on one side and a corporate"
        " current account on the other, in either direction.",
    ),
    false_positives=Text(
        "贷款发放与收回、票据兑付、保证金划转、采购付款、汇入待查款项核实后入账。",
        "Loans paid out and repaid, bills paid, margins moved, the bank's own purchases, incoming money"
        " credited after an inquiry.",
    ),
    decided=Text(
        "只看账户种类为“内部”的账户，备付金、汇出汇款、久悬未取和销账账户不在内；“往来账户”指往来户（单位活期结算账户），"
        "对公定期账户不在内；个人结算账户归A01，卡账户归A02。系统自动记账不计；反交易和冲正不计。"
        "现金科目与往来户之间的存取款，如记为内部账户一方，同样适用。",
        "Only accounts of kind `internal` count, not reserve, remittance, dormant-unclaimed or suspense"
        " accounts. A corporate account is a corporate current account; corporate time accounts are none."
        " Personal settlement accounts belong to A01, cards to A02. Automatic entries, reversals and"
        " corrections do not count. Where a bank books cash against an internal account, a deposit or"
        " withdrawal counts like any other entry.",
    ),
    drivers=("P7", "P4", "R4"),
    needs={
        "journal": (
            "entry_id",
            "booked_on",
            "unit_id",
            "kind",
            "debit_account_id",
            "credit_account_id",
            "amount_cny",
            "automatic",
        ),
        "accounts": ("account_id", "kind"),
    },
    where_given={"journal": ("teller_id", "authoriser_id"), "accounts": ("customer_id",)},
    parameters=Limits,
    lookback=1,
    compared={
        "to_corporate": Text("由内部账户转入往来户", "From the internal to the corporate account"),
        "limit": Text("单笔限额", "Limit of one transfer"),
    },
    hits=hits,
    examples=(
        hit(
            "等于限额，转入往来户",
            "Exactly the limit, to the corporate account",
            "E1",
            _bank(teller_id="T1", authoriser_id="T2"),
            evidence={"to_corporate": True, "limit": 500_000},
        ),
        near_miss("低于限额一分", "One fen below the limit", _bank("499999.99")),
        hit(
            "由往来户转入内部账户",
            "From the corporate to the internal account",
            "E1",
            _bank(debit_account_id="C1", credit_account_id="N1"),
            evidence={"to_corporate": False},
        ),
        near_miss("系统自动记账", "An automatic entry", _bank("900000.00", automatic=True)),
        near_miss("反交易不计", "A reversal", _bank("900000.00", kind="reversal")),
        near_miss("冲正不计", "A correction", _bank("900000.00", kind="correction")),
        near_miss(
            "前一日的转账",
            "A transfer of the day before",
            _bank("900000.00", booked_on=EXAMPLE_DAY - dt.timedelta(days=1)),
        ),
        near_miss(
            "另一方是对公定期账户",
            "The other side is a corporate time account",
            _bank("900000.00", credit_account_id="T1"),
        ),
        near_miss(
            "另一方是个人账户", "The other side is a person's", _bank("900000.00", credit_account_id="P1")
        ),
        near_miss(
            "汇出汇款账户不是内部账户", "A remittance account", _bank("900000.00", "outward_remittance")
        ),
        near_miss("两个往来户之间", "Between two companies", _bank("900000.00", debit_account_id="C2")),
        near_miss(
            "两个内部账户之间",
            "Between two internal accounts",
            _bank("900000.00", credit_account_id="N2"),
        ),
        near_miss("单边记账", "A single-sided entry", _bank("900000.00", credit_account_id=None)),
        near_miss(
            "账户资料中没有的账户",
            "An account that the standing data do not know",
            _bank("900000.00", debit_account_id="N9"),
        ),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "E1",
            _bank("70000.00", currency="USD", amount_cny=Decimal("500000.00")),
        ),
        near_miss(
            "外币面额大而折算后不足限额",
            "A large figure in a small currency",
            _bank("9000000.00", currency="JPY", amount_cny=Decimal("430000.00")),
        ),
    ),
)
