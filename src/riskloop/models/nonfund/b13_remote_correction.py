"""B13 异地通存通兑错账冲正交易监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.entries import as_hits
from riskloop.models.rules.undone import undone


class Limits(Parameters):
    amount: Decimal = parameter(
        Decimal(0),
        zh="单笔限额",
        en="Limit of one correction",
        unit="CNY",
        low=0,
        high=10**12,
        why=Text(
            "建议值：异地冲正笔数少、核实难，不论金额逐笔核实。",
            "Our proposal: such corrections are few and hard to verify from afar, so every one counts.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Corrections of the day of deposits and withdrawals in another region, of the limit or more."""
    corrections = undone(bank, "correction")
    remote = corrections.filter(corrections.remote, corrections.amount_cny >= p.amount)
    return as_hits(bank, remote, limit=p.amount)


def _bank(amount: str, **entry: Any):
    """The correction of a deposit to an account that another region keeps."""
    plain = {"entry_id": "E1", "kind": "correction", "remote": True, "teller_id": "T1", "unit_id": "U1"}
    return {
        "accounts": [
            {"account_id": "P1", "kind": "personal_settlement", "customer_id": "K1", "unit_id": "U2"}
        ],
        "journal": [plain | {"credit_account_id": "P1", "amount": Decimal(amount)} | entry],
    }


MODEL = Model(
    code="B13",
    version=1,
    name=Text("异地通存通兑错账冲正交易监测", "Correction of a cross-region deposit/withdrawal"),
    category="non_fund_movement",
    handling="itemised",
    grade="attention",
    subject="entry",
    purpose=Text(
        "异地通存通兑的账户不在本网点，冲正时难以及时核对账户和联系客户，容易错冲、漏冲或被利用。",
        "The account is kept in another region, where neither it nor its customer is at hand when the entry"
        " is corrected: easily done wrongly, or abused.",
    ),
    definition=Text(
        "当日冲正标有异地通存通兑，金额达到或超过限额（缺省不论金额）。",
        "A correction of the day that is marked as a deposit or withdrawal in another region, of the limit or"
        " more (by default any amount).",
    ),
    false_positives=Text(
        "柜员录错账号、金额后当场冲正重做；通信超时引起的系统自动冲正。",
        "A mistyped account or amount, corrected and done again at once; an automatic correction after a"
        " time-out.",
    ),
    decided=Text(
        "以冲正分录自身的异地通存通兑标志为准，不比较交易机构与开户机构。存入、支取，现金、转账，人工、自动都计。"
        "反交易归B09、B10。金额同时达到B11或B12的，那里另报。机构为办理冲正的机构。",
        "The mark on the correction itself decides; the units of the entry and of the account are not"
        " compared. Deposits and withdrawals, cash and transfer, by hand and automatic all count; reversals"
        " belong to B09 and B10. One whose amount also meets B11 or B12 is reported there as well. The unit"
        " is the one that made the correction.",
    ),
    drivers=("P1", "P3", "P4"),
    needs={
        "journal": ("entry_id", "booked_on", "unit_id", "kind", "amount_cny", "remote"),
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
            "异地存入的冲正",
            "A deposit in another region is corrected",
            "E1",
            _bank("60000.00", authoriser_id="T2"),
            evidence={"limit": 0},
        ),
        hit(
            "异地支取的冲正",
            "A withdrawal in another region is corrected",
            "E1",
            _bank("60000.00", debit_account_id="P1", credit_account_id=None, cash=True),
        ),
        hit("金额为零也报", "An amount of zero", "E1", _bank("0.00")),
        near_miss("本地业务的冲正", "A correction that is not remote", _bank("60000.00", remote=False)),
        near_miss("异地反交易不是冲正", "A reversal", _bank("60000.00", kind="reversal")),
        near_miss("异地正常交易", "A normal entry", _bank("60000.00", kind="normal")),
        near_miss(
            "前一日的冲正",
            "A correction of the day before",
            _bank("60000.00", booked_on=EXAMPLE_DAY - dt.timedelta(days=1)),
        ),
        hit(
            "自动冲正没有柜员",
            "An automatic one without a teller",
            "E1",
            _bank("60000.00", teller_id=None, automatic=True),
        ),
        hit(
            "等于本行自定限额",
            "Exactly a bank's own limit",
            "E1",
            _bank("1000.00"),
            settings={"amount": Decimal(1000)},
            evidence={"limit": 1000},
        ),
        near_miss(
            "低于本行自定限额一分",
            "One fen below a bank's own limit",
            _bank("999.99"),
            settings={"amount": Decimal(1000)},
        ),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "E1",
            _bank("150.00", currency="USD", amount_cny=Decimal("1065.00")),
            settings={"amount": Decimal(1000)},
        ),
    ),
)
