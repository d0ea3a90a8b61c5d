"""C24 开通个网对外转账功能且近日转出大额监测."""

from decimal import Decimal

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import Model, Parameters, Text, parameter
from riskloop.models.rules.openings import examples, openers
from riskloop.models.rules.outflow import outflow
from riskloop.models.rules.persons import persons

CHANNEL = "internet"


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
        Decimal(200_000),
        zh="累计转出限额",
        en="Limit of the outflow",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "建议值：与自然人跨境转账大额交易报告标准同一量级。",
            "Our proposal: the order of the reporting limit for cross-border transfers of natural persons.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Persons with the internet bank's transfers opened in the window, and `sum` or more out by it since."""
    found = outflow(bank, CHANNEL, p.days, openers(bank, CHANNEL, p.days, persons(bank)), p.sum)
    large = found.filter(found.amount >= p.sum)
    return large.rename(opened_on="began_on").mutate(days=p.days, limit=p.sum)


MODEL = Model(
    code="C24",
    version=1,
    name=Text(
        "开通个网对外转账功能且近日转出大额监测",
        "Internet-bank outward transfer opened, large outflow soon after",
    ),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="customer",
    purpose=Text(
        "刚开通网银对外转账即转出大额，可能是客户受骗、账户被他人控制，或专为过渡资金而开。",
        "Transfers opened and large sums sent at once point to a customer deceived, an account in other"
        " hands, or one made for money to pass through.",
    ),
    definition=Text(
        "个人客户在近日内开通个人网上银行对外转账功能，且自办理日起网上银行转出累计达到或超过限额（含等于）。",
        "A personal customer opened outward transfers of the internet bank within the window, and has sent"
        " the limit or more by internet bank since (equal is a hit).",
    ),
    false_positives=Text(
        "客户为购房、投资、转存他行而开通并立即使用。",
        "A customer who opens transfers because he needs them now: a house, an investment, a deposit"
        " elsewhere.",
    ),
    decided=Text(
        "“个网”指个人网上银行，只看个人客户，不看年龄（年龄另有C22、C23）。大额含等于限额。"
        "转出指该客户名下账户网上银行渠道的非现金正常借方交易，自窗口内首次办理之日起（含当日）至当日累计，"
        "转入本人另一账户的不算，反交易和冲正不计也不抵减。窗口为截至当日的N个日历日；"
        "只在当日有办理或有转出时报送，以免同一事实连报多日。"
        "机构取办理事项的机构，没有的取转出账户的机构，有多个时取机构号最小的一个。",
        "The name speaks of the personal internet bank, so only personal customers count, of any age (C22"
        " and C23 look at age). A large sum is reached by being equal. The outflow is every normal debit of"
        " his accounts on channel `internet`, not in cash, from the day of the first opening in the window"
        " (included) to the business day; what goes to another account of his own is none, and reversals and"
        " corrections neither count nor reduce. The window is the N calendar days that end on the business"
        " day; a hit comes only on a day with an opening or an outflow, so that one fact is not told for"
        " days. The unit is that of the opening, else of the paying account, the lowest number of several.",
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
        "account_days": ("account_id", "booked_on", "debit_sum"),
    },
    where_given={"ebank_events": ("unit_id", "teller_id"), "journal": ("credit_account_id",)},
    parameters=Limits,
    lookback=lambda p: p.days,
    compared={
        "opened_on": Text("开通对外转账日", "Transfers opened on"),
        "days": Text("统计天数", "Window in days"),
        "limit": Text("累计转出限额", "Limit of the outflow"),
    },
    hits=hits,
    examples=examples(CHANNEL, "mobile", Decimal(200_000)),
)
