"""C22 小年龄客户办理网银对外转账且近日网银转出金额超限监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.openings import openers
from riskloop.models.rules.outflow import outflow
from riskloop.models.rules.persons import persons_with_age


class Limits(Parameters):
    age: int = parameter(
        18,
        zh="年龄",
        en="Age",
        unit="years",
        low=1,
        high=35,
        why=Text(
            "建议值：未满18周岁为未成年人；调高可覆盖在校学生。",
            "Our proposal: below 18 a customer is a minor; a higher age takes students in.",
        ),
    )
    days: int = parameter(
        7,
        zh="统计天数",
        en="Window",
        unit="days",
        low=1,
        high=60,
        why=Text(
            "建议值：出借账户或受骗后的资金通常在开通后数日内转出。",
            "Our proposal: through an account lent out, or after a fraud, money leaves within days.",
        ),
    )
    sum: Decimal = parameter(
        Decimal(20_000),
        zh="累计转出限额",
        en="Limit of the outflow",
        unit="CNY",
        low=0,
        high=10**12,
        why=Text(
            "建议值：超出未成年人通常的学费和生活费。",
            "Our proposal: more than the fees and the keep of a minor.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Young customers with transfers opened within the window, and more than `sum` out since."""
    known = persons_with_age(bank)
    young = known.filter(known.age < p.age)
    found = outflow(bank, "internet", p.days, openers(bank, "internet", p.days, young), p.sum)
    drained = found.filter(found.amount > p.sum)
    return drained.rename(opened_on="began_on").mutate(days=p.days, limit=p.sum)


def _ago(days: int) -> dt.date:
    return EXAMPLE_DAY - dt.timedelta(days=days)


def _bank(
    *out: dict[str, Any],
    born_on: dt.date | None = dt.date(2010, 6, 1),
    kind: str = "personal",
    opened_ago: tuple[int, ...] = (0,),
    **opening: Any,
):
    """A customer with two accounts, the days on which he opened transfers, and what he paid out."""
    entry = {"channel": "internet", "debit_account_id": "P1", "credit_account_id": "Q1"}
    event = {"customer_id": "K1", "event": "transfer_opened", "channel": "internet"}
    return {
        "customers": [{"customer_id": "K1", "kind": kind, "born_on": born_on}],
        "accounts": [{"account_id": name, "customer_id": "K1", "unit_id": "U1"} for name in ("P1", "P2")],
        "ebank_events": [
            event | {"event_id": f"O{i}", "booked_on": _ago(ago)} | opening
            for i, ago in enumerate(opened_ago, 1)
        ],
        "journal": [entry | {"entry_id": f"E{i}"} | row for i, row in enumerate(out, 1)],
    }


def _out(amount: str, ago: int = 0, **entry: Any) -> dict[str, Any]:
    return {"amount": Decimal(amount), "booked_on": _ago(ago)} | entry


def _leapling(day: dt.date):
    out = {"amount": Decimal("90000.00"), "booked_on": day}
    return _bank(out, born_on=dt.date(2008, 2, 29), booked_on=day)


MODEL = Model(
    code="C22",
    version=1,
    name=Text(
        "小年龄客户办理网银对外转账且近日网银转出金额超限监测",
        "Young customer opens outward transfer, recent outflow over limit",
    ),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="customer",
    purpose=Text(
        "未成年人少有大额资金；开通网银对外转账后即大额转出，多为账户被他人借用、过渡资金或本人受骗。",
        "A minor seldom has large sums. Transfers opened and much sent soon after point to an account lent"
        " out, to money that only passes through, or to a minor deceived.",
    ),
    definition=Text(
        "未满年龄的个人客户在近日内办理网银对外转账，且自办理日起网银转出累计超过限额（大于，不含等于）。",
        "A personal customer below the age opened outward transfers of the internet bank within the window,"
        " and has sent more than the limit by internet bank since (equal is not a hit).",
    ),
    false_positives=Text(
        "父母用子女账户缴纳学费、购买理财；留学缴费。",
        "Parents who use the child's account: school fees, wealth products, studies abroad.",
    ),
    decided=Text(
        "小年龄指不满规定周岁，正好达到的不算；年龄按当日周岁计算，2月29日出生的平年在3月1日增岁；"
        "没有出生日期或出生日期晚于当日的客户不报。"
        "转出指该客户名下账户网上银行渠道的非现金正常借方交易，自窗口内首次办理之日起（含当日）至当日累计，"
        "转入本人另一账户的不算。窗口为截至当日的N个日历日；只在当日有办理或有转出时报送，以免同一事实连报多日。"
        "机构取办理事项的机构，没有的取转出账户的机构，有多个时取机构号最小的一个。",
        "Young is below the age; who has just reached it is not. Age is in full years on the business day;"
        " who was born on 29 February grows older on 1 March of a common year; a customer without a birth"
        " date, or with one to come, brings no hit. The outflow is every normal debit of his accounts on"
        " channel `internet`, not in cash, from the day of the first opening in the window (included) to the"
        " business day; what goes to another account of his own is none. The window is the N calendar days"
        " that end on the business day; a hit comes only on a day with an opening or an outflow, so that one"
        " fact is not told for days. The unit is that of the opening, else of the paying account, the lowest"
        " number of several.",
    ),
    drivers=("E4", "E3"),
    needs={
        "customers": ("customer_id", "kind", "born_on"),
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
        "account_days": ("account_id", "booked_on", "debit_sum"),
    },
    where_given={"ebank_events": ("unit_id", "teller_id"), "journal": ("credit_account_id",)},
    parameters=Limits,
    lookback=lambda p: p.days,
    compared={
        "age": Text("年龄（周岁）", "Age in full years"),
        "opened_on": Text("办理对外转账日", "Transfers opened on"),
        "days": Text("统计天数", "Window in days"),
        "limit": Text("累计转出限额", "Limit of the outflow"),
    },
    hits=hits,
    examples=(
        hit(
            "超过限额一分",
            "One fen above the limit",
            "K1",
            _bank(_out("20000.01"), unit_id="U2", teller_id="T1"),
            evidence={"age": 13, "opened_on": EXAMPLE_DAY, "days": 7, "limit": 20_000},
        ),
        near_miss("等于限额不算超限", "Exactly the limit", _bank(_out("20000.00"))),
        hit(
            "两个账户、多日累计，窗口首日办理",
            "Several days and two accounts, opened on the first day of the window",
            "K1",
            _bank(_out("15000.00", 6), _out("15000.00", debit_account_id="P2"), opened_ago=(6,)),
            evidence={"opened_on": _ago(6)},
        ),
        near_miss(
            "在窗口前一天办理", "Opened a day before the window", _bank(_out("90000.00"), opened_ago=(7,))
        ),
        near_miss(
            "办理前一天的转出不计",
            "Sent the day before the opening",
            _bank(_out("90000.00", 3), _out("20000.00"), opened_ago=(2,)),
        ),
        hit(
            "办理当日的转出照计",
            "Sent on the day of the opening, news today",
            "K1",
            _bank(_out("20000.00", 2), _out("0.01"), opened_ago=(2,)),
        ),
        near_miss("当日没有新情况", "Nothing new today", _bank(_out("90000.00", 1), opened_ago=(2,))),
        hit(
            "当日再次办理也是新情况，自首次起累计",
            "Opened again today, nothing sent today: the first opening decides",
            "K1",
            _bank(_out("90000.00", 1), opened_ago=(2, 0)),
            evidence={"opened_on": _ago(2)},
        ),
        near_miss("成年客户", "An adult", _bank(_out("90000.00"), born_on=dt.date(1985, 3, 1))),
        near_miss("没有出生日期", "No birth date", _bank(_out("90000.00"), born_on=None)),
        near_miss(
            "出生日期晚于当日", "Born after the day", _bank(_out("90000.00"), born_on=dt.date(2040, 1, 1))
        ),
        near_miss("单位客户没有年龄", "A company", _bank(_out("90000.00"), kind="corporate")),
        near_miss(
            "开通的是手机银行", "Transfers of mobile banking", _bank(_out("90000.00"), channel="mobile")
        ),
        near_miss("其他网银事项", "Another event", _bank(_out("90000.00"), event="registered")),
        near_miss(
            "手机银行转出不计",
            "Sent by mobile bank",
            _bank(_out("20000.00"), _out("9000.00", channel="mobile")),
        ),
        near_miss("反交易不计", "A reversal", _bank(_out("20000.00"), _out("9000.00", kind="reversal"))),
        near_miss("冲正不计", "A correction", _bank(_out("20000.00"), _out("9000.00", kind="correction"))),
        near_miss("现金不是转账", "Cash", _bank(_out("20000.00"), _out("9000.00", cash=True))),
        near_miss(
            "转入本人账户不是转出",
            "To an account of his own",
            _bank(_out("20000.00"), _out("9000.00", credit_account_id="P2")),
        ),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "K1",
            _bank(_out("3000.00", currency="USD", amount_cny=Decimal("21300.00"))),
        ),
        near_miss(
            "当日正好到年龄",
            "The age reached on the day",
            _bank(_out("90000.00"), born_on=dt.date(2008, 3, 15)),
            settings={"age": 16},
        ),
        hit(
            "次日才到年龄",
            "The age reached tomorrow",
            "K1",
            _bank(_out("90000.00"), born_on=dt.date(2008, 3, 16)),
            settings={"age": 16},
            evidence={"age": 15},
        ),
        hit(
            "2月29日出生，平年2月28日未增岁",
            "Born on 29 February, on 28 February of a common year",
            "K1",
            _leapling(dt.date(2026, 2, 28)),
            day=dt.date(2026, 2, 28),
            settings={"age": 18},
            evidence={"age": 17},
        ),
        near_miss(
            "2月29日出生，平年3月1日增岁",
            "Born on 29 February, on 1 March of a common year",
            _leapling(dt.date(2026, 3, 1)),
            day=dt.date(2026, 3, 1),
            settings={"age": 18},
        ),
    ),
)
