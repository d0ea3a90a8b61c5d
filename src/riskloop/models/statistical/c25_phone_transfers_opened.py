"""C25 开通个电约定账户功能且近日转出大额监测."""

from decimal import Decimal

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import Model, Parameters, Text, parameter
from riskloop.models.rules.openings import examples, openers
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
    found = outflow(bank, CHANNEL, p.days, openers(bank, CHANNEL, p.days, persons(bank)), p.sum)
    large = found.filter(found.amount >= p.sum)
    return large.rename(opened_on="began_on").mutate(days=p.days, limit=p.sum)


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
        "account_days": ("account_id", "booked_on", "debit_sum"),
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
    examples=examples(CHANNEL, "internet", Decimal(100_000)),
)
