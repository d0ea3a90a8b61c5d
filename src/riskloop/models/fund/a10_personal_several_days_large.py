"""A10 个人结算账户N日累计大额业务监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.entries import by_side, touching


class Limits(Parameters):
    days: int = parameter(
        5,
        zh="累计天数",
        en="Window",
        unit="days",
        low=1,
        high=60,
        why=Text(
            "建议值：分拆交易通常在一周之内完成。", "Our proposal: money is split within a working week."
        ),
    )
    sum: Decimal = parameter(
        Decimal(1_000_000),
        zh="累计限额",
        en="Limit of the sum",
        unit="CNY",
        low=1,
        high=10**13,
        why=Text(
            "建议值：有分行要求网点负责人现场关注个人100万元（含）以上业务。",
            "Our proposal: one branch told its outlet heads to watch personal items of 1,000,000 or more.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Personal settlement accounts whose debits or credits reach the limit, that side moving today."""
    journal = bank.window("journal", p.days)
    normal = journal.filter(journal.kind == "normal")
    moved = _moved(bank, normal, bank.few(_reached(bank, p)))
    found = moved.group_by("account_id", "unit_id", "customer_id").aggregate(
        debit_sum=moved.amount_cny.sum(where=moved.side == "debit").fill_null(0),
        credit_sum=moved.amount_cny.sum(where=moved.side == "credit").fill_null(0),
        debits_reached=moved.debits_reached.any(),
        credits_reached=moved.credits_reached.any(),
        count=moved.entry_id.nunique(where=moved.behind),
        entry_ids=moved.entry_id.collect(where=moved.behind),
        teller_ids=moved.teller_id.collect(where=moved.behind),
        authoriser_ids=moved.authoriser_id.collect(where=moved.behind),
    )
    return found.select(
        "unit_id",
        "count",
        "entry_ids",
        "teller_ids",
        "authoriser_ids",
        "customer_id",
        "debit_sum",
        "credit_sum",
        "debits_reached",
        "credits_reached",
        subject_id=found.account_id,
        account_id=found.account_id,
        amount=ibis.greatest(
            ibis.ifelse(found.debits_reached, found.debit_sum, 0),
            ibis.ifelse(found.credits_reached, found.credit_sum, 0),
        ),
        days=p.days,
        limit=p.sum,
    )


def _reached(bank: Bank, p: Limits) -> Relation:
    """The accounts that hit, one row each, with the side or sides that reached the limit."""
    every = bank.window("account_days", p.days)
    # A sum of N days reaches the limit only with a day that reaches its Nth part: few accounts have one.
    great = every.filter((every.debit_sum * p.days >= p.sum) | (every.credit_sum * p.days >= p.sum))
    days = every.semi_join(great, "account_id")
    sums = days.group_by("account_id").aggregate(
        debit_sum=days.debit_sum.sum(),
        credit_sum=days.credit_sum.sum(),
        debits_today=days.debits.sum(where=days.booked_on == bank.day).fill_null(0),
        credits_today=days.credits.sum(where=days.booked_on == bank.day).fill_null(0),
    )
    sides = sums.select(
        "account_id",
        debits_reached=(sums.debit_sum >= p.sum) & (sums.debits_today > 0),
        credits_reached=(sums.credit_sum >= p.sum) & (sums.credits_today > 0),
    )
    large = sides.filter(sides.debits_reached | sides.credits_reached)
    accounts = bank.standing("accounts")
    personal = accounts.filter(accounts.kind == "personal_settlement")
    return large.inner_join(personal, "account_id").select(
        "account_id", "debits_reached", "credits_reached", "unit_id", "customer_id"
    )


def _moved(bank: Bank, normal: Relation, reached: Relation) -> Relation:
    """The window's entries of these accounts, once for each side; `behind` where that side hits."""
    columns = ("entry_id", "teller_id", "authoriser_id", "amount_cny")
    moved = by_side(touching(bank, normal, reached, *columns), *columns).inner_join(reached, "account_id")
    behind = ibis.ifelse(moved.side == "debit", moved.debits_reached, moved.credits_reached)
    return moved.mutate(behind=behind)


def _out(amount: str, ago: int = 0, **entry: Any) -> dict[str, Any]:
    return _entry(amount, ago, debit_account_id="P1") | entry


def _in(amount: str, ago: int = 0, **entry: Any) -> dict[str, Any]:
    return _entry(amount, ago, credit_account_id="P1") | entry


def _entry(amount: str, ago: int, **sides: str) -> dict[str, Any]:
    return {"amount": Decimal(amount), "booked_on": EXAMPLE_DAY - dt.timedelta(days=ago)} | sides


def _bank(*entries: dict[str, Any], kind: str = "personal_settlement"):
    return {
        "accounts": [
            {"account_id": "P1", "kind": kind, "customer_id": "K1"},
            {"account_id": "P2", "kind": "personal_settlement", "customer_id": "K1"},
        ],
        "journal": [{"entry_id": f"E{i}"} | entry for i, entry in enumerate(entries, 1)],
    }


MODEL = Model(
    code="A10",
    version=2,
    name=Text("个人结算账户N日累计大额业务监测", "Personal account, N-day cumulative large amount"),
    category="fund_movement",
    handling="itemised",
    grade="attention",
    subject="account",
    purpose=Text(
        "把一笔大额拆成数日数笔，可避开单笔和单日限额；累计监测看得见分拆和过渡账户。",
        "A large sum split over days stays below the limits of one entry and of one day; the sum over days"
        " shows the splitting and the account that money only passes through.",
    ),
    definition=Text(
        "个人结算账户在截至当日的N个日历日内，借方或贷方正常交易累计达到或超过限额，且当日该方向有发生额。",
        "Over the N calendar days that end on the business day the normal debits, or the normal credits, of"
        " a personal settlement account reach the limit, and the day itself has an entry on that side.",
    ),
    false_positives=Text(
        "购房付款、个体工商户的经营收付、理财产品到期与再购买、本人账户之间的资金归集。",
        "A house paid in parts, a sole trader's business, wealth products that fall due and are bought"
        " again, money moved between the customer's own accounts.",
    ),
    decided=Text(
        "借方与贷方分别累计，不相抵；两个方向同时达到的只报一次，金额取较大的一方。累计达到限额即报（含等于）。"
        "窗口为日历日，含当日；当日该方向没有交易的不报，以免同一事实连报多日。反交易和冲正不计也不抵减；"
        "自动记账照计。机构取开户机构。笔数与流水只列达到限额的方向。",
        "Debits and credits are summed apart and never netted; when both reach the limit there is one hit,"
        " with the larger sum as its amount. Equal to the limit is a hit. The window is calendar days, the"
        " business day included; without an entry on that side today there is no hit, so that one fact is"
        " not told for days. Reversals and corrections neither count nor reduce; automatic entries count."
        " The unit is the account's. Count and entries are those of the side that reached the limit.",
    ),
    drivers=("E2", "E4", "P6"),
    needs={
        "journal": (
            "entry_id",
            "booked_on",
            "kind",
            "debit_account_id",
            "credit_account_id",
            "amount_cny",
        ),
        "account_days": ("account_id", "booked_on", "debits", "debit_sum", "credits", "credit_sum"),
        "accounts": ("account_id", "kind", "unit_id"),
    },
    where_given={"journal": ("teller_id", "authoriser_id"), "accounts": ("customer_id",)},
    parameters=Limits,
    lookback=lambda p: p.days,
    extends=lambda p: p.days,
    compared={
        "debit_sum": Text("借方累计", "Sum of debits"),
        "credit_sum": Text("贷方累计", "Sum of credits"),
        "debits_reached": Text("借方达到限额", "Debits reach the limit"),
        "credits_reached": Text("贷方达到限额", "Credits reach the limit"),
        "days": Text("累计天数", "Window in days"),
        "limit": Text("累计限额", "Limit of the sum"),
    },
    hits=hits,
    examples=(
        hit(
            "五日借方累计等于限额",
            "Debits of five days make exactly the limit",
            "P1",
            _bank(_out("400000.00", 4, teller_id="T1"), _out("600000.00", teller_id="T2")),
            evidence={
                "debit_sum": 1_000_000,
                "credit_sum": 0,
                "debits_reached": True,
                "credits_reached": False,
                "days": 5,
                "limit": 1_000_000,
            },
        ),
        near_miss(
            "累计低于限额一分", "One fen below the limit", _bank(_out("400000.00", 4), _out("599999.99"))
        ),
        near_miss(
            "最早一笔在窗口前一天",
            "The first entry a day before the window",
            _bank(_out("400000.00", 5), _out("600000.00")),
        ),
        near_miss("当日没有交易", "No entry on the day", _bank(_out("900000.00", 2), _out("900000.00", 1))),
        near_miss(
            "借方已达限额而当日只有贷方",
            "Debits reach the limit, and only a credit today",
            _bank(_out("900000.00", 2), _out("900000.00", 1), _in("100.00")),
        ),
        hit(
            "贷方累计等于限额",
            "Credits make exactly the limit",
            "P1",
            _bank(_in("700000.00", 1), _in("300000.00")),
            evidence={"debit_sum": 0, "credit_sum": 1_000_000, "credits_reached": True},
        ),
        near_miss(
            "借方与贷方不合并",
            "Debits and credits are not added together",
            _bank(_out("600000.00"), _in("600000.00")),
        ),
        hit(
            "收支不相抵，两方都达到",
            "What comes in does not offset what goes out: both reach the limit",
            "P1",
            _bank(_in("1000000.00"), _out("1200000.00")),
            evidence={
                "debit_sum": 1_200_000,
                "credit_sum": 1_000_000,
                "debits_reached": True,
                "credits_reached": True,
            },
        ),
        hit(
            "单笔即达限额",
            "One entry reaches the limit, the other side stays below",
            "P1",
            _bank(_out("1000000.00"), _in("50000.00")),
            evidence={"credit_sum": 50_000, "credits_reached": False},
        ),
        near_miss(
            "分散在两个账户",
            "Split over two accounts",
            _bank(_out("600000.00"), _out("600000.00", debit_account_id="P2")),
        ),
        near_miss("反交易不计", "A reversal", _bank(_out("400000.00", kind="reversal"), _out("600000.00"))),
        near_miss("冲正不计", "A correction", _bank(_out("400000.00", kind="correction"), _out("600000.00"))),
        near_miss("卡账户不属于本模型", "A card account", _bank(_out("2000000.00"), kind="card")),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "P1",
            _bank(_out("100000.00", currency="USD", amount_cny=Decimal("710000.00")), _out("290000.00")),
            evidence={"debit_sum": 1_000_000},
        ),
        hit(
            "本行只看当日",
            "A bank that looks at one day alone",
            "P1",
            _bank(_out("300000.00", 1), _out("200000.00"), _out("300000.00")),
            settings={"days": 1, "sum": 500_000},
            evidence={"debit_sum": 500_000, "days": 1, "limit": 500_000},
        ),
    ),
)
