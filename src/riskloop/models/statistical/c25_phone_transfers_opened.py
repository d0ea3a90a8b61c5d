"""C25 开通个电约定账户功能且近日转出大额监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.openings import openers
from riskloop.models.rules.outflow import outflow
from riskloop.models.rules.persons import persons

CHANNEL = "phone"


class Limits(Parameters):
    days: int = parameter(
        7,
        zh="统计天数",
        en="Window",
        unit="days",
        low=1,
        high=60,
        why=Text(
            "建议值：诈骗得手后的资金通常在开通后数日内转出。",
            "Our proposal: after a fraud the money leaves within days of the opening.",
        ),
    )
    sum: Decimal = parameter(
        Decimal(100_000),
        zh="累计转出限额",
        en="Limit of the outflow",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "建议值：电话银行验证手段较弱，取网银限额的一半。",
            "Our proposal: half the limit of the internet bank, as a phone call proves less.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Persons with agreed accounts of the phone bank opened in the window, and `sum` or more out since."""
    found = outflow(bank, CHANNEL, p.days, openers(bank, CHANNEL, p.days, persons(bank)))
    large = found.filter(found.amount >= p.sum)
    return large.rename(opened_on="began_on").mutate(days=p.days, limit=p.sum)


def _ago(days: int) -> dt.date:
    return EXAMPLE_DAY - dt.timedelta(days=days)


def _out(amount: str, ago: int = 0, **entry: Any) -> dict[str, Any]:
    return {"amount": Decimal(amount), "booked_on": _ago(ago)} | entry


def _bank(*out: dict[str, Any], kind: str = "personal", opened_ago: tuple[int, ...] = (0,), **opening: Any):
    """A customer with two accounts, the days on which he opened transfers, and what he paid out."""
    entry = {"channel": CHANNEL, "debit_account_id": "P1", "credit_account_id": "Q1"}
    event = {"customer_id": "K1", "event": "transfer_opened", "channel": CHANNEL}
    return {
        "customers": [{"customer_id": "K1", "kind": kind}],
        "accounts": [{"account_id": name, "customer_id": "K1", "unit_id": "U1"} for name in ("P1", "P2")],
        "ebank_events": [
            event | {"event_id": f"O{i}", "booked_on": _ago(ago)} | opening
            for i, ago in enumerate(opened_ago, 1)
        ],
        "journal": [entry | {"entry_id": f"E{i}"} | row for i, row in enumerate(out, 1)],
    }


MODEL = Model(
    code="C25",
    version=1,
    name=Text(
        "开通个电约定账户功能且近日转出大额监测",
        "Phone-bank agreed account opened, large outflow",
    ),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="customer",
    purpose=Text(
        "电话银行仅凭密码即可向约定账户转账；刚开通即转出大额，可能是客户受骗或密码已被他人掌握。",
        "By phone a password is enough to pay an agreed account. Large sums sent soon after the opening"
        " point to a customer deceived, or a password in other hands.",
    ),
    definition=Text(
        "个人客户在近日内开通个人电话银行约定账户转账功能，且自办理日起电话银行转出累计达到或超过限额（含等于）。",
        "A personal customer opened transfers to agreed accounts of the phone bank within the window, and"
        " has sent the limit or more by phone bank since (equal is a hit).",
    ),
    false_positives=Text(
        "客户约定固定收款人（货款、子女、房贷户）后的正常使用。",
        "Ordinary use after agreeing on a steady payee: a supplier, a child, a mortgage account.",
    ),
    decided=Text(
        "“个电”指个人电话银行，只看个人客户；开通约定账户即电话银行渠道的“开通对外转账”事项，"
        "不逐户核对收款账户是否为约定账户（银行不提供约定清单）。大额含等于限额。"
        "转出指该客户名下账户电话银行渠道的非现金正常借方交易，自窗口内首次办理之日起（含当日）至当日累计，"
        "转入本人另一账户的不算，反交易和冲正不计也不抵减。窗口为截至当日的N个日历日；"
        "只在当日有办理或有转出时报送，以免同一事实连报多日。"
        "机构取办理事项的机构，没有的取转出账户的机构，有多个时取机构号最小的一个。",
        "The name speaks of the personal phone bank, so only personal customers count. Opening agreed"
        " accounts is the event `transfer_opened` on channel `phone`; whether a payee is one of them is not"
        " compared, as no list of them is handed over. A large sum is reached by being equal. The outflow is"
        " every normal debit of his accounts on channel `phone`, not in cash, from the day of the first"
        " opening in the window (included) to the business day; what goes to another account of his own is"
        " none, and reversals and corrections neither count nor reduce. The window is the N calendar days"
        " that end on the business day; a hit comes only on a day with an opening or an outflow, so that one"
        " fact is not told for days. The unit is that of the opening, else of the paying account, the lowest"
        " number of several.",
    ),
    drivers=("E3", "E4"),
    needs={
        "customers": ("customer_id", "kind"),
        "accounts": ("account_id", "customer_id", "unit_id"),
        "ebank_events": ("booked_on", "customer_id", "channel", "event"),
        "journal": (
            "entry_id",
            "booked_on",
            "channel",
            "kind",
            "debit_account_id",
            "amount_cny",
            "cash",
        ),
    },
    where_given={"ebank_events": ("unit_id", "teller_id"), "journal": ("credit_account_id",)},
    parameters=Limits,
    lookback=lambda p: p.days,
    compared={
        "opened_on": Text("开通约定账户日", "Agreed accounts opened on"),
        "days": Text("统计天数", "Window in days"),
        "limit": Text("累计转出限额", "Limit of the outflow"),
    },
    hits=hits,
    examples=(
        hit(
            "等于限额",
            "Exactly the limit",
            "K1",
            _bank(_out("100000.00"), unit_id="U2", teller_id="T1"),
            evidence={"opened_on": EXAMPLE_DAY, "days": 7, "limit": 100_000},
        ),
        near_miss("低于限额一分", "One fen below the limit", _bank(_out("99999.99"))),
        hit(
            "两个账户、多日累计，窗口首日办理",
            "Several days and two accounts, opened on the first day of the window",
            "K1",
            _bank(_out("50000.00", 6), _out("50000.00", debit_account_id="P2"), opened_ago=(6,)),
            evidence={"opened_on": _ago(6)},
        ),
        near_miss(
            "在窗口前一天办理", "Opened a day before the window", _bank(_out("900000.00"), opened_ago=(7,))
        ),
        near_miss(
            "办理前一天的转出不计",
            "Sent the day before the opening",
            _bank(_out("900000.00", 3), _out("99999.99"), opened_ago=(2,)),
        ),
        hit(
            "办理当日的转出照计",
            "Sent on the day of the opening, news today",
            "K1",
            _bank(_out("99999.99", 2), _out("0.01"), opened_ago=(2,)),
        ),
        near_miss("当日没有新情况", "Nothing new today", _bank(_out("900000.00", 1), opened_ago=(2,))),
        hit(
            "当日再次办理也是新情况，自首次起累计",
            "Opened again today, nothing sent today: the first opening decides",
            "K1",
            _bank(_out("900000.00", 1), opened_ago=(2, 0)),
            evidence={"opened_on": _ago(2)},
        ),
        near_miss(
            "办理两次，转出只计一次",
            "Opened twice, what was sent counts once",
            _bank(_out("99999.99"), opened_ago=(1, 0)),
        ),
        near_miss("单位客户不报", "A company", _bank(_out("900000.00"), kind="corporate")),
        near_miss(
            "客户资料中没有的客户",
            "A customer whom the standing data do not know",
            _bank(_out("900000.00")) | {"customers": []},
            # A simulated bank gives every customer a row: cases with settings are not planted there.
            settings={"sum": 1_000},
        ),
        near_miss(
            "开通的是网上银行", "Transfers of the internet bank", _bank(_out("900000.00"), channel="internet")
        ),
        near_miss("注册不是开通转账", "A registration", _bank(_out("900000.00"), event="registered")),
        near_miss("另一客户办理", "Opened by another customer", _bank(_out("900000.00"), customer_id="K2")),
        near_miss(
            "网上银行转出不计",
            "Sent by internet bank",
            _bank(_out("99999.99"), _out("9000.00", channel="internet")),
        ),
        near_miss("反交易不计", "A reversal", _bank(_out("99999.99"), _out("9000.00", kind="reversal"))),
        near_miss("冲正不计", "A correction", _bank(_out("99999.99"), _out("9000.00", kind="correction"))),
        near_miss("现金不是转账", "Cash", _bank(_out("99999.99"), _out("9000.00", cash=True))),
        near_miss(
            "转入本人账户不是转出",
            "To an account of his own",
            _bank(_out("99999.99"), _out("9000.00", credit_account_id="P2")),
        ),
        near_miss(
            "转入不是转出",
            "What came in",
            _bank(_out("99999.99"), _out("9000.00", debit_account_id="Q1", credit_account_id="P1")),
        ),
        hit(
            "没有记载收款账户的照计",
            "The account credited is not told",
            "K1",
            _bank(_out("100000.00", credit_account_id=None)),
        ),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "K1",
            _bank(_out("30000.00", currency="USD", amount_cny=Decimal("213000.00"))),
        ),
    ),
)
