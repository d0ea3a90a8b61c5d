"""C17 个人对账服务协议终止监测."""

import datetime as dt
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss
from riskloop.models.rules.customer_events import as_hits

R1 = "reconciliation_events:R1"


class NoLimits(Parameters):
    """Every such event counts."""


def hits(bank: Bank, p: NoLimits) -> Relation:  # noqa: ARG001
    """Reconciliation agreements of personal customers that ended on the day."""
    events, customers = bank.today("reconciliation_events"), bank.standing("customers")
    personal = customers.filter(customers.kind == "personal")
    ended = events.filter(events.event == "agreement_ended").semi_join(personal, "customer_id")
    return as_hits(
        bank, "reconciliation_events", ended, at_outlet=ended.unit_id.notnull() | ended.teller_id.notnull()
    )


def _bank(customer: str = "personal", **event: Any):
    """One agreement that ended, of a customer with accounts at two outlets; K9 is nowhere described."""
    plain = {"event_id": "R1", "customer_id": "K1", "event": "agreement_ended"}
    return {
        "customers": [{"customer_id": "K1", "kind": customer}],
        "accounts": [
            {"account_id": "P1", "customer_id": "K1", "unit_id": "U1"},
            {"account_id": "P2", "customer_id": "K1", "unit_id": "U2"},
            # The simulator describes everybody: so K9 is a company there, and a near miss too.
            {"account_id": "C9", "kind": "corporate_current", "customer_id": "K9"},
        ],
        "reconciliation_events": [plain | event],
    }


MODEL = Model(
    code="C17",
    version=1,
    name=Text("个人对账服务协议终止监测", "Personal reconciliation agreement ended"),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="event",
    purpose=Text(
        "终止对账后客户不再收到账单，账户被动用也难以察觉；掌握客户资料的人可能借此掩盖挪用。",
        "A customer without statements does not see what happens on his account: ending them is a way to"
        " cover up a misuse.",
    ),
    definition=Text(
        "个人客户的对账服务协议当日终止，每项终止报一次。",
        "The reconciliation agreement of a personal customer ended on the day; each event is a hit.",
    ),
    false_positives=Text(
        "客户改用短信、手机银行等其他方式查账；销户、身故等自然终止；协议到期系统自动终止。",
        "A customer who now follows his account by message or phone; an account closed; an agreement that"
        " ran out by itself.",
    ),
    decided=Text(
        "只计“协议终止”，不设金额和次数限额；对账信息变更不计，单位客户不计，客户资料中没有的客户无法判断，不报。"
        "以事项为对象，同一客户当日终止两份协议报两次。"
        "办理机构为空的取事项账户的开户机构，仍没有的取客户各账户中机构号最小的一个。"
        "事项有机构或柜员的视为在网点办理，都没有的视为客户自助或系统终止。",
        "Only `agreement_ended` counts, without a limit; changes of the service, corporate customers and"
        " customers whom the standing data do not know bring no hit. The subject is the event: two"
        " agreements ended on a day are two hits. The unit is where it was handled, else that of the"
        " event's account, else the lowest number among the customer's accounts. An event with a unit or a"
        " teller was handled at an outlet; one with neither, by the customer himself or by the system.",
    ),
    drivers=("P7", "P5", "E5"),
    needs={
        "reconciliation_events": ("event_id", "booked_on", "customer_id", "event"),
        "customers": ("customer_id", "kind"),
        "accounts": ("account_id", "customer_id", "unit_id"),
    },
    where_given={"reconciliation_events": ("account_id", "unit_id", "teller_id")},
    parameters=NoLimits,
    lookback=1,
    compared={"at_outlet": Text("在网点办理", "Handled at an outlet")},
    hits=hits,
    examples=(
        hit(
            "柜员在网点办理终止",
            "Ended by a teller at an outlet",
            R1,
            _bank(unit_id="U1", teller_id="T1", account_id="P1"),
            evidence={"at_outlet": True},
        ),
        hit(
            "没有机构和柜员的终止",
            "Ended by the customer himself",
            R1,
            _bank(account_id="P2"),
            evidence={"at_outlet": False},
        ),
        hit("未注明账户", "Without an account", R1, _bank(), evidence={"at_outlet": False}),
        hit(
            "只有柜员没有机构",
            "A teller and no unit",
            R1,
            _bank(teller_id="T1"),
            evidence={"at_outlet": True},
        ),
        near_miss("单位客户", "A company", _bank("corporate")),
        near_miss("客户资料中没有的客户", "A customer whom nobody knows", _bank(customer_id="K9")),
        near_miss("前一日的终止", "Ended the day before", _bank(booked_on=EXAMPLE_DAY - dt.timedelta(1))),
        near_miss("变更电话不是终止", "The phone was changed", _bank(event="phone_changed")),
        near_miss("变更对账方式不是终止", "The method was changed", _bank(event="method_changed")),
        near_miss("变更对账周期不是终止", "The cycle was changed", _bank(event="cycle_changed")),
    ),
)
