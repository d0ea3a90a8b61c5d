"""A12 对公定期存单单笔大额支付业务监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter


class Limits(Parameters):
    amount: Decimal = parameter(
        Decimal(1_000_000),
        zh="单笔限额",
        en="Limit of one payment",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "建议值：单位大额交易报告标准200万元的一半；存单支取不常发生，限额可以从严。",
            "Our proposal: half the reporting limit of units, 2,000,000; certificates are seldom paid out,"
            " which allows a strict limit.",
        ),
    )
    other_name: bool = parameter(
        True,
        zh="转入他人名下的一律报送",
        en="Always when paid to another name",
        unit="flag",
        low=0,
        high=1,
        why=Text(
            "《人民币单位存款管理办法》：支取定期存款只能以转账方式转入本单位基本存款账户；转入他户的不论金额都应核实。",
            "Measures on units' RMB deposits: a time deposit is paid out by transfer to the unit's own basic"
            " account, so one paid to another name is verified whatever the amount.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Normal debits of corporate time accounts today: the limit or more, or paid to another name."""
    paid = _paid(bank)
    # Unknown on either side is not another name.
    to_other = (paid.payee_customer_id != paid.customer_id).fill_null(False)
    large = paid.amount_cny >= p.amount
    found = paid.filter(large | to_other) if p.other_name else paid.filter(large)
    return found.select(
        "unit_id",
        "entry_id",
        "teller_id",
        "authoriser_id",
        subject_id=found.entry_id,
        amount=found.amount_cny,
        account_ids=ibis.array([found.debit_account_id, found.credit_account_id]),
        customer_ids=ibis.array([found.customer_id, found.payee_customer_id]),
        reaches_limit=large,
        to_other_name=to_other,
        limit=p.amount,
    )


def _paid(bank: Bank) -> Relation:
    """Normal entries of the day that debit a corporate time account, with the customers of both sides."""
    journal = bank.today("journal")
    accounts = bank.standing("accounts")
    normal = journal.filter(journal.kind == "normal")
    time = accounts.filter(accounts.kind == "corporate_time").view()
    payee = accounts.view()
    debited = normal.inner_join(time, normal.debit_account_id == time.account_id)
    paid = bank.few(
        debited.select(
            normal.entry_id,
            normal.unit_id,
            normal.teller_id,
            normal.authoriser_id,
            normal.amount_cny,
            normal.debit_account_id,
            normal.credit_account_id,
            time.customer_id,
        )
    )
    known = paid.left_join(payee, paid.credit_account_id == payee.account_id)
    return known.select(paid, payee_customer_id=payee.customer_id)


def _bank(
    amount: str = "1000000.00", account_kind: str = "corporate_time", owner: str | None = "K1", **entry: Any
):
    """A payment out of a time account to the current account of the same unit."""
    payment = {"entry_id": "E1", "debit_account_id": "D1", "credit_account_id": "C1"}
    return {
        "accounts": [
            {"account_id": "D1", "kind": account_kind, "customer_id": owner},
            {"account_id": "C1", "kind": "corporate_current", "customer_id": "K1"},
            {"account_id": "C2", "kind": "corporate_current", "customer_id": "K2"},
            {"account_id": "P1", "kind": "personal_settlement", "customer_id": "K3"},
            {"account_id": "N1", "kind": "internal"},
        ],
        "journal": [payment | {"amount": Decimal(amount)} | entry],
    }


MODEL = Model(
    code="A12",
    version=1,
    name=Text("对公定期存单单笔大额支付业务监测", "Corporate time certificate, single large payment"),
    category="fund_movement",
    handling="itemised",
    grade="attention",
    subject="entry",
    purpose=Text(
        "单位定期存款金额大、平时不动，伪造、变造存单和印鉴冒领，或内部人员挪用，往往到期时才发现。",
        "A unit's time deposit is large and lies still: drawn with forged papers or taken by staff, it is"
        " missed only when it falls due.",
    ),
    definition=Text(
        "对公定期账户的借方正常交易（到期支取、提前支取），单笔金额达到或超过限额；或款项转入其他客户的账户，此时不论金额。",
        "A normal entry that debits a corporate time account (redeemed at maturity or withdrawn early) with"
        " the limit or more; or, whatever the amount, one whose proceeds go to another customer's account.",
    ),
    false_positives=Text(
        "到期转存、转回本单位活期账户；同一单位在本行有多个客户号；合并更名的单位；司法扣划。",
        "Renewed at maturity, or paid back to the unit's own current account; a unit with several customer"
        " numbers; units merged or renamed; execution by a court.",
    ),
    decided=Text(
        "“存单”按账户种类“对公定期”理解。只看借方，到期与提前支取不分。达到限额即报（含等于）。"
        "他人名下指贷方账户在账户资料中属于另一客户号；转入内部账户、他行或资料中没有的账户，以及没有客户号的，"
        "看不出户名，只看金额。现金、单边和自动记账照计；反交易和冲正不计。",
        "A certificate is an account of kind `corporate_time`. Every debit counts, at maturity or before."
        " Equal to the limit is a hit. Another name means that the account credited belongs to another"
        " customer number in the standing data; an internal account, one at another bank or unknown, or one"
        " without a customer does not show a name, and is judged by the amount alone. Cash, single-sided"
        " and automatic entries count; reversals and corrections do not.",
    ),
    drivers=("E3", "P7", "P3"),
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
    where_given={
        "journal": ("teller_id", "authoriser_id", "credit_account_id"),
        "accounts": ("customer_id",),
    },
    parameters=Limits,
    lookback=1,
    compared={
        "reaches_limit": Text("达到单笔限额", "Reaches the limit"),
        "to_other_name": Text("转入他人名下", "Paid to another name"),
        "limit": Text("单笔限额", "Limit of one payment"),
    },
    hits=hits,
    examples=(
        hit(
            "等于限额，转回本单位账户",
            "Exactly the limit, to the unit's own account",
            "E1",
            _bank(teller_id="T1", authoriser_id="T2"),
            evidence={"reaches_limit": True, "to_other_name": False, "limit": 1_000_000},
        ),
        near_miss("低于限额一分", "One fen below the limit", _bank("999999.99")),
        hit(
            "小额转入其他单位账户",
            "A small sum to another unit's account",
            "E1",
            _bank("100.00", credit_account_id="C2"),
            evidence={"reaches_limit": False, "to_other_name": True},
        ),
        hit(
            "小额转入个人账户",
            "A small sum to a person's account",
            "E1",
            _bank("100.00", credit_account_id="P1"),
            evidence={"to_other_name": True},
        ),
        hit(
            "大额转入他人名下",
            "A large sum to another name",
            "E1",
            _bank("2000000.00", credit_account_id="C2"),
            evidence={"reaches_limit": True, "to_other_name": True},
        ),
        near_miss(
            "小额转入内部账户", "A small sum to an internal account", _bank("100.00", credit_account_id="N1")
        ),
        near_miss(
            "小额转入资料中没有的账户",
            "A small sum to an unknown account",
            _bank("100.00", credit_account_id="X9"),
        ),
        near_miss("小额单边记账", "A small single-sided entry", _bank("100.00", credit_account_id=None)),
        near_miss(
            "存单没有客户号，小额转入他户",
            "The certificate has no customer, a small sum to another account",
            _bank("100.00", owner=None, credit_account_id="C2"),
        ),
        hit("大额单边记账", "A large single-sided entry", "E1", _bank(credit_account_id=None)),
        hit(
            "大额转入内部账户",
            "A large sum to an internal account",
            "E1",
            _bank(credit_account_id="N1"),
            evidence={"to_other_name": False},
        ),
        near_miss(
            "往来户不属于本模型", "A corporate current account", _bank(account_kind="corporate_current")
        ),
        near_miss("个人定期不属于本模型", "A personal time account", _bank(account_kind="personal_time")),
        near_miss(
            "存入定期不是支付",
            "A deposit into the time account is no payment",
            _bank("9000000.00", debit_account_id="C1", credit_account_id="D1"),
        ),
        near_miss("反交易不计", "A reversal", _bank("9000000.00", kind="reversal")),
        near_miss("冲正不计", "A correction", _bank("9000000.00", kind="correction")),
        near_miss(
            "前一日的支付",
            "A payment of the day before",
            _bank("9000000.00", booked_on=EXAMPLE_DAY - dt.timedelta(days=1)),
        ),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "E1",
            _bank("140845.08", currency="USD", amount_cny=Decimal("1000000.00")),
        ),
        near_miss(
            "外币面额大而折算后不足限额",
            "A large figure in a small currency",
            _bank("9000000.00", currency="JPY", amount_cny=Decimal("430000.00")),
        ),
        near_miss(
            "本行只看金额",
            "A bank that looks at the amount alone",
            _bank("100.00", credit_account_id="C2"),
            settings={"other_name": False},
        ),
    ),
)
