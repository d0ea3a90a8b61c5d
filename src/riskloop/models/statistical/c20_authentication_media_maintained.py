"""C20 电子银行认证介质维护监测."""

import datetime as dt
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss
from riskloop.models.rules.customer_events import as_hits

V1 = "ebank_events:V1"


class NoLimits(Parameters):
    """Every such event counts."""


def hits(bank: Bank, p: NoLimits) -> Relation:  # noqa: ARG001
    """Authentication media of e-banking that were replaced or maintained on the day."""
    events = bank.today("ebank_events")
    found = events.filter(events.event.isin(("token_card_replaced", "token_maintained")))
    return as_hits(
        bank,
        "ebank_events",
        found,
        channel=found.channel,
        replaced=found.event == "token_card_replaced",
        with_teller=found.teller_id.notnull(),
    )


def _bank(event: str = "token_maintained", **more: Any):
    """One event of a customer with an account at each of two outlets."""
    plain = {"event_id": "V1", "customer_id": "K1", "channel": "internet", "event": event}
    return {
        "accounts": [
            {"account_id": "P1", "customer_id": "K1", "unit_id": "U1"},
            {"account_id": "P2", "customer_id": "K1", "unit_id": "U2"},
        ],
        "ebank_events": [plain | more],
    }


MODEL = Model(
    code="C20",
    version=1,
    name=Text("电子银行认证介质维护监测", "Maintenance of e-banking authentication media"),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="event",
    purpose=Text(
        "掌握认证介质就能动用客户资金；冒名更换口令卡或维护U盾，是盗用电子银行的关键一步。",
        "Whoever holds the token can move the customer's money: to have it replaced or changed in his name"
        " is the decisive step in stealing from an internet bank.",
    ),
    definition=Text(
        "当日更换口令卡，或维护U盾等认证介质，每项报一次。",
        "A token card was replaced, or a token maintained, on the day; each event is a hit.",
    ),
    false_positives=Text(
        "口令卡用完、U盾证书到期或损坏后的正常更换和维护。",
        "A token card used up, a token damaged or its certificate run out.",
    ),
    decided=Text(
        "计“更换口令卡”和“介质维护”两种事项，各渠道都计，不设限额；U盾密码重置归C21。以事项为对象，"
        "同一客户当日两次报两次。有柜员的标示为柜员经办，没有的为客户自助。"
        "办理机构为空的取事项账户的开户机构，仍没有的取客户各账户中机构号最小的一个。",
        "Events `token_card_replaced` and `token_maintained` count, on every channel and without a limit; a"
        " token's password reset belongs to C21. The subject is the event: two on a day are two hits. One"
        " with a teller is marked so; one without was done by the customer himself. The unit is where it was"
        " handled, else that of the event's account, else the lowest number among the customer's accounts.",
    ),
    drivers=("E3", "P3", "P5"),
    needs={
        "ebank_events": ("event_id", "booked_on", "customer_id", "channel", "event"),
        "accounts": ("account_id", "customer_id", "unit_id"),
    },
    where_given={"ebank_events": ("account_id", "unit_id", "teller_id")},
    parameters=NoLimits,
    lookback=1,
    compared={
        "channel": Text("渠道", "Channel"),
        "replaced": Text("更换口令卡（否为介质维护）", "Token card replaced (no: token maintained)"),
        "with_teller": Text("柜员经办", "Handled by a teller"),
    },
    hits=hits,
    examples=(
        hit(
            "柜员为客户更换口令卡",
            "A teller replaces a token card",
            V1,
            _bank("token_card_replaced", unit_id="U1", teller_id="T1"),
            evidence={"channel": "internet", "replaced": True, "with_teller": True},
        ),
        hit(
            "柜员维护U盾",
            "A teller maintains a token",
            V1,
            _bank(unit_id="U1", teller_id="T1"),
            evidence={"replaced": False, "with_teller": True},
        ),
        hit(
            "客户自助维护",
            "Maintained by the customer himself",
            V1,
            _bank(account_id="P2"),
            evidence={"replaced": False, "with_teller": False},
        ),
        hit(
            "手机银行介质", "Of the mobile bank", V1, _bank(channel="mobile"), evidence={"channel": "mobile"}
        ),
        hit(
            "客户没有登记账户",
            "A customer without an account",
            V1,
            _bank() | {"accounts": []},
            evidence={"with_teller": False},
        ),
        near_miss(
            "前一日的维护", "Maintained the day before", _bank(booked_on=EXAMPLE_DAY - dt.timedelta(1))
        ),
        near_miss("重置U盾密码归C21", "A token's password reset", _bank("token_password_reset")),
        near_miss("重置登录密码", "A login password reset", _bank("login_password_reset")),
        near_miss("注册", "A registration", _bank("registered")),
        near_miss("注销", "A cancellation", _bank("cancelled")),
        near_miss("开通对外转账", "Transfers opened", _bank("transfer_opened")),
    ),
)
