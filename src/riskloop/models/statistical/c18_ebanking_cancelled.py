"""C18 取消电子银行销户监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.customer_events import as_hits

CHANNELS = ("internet", "phone", "mobile")
V1 = "ebank_events:V1"


class Limits(Parameters):
    days: int = parameter(
        7,
        zh="注册或转账后关注天数",
        en="Days watched from registration or transfer on",
        unit="days",
        low=1,
        high=30,
        why=Text(
            "建议值：为转移一笔资金而开通的电子银行，通常用完一周内即注销；只作标示，不影响命中。",
            "Our proposal: e-banking opened to move one sum is usually given up within a week. It marks a"
            " hit and decides none.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """E-banking cancelled on the day, marked where a registration or a transfer came shortly before."""
    events = bank.today("ebank_events")
    cancelled = bank.few(events.filter(events.event == "cancelled"))
    registered, paid = _registered(bank, p, cancelled), _paid(bank, p, cancelled)
    known = (
        cancelled.left_join(registered, cancelled.event_id == registered.event_id)
        .left_join(paid, cancelled.event_id == paid.event_id)
        .select(cancelled, registered.registered_on, paid.sent, paid.entry_ids, paid.account_ids)
    )
    return as_hits(
        bank,
        "ebank_events",
        known,
        events=cancelled,
        amount=known.sent,
        entry_ids=known.entry_ids,
        account_ids=known.account_ids,
        channel=known.channel,
        soon_after_registration=known.registered_on.notnull(),
        registered_on=known.registered_on,
        after_transfer=known.sent.notnull(),
        days=p.days,
    )


def _registered(bank: Bank, p: Limits, cancelled: Relation) -> Relation:
    """By cancellation, the last registration of the customer on that channel before it in the window."""
    events = bank.window("ebank_events", p.days)
    registered = events.filter(events.event == "registered").select(
        "customer_id", "channel", registered_on=events.booked_on, registered_at=events.at
    )
    before = cancelled.inner_join(
        registered, ["customer_id", "channel", registered.registered_at <= cancelled.at]
    )
    return before.group_by("event_id").aggregate(registered_on=before.registered_on.max())


def _paid(bank: Bank, p: Limits, cancelled: Relation) -> Relation:
    """By cancellation, what left the customer's accounts on that channel before it in the window."""
    own = bank.few(_accounts(bank, cancelled))
    journal = bank.window("journal", p.days)
    normal = journal.filter(journal.kind == "normal", ~journal.cash, journal.channel.isin(CHANNELS))
    left = normal.inner_join(own, normal.debit_account_id == own.account_id).select(
        customer_id=own.customer_id,
        sent_from=own.account_id,
        channel=normal.channel,
        entry_id=normal.entry_id,
        posted_at=normal.posted_at,
        amount_cny=normal.amount_cny,
    )
    sent = bank.few(left)
    before = cancelled.inner_join(sent, ["customer_id", "channel", sent.posted_at <= cancelled.at])
    return before.group_by("event_id").aggregate(
        sent=before.amount_cny.sum(),
        entry_ids=before.entry_id.collect(),
        account_ids=before.sent_from.collect(),
    )


def _accounts(bank: Bank, cancelled: Relation) -> Relation:
    accounts = bank.standing("accounts").semi_join(cancelled, "customer_id")
    return accounts.select("account_id", "customer_id")


def _ago(days: int) -> dt.date:
    return EXAMPLE_DAY - dt.timedelta(days=days)


def _bank(*entries: dict[str, Any], registered: dict[str, Any] | None = None, **cancelled: Any):
    """A customer who gives up his internet bank; his registration and transfers by that channel."""
    event = {"customer_id": "K1", "channel": "internet"}
    entry = {"channel": "internet", "debit_account_id": "P1", "amount": Decimal("0.01")}
    events = [event | {"event_id": "V1", "event": "cancelled"} | cancelled]
    if registered is not None:
        events.append(event | {"event_id": "V2", "event": "registered"} | registered)
    return {
        "accounts": [
            {"account_id": "P1", "customer_id": "K1", "unit_id": "U1"},
            {"account_id": "P2", "customer_id": "K2", "unit_id": "U1"},
        ],
        "ebank_events": events,
        "journal": [entry | {"entry_id": f"E{i}"} | row for i, row in enumerate(entries, 1)],
    }


_UNMARKED = {"soon_after_registration": False, "registered_on": None, "after_transfer": False}
_AFTERNOON = dt.datetime.combine(EXAMPLE_DAY, dt.time(15))

MODEL = Model(
    code="C18",
    version=1,
    name=Text("取消电子银行销户监测", "Cancellation of e-banking"),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="event",
    purpose=Text(
        "注册不久或转出资金后随即注销电子银行，可能是他人冒用客户名义开通、转走资金后消除痕迹，也可能是过渡账户用完即弃。",
        "E-banking given up soon after it was registered, or after money went out, may have been opened in"
        " the customer's name by somebody else, or belong to an account that money only passed through.",
    ),
    definition=Text(
        "客户当日注销电子银行，每项注销报一次；并标示近日内是否在同一渠道注册、是否经同一渠道转出资金。",
        "A customer's e-banking was cancelled on the day; each event is a hit. It is marked where he had"
        " registered on the same channel, or had sent money by it, within the last days.",
    ),
    false_positives=Text(
        "客户换用其他渠道、销户、更换手机号码；误开通后当场取消。",
        "A customer who changes to another channel, closes his account or changes his number; a registration"
        " by mistake, taken back at once.",
    ),
    decided=Text(
        "名称“取消电子银行销户”读作电子银行注销，网上、电话和手机银行都计，全部报送。“近日”为截至当日的日历日，"
        "只作标示。注册须与注销同一客户、同一渠道且不晚于注销时间，多次注册取最近一次；转出为该客户账户上同一渠道的"
        "非现金正常借方交易，不晚于注销时间，不问金额和收款人，转入本人账户的照计，反交易和冲正不计。"
        "金额为这些转出的合计，没有转出的为空。"
        "办理机构为空的取事项账户的开户机构，仍没有的取客户各账户中机构号最小的一个。",
        "The name is read as the cancellation of e-banking, of the internet, the phone or the mobile bank,"
        " and all are shown. The window is calendar days that end on the business day, and only marks a hit."
        " The registration is one of the same customer and channel, not later than the cancellation, the"
        " last of several. The transfers are normal debits of his accounts on that channel, not in cash and"
        " not later than the cancellation, of any amount and to anybody, his own accounts included;"
        " reversals and corrections are none. The amount is their sum, and empty without any. The unit is"
        " where it was handled, else that of the event's account, else the lowest number among the"
        " customer's accounts.",
    ),
    drivers=("E3", "E4", "P7"),
    needs={
        "ebank_events": ("event_id", "booked_on", "at", "customer_id", "channel", "event"),
        "accounts": ("account_id", "customer_id", "unit_id"),
        "journal": (
            "entry_id",
            "booked_on",
            "posted_at",
            "channel",
            "kind",
            "debit_account_id",
            "amount_cny",
            "cash",
        ),
    },
    where_given={"ebank_events": ("account_id", "unit_id", "teller_id")},
    parameters=Limits,
    lookback=lambda p: p.days,
    compared={
        "channel": Text("注销渠道", "Channel cancelled"),
        "soon_after_registration": Text("注册后近日内注销", "Soon after registration"),
        "registered_on": Text("近日内最近注册日", "Last registered on"),
        "after_transfer": Text("近日内经该渠道转出资金", "After a transfer on that channel"),
        "days": Text("关注天数", "Days watched"),
    },
    hits=hits,
    examples=(
        hit(
            "单纯注销",
            "Cancelled, and nothing before it",
            V1,
            _bank(teller_id="T1", unit_id="U1"),
            evidence=_UNMARKED | {"channel": "internet", "days": 7},
        ),
        hit(
            "注册在关注期首日",
            "Registered on the first day of the window",
            V1,
            _bank(registered={"booked_on": _ago(6)}),
            evidence={"soon_after_registration": True, "registered_on": _ago(6), "after_transfer": False},
        ),
        hit(
            "注册在关注期前一天",
            "Registered the day before the window",
            V1,
            _bank(registered={"booked_on": _ago(7)}),
            evidence=_UNMARKED,
        ),
        hit(
            "当日注册当日注销",
            "Registered and cancelled on the day",
            V1,
            _bank(registered={}),
            evidence={"soon_after_registration": True, "registered_on": EXAMPLE_DAY},
        ),
        hit(
            "注销之后重新注册",
            "Registered again after the cancellation",
            V1,
            _bank(registered={"at": _AFTERNOON}),
            evidence=_UNMARKED,
        ),
        hit(
            "注册的是另一渠道",
            "Registered on another channel",
            V1,
            _bank(registered={"channel": "mobile"}),
            evidence=_UNMARKED,
        ),
        hit(
            "注册的是另一客户",
            "Another customer registered",
            V1,
            _bank(registered={"customer_id": "K2"}),
            evidence=_UNMARKED,
        ),
        hit(
            "转出在关注期首日，金额不限",
            "Money sent on the first day of the window, however little",
            V1,
            _bank({"booked_on": _ago(6)}),
            evidence={"soon_after_registration": False, "after_transfer": True},
        ),
        hit(
            "转出在关注期前一天",
            "Money sent the day before the window",
            V1,
            _bank({"booked_on": _ago(7)}),
            evidence=_UNMARKED,
        ),
        hit(
            "注册、多笔转出后注销",
            "Registered, money sent twice, cancelled",
            V1,
            _bank({}, {"booked_on": _ago(1)}, registered={"booked_on": _ago(2)}),
            evidence={"soon_after_registration": True, "after_transfer": True},
        ),
        hit(
            "转出在注销之后",
            "Money sent after the cancellation",
            V1,
            _bank({"posted_at": _AFTERNOON}),
            evidence=_UNMARKED,
        ),
        hit(
            "经另一渠道转出",
            "Money sent by another channel",
            V1,
            _bank({"channel": "mobile"}),
            evidence=_UNMARKED,
        ),
        hit("柜台现金支取", "Cash", V1, _bank({"cash": True}), evidence=_UNMARKED),
        hit("转出已反交易", "A reversal", V1, _bank({"kind": "reversal"}), evidence=_UNMARKED),
        hit(
            "另一客户的转出",
            "Another customer's transfer",
            V1,
            _bank({"debit_account_id": "P2"}),
            evidence=_UNMARKED,
        ),
        hit(
            "注销手机银行",
            "The mobile bank, given up by himself",
            V1,
            _bank({"channel": "mobile"}, channel="mobile"),
            evidence={"channel": "mobile", "after_transfer": True},
        ),
        hit("注销电话银行", "The phone bank", V1, _bank(channel="phone"), evidence={"channel": "phone"}),
        near_miss("前一日的注销", "Cancelled the day before", _bank(booked_on=_ago(1))),
        near_miss("只有注册", "Only registered", _bank({}, event="registered")),
        near_miss("重置密码不是注销", "A password was reset", _bank({}, event="login_password_reset")),
        near_miss("开通转账不是注销", "Transfers were opened", _bank({}, event="transfer_opened")),
    ),
)
