"""C15 新开立往来户在禁止支付期内发生支付业务监测."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.bank.calendar import working_day_after
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter


class Limits(Parameters):
    working_days: int = parameter(
        3,
        zh="禁止支付期",
        en="No-payment period",
        unit="working_days",
        low=0,
        high=30,
        why=Text(
            "《人民币银行结算账户管理办法》：单位账户自正式开立之日起3个工作日后方可办理付款。"
            "2019年起企业账户开立当日即可收付，可按账户给出生效日，或设为0。",
            "Measures on RMB settlement accounts: a unit account pays from 3 working days after its formal"
            " opening. Enterprises pay at once since 2019: give their effective date, or set 0.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Normal entries of the day that debit a corporate current account not yet effective."""
    closed = _not_yet_effective(bank, p)
    journal = bank.today("journal")
    normal = journal.filter(journal.kind == "normal")
    paid = normal.inner_join(closed, normal.debit_account_id == closed.account_id)
    return paid.select(
        subject_id=normal.entry_id,
        unit_id=normal.unit_id,
        amount=normal.amount_cny,
        entry_id=normal.entry_id,
        teller_id=normal.teller_id,
        authoriser_id=normal.authoriser_id,
        account_id=closed.account_id,
        customer_id=closed.customer_id,
        opened_on=closed.opened_on,
        effective_on=closed.effective_on,
    )


def _not_yet_effective(bank: Bank, p: Limits) -> Relation:
    """Corporate current accounts whose effective day lies after the business day."""
    accounts = bank.standing("accounts")
    corporate = accounts.filter(accounts.kind == "corporate_current")
    waited = working_day_after(bank, p.working_days)
    dated = corporate.left_join(waited, corporate.opened_on == waited.on).select(
        account_id=corporate.account_id,
        customer_id=corporate.customer_id,
        opened_on=corporate.opened_on,
        effective_on=ibis.coalesce(corporate.effective_on, waited.due),
    )
    return dated.filter(dated.effective_on > bank.day)


FRIDAY = EXAMPLE_DAY
TUESDAY = dt.date(2024, 3, 19)
WEDNESDAY = dt.date(2024, 3, 20)
BEFORE_QINGMING = dt.date(2024, 4, 3)


def _calendar(first: dt.date, days: int, off: Sequence[int]) -> Sequence[Mapping[str, Any]]:
    """The calendar of so many days from `first`; `off` are the days of the month without work."""
    dates = [first + dt.timedelta(days=n) for n in range(days)]
    return [{"on": date, "working": date.day not in off} for date in dates]


# The calendar stands in the examples that depend on it: they are planted only where the bank's agrees.
WEEKEND = _calendar(FRIDAY, 6, (16, 17))
# Thursday 4 to Saturday 6 April 2024 off, Sunday 7 April worked.
QINGMING = _calendar(BEFORE_QINGMING, 7, (4, 5, 6))


def _bank(
    opened_on: dt.date,
    calendar: Sequence[Mapping[str, Any]] = (),
    account: Mapping[str, Any] = MappingProxyType({}),
    **entry: Any,
):
    """A corporate account opened on a day, and its payment of today."""
    plain = {"account_id": "C1", "kind": "corporate_current", "customer_id": "K1", "opened_on": opened_on}
    payment = {"entry_id": "E1", "debit_account_id": "C1", "credit_account_id": "C2"}
    return {
        "accounts": [plain | dict(account)],
        "journal": [payment | {"amount": Decimal("100.00")} | entry],
        "calendar": calendar,
    }


MODEL = Model(
    code="C15",
    version=1,
    name=Text(
        "新开立往来户在禁止支付期内发生支付业务监测",
        "Payment in the no-payment period of a new corporate account",
    ),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="entry",
    purpose=Text(
        "新开立单位账户在生效日前只收不付；期内付款违反账户管理规定，也是空壳账户快进快出的迹象。",
        "A new unit account receives and does not pay before its effective day; a payment before it breaks"
        " the account rules, and is a sign of a shell account that passes money on.",
    ),
    definition=Text(
        "往来户在生效日之前发生的借方正常交易。生效日以账户资料为准；未给出的，为开户日之后第3个工作日。",
        "A normal entry that debits a corporate current account before its effective day: the one given"
        " with the account, else the third working day after the opening day.",
    ),
    false_positives=Text(
        "验资户转基本户、因借款开立的一般户，以及2019年取消许可后的企业账户，账户资料未给出生效日的；银行自动扣收的开户费用。",
        "A capital-verification account turned basic account, a general account opened for a loan, and"
        " enterprise accounts since the reform of 2019, where the account gives no effective date; fees"
        " that the bank takes itself.",
    ),
    decided=Text(
        "开户当日不计，其后第3个工作日即为生效日，当日起可以支付：周五开户，下周三生效。"
        "工作日以工作日历为准；日历未列的日期，周一至周五算工作日。所有正常借方交易都算支付，单边记账、自动记账在内；"
        "反交易和冲正不算。",
        "The opening day does not count; the third working day after it is the effective day, and the"
        " account may pay from that day: opened on a Friday, effective on Wednesday. Working days come from"
        " the calendar; a date that it does not list is one from Monday to Friday. Every normal debit is a"
        " payment, single-sided and automatic ones included; reversals and corrections are not.",
    ),
    drivers=("E2", "P2"),
    needs={
        "journal": (
            "entry_id",
            "booked_on",
            "unit_id",
            "kind",
            "debit_account_id",
            "amount_cny",
        ),
        "accounts": ("account_id", "kind", "opened_on"),
        "calendar": ("on", "working"),
    },
    where_given={
        "journal": ("teller_id", "authoriser_id"),
        "accounts": ("customer_id", "effective_on"),
    },
    parameters=Limits,
    lookback=1,
    compared={
        "opened_on": Text("开户日", "Opened on"),
        "effective_on": Text("生效日", "Effective on"),
    },
    hits=hits,
    examples=(
        hit(
            "开户当日付款",
            "Pays on the opening day",
            "E1",
            _bank(FRIDAY),
            evidence={"opened_on": FRIDAY, "effective_on": WEDNESDAY},
        ),
        hit(
            "周五开户，下周二付款，尚差一个工作日",
            "Opened on Friday, pays on Tuesday: one working day short",
            "E1",
            _bank(FRIDAY, WEEKEND),
            day=TUESDAY,
            evidence={"opened_on": FRIDAY, "effective_on": WEDNESDAY},
        ),
        near_miss(
            "周五开户，下周三生效当日付款",
            "Opened on Friday, pays on Wednesday, the effective day",
            _bank(FRIDAY, WEEKEND),
            day=WEDNESDAY,
        ),
        hit(
            "清明假期不是工作日，调休的周日是",
            "A holiday is no working day, the Sunday worked for it is one",
            "E1",
            _bank(BEFORE_QINGMING, QINGMING),
            day=dt.date(2024, 4, 8),
            evidence={"opened_on": BEFORE_QINGMING, "effective_on": dt.date(2024, 4, 9)},
        ),
        near_miss(
            "清明假期后的第三个工作日",
            "The third working day around the holiday",
            _bank(BEFORE_QINGMING, QINGMING),
            day=dt.date(2024, 4, 9),
        ),
        near_miss("开户已四十天", "Opened forty days ago", _bank(FRIDAY - dt.timedelta(days=40))),
        hit(
            "账户资料给出的生效日为次日",
            "The account gives tomorrow as its effective day",
            "E1",
            _bank(
                FRIDAY - dt.timedelta(days=200),
                account={"effective_on": FRIDAY + dt.timedelta(days=1)},
            ),
            evidence={"effective_on": FRIDAY + dt.timedelta(days=1)},
        ),
        near_miss(
            "账户资料给出当日生效",
            "The account gives the day itself as its effective day",
            _bank(FRIDAY, account={"effective_on": FRIDAY}),
        ),
        near_miss(
            "收款不受限制",
            "A receipt is allowed",
            _bank(FRIDAY, debit_account_id="C2", credit_account_id="C1"),
        ),
        hit("单边记账同样适用", "A single-sided entry", "E1", _bank(FRIDAY, credit_account_id=None)),
        near_miss("个人账户没有禁止支付期", "A personal account", _bank(FRIDAY, account={"kind": "card"})),
        near_miss("反交易不计", "A reversal is no payment", _bank(FRIDAY, kind="reversal")),
        near_miss("冲正不计", "A correction is no payment", _bank(FRIDAY, kind="correction")),
        near_miss(
            "本行将禁止支付期设为零",
            "A bank without the period",
            _bank(FRIDAY),
            settings={"working_days": 0},
        ),
    ),
)
