"""B10 大额现金存入反交易监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.bank_accounts import bank_s_own
from riskloop.models.rules.entries import as_hits
from riskloop.models.rules.undone import undone


class Limits(Parameters):
    amount: Decimal = parameter(
        Decimal(50_000),
        zh="单笔限额",
        en="Limit of one reversal",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "建议值：与现金大额交易报告标准一致（人民币五万元，中国人民银行令〔2016〕第3号）。",
            "Our proposal: the reporting limit for cash, 50,000 (PBC Order 2016 No. 3).",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Reversals of the day that undo a cash deposit of the limit or more to a customer's account."""
    reversals = undone(bank, "reversal")
    deposits = reversals.filter(
        reversals.cash, reversals.credit_account_id.notnull(), reversals.amount_cny >= p.amount
    )
    own = bank_s_own(bank.standing("accounts")).select("account_id")
    customers = deposits.anti_join(own, deposits.credit_account_id == own.account_id)
    # A view: Ibis would take what is joined next for a part of this join.
    return as_hits(bank, customers.view(), limit=p.amount)


def _bank(amount: str, account_kind: str = "personal_settlement", **entry: Any):
    """The reversal of one cash deposit."""
    plain = {"entry_id": "E1", "kind": "reversal", "cash": True, "teller_id": "T1", "credit_account_id": "P1"}
    return {
        "accounts": [{"account_id": "P1", "kind": account_kind, "customer_id": "K1"}],
        "journal": [plain | {"amount": Decimal(amount)} | entry],
    }


MODEL = Model(
    code="B10",
    version=1,
    name=Text("大额现金存入反交易监测", "Reverse of a large cash deposit"),
    category="non_fund_movement",
    handling="itemised",
    grade="attention",
    subject="entry",
    purpose=Text(
        "存入后又反交易：可能先空存后抹账，为客户虚增存款或开立证明；也可能截留客户交来的现金。",
        "A deposit booked and then reversed may never have been paid in, to feign a balance for a"
        " certificate, or hide that the customer's cash was kept back.",
    ),
    definition=Text(
        "当日反交易撤销的是客户账户的现金存入，金额达到或超过限额。",
        "A reversal of the day undoes a cash deposit to a customer's account of the limit or more.",
    ),
    false_positives=Text(
        "清点现金有长短款、假币，或金额、账号录错，当场撤销后重做；自助存款机故障后的系统撤销。",
        "A miscount, a forged note, a mistyped amount or account, undone and done again at once; a reversal"
        " by the system after a deposit machine failed.",
    ),
    decided=Text(
        "反交易保留原交易的借贷方：现金标志为“是”且有贷方账户的反交易，即撤销现金存入；贷方为本行内部账户"
        "（内部、备付金、汇出汇款、久悬未取、销账）的不是客户存入，不计；账户资料中没有的贷方账户按客户账户计。"
        "只看反交易本身，不追溯原交易，原交易在哪一日都计。冲正归B11至B13；同一笔达到B09条件的，B09另报。",
        "A reversal keeps the sides of the entry it undoes: in cash and with a credit account it undoes a"
        " deposit. One that credits an account of the bank's own (internal, reserve, outward remittance,"
        " dormant unclaimed, suspense) was no customer's deposit; an account that the standing data do not"
        " know counts as a customer's. Only the reversal itself is read, whatever the day of the original."
        " Corrections belong to B11 to B13. What also meets B09 is reported there as well.",
    ),
    drivers=("P7", "P1", "P4"),
    needs={
        "journal": ("entry_id", "booked_on", "unit_id", "kind", "credit_account_id", "amount_cny", "cash"),
        "accounts": ("account_id", "kind"),
    },
    where_given={
        "journal": ("teller_id", "authoriser_id", "debit_account_id"),
        "accounts": ("customer_id",),
    },
    parameters=Limits,
    lookback=1,
    compared={"limit": Text("单笔限额", "Limit of one reversal")},
    hits=hits,
    examples=(
        hit(
            "等于限额",
            "Exactly the limit",
            "E1",
            _bank("50000.00", authoriser_id="T2"),
            evidence={"limit": 50_000},
        ),
        near_miss("低于限额一分", "One fen below the limit", _bank("49999.99")),
        near_miss("转账存入不是现金", "A deposit by transfer", _bank("900000.00", cash=False)),
        near_miss(
            "撤销的是现金支取",
            "The reversal of a cash withdrawal",
            _bank("900000.00", debit_account_id="P1", credit_account_id=None),
        ),
        near_miss("现金存入本身", "The cash deposit itself", _bank("900000.00", kind="normal")),
        near_miss("冲正不是反交易", "A correction", _bank("900000.00", kind="correction")),
        near_miss(
            "前一日的反交易",
            "A reversal of the day before",
            _bank("900000.00", booked_on=EXAMPLE_DAY - dt.timedelta(days=1)),
        ),
        near_miss(
            "贷方是本行内部账户", "Credited to an account of the bank's own", _bank("900000.00", "internal")
        ),
        hit("单位账户现金存入同样适用", "A company's deposit", "E1", _bank("60000.00", "corporate_current")),
        hit(
            "借方记内部现金账户",
            "The cash side on an internal account",
            "E1",
            {
                "accounts": [
                    {"account_id": "P1", "kind": "card", "customer_id": "K1"},
                    {"account_id": "N1", "kind": "internal"},
                ],
                "journal": _bank("60000.00", debit_account_id="N1")["journal"],
            },
        ),
        hit(
            "账户资料中没有的贷方账户",
            "An account that the standing data do not know",
            "E1",
            {"accounts": [], "journal": _bank("60000.00")["journal"]},
        ),
        hit("没有柜员的反交易", "A reversal without a teller", "E1", _bank("60000.00", teller_id=None)),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "E1",
            _bank("7100.00", currency="USD", amount_cny=Decimal("50410.00")),
        ),
        near_miss(
            "外币面额大而折算后不足限额",
            "A large figure in a small currency",
            _bank("900000.00", currency="JPY", amount_cny=Decimal("43000.00")),
        ),
    ),
)
