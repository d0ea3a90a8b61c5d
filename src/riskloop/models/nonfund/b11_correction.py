"""B11 错账冲正交易监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.entries import as_hits
from riskloop.models.rules.undone import undone


class Limits(Parameters):
    limit1: Decimal = parameter(
        Decimal(10_000),
        zh="金额下限（含）",
        en="From this amount",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "建议值：一万元以下的小额冲正归C02统计分析，两处应一致。",
            "Our proposal: corrections below 10,000 go to the statistics of C02; keep the two equal.",
        ),
    )
    limit2: Decimal = parameter(
        Decimal(500_000),
        zh="金额上限（不含）",
        en="Below this amount",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "建议值：五十万元（含）以上的大额冲正归B12，两处应一致。",
            "Our proposal: corrections of 500,000 or more belong to B12; keep the two equal.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Corrections of the day from the lower limit up to, and not including, the upper one."""
    corrections = undone(bank, "correction")
    between = corrections.filter(corrections.amount_cny >= p.limit1, corrections.amount_cny < p.limit2)
    return as_hits(bank, between, limit1=p.limit1, limit2=p.limit2)


def _bank(amount: str, **entry: Any):
    """One correction between two customers' accounts."""
    plain = {"entry_id": "E1", "kind": "correction", "teller_id": "T1"}
    plain |= {"debit_account_id": "P2", "credit_account_id": "P1"}
    return {
        "accounts": [
            {"account_id": "P1", "kind": "personal_settlement", "customer_id": "K1"},
            {"account_id": "P2", "kind": "card", "customer_id": "K2"},
        ],
        "journal": [plain | {"amount": Decimal(amount)} | entry],
    }


MODEL = Model(
    code="B11",
    version=1,
    name=Text("错账冲正交易监测", "Error-correction entry"),
    category="non_fund_movement",
    handling="itemised",
    grade="general",
    subject="entry",
    purpose=Text(
        "冲正表明已记错账：既要查明差错原因，也要防止借冲正之名挪动客户资金。",
        "A correction says that something was booked wrongly: the cause must be found, and nobody should"
        " move a customer's money under that name.",
    ),
    definition=Text(
        "当日错账冲正金额达到下限而低于上限。",
        "A correction of the day of the lower limit or more, and below the upper limit.",
    ),
    false_positives=Text(
        "柜员自查发现并按制度冲正的录入差错；系统或清算差错后的批量冲正。",
        "Slips that the teller found and corrected by the rules; corrections in bulk after an error of a"
        " system or of clearing.",
    ),
    decided=Text(
        "下限含、上限不含，与C02、B12首尾相接；下限不低于上限时没有命中。金额为被冲正交易的人民币金额。"
        "当日冲正和隔日冲正、人工和自动冲正都计；反交易归B09、B10。异地通存通兑的冲正B13另报。",
        "The lower limit is included and the upper one is not, so that C02, B11 and B12 join without a gap;"
        " nothing is hit where the lower is not below the upper. The amount is that of the entry undone, in"
        " CNY. Corrections of entries of the same or an earlier day, by hand or automatic, all count;"
        " reversals belong to B09 and B10. One of a deposit or withdrawal elsewhere is reported by B13 as"
        " well.",
    ),
    drivers=("P1", "P3", "S4"),
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
    compared={
        "limit1": Text("金额下限（含）", "From this amount"),
        "limit2": Text("金额上限（不含）", "Below this amount"),
    },
    hits=hits,
    examples=(
        hit(
            "等于下限",
            "Exactly the lower limit",
            "E1",
            _bank("10000.00", authoriser_id="T2"),
            evidence={"limit1": 10_000, "limit2": 500_000},
        ),
        near_miss("低于下限一分归C02", "One fen below the lower limit", _bank("9999.99")),
        hit("低于上限一分", "One fen below the upper limit", "E1", _bank("499999.99")),
        near_miss("等于上限归B12", "Exactly the upper limit", _bank("500000.00")),
        near_miss("反交易不是冲正", "A reversal", _bank("60000.00", kind="reversal")),
        near_miss("正常交易", "A normal entry", _bank("60000.00", kind="normal")),
        near_miss(
            "前一日的冲正",
            "A correction of the day before",
            _bank("60000.00", booked_on=EXAMPLE_DAY - dt.timedelta(days=1)),
        ),
        hit("单边记账的冲正", "A single-sided correction", "E1", _bank("60000.00", debit_account_id=None)),
        hit(
            "自动冲正没有柜员",
            "An automatic one without a teller",
            "E1",
            _bank("60000.00", teller_id=None, automatic=True),
        ),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "E1",
            _bank("1500.00", currency="USD", amount_cny=Decimal("10650.00")),
        ),
        near_miss(
            "外币面额大而折算后不足下限",
            "A large figure in a small currency",
            _bank("90000.00", currency="JPY", amount_cny=Decimal("4300.00")),
        ),
    ),
)
