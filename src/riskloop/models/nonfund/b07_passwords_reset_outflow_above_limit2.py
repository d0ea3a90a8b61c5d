"""B07 当日重置网银登录密码、重置U盾密码、近日个网对外转账超限2监测."""

from decimal import Decimal

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import Model, Parameters, Text, near_miss, parameter
from riskloop.models.rules.password_resets import both, customer, examples, outflow_since_resets, sent

EVENT = "token_password_reset"


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
    limit2: Decimal = parameter(
        Decimal(200_000),
        zh="累计转出限额2",
        en="Limit 2 of the outflow",
        unit="CNY",
        low=0,
        high=10**12,
        why=Text(
            "建议值：与自然人跨境转账大额交易报告标准同一量级；应与C28的限额2相同。",
            "Our proposal: the order of the reporting limit for cross-border transfers of natural persons;"
            " the same as limit 2 of C28.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Persons with both passwords reset on one day, and more than `limit2` out since."""
    found = outflow_since_resets(bank, EVENT, p.days, p.limit2)
    drained = found.filter(found.amount > p.limit2)
    return drained.mutate(days=p.days, limit2=p.limit2)


MODEL = Model(
    code="B07",
    version=1,
    name=Text(
        "当日重置网银登录密码、重置U盾密码、近日个网对外转账超限2监测",
        "Same-day reset of login and token password, recent internet-bank transfers over limit 2",
    ),
    category="non_fund_movement",
    handling="itemised",
    grade="attention",
    subject="customer",
    purpose=Text(
        "登录密码和U盾密码同日重置，等于把网银完全交到办理人手中；随后大额转出，"
        "须核实是否冒名办理、客户受骗或内外勾结。",
        "Both passwords reset on one day put the whole internet bank into the hands of whoever asked for it."
        " When large sums leave soon after, it must be verified that it was the customer, of his own will,"
        " and that no insider helped.",
    ),
    definition=Text(
        "个人客户在近日内同一日重置网银登录密码和U盾密码，且自该日起网上银行转出累计超过限额2（大于，不含等于）。",
        "A personal customer had the login password and the token's password of the internet bank reset on"
        " one day of the window, and has sent more than limit 2 by internet bank since (equal is not a hit).",
    ),
    false_positives=Text(
        "客户久未使用网银，因购房等大额付款一并重置后使用。",
        "A customer who had not used the internet bank for long, resets both and pays for a house.",
    ),
    decided=Text(
        "B07与C28是同一规则的两道限额：超过限额1而未超过限额2的（含等于限额2）归C28，作统计；"
        "超过限额2的归B07，逐笔核实，同一日不会两者都报。两个模型的统计天数和限额2应设为相同的值。"
        "名称只写“超限1”“超限2”，限额的大小次序是我们的理解。"
        "“近日”为截至当日的N个日历日（监测看不到以后的交易，之后的转出在发生当日报送）："
        "窗口内任一日两项都办理即可，两项分在两日的不算，同日先后不分；自窗口内首个这样的日子起（含当日）累计转出。"
        "只看个人客户网上银行渠道的事项，柜面或自助办理都计。"
        "转出指该客户名下账户网上银行渠道的非现金正常借方交易，转入本人另一账户的不算，反交易和冲正不计也不抵减。"
        "只在当日两项都办理或当日有转出时报送，以免同一事实连报多日。"
        "机构取办理事项的机构，没有的取转出账户的机构，有多个时取机构号最小的一个。",
        "B07 and C28 are one rule with two limits: above limit 1 and up to limit 2 (equal included) it is"
        " C28 and statistics; above limit 2 it is B07 and verified, and on one day never both. Set the"
        " window and limit 2 alike in both models. The names say only limit 1 and limit 2; which is the"
        " greater is our reading. Recent are the N calendar days that end on the business day (a model sees"
        " no future: what leaves later is told on its own day). Both events on any one day of the window are"
        " enough, in either order; on two days they are not. The outflow counts from the first such day,"
        " included. Events on channel `internet` of personal customers count, handled by a teller or by the"
        " customer himself. The outflow is every normal debit of his accounts on channel `internet`, not in"
        " cash; what goes to another account of his own is none, and reversals and corrections neither count"
        " nor reduce. A hit comes only on a day with both events or with an outflow, so that one fact is not"
        " told for days. The unit is that of the events, else of the paying account, the lowest number of"
        " several.",
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
    extends=lambda p: p.days,
    compared={
        "reset_on": Text("两项密码重置日", "Both passwords reset on"),
        "days": Text("统计天数", "Window in days"),
        "limit2": Text("累计转出限额2", "Limit 2 of the outflow"),
    },
    hits=hits,
    examples=(
        *examples(EVENT, Decimal(200_000), Decimal(900_000), {"limit2": 200_000}, {"limit2": 100_000}),
        near_miss(
            "超过限额1而未超过限额2归C28",
            "Between the limits: C28",
            customer(sent("150000.00"), events=both(EVENT, 0)),
        ),
        near_miss(
            "更换口令卡归C27",
            "A token card replaced belongs to C27",
            customer(sent("900000.00"), events=both("token_card_replaced", 0)),
        ),
    ),
)
