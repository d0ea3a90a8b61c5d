"""A07 特殊账户N日累计大额支付业务监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.special_account import special_accounts


class Limits(Parameters):
    days: int = parameter(
        5,
        zh="累计天数",
        en="Window",
        unit="days",
        low=1,
        high=60,
        why=Text(
            "建议值：分拆支付通常在一周之内完成。",
            "Our proposal: a payment is split within a working week.",
        ),
    )
    sum: Decimal = parameter(
        Decimal(100_000),
        zh="累计限额",
        en="Limit of the sum",
        unit="CNY",
        low=1,
        high=10**13,
        why=Text(
            "建议值：单笔限额的两倍，少于三笔低于限额的支付达不到。",
            "Our proposal: twice the limit of one payment, which takes at least three below it.",
        ),
    )
    amount: Decimal = parameter(
        Decimal(50_000),
        zh="单笔限额（A03）",
        en="Limit of one payment (A03)",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "建议值：与A03的单笔限额一致，应随其调整；达到的单笔归A03。",
            "Our proposal: the limit of A03, to be changed along with it; a payment that reaches it is"
            " A03's.",
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
            "建议值：与A03一致，长期不动户激活后一个月内的支付最需要核实。",
            "Our proposal, the same as A03: in its first month after a long rest an account is watched.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Special accounts, debited today, whose debits below A03's limit add up to `sum` in the window."""
    special = bank.few(special_accounts(bank, p.recent_reactivation_days))
    split = _split(bank, p, special).inner_join(special, "account_id")
    found = split.select(
        "account_id",
        "unit_id",
        "customer_id",
        "largest",
        "status",
        "status_since",
        amount=split.debit_sum,
        count=split.debits,
        flagged=split.special,
    )
    found = bank.few(found)
    paid = _debits_today(bank).inner_join(found, "account_id")
    told = paid.group_by(*found.columns).aggregate(
        entry_ids=paid.entry_id.collect(),
        teller_ids=paid.teller_id.collect(),
        authoriser_ids=paid.authoriser_id.collect(),
    )
    return told.mutate(subject_id=told.account_id, days=p.days, limit=p.sum, single_limit=p.amount)


def _split(bank: Bank, p: Limits, special: Relation) -> Relation:
    """Of these, accounts whose debits in the window reach `sum`, each below `amount`, one of them today."""
    days = bank.window("account_days", p.days).semi_join(special, "account_id")
    sums = days.group_by("account_id").aggregate(
        debit_sum=days.debit_sum.sum(),
        largest=days.debit_max.max(),
        debits=days.debits.sum(),
        debits_today=days.debits.sum(where=days.booked_on == bank.day).fill_null(0),
    )
    return sums.filter(sums.debit_sum >= p.sum, sums.largest < p.amount, sums.debits_today > 0)


def _debits_today(bank: Bank) -> Relation:
    journal = bank.today("journal")
    normal = journal.filter(journal.kind == "normal")
    return normal.select("entry_id", "teller_id", "authoriser_id", account_id=normal.debit_account_id)


def _out(amount: str, ago: int = 0, **entry: Any) -> dict[str, Any]:
    day = EXAMPLE_DAY - dt.timedelta(days=ago)
    return {"debit_account_id": "P1", "amount": Decimal(amount), "booked_on": day} | entry


def _since(ago: int) -> dict[str, Any]:
    """A reactivation so many days ago."""
    return {"status": "reactivated", "status_since": EXAMPLE_DAY - dt.timedelta(days=ago)}


def _bank(*entries: dict[str, Any], **account: Any):
    """A dormant account, and another, with what they paid."""
    plain = {"kind": "personal_settlement", "customer_id": "K1", "status": "dormant"}
    return {
        "accounts": [plain | {"account_id": "P1"} | account, plain | {"account_id": "P2"}],
        "journal": [{"entry_id": f"E{i}"} | entry for i, entry in enumerate(entries, 1)],
    }


THREE = (_out("40000.00", 2), _out("40000.00", 1), _out("20000.00"))

MODEL = Model(
    code="A07",
    version=1,
    name=Text("特殊账户N日累计大额支付业务监测", "Special account, N-day cumulative large payments"),
    category="fund_movement",
    handling="itemised",
    grade="attention",
    subject="account",
    purpose=Text(
        "从特殊账户分次小额转出，可避开单笔限额；数日累计看得见被掏空的不动户。",
        "Small payments from a special account stay below the limit of one; the sum over days shows the"
        " dormant account that is being emptied.",
    ),
    definition=Text(
        "特殊账户在截至当日的N个日历日内，每一笔借方正常交易均低于单笔限额，累计达到或超过累计限额，且当日有借方交易。",
        "Over the N calendar days that end on the business day the normal debits of a special account, each"
        " below the limit of one payment, reach the limit of the sum, and the day itself has one.",
    ),
    false_positives=Text(
        "激活后的日常消费和还款；受托支付的分次拨付；账户状态未及时维护。",
        "Daily spending and repayments after a reactivation; an entrusted payment made in parts; a status"
        " that was not kept up.",
    ),
    decided=Text(
        "原文“专门账户”疑为“特殊账户”；特殊账户的范围与A03相同，按当日的账户资料判断，窗口内成为特殊账户以前的支付照计。"
        "窗口内只要有一笔达到单笔限额，即归A03，本模型不报。累计达到限额即报（含等于）。当日没有借方交易的不报，"
        "以免同一事实连报多日。反交易和冲正不计也不抵减；自动记账照计。机构取开户机构；笔数为窗口内的笔数，"
        "流水与柜员只列当日的。",
        "The list names them by a word that we read as special accounts. What is special is said in A03,"
        " judged by the account's data of the day; payments of the window count though they were made before"
        " it became special. One payment in the window that reaches the limit of one makes it A03's, and"
        " there is no hit here. Equal to the limit of the sum is a hit. Without a debit today there is none,"
        " so that one fact is not told for days. Reversals and corrections neither count nor reduce;"
        " automatic entries count. The unit is the account's. The count is of the window; entries and"
        " tellers are those of the day.",
    ),
    drivers=("P7", "E3", "P6"),
    needs={
        "journal": ("entry_id", "booked_on", "kind", "debit_account_id"),
        "account_days": ("account_id", "booked_on", "debits", "debit_sum", "debit_max"),
        "accounts": ("account_id", "unit_id", "status", "special"),
    },
    where_given={
        "journal": ("teller_id", "authoriser_id"),
        "accounts": ("customer_id", "status_since"),
    },
    parameters=Limits,
    lookback=lambda p: {"account_days": p.days},
    extends=lambda p: p.days,
    compared={
        "largest": Text("最大单笔", "Largest payment"),
        "flagged": Text("有特殊标志", "Flagged as special"),
        "status": Text("账户状态", "Status of the account"),
        "status_since": Text("状态起始日", "In this status since"),
        "days": Text("累计天数", "Window in days"),
        "limit": Text("累计限额", "Limit of the sum"),
        "single_limit": Text("单笔限额（A03）", "Limit of one payment (A03)"),
    },
    hits=hits,
    examples=(
        hit(
            "三日累计等于限额",
            "Payments of three days make exactly the limit",
            "P1",
            _bank(*THREE),
            evidence={
                "largest": 40_000,
                "flagged": False,
                "status": "dormant",
                "days": 5,
                "limit": 100_000,
                "single_limit": 50_000,
            },
        ),
        near_miss(
            "累计低于限额一分",
            "One fen below the limit of the sum",
            _bank(_out("40000.00", 2), _out("40000.00", 1), _out("19999.99")),
        ),
        hit(
            "最早一笔在窗口首日",
            "The first payment on the first day of the window",
            "P1",
            _bank(_out("40000.00", 4), _out("40000.00", 4), _out("20000.00")),
        ),
        near_miss(
            "最早一笔在窗口前一天",
            "The first payment a day before the window",
            _bank(_out("40000.00", 5), _out("40000.00", 1), _out("20000.00")),
        ),
        hit(
            "单笔低于单笔限额一分",
            "One payment a fen below the limit of one",
            "P1",
            _bank(_out("49999.99", 1), _out("49999.99", 1), _out("0.02")),
            evidence={"largest": Decimal("49999.99")},
        ),
        near_miss(
            "其中一笔等于单笔限额，归A03",
            "One payment of exactly the limit of one is A03's",
            _bank(_out("50000.00", 1), _out("40000.00", 1), _out("30000.00")),
        ),
        hit(
            "窗口以前的大额单笔不影响",
            "A large payment before the window does not matter",
            "P1",
            _bank(_out("90000.00", 5), *THREE),
        ),
        near_miss(
            "当日没有借方交易",
            "No debit on the day",
            _bank(_out("40000.00", 2), _out("40000.00", 1), _out("40000.00", 1)),
        ),
        near_miss(
            "当日只有贷方交易",
            "Only a credit on the day",
            _bank(
                _out("40000.00", 2),
                _out("40000.00", 1),
                _out("40000.00", 1),
                _out("40000.00", debit_account_id=None, credit_account_id="P1"),
            ),
        ),
        hit(
            "收入不抵减支出",
            "What comes in does not offset what goes out",
            "P1",
            _bank(*THREE, _out("90000.00", debit_account_id=None, credit_account_id="P1")),
        ),
        near_miss(
            "分散在两个特殊账户",
            "Split over two special accounts",
            _bank(_out("40000.00", 1), _out("40000.00"), _out("20000.00", debit_account_id="P2")),
        ),
        near_miss(
            "反交易不计", "A reversal", _bank(*THREE[:2], _out("10000.00"), _out("10000.00", kind="reversal"))
        ),
        near_miss(
            "冲正不计",
            "A correction",
            _bank(*THREE[:2], _out("10000.00"), _out("10000.00", kind="correction")),
        ),
        near_miss(
            "当日只有反交易",
            "Only a reversal on the day",
            _bank(*THREE[:2], _out("40000.00", 1), _out("40000.00", kind="reversal")),
        ),
        near_miss("普通账户", "An ordinary account", _bank(*THREE, status="normal")),
        hit(
            "有特殊标志、状态正常",
            "Flagged as special, with a normal status",
            "P1",
            _bank(*THREE, status="normal", special=True),
            evidence={"flagged": True},
        ),
        hit(
            "激活第三十天",
            "The thirtieth day since the reactivation",
            "P1",
            _bank(*THREE, **_since(29)),
            evidence={"status_since": EXAMPLE_DAY - dt.timedelta(days=29)},
        ),
        near_miss("激活第三十一天", "The thirty-first day", _bank(*THREE, **_since(30))),
        hit(
            "激活前的支付照计",
            "Payments before the reactivation count",
            "P1",
            _bank(*THREE, **_since(0)),
        ),
        near_miss("已销户不是特殊账户", "A closed account", _bank(*THREE, status="closed")),
        hit("自动记账照计", "Automatic entries", "P1", _bank(*[e | {"automatic": True} for e in THREE])),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "P1",
            _bank(*THREE[:2], _out("3000.00", currency="USD", amount_cny=Decimal("20000.00"))),
        ),
    ),
)
