"""A03 特殊账户大额支付业务监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.special_account import special_accounts


class Limits(Parameters):
    amount: Decimal = parameter(
        Decimal(50_000),
        zh="单笔限额",
        en="Limit of one payment",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "建议值：与现金大额标准同一量级；更小的分次支付由A07累计。",
            "Our proposal: the order of the cash reporting limit; smaller payments are summed by A07.",
        ),
    )
    recent_reactivation_days: int = parameter(
        30,
        zh="新激活期",
        en="Recently reactivated",
        unit="days",
        low=1,
        high=366,
        why=Text(
            "建议值：长期不动户激活后一个月内的支付最需要核实。",
            "Our proposal: in its first month after a long rest an account is watched.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Normal entries of the day that debit a special account with the limit or more."""
    journal = bank.today("journal")
    large = journal.filter(journal.kind == "normal", journal.amount_cny >= p.amount)
    special = special_accounts(bank, p.recent_reactivation_days)
    debits = large.inner_join(special, large.debit_account_id == special.account_id)
    return debits.select(
        subject_id=large.entry_id,
        unit_id=large.unit_id,
        amount=large.amount_cny,
        entry_id=large.entry_id,
        teller_id=large.teller_id,
        authoriser_id=large.authoriser_id,
        account_id=large.debit_account_id,
        customer_id=special.customer_id,
        flagged=special.special,
        status=special.status,
        status_since=special.status_since,
        limit=p.amount,
    )


def _since(ago: int) -> dict[str, Any]:
    """A reactivation so many days ago."""
    return {"status": "reactivated", "status_since": EXAMPLE_DAY - dt.timedelta(days=ago)}


def _bank(account: dict[str, Any], amount: str = "50000.00", **entry: Any):
    """One debit of an account."""
    return {
        "accounts": [{"account_id": "P1", "kind": "personal_settlement", "customer_id": "K1"} | account],
        "journal": [{"entry_id": "E1", "debit_account_id": "P1", "amount": Decimal(amount)} | entry],
    }


DORMANT = {"status": "dormant"}

MODEL = Model(
    code="A03",
    version=1,
    name=Text("特殊账户大额支付业务监测", "Large payment from a special account"),
    category="fund_movement",
    handling="itemised",
    grade="attention",
    subject="entry",
    purpose=Text(
        "长期不动、受控制或刚激活的账户，客户很少查看，最容易被内部人员或冒名者盗用；大额支付须逐笔核实。",
        "The owner of an account that rests, is restricted or was just reactivated seldom looks at it, which"
        " makes it the easiest to rob, by staff or by an impostor; each large payment is verified.",
    ),
    definition=Text(
        "特殊账户单笔借方发生额达到或超过限额的正常交易。特殊账户指有特殊标志的，状态为不动户、特殊不动户、"
        "只收不付或冻结的，以及近日激活的账户。",
        "A normal entry that debits a special account with the limit or more. Special is an account with the"
        " bank's flag, one that is dormant, special dormant, credit-only or blocked, and one reactivated"
        " recently.",
    ),
    false_positives=Text(
        "客户本人激活后取回存款、销户转出；司法扣划；账户状态未及时维护。",
        "The owner himself reactivates and takes his money, or closes the account; execution by a court; a"
        " status that was not kept up.",
    ),
    decided=Text(
        "原文“专门账户”疑为“特殊账户”，按此理解。任何种类的账户都看，以当日有效的账户资料为准；已销户不在内。"
        "激活期为日历日，含激活日和当日；没有激活日期的只看特殊标志。达到限额即报（含等于）。"
        "各渠道的借方正常交易都算支付，取现、单边记账和自动记账在内；反交易和冲正不计。"
        "“新变更资料”的账户没有对应状态，由银行以特殊标志列入。",
        "The list names them by a word that we read as special accounts. Accounts of every kind count, in"
        " the version in force on the day; a closed one is not special. The days since a reactivation are"
        " calendar days, its own and the business day included; without a date only the flag counts. Equal"
        " to the limit is a hit. Every normal debit on any channel is a payment, cash, single-sided and"
        " automatic entries included; reversals and corrections are not. No status says that an account's"
        " data were changed: the bank includes such accounts by its flag.",
    ),
    drivers=("P7", "E3", "P6"),
    needs={
        "journal": (
            "entry_id",
            "booked_on",
            "unit_id",
            "kind",
            "debit_account_id",
            "amount_cny",
        ),
        "accounts": ("account_id", "status", "special"),
    },
    where_given={
        "journal": ("teller_id", "authoriser_id"),
        "accounts": ("customer_id", "status_since"),
    },
    parameters=Limits,
    lookback=1,
    compared={
        "flagged": Text("有特殊标志", "Flagged as special"),
        "status": Text("账户状态", "Status of the account"),
        "status_since": Text("状态起始日", "In this status since"),
        "limit": Text("单笔限额", "Limit of one payment"),
    },
    hits=hits,
    examples=(
        hit(
            "不动户，等于限额",
            "Dormant, exactly the limit",
            "E1",
            _bank(DORMANT, teller_id="T1", authoriser_id="T2"),
            evidence={"flagged": False, "status": "dormant", "status_since": None, "limit": 50_000},
        ),
        near_miss("低于限额一分", "One fen below the limit", _bank(DORMANT, "49999.99")),
        hit("特殊不动户", "Special dormant", "E1", _bank({"status": "special_dormant"})),
        hit("只收不付的账户", "Credit-only", "E1", _bank({"status": "credit_only"})),
        hit("冻结的账户", "Blocked", "E1", _bank({"status": "blocked"}), evidence={"status": "blocked"}),
        hit(
            "有特殊标志、状态正常",
            "Flagged as special, with a normal status",
            "E1",
            _bank({"special": True}),
            evidence={"flagged": True, "status": "normal"},
        ),
        near_miss("普通账户", "An ordinary account", _bank({}, "900000.00")),
        near_miss("已销户不是特殊账户", "A closed account", _bank({"status": "closed"}, "900000.00")),
        hit(
            "激活第三十天",
            "The thirtieth day since the reactivation",
            "E1",
            _bank(_since(29)),
            evidence={"status": "reactivated", "status_since": EXAMPLE_DAY - dt.timedelta(days=29)},
        ),
        near_miss("激活第三十一天", "The thirty-first day", _bank(_since(30), "900000.00")),
        hit("激活当日", "On the day of the reactivation", "E1", _bank(_since(0))),
        near_miss("次日才激活", "Reactivated tomorrow", _bank(_since(-1), "900000.00")),
        near_miss(
            "没有激活日期", "Reactivated without a date", _bank({"status": "reactivated"}, "900000.00")
        ),
        hit(
            "激活已久而仍有特殊标志",
            "Reactivated long ago and flagged as special",
            "E1",
            _bank(_since(200) | {"special": True}),
            evidence={"flagged": True},
        ),
        hit("单位账户同样适用", "A corporate account", "E1", _bank(DORMANT | {"kind": "corporate_current"})),
        near_miss(
            "贷方大额不是支付",
            "A large credit is not a payment",
            _bank(DORMANT, "900000.00", debit_account_id=None, credit_account_id="P1"),
        ),
        near_miss("反交易不计", "A reversal is no payment", _bank(DORMANT, "900000.00", kind="reversal")),
        near_miss("冲正不计", "A correction is no payment", _bank(DORMANT, "900000.00", kind="correction")),
        near_miss(
            "前一日的支付",
            "A payment of the day before",
            _bank(DORMANT, "900000.00", booked_on=EXAMPLE_DAY - dt.timedelta(days=1)),
        ),
        hit("自动记账照计", "An automatic entry", "E1", _bank(DORMANT, automatic=True)),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "E1",
            _bank(DORMANT, "7000.00", currency="USD", amount_cny=Decimal("50000.00")),
        ),
        near_miss(
            "外币面额大而折算后不足限额",
            "A large figure in a small currency",
            _bank(DORMANT, "900000.00", currency="JPY", amount_cny=Decimal("43000.00")),
        ),
    ),
)
