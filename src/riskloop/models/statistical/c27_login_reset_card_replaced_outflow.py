"""C27 当日重置网银登录密码、更换口令卡、近日个网对外转账超限监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.password_resets import outflow_since_resets

LOGIN, TOKEN = "login_password_reset", "token_card_replaced"


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
    found = outflow_since_resets(bank, TOKEN, p.days)
    drained = found.filter(found.amount > p.sum)
    return drained.mutate(days=p.days, limit=p.sum)


def _ago(days: int) -> dt.date:
    return EXAMPLE_DAY - dt.timedelta(days=days)


def _out(amount: str, ago: int = 0, **entry: Any) -> dict[str, Any]:
    return {"amount": Decimal(amount), "booked_on": _ago(ago)} | entry


def _events(*events: tuple[str, int], **event: Any):
    """These events of the customer, each so many days ago; `event` changes the last one."""
    plain = {"customer_id": "K1", "channel": "internet"}
    rows = [
        plain | {"event_id": f"V{i}", "event": name, "booked_on": _ago(ago)}
        for i, (name, ago) in enumerate(events, 1)
    ]
    return {"ebank_events": [*rows[:-1], rows[-1] | event]}


def _both(*ago: int):
    """The login password and the token card on each of these days."""
    return _events(*((name, back) for back in ago for name in (LOGIN, TOKEN)))


def _bank(*out: dict[str, Any], reset_ago: int = 0, kind: str = "personal"):
    """A customer with two accounts, both events on one day, and what he paid out by internet bank."""
    entry = {"channel": "internet", "debit_account_id": "P1", "credit_account_id": "Q1"}
    return _both(reset_ago) | {
        "customers": [{"customer_id": name, "kind": kind} for name in ("K1", "K2")],
        "accounts": [{"account_id": name, "customer_id": "K1", "unit_id": "U1"} for name in ("P1", "P2")],
        "journal": [entry | {"entry_id": f"E{i}"} | row for i, row in enumerate(out, 1)],
    }


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
        hit(
            "超过限额一分",
            "One fen above the limit",
            "K1",
            _bank(_out("50000.01")) | _events((LOGIN, 0), (TOKEN, 0), unit_id="U2", teller_id="T1"),
            evidence={"reset_on": EXAMPLE_DAY, "days": 3, "limit": 50_000},
        ),
        near_miss("等于限额不算超限", "Exactly the limit", _bank(_out("50000.00"))),
        hit(
            "两个账户、多日累计，窗口首日办理",
            "Several days and two accounts, both events on the first day of the window",
            "K1",
            _bank(_out("30000.00", 2), _out("30000.00", debit_account_id="P2"), reset_ago=2),
            evidence={"reset_on": _ago(2)},
        ),
        near_miss(
            "在窗口前一天办理", "Both events a day before the window", _bank(_out("180000.00"), reset_ago=3)
        ),
        near_miss(
            "两项分在两日办理",
            "One event yesterday, the other today",
            _bank(_out("180000.00")) | _events((LOGIN, 1), (TOKEN, 0)),
        ),
        near_miss(
            "只重置登录密码，两次",
            "The login password alone, twice",
            _bank(_out("180000.00")) | _events((LOGIN, 0), (LOGIN, 0)),
        ),
        near_miss("只更换口令卡", "The token card alone", _bank(_out("180000.00")) | _events((TOKEN, 0))),
        near_miss(
            "重置U盾密码归B07、C28",
            "A token's password reset belongs to B07 and C28",
            _bank(_out("180000.00")) | _events((LOGIN, 0), ("token_password_reset", 0)),
        ),
        near_miss(
            "其中一项是手机银行的",
            "One of the events is of mobile banking",
            _bank(_out("180000.00")) | _events((TOKEN, 0), (LOGIN, 0), channel="mobile"),
        ),
        near_miss(
            "其中一项是另一客户的",
            "One of the events is another customer's",
            _bank(_out("180000.00")) | _events((TOKEN, 0), (LOGIN, 0), customer_id="K2"),
        ),
        near_miss(
            "办理前一天的转出不计",
            "Sent the day before the events",
            _bank(_out("180000.00", 2), _out("50000.00"), reset_ago=1),
        ),
        hit(
            "办理当日的转出照计",
            "Sent on the day of the events, news today",
            "K1",
            _bank(_out("50000.00", 1), _out("0.01"), reset_ago=1),
        ),
        near_miss("当日没有新情况", "Nothing new today", _bank(_out("180000.00", 1), reset_ago=1)),
        near_miss(
            "当日只办理一项不是新情况",
            "One of the events again today is nothing new",
            _bank(_out("180000.00", 1)) | _events((LOGIN, 1), (TOKEN, 1), (LOGIN, 0)),
        ),
        hit(
            "当日两项再次办理，自首次起累计",
            "Both events again today, nothing sent today: the first day decides",
            "K1",
            _bank(_out("180000.00", 1)) | _both(1, 0),
            evidence={"reset_on": _ago(1)},
        ),
        near_miss(
            "办理两次，转出只计一次",
            "Both events on two days, what was sent counts once",
            _bank(_out("50000.00")) | _both(1, 0),
        ),
        near_miss("单位客户不报", "A company", _bank(_out("180000.00"), kind="corporate")),
        near_miss(
            "客户资料中没有的客户",
            "A customer whom the standing data do not know",
            _bank(_out("180000.00")) | {"customers": []},
            # A simulated bank gives every customer a row: cases with settings are not planted there.
            settings={"sum": 1_000},
        ),
        near_miss(
            "手机银行转出不计",
            "Sent by mobile bank",
            _bank(_out("50000.00"), _out("9000.00", channel="mobile")),
        ),
        near_miss("反交易不计", "A reversal", _bank(_out("50000.00"), _out("9000.00", kind="reversal"))),
        near_miss("冲正不计", "A correction", _bank(_out("50000.00"), _out("9000.00", kind="correction"))),
        near_miss("现金不是转账", "Cash", _bank(_out("50000.00"), _out("9000.00", cash=True))),
        near_miss(
            "转入本人账户不是转出",
            "To an account of his own",
            _bank(_out("50000.00"), _out("9000.00", credit_account_id="P2")),
        ),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "K1",
            _bank(_out("25000.00", currency="USD", amount_cny=Decimal("180000.00"))),
        ),
    ),
)
