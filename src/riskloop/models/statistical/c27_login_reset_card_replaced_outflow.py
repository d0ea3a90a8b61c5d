"""C27 当日重置网银登录密码、更换口令卡、近日个网对外转账超限监测."""

from decimal import Decimal

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import Model, Parameters, Text, near_miss, parameter
from riskloop.models.rules.password_resets import both, customer, examples, outflow_since_resets, sent

EVENT = "token_card_replaced"


class Limits(Parameters):
    days: int = parameter(
        3,
        zh="统计天数",
        en="Window",
        unit="days",
        low=1,
        high=30,
        why=Text(
            "建议值：冒名重置后资金一般在三日内转走。",
            "Our proposal: after a reset by a stranger the money is gone within three days.",
        ),
    )
    sum: Decimal = parameter(
        Decimal(50_000),
        zh="累计转出限额",
        en="Limit of the outflow",
        unit="CNY",
        low=0,
        high=10**12,
        why=Text(
            "建议值：与现金大额标准同一量级。",
            "Our proposal: the order of the cash reporting limit.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Persons with password reset and token card replaced on one day, and more than `sum` out since."""
    found = outflow_since_resets(bank, EVENT, p.days, p.sum)
    drained = found.filter(found.amount > p.sum)
    return drained.mutate(days=p.days, limit=p.sum)


MODEL = Model(
    code="C27",
    version=1,
    name=Text(
        "当日重置网银登录密码、更换口令卡、近日个网对外转账超限监测",
        "Same-day login reset and token card replaced, recent internet-bank transfers over limit",
    ),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="customer",
    purpose=Text(
        "登录密码重置又更换口令卡，网银的两道凭证都已换手；随后转出，可能是冒名办理或客户受骗。",
        "With the login password reset and the token card replaced, both keys of the internet bank are new."
        " Money sent soon after may be a stranger's work, or a customer deceived.",
    ),
    definition=Text(
        "个人客户在近日内同一日重置网银登录密码并更换口令卡，且自该日起网上银行转出累计超过限额（大于，不含等于）。",
        "A personal customer had the login password of the internet bank reset and the token card replaced"
        " on one day of the window, and has sent more than the limit by internet bank since (equal is not a"
        " hit).",
    ),
    false_positives=Text(
        "口令卡用完或遗失，客户到网点一并办理后正常付款。",
        "A card used up or lost: the customer sees to both at the counter and pays as usual.",
    ),
    decided=Text(
        "本模型只设一道限额，超过的全部作统计。"
        "“近日”为截至当日的N个日历日（监测看不到以后的交易，之后的转出在发生当日报送）："
        "窗口内任一日两项都办理即可，两项分在两日的不算，同日先后不分；自窗口内首个这样的日子起（含当日）累计转出。"
        "只看个人客户网上银行渠道的事项，柜面或自助办理都计。"
        "转出指该客户名下账户网上银行渠道的非现金正常借方交易，转入本人另一账户的不算，反交易和冲正不计也不抵减。"
        "只在当日两项都办理或当日有转出时报送，以免同一事实连报多日。"
        "机构取办理事项的机构，没有的取转出账户的机构，有多个时取机构号最小的一个。",
        "There is one limit only, and whatever exceeds it is statistics. Recent are the N calendar days that"
        " end on the business day (a model sees no future: what leaves later is told on its own day). Both"
        " events on any one day of the window are enough, in either order; on two days they are not. The"
        " outflow counts from the first such day, included. Events on channel `internet` of personal"
        " customers count, handled by a teller or by the customer himself. The outflow is every normal debit"
        " of his accounts on channel `internet`, not in cash; what goes to another account of his own is"
        " none, and reversals and corrections neither count nor reduce. A hit comes only on a day with both"
        " events or with an outflow, so that one fact is not told for days. The unit is that of the events,"
        " else of the paying account, the lowest number of several.",
    ),
    drivers=("E3", "P7"),
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
        "reset_on": Text("重置密码并换卡日", "Password reset and card replaced on"),
        "days": Text("统计天数", "Window in days"),
        "limit": Text("累计转出限额", "Limit of the outflow"),
    },
    hits=hits,
    examples=(
        *examples(EVENT, Decimal(50_000), Decimal(180_000), {"limit": 50_000}, {"sum": 1_000}),
        near_miss(
            "重置U盾密码归B07、C28",
            "A token's password reset belongs to B07 and C28",
            customer(sent("180000.00"), events=both("token_password_reset", 0)),
        ),
    ),
)
