"""C14 起息日异常监测."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.bank.calendar import working_day_after
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter


class Limits(Parameters):
    working_days: int = parameter(
        1,
        zh="允许倒起息的工作日数",
        en="Working days that a value date may lie back",
        unit="working_days",
        low=0,
        high=30,
        why=Text(
            "建议值：隔日补记前一工作日的业务属正常处理。",
            "Our proposal: work of the working day before, booked a day late, is ordinary.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Normal entries of the day with a value date in the future, or too many working days back."""
    journal = bank.today("journal")
    other = journal.filter(journal.kind == "normal", journal.value_on != bank.day)
    # The first day on which an entry of that value date is too late; not there: it is long past.
    too_late = working_day_after(bank, p.working_days + 1)
    dated = other.left_join(too_late, other.value_on == too_late.on)
    in_future = other.value_on > bank.day
    found = dated.filter(in_future | too_late.due.isnull() | (too_late.due <= bank.day))
    return found.select(
        subject_id=other.entry_id,
        unit_id=other.unit_id,
        amount=other.amount_cny,
        entry_id=other.entry_id,
        teller_id=other.teller_id,
        authoriser_id=other.authoriser_id,
        account_ids=ibis.array([other.debit_account_id, other.credit_account_id]),
        value_on=other.value_on,
        days_apart=bank.day.delta(other.value_on, unit="day").abs(),
        in_future=in_future,
        limit=p.working_days,
    )


FRIDAY = EXAMPLE_DAY
MONDAY = dt.date(2024, 3, 18)
BEFORE_QINGMING = dt.date(2024, 4, 3)


def _calendar(first: dt.date, days: int, off: Sequence[int]) -> Sequence[Mapping[str, Any]]:
    """The calendar of so many days from `first`; `off` are the days of the month without work."""
    dates = [first + dt.timedelta(days=n) for n in range(days)]
    return [{"on": date, "working": date.day not in off} for date in dates]


# The calendar stands in the examples that depend on it: they are planted only where the bank's agrees.
WEEK = _calendar(dt.date(2024, 3, 11), 5, ())
WEEKEND = _calendar(dt.date(2024, 3, 14), 5, (16, 17))
# Thursday 4 to Saturday 6 April 2024 off, Sunday 7 April worked.
QINGMING = _calendar(BEFORE_QINGMING, 6, (4, 5, 6))


def _bank(value_on: dt.date | None, calendar: Sequence[Mapping[str, Any]] = (), **entry: Any):
    """One entry of the business day with a value date."""
    plain = {"entry_id": "E1", "debit_account_id": "P1", "credit_account_id": "P2", "teller_id": "T1"}
    return {
        "journal": [plain | {"value_on": value_on, "amount": Decimal("100.00")} | entry],
        "calendar": calendar,
    }


def _ago(days: int) -> dt.date:
    return EXAMPLE_DAY - dt.timedelta(days=days)


MODEL = Model(
    code="C14",
    version=1,
    name=Text("起息日异常监测", "Abnormal value date"),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="entry",
    purpose=Text(
        "起息日早于记账日会多计利息、掩盖迟处理的业务，晚于记账日会少计利息、虚增时点余额，可能损害客户或银行利益。",
        "A value date before the booking pays interest that was not earned, or hides work done late; one"
        " after it withholds interest or dresses up a balance: either way at somebody's expense.",
    ),
    definition=Text(
        "当日正常交易的起息日晚于记账日，或早于记账日且相隔超过规定的工作日数（大于，不含等于）。",
        "A normal entry of the day with a value date after the booking day, or more than the given number"
        " of working days before it (equal is not a hit).",
    ),
    false_positives=Text(
        "系统故障后的补记；国际结算、资金交易按约定的起息日；计息错误的更正性补记。",
        "Entries made up for after a failure; agreed value dates of international settlement and treasury;"
        " entries that put wrong interest right.",
    ),
    decided=Text(
        "起息日早于记账日的，数起息日之后至记账日（含）的工作日：周五起息、下周一记账为一个工作日，不因周末和节假日而报；"
        "晚于记账日的一律报送，不论天数。工作日以工作日历为准；日历未列的日期，周一至周五算工作日。"
        "没有起息日的不判断。反交易和冲正不计：它们本应沿用原交易的起息日。列示的相隔天数为日历天数。",
        "Of a value date before the booking the working days after it count, up to the booking day included:"
        " value on Friday, booked on Monday is one, so that a weekend or a holiday makes no hit. A value"
        " date after the booking is a hit however near it is. Working days come from the calendar; a date"
        " that it does not list is one from Monday to Friday. An entry without a value date is not judged."
        " Reversals and corrections do not count: they rightly bear the value date of the entry that they"
        " undo. The days apart that are shown are calendar days.",
    ),
    drivers=("P1", "P5", "P7"),
    needs={
        "journal": ("entry_id", "booked_on", "value_on", "unit_id", "kind", "amount_cny"),
        "calendar": ("on", "working"),
    },
    where_given={"journal": ("teller_id", "authoriser_id", "debit_account_id", "credit_account_id")},
    parameters=Limits,
    lookback=1,
    compared={
        "value_on": Text("起息日", "Value date"),
        "days_apart": Text("与记账日相隔天数（日历天数）", "Calendar days from the booking day"),
        "in_future": Text("起息日晚于记账日", "Value date after the booking day"),
        "limit": Text("允许倒起息的工作日数", "Working days that a value date may lie back"),
    },
    hits=hits,
    examples=(
        near_miss("起息日为当日", "The value date is the day", _bank(EXAMPLE_DAY)),
        near_miss("早一天", "One day before", _bank(_ago(1))),
        hit(
            "早两个工作日",
            "Two working days before",
            "E1",
            _bank(_ago(2), WEEK),
            evidence={"value_on": _ago(2), "days_apart": 2, "in_future": False, "limit": 1},
        ),
        hit(
            "晚一天",
            "One day after",
            "E1",
            _bank(_ago(-1), authoriser_id="T2"),
            evidence={"value_on": _ago(-1), "days_apart": 1, "in_future": True},
        ),
        hit("晚四十天", "Forty days after", "E1", _bank(_ago(-40)), evidence={"days_apart": 40}),
        hit("早四十天", "Forty days before", "E1", _bank(_ago(40)), evidence={"days_apart": 40}),
        hit("早三年", "Three years before", "E1", _bank(_ago(1096)), evidence={"in_future": False}),
        near_miss(
            "周五起息、下周一记账",
            "Value on Friday, booked on Monday",
            _bank(FRIDAY, WEEKEND),
            day=MONDAY,
        ),
        hit(
            "周四起息、下周一记账",
            "Value on Thursday, booked on Monday",
            "E1",
            _bank(FRIDAY - dt.timedelta(days=1), WEEKEND),
            day=MONDAY,
            evidence={"days_apart": 4, "in_future": False},
        ),
        near_miss(
            "周六起息、下周一记账",
            "Value on Saturday, booked on Monday",
            _bank(FRIDAY + dt.timedelta(days=1), WEEKEND),
            day=MONDAY,
        ),
        near_miss(
            "清明假期不是工作日，调休的周日是",
            "Around a holiday, booked on the Sunday worked for it",
            _bank(BEFORE_QINGMING, QINGMING),
            day=dt.date(2024, 4, 7),
        ),
        hit(
            "清明假期后的第二个工作日",
            "The second working day around the holiday",
            "E1",
            _bank(BEFORE_QINGMING, QINGMING),
            day=dt.date(2024, 4, 8),
            evidence={"days_apart": 5},
        ),
        near_miss("没有起息日", "Without a value date", _bank(None)),
        near_miss("反交易不计", "A reversal", _bank(_ago(40), kind="reversal")),
        near_miss("冲正不计", "A correction", _bank(_ago(-1), kind="correction")),
        near_miss("前一日的分录", "An entry of the day before", _bank(_ago(40), booked_on=_ago(1))),
        hit("单边记账", "A single-sided entry", "E1", _bank(_ago(-1), debit_account_id=None)),
        hit(
            "本行不允许倒起息",
            "A bank that allows no value date back",
            "E1",
            _bank(_ago(1), WEEK),
            settings={"working_days": 0},
            evidence={"limit": 0},
        ),
        near_miss(
            "本行允许五个工作日",
            "A bank that allows five working days",
            _bank(_ago(7)),
            settings={"working_days": 5},
        ),
    ),
)
