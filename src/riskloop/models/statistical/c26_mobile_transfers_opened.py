"""C26 开通手机银行对外转账功能且近日转出大额监测."""

from decimal import Decimal

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import Model, Parameters, Text, parameter
from riskloop.models.rules.openings import examples, openers
from riskloop.models.rules.outflow import outflow
from riskloop.models.rules.persons import persons

CHANNEL = "mobile"


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
            "建议值：与网银对外转账（C24）相同。",
            "Our proposal: as for the internet bank (C24).",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Persons with the mobile bank's transfers opened in the window, and `sum` or more out by it since."""
    found = outflow(bank, CHANNEL, p.days, openers(bank, CHANNEL, p.days, persons(bank)), p.sum)
    large = found.filter(found.amount >= p.sum)
    return large.rename(opened_on="began_on").mutate(days=p.days, limit=p.sum)


MODEL = Model(
    code="C26",
    version=1,
    name=Text(
        "开通手机银行对外转账功能且近日转出大额监测",
        "Mobile-bank outward transfer opened, large outflow",
    ),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="customer",
    purpose=Text(
        "手机丢失、号码被盗或客户受骗开通手机银行后，资金常在数日内大额转出。",
        "After a phone is lost, a number stolen or a customer talked into mobile banking, the money often"
        " leaves in large sums within days.",
    ),
    definition=Text(
        "个人客户在近日内开通手机银行对外转账功能，且自办理日起手机银行转出累计达到或超过限额（含等于）。",
        "A personal customer opened outward transfers of the mobile bank within the window, and has sent the"
        " limit or more by mobile bank since (equal is a hit).",
    ),
    false_positives=Text(
        "客户由网银改用手机银行后的正常大额转账。",
        "A customer who changed from the internet bank to his phone and pays as before.",
    ),
    decided=Text(
        "名称未说明客户范围；单位客户达到限额的日常付款多，只看个人客户。大额含等于限额。"
        "转出指该客户名下账户手机银行渠道的非现金正常借方交易，自窗口内首次办理之日起（含当日）至当日累计，"
        "转入本人另一账户的不算，反交易和冲正不计也不抵减。窗口为截至当日的N个日历日；"
        "只在当日有办理或有转出时报送，以免同一事实连报多日。"
        "机构取办理事项的机构，没有的取转出账户的机构，有多个时取机构号最小的一个。",
        "The name does not say whose mobile bank: companies pay such sums every day, so only personal"
        " customers count. A large sum is reached by being equal. The outflow is every normal debit of his"
        " accounts on channel `mobile`, not in cash, from the day of the first opening in the window"
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
    examples=examples(CHANNEL, "internet", Decimal(200_000)),
)
