"""B12 大额错账冲正交易监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.entries import as_hits
from riskloop.models.rules.undone import undone


class Limits(Parameters):
    amount: Decimal = parameter(
        Decimal(500_000),
        zh="单笔限额",
        en="Limit of one correction",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "建议值：与自然人境内转账大额标准同一量级；限额以下归B11，两处应一致。",
            "Our proposal: the order of the reporting limit for domestic transfers of natural persons; what"
            " is below belongs to B11, keep the two equal.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Corrections of the day of the limit or more."""
    corrections = undone(bank, "correction")
    large = corrections.filter(corrections.amount_cny >= p.amount)
    return as_hits(bank, large, limit=p.amount)


def _bank(amount: str, **entry: Any):
    """One correction between two customers' accounts."""
    plain = {"entry_id": "E1", "kind": "correction", "teller_id": "T1"}
    plain |= {"debit_account_id": "P2", "credit_account_id": "P1"}
    return {
        "accounts": [
            {"account_id": "P1", "kind": "personal_settlement", "customer_id": "K1"},
            {"account_id": "P2", "kind": "corporate_current", "customer_id": "K2"},
        ],
        "journal": [plain | {"amount": Decimal(amount)} | entry],
    }


MODEL = Model(
    code="B12",
    version=1,
    name=Text("大额错账冲正交易监测", "Large error correction"),
    category="non_fund_movement",
    handling="itemised",
    grade="attention",
    subject="entry",
    purpose=Text(
        "大额错账一旦冲正不当，损失大且难以追回；大额冲正也可能掩盖挪用或调节余额，须逐笔核实授权和依据。",
        "A large correction made wrongly is a large loss, and one may hide a theft or dress up a balance:"
        " the ground and the authorisation of each are verified.",
    ),
    definition=Text(
        "当日错账冲正金额达到或超过限额。",
        "A correction of the day of the limit or more.",
    ),
    false_positives=Text(
        "经授权、有书面依据的真实差错更正；清算差错后的统一冲正。",
        "A genuine error corrected with an authorisation and papers; a correction ordered after an error of"
        " clearing.",
    ),
    decided=Text(
        "只看金额，不分账户种类、渠道、当日或隔日、人工或自动。金额为被冲正交易的人民币金额。"
        "反交易归B09、B10。异地通存通兑的冲正B13另报。",
        "The amount alone decides, whatever the kind of account, the channel, the day of the entry undone,"
        " by hand or automatic. It is that of the entry undone, in CNY. Reversals belong to B09 and B10. One"
        " of a deposit or withdrawal elsewhere is reported by B13 as well.",
    ),
    drivers=("P1", "P3", "P7", "R4"),
    needs={
        "journal": ("entry_id", "booked_on", "unit_id", "kind", "amount_cny"),
        "accounts": ("account_id",),
    },
    where_given={
        "journal": ("teller_id", "authoriser_id", "debit_account_id", "credit_account_id"),
        "accounts": ("customer_id",),
    },
    parameters=Limits,
    lookback=1,
    compared={"limit": Text("单笔限额", "Limit of one correction")},
    hits=hits,
    examples=(
        hit(
            "等于限额",
            "Exactly the limit",
            "E1",
            _bank("500000.00", authoriser_id="T2"),
            evidence={"limit": 500_000},
        ),
        near_miss("低于限额一分归B11", "One fen below the limit", _bank("499999.99")),
        near_miss("反交易不是冲正", "A reversal", _bank("900000.00", kind="reversal")),
        near_miss("正常交易", "A normal entry", _bank("900000.00", kind="normal")),
        near_miss(
            "前一日的冲正",
            "A correction of the day before",
            _bank("900000.00", booked_on=EXAMPLE_DAY - dt.timedelta(days=1)),
        ),
        hit("单边记账的冲正", "A single-sided correction", "E1", _bank("900000.00", debit_account_id=None)),
        hit(
            "自动冲正没有柜员",
            "An automatic one without a teller",
            "E1",
            _bank("900000.00", teller_id=None, automatic=True),
        ),
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
