"""A11 个人结算账户单笔大额支付业务监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter


class Limits(Parameters):
    amount: Decimal = parameter(
        Decimal(500_000),
        zh="单笔限额",
        en="Limit of one payment",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "自然人境内转账大额交易报告标准（中国人民银行令〔2016〕第3号）。",
            "Reporting limit for domestic transfers of natural persons (PBC Order 2016 No. 3).",
        ),
    )
    on_site: Decimal = parameter(
        Decimal(1_000_000),
        zh="现场关注额",
        en="Watched on site from",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "建议值：有分行要求网点负责人现场关注个人100万元（含）以上业务；只作标示，不影响命中。",
            "Our proposal: one branch told its outlet heads to watch personal items of 1,000,000 or more."
            " It marks a hit and decides none.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Normal entries of the day that debit a personal settlement account with the limit or more."""
    journal = bank.today("journal")
    accounts = bank.standing("accounts")
    large = journal.filter(journal.kind == "normal", journal.amount_cny >= p.amount)
    personal = accounts.filter(accounts.kind == "personal_settlement")
    debits = large.inner_join(personal, large.debit_account_id == personal.account_id)
    return debits.select(
        subject_id=large.entry_id,
        unit_id=large.unit_id,
        amount=large.amount_cny,
        entry_id=large.entry_id,
        teller_id=large.teller_id,
        authoriser_id=large.authoriser_id,
        account_id=large.debit_account_id,
        customer_id=personal.customer_id,
        limit=p.amount,
        watch_on_site=large.amount_cny >= p.on_site,
    )


def _bank(amount: str, account_kind: str = "personal_settlement", **entry: Any):
    """One debit of an account."""
    return {
        "accounts": [{"account_id": "P1", "kind": account_kind, "customer_id": "K1"}],
        "journal": [{"entry_id": "E1", "debit_account_id": "P1", "amount": Decimal(amount)} | entry],
    }


MODEL = Model(
    code="A11",
    version=1,
    name=Text("个人结算账户单笔大额支付业务监测", "Personal account, single large payment"),
    category="fund_movement",
    handling="itemised",
    grade="general",
    subject="entry",
    purpose=Text(
        "大额支付一旦出错或被冒用，损失难以追回，须逐笔核实支付真实性。",
        "A large payment made in error or by a stranger is hard to recover, so each is verified.",
    ),
    definition=Text(
        "个人结算账户单笔借方发生额达到或超过限额的正常交易。",
        "A normal entry that debits a personal settlement account with the limit or more.",
    ),
    false_positives=Text(
        "购房、购车、理财认购等客户本人真实大额支付。",
        "Genuine large payments by the customer himself: a house, a car, a wealth product.",
    ),
    decided=Text(
        "各渠道的借方正常交易都算支付，取现、单边记账和自动记账在内；反交易和冲正不计。"
        "支付到本人其他账户的照计，由核实人员排除。",
        "Every normal debit on any channel is a payment, cash, single-sided and automatic entries included;"
        " reversals and corrections are not. A payment to another account of the same customer counts, and"
        " is for the verifier to exclude.",
    ),
    drivers=("E3", "P3"),
    needs={
        "journal": (
            "entry_id",
            "booked_on",
            "unit_id",
            "kind",
            "debit_account_id",
            "amount_cny",
        ),
        "accounts": ("account_id", "kind"),
    },
    where_given={"journal": ("teller_id", "authoriser_id"), "accounts": ("customer_id",)},
    parameters=Limits,
    lookback=1,
    compared={
        "limit": Text("单笔限额", "Limit of one payment"),
        "watch_on_site": Text("达到现场关注额", "Large enough to watch on site"),
    },
    hits=hits,
    examples=(
        hit(
            "等于限额",
            "Exactly the limit",
            "E1",
            _bank("500000.00", teller_id="T1"),
            evidence={"limit": 500_000, "watch_on_site": False},
        ),
        near_miss("低于限额一分", "One fen below the limit", _bank("499999.99")),
        hit(
            "等于现场关注额",
            "Exactly the amount watched on site",
            "E1",
            _bank("1000000.00"),
            evidence={"watch_on_site": True},
        ),
        hit(
            "低于现场关注额一分",
            "One fen below the amount watched on site",
            "E1",
            _bank("999999.99"),
            evidence={"watch_on_site": False},
        ),
        near_miss("卡账户不属于本模型", "A card account", _bank("900000.00", "card")),
        near_miss("往来户不属于本模型", "A corporate account", _bank("900000.00", "corporate_current")),
        near_miss(
            "贷方大额不是支付",
            "A large credit is not a payment",
            _bank("900000.00", debit_account_id=None, credit_account_id="P1"),
        ),
        near_miss("反交易不计", "A reversal is no payment", _bank("900000.00", kind="reversal")),
        near_miss("冲正不计", "A correction is no payment", _bank("900000.00", kind="correction")),
        near_miss(
            "前一日的支付",
            "A payment of the day before",
            _bank("900000.00", booked_on=EXAMPLE_DAY - dt.timedelta(days=1)),
        ),
        hit("现金支取照计", "Cash over the counter", "E1", _bank("500000.00", cash=True)),
        hit("网上银行支付照计", "Paid by internet bank", "E1", _bank("500000.00", channel="internet")),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "E1",
            _bank("80000.00", currency="USD", amount_cny=Decimal("568000.00")),
        ),
        near_miss(
            "外币面额大而折算后不足限额",
            "A large figure in a small currency",
            _bank("900000.00", currency="JPY", amount_cny=Decimal("43000.00")),
        ),
    ),
)
