"""A01 内部账户与个人结算账户大额转账业务监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.internal_transfer import internal_transfers


class Limits(Parameters):
    amount: Decimal = parameter(
        Decimal(50_000),
        zh="单笔限额",
        en="Limit of one transfer",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "建议值：与单位账户向个人账户单笔付款超过5万元须提供依据的标准一致。",
            "Our proposal, after the rule that a payment above 50,000 from a unit's account to a person's"
            " needs supporting evidence.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Manual normal entries of the day, the limit or more, between an internal and a personal account."""
    found = internal_transfers(bank, "personal_settlement", p.amount)
    return found.rename(to_personal="to_other")


def _bank(amount: str = "50000.00", internal_kind: str = "internal", **entry: Any):
    """One entry from an internal account to a personal one."""
    transfer = {"entry_id": "E1", "debit_account_id": "N1", "credit_account_id": "P1"}
    return {
        "accounts": [
            {"account_id": "N1", "kind": internal_kind},
            {"account_id": "P1", "kind": "personal_settlement", "customer_id": "K1"},
            {"account_id": "P2", "kind": "personal_settlement", "customer_id": "K2"},
            {"account_id": "C1", "kind": "card", "customer_id": "K1"},
        ],
        "journal": [transfer | {"amount": Decimal(amount)} | entry],
    }


MODEL = Model(
    code="A01",
    version=2,
    name=Text(
        "内部账户与个人结算账户大额转账业务监测",
        "Large transfer between internal and personal settlement account",
    ),
    category="fund_movement",
    handling="itemised",
    grade="attention",
    subject="entry",
    purpose=Text(
        "内部账户由银行自己掌握，没有客户核对；资金由此转入个人账户，是内部人员侵占、挪用的主要途径，"
        "反向转入则可能是掩盖或归还。",
        "No customer watches an internal account: money moved from there to a person is the usual road of"
        " embezzlement by staff, and money moved back may cover it up.",
    ),
    definition=Text(
        "一方为内部账户、另一方为个人结算账户，金额达到或超过限额的非自动正常转账，方向不限。",
        "A manual normal entry of the limit or more with an internal account on one side and a personal"
        " settlement account on the other, in either direction.",
    ),
    false_positives=Text(
        "费用报销、员工薪酬和奖金、理赔及退款、错账挂账后的归还等有依据的手工转账。",
        "Manual transfers with papers behind them: expenses, pay and bonuses, refunds, money parked after"
        " an error and given back.",
    ),
    decided=Text(
        "只看账户种类为“内部”的账户，备付金、汇出汇款、久悬未取和销账账户不在内；卡账户归A02，往来户归A06。"
        "系统自动记账（批量代发、结息等）不计；反交易和冲正不计。现金科目与个人账户之间的存取款，"
        "如记为内部账户一方，同样适用。",
        "Only accounts of kind `internal` count, not reserve, remittance, dormant-unclaimed or suspense"
        " accounts; cards belong to A02, corporate accounts to A06. Automatic entries (payroll, interest),"
        " reversals and corrections do not count. Where a bank books cash against an internal account, a"
        " deposit or withdrawal counts like any other entry.",
    ),
    drivers=("P7", "P5", "R4"),
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
        "to_personal": Text("由内部账户转入个人账户", "From the internal to the personal account"),
        "limit": Text("单笔限额", "Limit of one transfer"),
    },
    hits=hits,
    examples=(
        hit(
            "等于限额，转入个人账户",
            "Exactly the limit, to the personal account",
            "E1",
            _bank(teller_id="T1", authoriser_id="T2"),
            evidence={"to_personal": True, "limit": 50_000},
        ),
        near_miss("低于限额一分", "One fen below the limit", _bank("49999.99")),
        hit(
            "由个人账户转入内部账户",
            "From the personal to the internal account",
            "E1",
            _bank(debit_account_id="P1", credit_account_id="N1"),
            evidence={"to_personal": False},
        ),
        near_miss("系统自动记账", "An automatic entry", _bank("900000.00", automatic=True)),
        near_miss("反交易不计", "A reversal", _bank("900000.00", kind="reversal")),
        near_miss("冲正不计", "A correction", _bank("900000.00", kind="correction")),
        near_miss(
            "前一日的转账",
            "A transfer of the day before",
            _bank("900000.00", booked_on=EXAMPLE_DAY - dt.timedelta(days=1)),
        ),
        near_miss("另一方是卡账户", "The other side is a card", _bank("900000.00", credit_account_id="C1")),
        near_miss("销账账户不是内部账户", "A suspense account", _bank("900000.00", "suspense")),
        near_miss(
            "两个个人账户之间",
            "Between two personal accounts",
            _bank("900000.00", debit_account_id="P2"),
        ),
        near_miss("单边记账", "A single-sided entry", _bank("900000.00", debit_account_id=None)),
        near_miss(
            "账户资料中没有的账户",
            "An account that the standing data do not know",
            _bank("900000.00", debit_account_id="N9"),
        ),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "E1",
            _bank("7000.00", currency="USD", amount_cny=Decimal("50000.00")),
        ),
        near_miss(
            "外币面额大而折算后不足限额",
            "A large figure in a small currency",
            _bank("900000.00", currency="JPY", amount_cny=Decimal("43000.00")),
        ),
    ),
)
