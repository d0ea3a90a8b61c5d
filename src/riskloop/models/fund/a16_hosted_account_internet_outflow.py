"""A16 办理网上托管业务账户近日网银转出金额超限监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter


class Limits(Parameters):
    days: int = parameter(
        7,
        zh="统计天数",
        en="Window",
        unit="days",
        low=1,
        high=30,
        why=Text(
            "建议值：骗取操作权后，资金通常在数日内转走。",
            "Our proposal: who obtains an account by deceit empties it within days.",
        ),
    )
    sum: Decimal = parameter(
        Decimal(50_000),
        zh="累计转出限额",
        en="Limit of the outflow",
        unit="CNY",
        low=0,
        high=10**12,
        why=Text("建议值：与现金大额标准同一量级。", "Our proposal: the order of the cash reporting limit."),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Accounts hosted since a day of the window, with more than `sum` out by internet bank since."""
    hosted = bank.few(_hosted(bank, p))
    out = _outflow(bank, p, hosted)
    drained = out.filter(out.amount > p.sum)
    found = drained.inner_join(hosted, drained.subject_id == hosted.account_id)
    news = (hosted.last_started_on == bank.day) | (drained.last_out_on == bank.day)
    accounts = bank.standing("accounts")
    known = found.filter(news).left_join(accounts, drained.subject_id == accounts.account_id)
    return known.select(
        subject_id=drained.subject_id,
        unit_id=accounts.unit_id,
        amount=drained.amount,
        count=drained["count"],
        entry_ids=drained.entry_ids,
        teller_ids=drained.teller_ids,
        account_id=drained.subject_id,
        customer_ids=hosted.grantor_ids.concat(hosted.administrator_ids),
        started_on=hosted.started_on,
        hostings=hosted.hostings,
        days=p.days,
        limit=p.sum,
    )


def _hosted(bank: Bank, p: Limits) -> Relation:
    """Accounts with hostings that began in the window: how many, when first and last, between whom."""
    hostings = bank.standing("hosted_accounts")
    first = (bank.day - ibis.interval(days=p.days - 1)).cast("date")
    recent = hostings.filter(hostings.started_on.between(first, bank.day))
    return recent.group_by("account_id").aggregate(
        started_on=recent.started_on.min(),
        last_started_on=recent.started_on.max(),
        hostings=recent.count(),
        grantor_ids=recent.grantor_id.collect(),
        administrator_ids=recent.administrator_id.collect(),
    )


def _outflow(bank: Bank, p: Limits, hosted: Relation) -> Relation:
    """What left these accounts by internet bank since the hosting began, one row an account."""
    journal = bank.window("journal", p.days)
    paid = journal.filter(journal.kind == "normal", journal.channel == "internet")
    joined = paid.inner_join(hosted, paid.debit_account_id == hosted.account_id)
    out = joined.filter(paid.booked_on >= hosted.started_on).select(
        subject_id=hosted.account_id,
        entry_id=paid.entry_id,
        teller_id=paid.teller_id,
        booked_on=paid.booked_on,
        amount_cny=paid.amount_cny,
    )
    return out.group_by("subject_id").aggregate(
        amount=out.amount_cny.sum(),
        count=out.count(),
        entry_ids=out.entry_id.collect(),
        teller_ids=out.teller_id.collect(),
        last_out_on=out.booked_on.max(),
    )


def _ago(days: int) -> dt.date:
    return EXAMPLE_DAY - dt.timedelta(days=days)


def _out(amount: str, ago: int = 0, **entry: Any) -> dict[str, Any]:
    return {"amount": Decimal(amount), "booked_on": _ago(ago)} | entry


def _bank(*out: dict[str, Any], started_ago: tuple[int, ...] = (0,), known: bool = True, **hosting: Any):
    """An account hosted since these days, and what left it by internet bank."""
    plain = {"account_id": "P1", "grantor_id": "K1"}
    entry = {"channel": "internet", "debit_account_id": "P1", "credit_account_id": "Q1"}
    accounts = [{"account_id": name, "customer_id": "K1", "unit_id": "U1"} for name in ("P1", "P2")]
    return {
        "accounts": accounts if known else [],
        "hosted_accounts": [
            plain | {"hosting_id": f"H{i}", "administrator_id": f"G{i}", "started_on": _ago(ago)} | hosting
            for i, ago in enumerate(started_ago, 1)
        ],
        "journal": [entry | {"entry_id": f"E{i}"} | row for i, row in enumerate(out, 1)],
    }


MODEL = Model(
    code="A16",
    version=1,
    name=Text(
        "办理网上托管业务账户近日网银转出金额超限监测",
        "Hosted account, recent internet-bank outflow over limit",
    ),
    category="fund_movement",
    handling="itemised",
    grade="attention",
    subject="account",
    purpose=Text(
        "网上托管使他人可以用自己的网银操作客户账户；刚办理托管即大额转出，多为客户受骗或账户被出借。",
        "Hosting lets someone else operate the customer's account from his own internet bank; large sums"
        " sent soon after it began point to a customer deceived, or an account lent out.",
    ),
    definition=Text(
        "账户在近日内办理网上托管，且自托管起始日起，该账户网上银行渠道借方正常交易累计超过限额（大于，不含等于）。",
        "Hosting of the account began within the window, and its normal debits by internet bank since that"
        " day exceed the limit (equal is not a hit).",
    ),
    false_positives=Text(
        "子女代父母缴费、购房或转存；家庭成员之间的资金归集。",
        "Children who pay bills, buy a house or move deposits for their parents; money gathered within a"
        " family.",
    ),
    decided=Text(
        "起始日在截至当日的N个日历日内的托管才算“近日”；有几笔的，自最早一笔起算。窗口内已解除的照计，解除后的转出也照计。"
        "流水不区分由委托人还是受托人操作，该账户网银渠道的借方正常交易都计入，转入本人其他账户的也计入，由核实人员排除；"
        "其他渠道、反交易和冲正不计。只在当日有网银转出或有托管起始时报送，以免同一事实连报多日。"
        "机构取被托管账户的开户机构。",
        "Recent is a hosting that began in the N calendar days that end on the business day; of several the"
        " earliest decides from when the outflow counts. One that has ended meanwhile counts, and so does"
        " what left after its end. Entries do not tell the grantor from the administrator: every normal"
        " debit of the account by internet bank counts, those to the customer's other accounts included,"
        " which are for the verifier to exclude; other channels, reversals and corrections do not. A hit"
        " comes only on a day with such a debit or with the start of a hosting, so that one fact is not"
        " told for days. The unit is that of the hosted account.",
    ),
    drivers=("E3", "E4"),
    needs={
        "hosted_accounts": ("account_id", "grantor_id", "administrator_id", "started_on"),
        "journal": (
            "entry_id",
            "booked_on",
            "channel",
            "kind",
            "debit_account_id",
            "amount_cny",
        ),
        "accounts": ("account_id", "unit_id"),
    },
    where_given={"journal": ("teller_id",)},
    parameters=Limits,
    lookback=lambda p: p.days,
    extends=lambda p: p.days,
    compared={
        "started_on": Text("托管起始日", "Hosted since"),
        "hostings": Text("近日托管笔数", "Hostings begun in the window"),
        "days": Text("统计天数", "Window in days"),
        "limit": Text("累计转出限额", "Limit of the outflow"),
    },
    hits=hits,
    examples=(
        hit(
            "超过限额一分",
            "One fen above the limit",
            "P1",
            _bank(_out("50000.01")),
            evidence={"started_on": EXAMPLE_DAY, "hostings": 1, "days": 7, "limit": 50_000},
        ),
        near_miss("等于限额不算超限", "Exactly the limit", _bank(_out("50000.00"))),
        hit(
            "多日累计，窗口首日办理",
            "Several days, hosted since the first day of the window",
            "P1",
            _bank(_out("30000.00", 6), _out("30000.00"), started_ago=(6,)),
            evidence={"started_on": _ago(6)},
        ),
        near_miss(
            "在窗口前一天办理",
            "Hosted since the day before the window",
            _bank(_out("90000.00"), started_ago=(7,)),
        ),
        near_miss("次日才开始托管", "Hosted from tomorrow", _bank(_out("90000.00"), started_ago=(-1,))),
        near_miss(
            "办理前一天的转出不计",
            "Sent the day before the hosting began",
            _bank(_out("90000.00", 3), _out("50000.00"), started_ago=(2,)),
        ),
        hit(
            "办理当日的转出照计",
            "Sent on the day on which the hosting began, news today",
            "P1",
            _bank(_out("50000.00", 2), _out("0.01"), started_ago=(2,)),
        ),
        near_miss("当日没有新情况", "Nothing new today", _bank(_out("90000.00", 1), started_ago=(2,))),
        hit(
            "当日再办理一笔也是新情况",
            "Hosted once more today, nothing sent today",
            "P1",
            _bank(_out("90000.00", 1), started_ago=(2, 0)),
            evidence={"started_on": _ago(2), "hostings": 2},
        ),
        hit(
            "两笔托管，转出只计一次",
            "Two hostings, what was sent counts once",
            "P1",
            _bank(_out("50000.01"), started_ago=(1, 0)),
        ),
        near_miss(
            "两笔托管，转出等于限额",
            "Two hostings, exactly the limit sent",
            _bank(_out("50000.00"), started_ago=(1, 0)),
        ),
        hit(
            "已解除的托管照计",
            "A hosting that has ended counts",
            "P1",
            _bank(_out("90000.00"), started_ago=(3,), ended_on=_ago(1)),
        ),
        near_miss(
            "手机银行转出不计",
            "Sent by mobile bank",
            _bank(_out("50000.00"), _out("9000.00", channel="mobile")),
        ),
        near_miss(
            "柜面支取不计",
            "Drawn at the counter",
            _bank(_out("50000.00"), _out("9000.00", channel="counter")),
        ),
        near_miss("反交易不计", "A reversal", _bank(_out("50000.00"), _out("9000.00", kind="reversal"))),
        near_miss("冲正不计", "A correction", _bank(_out("50000.00"), _out("9000.00", kind="correction"))),
        near_miss(
            "同一客户未托管的账户不计",
            "Sent from the customer's account that is not hosted",
            _bank(_out("50000.00"), _out("9000.00", debit_account_id="P2")),
        ),
        near_miss(
            "转入不是转出",
            "What came in",
            _bank(_out("50000.00"), _out("9000.00", debit_account_id="Q1", credit_account_id="P1")),
        ),
        hit(
            "转入本人其他账户照计",
            "To another account of the customer's own",
            "P1",
            _bank(_out("60000.00", credit_account_id="P2")),
        ),
        hit(
            "账户资料中没有的账户照计",
            "An account that the standing data do not know",
            "P1",
            _bank(_out("60000.00"), known=False),
        ),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "P1",
            _bank(_out("8000.00", currency="USD", amount_cny=Decimal("56800.00"))),
        ),
    ),
)
