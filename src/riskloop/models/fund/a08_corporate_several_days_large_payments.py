"""A08 往来户N日累计大额支付业务监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter


class Limits(Parameters):
    days: int = parameter(
        5,
        zh="累计天数",
        en="Window",
        unit="days",
        low=1,
        high=60,
        why=Text(
            "建议值：与A10一致，分拆支付通常在一周之内完成。",
            "Our proposal, the same as A10: a payment is split within a working week.",
        ),
    )
    sum: Decimal = parameter(
        Decimal(5_000_000),
        zh="累计限额",
        en="Limit of the sum",
        unit="CNY",
        low=1,
        high=10**13,
        why=Text(
            "建议值：与A04的单笔限额一致，分几日付出的同样可见。",
            "Our proposal: the limit of one payment of A04, seen here when it is paid over several days.",
        ),
    )
    ratio: Decimal = parameter(
        Decimal(3),
        zh="对本账户平时的倍数",
        en="Times the account's own average",
        unit="ratio",
        low=0,
        high=1000,
        why=Text(
            "建议值：大企业平日支付就多，达到自身平时三倍才算异常；设为0只看限额。",
            "Our proposal: a large unit pays much every week; three times its own average is unusual. With 0"
            " the limit alone decides.",
        ),
    )
    history: int = parameter(
        90,
        zh="计算平时支付的天数",
        en="Days of the average",
        unit="days",
        low=1,
        high=366,
        why=Text(
            "建议值：约一个季度，包含按月、按季的结算。",
            "Our proposal: about a quarter, which contains what is settled by the month and the quarter.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Corporate accounts, debited today, that paid `sum` and `ratio` times their average in N days."""
    reached = bank.few(_reached(bank, p))
    journal = bank.window("journal", p.days)
    normal = journal.filter(journal.kind == "normal")
    paid = normal.inner_join(reached, normal.debit_account_id == reached.account_id).select(
        reached, entry_id=normal.entry_id, teller_id=normal.teller_id, authoriser_id=normal.authoriser_id
    )
    found = paid.group_by(*reached.columns).aggregate(
        count=paid.count(),
        entry_ids=paid.entry_id.collect(),
        teller_ids=paid.teller_id.collect(),
        authoriser_ids=paid.authoriser_id.collect(),
    )
    return found.mutate(subject_id=found.account_id, days=p.days, limit=p.sum, ratio=p.ratio)


def _reached(bank: Bank, p: Limits) -> Relation:
    """The accounts that hit, one row each, with what they paid before and over how many days."""
    large = bank.few(_large(bank, p))
    before = _before(bank, p, large)
    known = large.left_join(before, large.account_id == before.account_id).select(
        account_id=large.account_id,
        unit_id=large.unit_id,
        customer_id=large.customer_id,
        amount=large.amount,
        before=before.before.fill_null(0),
        days_counted=_window_begins(bank, p).delta(large.opened_on, unit="day").clip(1, p.history),
    )
    # The average is not divided out: products of decimals and whole numbers are exact on every engine.
    unusual = known.amount * known.days_counted >= known.before * (p.ratio * p.days)
    return known.filter(unusual)


def _large(bank: Bank, p: Limits) -> Relation:
    """Corporate current accounts whose debits reach the limit in the window, one of them today."""
    every = bank.window("account_days", p.days)
    # A sum of N days reaches the limit only with a day that reaches its Nth part: few accounts have one.
    great = every.filter(every.debit_sum * p.days >= p.sum)
    days = every.semi_join(great, "account_id")
    sums = days.group_by("account_id").aggregate(
        amount=days.debit_sum.sum(),
        debits_today=days.debits.sum(where=days.booked_on == bank.day).fill_null(0),
    )
    large = sums.filter(sums.amount >= p.sum, sums.debits_today > 0)
    accounts = bank.standing("accounts")
    corporate = accounts.filter(accounts.kind == "corporate_current")
    return large.inner_join(corporate, "account_id").select(
        "account_id", "amount", "unit_id", "customer_id", "opened_on"
    )


def _before(bank: Bank, p: Limits, large: Relation) -> Relation:
    """What these accounts paid in the days of the average, which end the day before the window."""
    days = bank.window("account_days", p.history + p.days)
    earlier = days.filter(days.booked_on < _window_begins(bank, p))
    theirs = earlier.semi_join(large, "account_id")
    return theirs.group_by("account_id").aggregate(before=theirs.debit_sum.sum())


def _window_begins(bank: Bank, p: Limits) -> Relation:
    return (bank.day - ibis.interval(days=p.days - 1)).cast("date")


def _ago(days: int) -> dt.date:
    return EXAMPLE_DAY - dt.timedelta(days=days)


def _out(amount: str, ago: int = 0, **entry: Any) -> dict[str, Any]:
    return {"debit_account_id": "C1", "amount": Decimal(amount), "booked_on": _ago(ago)} | entry


def _bank(*entries: dict[str, Any], opened_ago: int = 400, kind: str = "corporate_current"):
    """Two accounts of one unit, and what was paid."""
    plain = {"customer_id": "K1", "opened_on": _ago(opened_ago)}
    return {
        "accounts": [
            plain | {"account_id": "C1", "kind": kind},
            plain | {"account_id": "C2", "kind": "corporate_current"},
        ],
        "journal": [{"entry_id": f"E{i}"} | entry for i, entry in enumerate(entries, 1)],
    }


TEN_DAYS = {"history": 10}

MODEL = Model(
    code="A08",
    version=1,
    name=Text("往来户N日累计大额支付业务监测", "Corporate account, N-day cumulative large payments"),
    category="fund_movement",
    handling="itemised",
    grade="attention",
    subject="account",
    purpose=Text(
        "单位账户数日内付出远超平时的资金，可能是分拆避开单笔限额、账户被盗用，或突击转移资金、抽逃资本。",
        "A unit that within days pays far more than it used to may be splitting a sum below the limit of one"
        " payment, have lost control of its account, or be moving its money out of reach.",
    ),
    definition=Text(
        "往来户在截至当日的N个日历日内，借方正常交易累计达到或超过限额，并达到或超过本账户此前N日平均支付额的规定倍数，"
        "且当日有借方发生额。",
        "Over the N calendar days that end on the business day the normal debits of a corporate current"
        " account reach the limit, and reach the given multiple of what the account paid in N days on"
        " average before; and the day itself has a debit.",
    ),
    false_positives=Text(
        "年终结算、发放奖金、集中缴税、工程进度款；季节性行业的采购；归还到期贷款；定期存款或理财的购买。",
        "Settlement at the year's end, bonuses, taxes, stages of works, the purchases of a season, a loan"
        " that falls due, a time deposit or wealth product bought.",
    ),
    decided=Text(
        "往来户指单位活期结算账户，对公定期账户归A12。N日为日历日，含当日。平均支付额取N日窗口之前若干日（不含窗口）的借方合计，"
        "按天数折算为N日；没有支付的日子计为零。账户在这段时间内开立的，只按开户日至窗口前一日的天数平均，至少按一天；"
        "此前没有付过款的账户（含窗口内新开立的）没有平时可比，只看限额。银行提供的流水不足的，缺少的日子计为零，此时报送偏多。"
        "限额和倍数都含等于。反交易和冲正不计也不抵减；自动记账、现金照计。当日没有借方的不报，以免同一事实连报多日。"
        "机构取开户机构。",
        "A corporate account is a corporate current account; corporate time accounts belong to A12. N days"
        " are calendar days, the business day included. The average is taken over the days that lie before"
        " the window: the sum of the debits, brought from the number of days to N; days without a payment"
        " count as zero. For an account opened within these days it is over the days from the opening to the"
        " day before the window, one at least; an account that paid nothing before (one opened within the"
        " window too) has no average, and the limit alone decides. Where the bank handed over fewer days, the"
        " missing ones count as zero, and there are more hits. Equal to the limit, or to the multiple, is a"
        " hit. Reversals and corrections neither count nor reduce; automatic and cash entries count. Without"
        " a debit today there is no hit, so that one fact is not told for days. The unit is the account's.",
    ),
    drivers=("E2", "E3", "P6"),
    needs={
        "journal": ("entry_id", "booked_on", "kind", "debit_account_id"),
        "account_days": ("account_id", "booked_on", "debits", "debit_sum"),
        "accounts": ("account_id", "kind", "unit_id", "opened_on"),
    },
    where_given={"journal": ("teller_id", "authoriser_id"), "accounts": ("customer_id",)},
    parameters=Limits,
    lookback=lambda p: {"journal": p.days, "account_days": p.days + p.history},
    extends=lambda p: p.days,
    compared={
        "days": Text("累计天数", "Window in days"),
        "limit": Text("累计限额", "Limit of the sum"),
        "before": Text("此前支付合计", "Paid in the days before"),
        "days_counted": Text("计算平时支付的天数", "Days that the average is taken over"),
        "ratio": Text("对平时的规定倍数", "Times the average that counts"),
    },
    hits=hits,
    examples=(
        hit(
            "五日累计等于限额，此前没有支付",
            "Five days make exactly the limit, nothing paid before",
            "C1",
            _bank(_out("2000000.00", 4, teller_id="T1"), _out("3000000.00", teller_id="T2")),
            evidence={"days": 5, "limit": 5_000_000, "before": 0, "days_counted": 90, "ratio": 3},
        ),
        near_miss(
            "累计低于限额一分", "One fen below the limit", _bank(_out("2000000.00", 4), _out("2999999.99"))
        ),
        near_miss(
            "最早一笔在窗口前一天",
            "The first entry a day before the window",
            _bank(_out("2000000.00", 5), _out("3000000.00")),
        ),
        hit(
            "等于平时的三倍",
            "Exactly three times the average",
            "C1",
            _bank(_out("30000000.00", 7), _out("5000000.00")),
            evidence={"before": 30_000_000, "days_counted": 90},
        ),
        near_miss(
            "略低于平时的三倍",
            "Just below three times the average",
            _bank(_out("30000000.01", 7), _out("5000000.00")),
        ),
        near_miss("当日没有支付", "Nothing paid today", _bank(_out("5000000.00", 1))),
        near_miss(
            "当日只有收款",
            "Only a receipt today",
            _bank(_out("5000000.00", 1), _out("100.00", debit_account_id="Q1", credit_account_id="C1")),
        ),
        near_miss(
            "收款不是支付",
            "Receipts are no payments",
            _bank(_out("9000000.00", debit_account_id="Q1", credit_account_id="C1"), _out("100.00")),
        ),
        hit(
            "此前的收款不计入平时支付",
            "Receipts before do not count into the average",
            "C1",
            _bank(_out("90000000.00", 7, debit_account_id="Q1", credit_account_id="C1"), _out("5000000.00")),
            evidence={"before": 0},
        ),
        near_miss(
            "分散在两个账户",
            "Split over two accounts",
            _bank(_out("3000000.00"), _out("3000000.00", debit_account_id="C2")),
        ),
        near_miss("反交易不计", "A reversal", _bank(_out("2000000.00", kind="reversal"), _out("3000000.00"))),
        near_miss(
            "冲正不计", "A correction", _bank(_out("2000000.00", kind="correction"), _out("3000000.00"))
        ),
        near_miss(
            "对公定期账户", "A corporate time account", _bank(_out("9000000.00"), kind="corporate_time")
        ),
        near_miss(
            "个人结算账户", "A personal account", _bank(_out("9000000.00"), kind="personal_settlement")
        ),
        hit(
            "自动记账照计",
            "An automatic entry",
            "C1",
            _bank(_out("3000000.00", 1), _out("2000000.00", automatic=True)),
        ),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "C1",
            _bank(_out("600000.00", currency="USD", amount_cny=Decimal("4260000.00")), _out("740000.00")),
        ),
        hit(
            "窗口前五天开户，等于这五天的三倍",
            "Opened five days before the window: three times what was paid in these",
            "C1",
            _bank(_out("2000000.00", 6), _out("6000000.00"), opened_ago=9),
            evidence={"before": 2_000_000, "days_counted": 5},
        ),
        near_miss(
            "窗口前五天开户，略低于这五天的三倍",
            "Opened five days before the window: just below three times",
            _bank(_out("2000000.01", 6), _out("6000000.00"), opened_ago=9),
        ),
        hit(
            "窗口内开户，只看限额",
            "Opened within the window: the limit alone",
            "C1",
            _bank(_out("5000000.00"), opened_ago=2),
            evidence={"before": 0, "days_counted": 1},
        ),
        near_miss(
            "统计期首日的支付计入平时",
            "What was paid on the first day of the average counts",
            _bank(_out("4000000.00", 14), _out("5000000.00")),
            settings=TEN_DAYS,
        ),
        hit(
            "统计期之前的不计入平时",
            "What was paid the day before does not",
            "C1",
            _bank(_out("4000000.00", 15), _out("5000000.00")),
            settings=TEN_DAYS,
            evidence={"before": 0, "days_counted": 10},
        ),
        hit(
            "本行只看限额",
            "A bank that looks at the limit alone",
            "C1",
            _bank(_out("90000000.00", 7), _out("5000000.00")),
            settings={"ratio": Decimal(0)},
        ),
    ),
)
