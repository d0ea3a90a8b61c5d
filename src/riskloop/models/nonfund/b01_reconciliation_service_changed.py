"""B01 企业对账服务信息变更监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.bank.subjects import subject_of
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter

TO_WHOM = ("contact_changed", "phone_changed", "address_changed")
CHANGES = (*TO_WHOM, "method_changed", "cycle_changed")


class Limits(Parameters):
    amount: Decimal = parameter(
        Decimal(500_000),
        zh="单笔大额支出限额",
        en="Limit of one large debit",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "建议值：企业对账人被更换后，五十万元以上的单笔支出应向企业核实。",
            "Our proposal: once the person who checks the statements was replaced, one debit of 500,000"
            " should be confirmed with the company.",
        ),
    )
    days: int = parameter(
        10,
        zh="变更后关注天数",
        en="Days watched from the change on",
        unit="days",
        low=1,
        high=60,
        why=Text(
            "建议值：挪用资金通常赶在下一次对账之前。",
            "Our proposal: whoever blinds the reconciliation takes the money before the next statement.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Changes of the day, and those of the window whose company bears a large debit today."""
    changes = _changes(bank, p)
    paid = _paid_today(bank, p, changes)
    known = changes.left_join(paid, "customer_id").select(
        changes,
        account_unit=paid.account_unit,
        largest=paid.largest,
        paying_accounts=paid.account_ids,
        changed_today=changes.booked_on == bank.day,
        large_debit=paid.largest.notnull(),
    )
    found = known.filter(known.changed_today | known.large_debit)
    return found.select(
        subject_id=ibis.literal(subject_of("reconciliation_events", "")) + found.event_id,
        unit_id=ibis.coalesce(found.unit_id, found.account_unit),
        amount=found.largest,
        teller_id=found.teller_id,
        account_id=found.account_id,
        account_ids=found.paying_accounts,
        customer_id=found.customer_id,
        to_whom=found.event.isin(TO_WHOM),
        changed_on=found.booked_on,
        changed_today=found.changed_today,
        large_debit=found.large_debit,
        limit=p.amount,
        days=p.days,
    )


def _changes(bank: Bank, p: Limits) -> Relation:
    """Changes of the window to the reconciliation service of corporate customers."""
    events = bank.window("reconciliation_events", p.days)
    customers = bank.standing("customers")
    changes = events.filter(events.event.isin(CHANGES))
    return changes.semi_join(customers.filter(customers.kind == "corporate"), "customer_id")


def _paid_today(bank: Bank, p: Limits, changes: Relation) -> Relation:
    """These customers with the largest debit of the day, null below the limit, and the accounts it left."""
    accounts = bank.standing("accounts").semi_join(changes, "customer_id")
    days = bank.today("account_days")
    large = days.filter(days.debit_max >= p.amount)
    moved = accounts.left_join(large, accounts.account_id == large.account_id).select(
        customer_id=accounts.customer_id,
        account_unit=accounts.unit_id,
        paying_account=large.account_id,
        debit_max=large.debit_max,
    )
    return moved.group_by("customer_id").aggregate(
        account_unit=moved.account_unit.min(),
        largest=moved.debit_max.max(),
        account_ids=moved.paying_account.collect(),
    )


def _ago(days: int) -> dt.date:
    return EXAMPLE_DAY - dt.timedelta(days=days)


def _debit(amount: str = "500000.00", **entry: Any) -> dict[str, Any]:
    return {"debit_account_id": "C1", "credit_account_id": "Q1", "amount": Decimal(amount)} | entry


def _bank(*debits: dict[str, Any], ago: int = 0, customer: str = "corporate", **change: Any):
    """A change to the service of customer K1, and what was paid out of accounts."""
    event = {
        "event_id": "R1",
        "customer_id": "K1",
        "event": "phone_changed",
        "unit_id": "U1",
        "teller_id": "T1",
        "booked_on": _ago(ago),
    }
    return {
        "customers": [{"customer_id": "K1", "kind": customer}, {"customer_id": "K2", "kind": "corporate"}],
        "accounts": [
            {"account_id": "C1", "kind": "corporate_current", "customer_id": "K1", "unit_id": "U1"},
            {"account_id": "C2", "kind": "corporate_current", "customer_id": "K1", "unit_id": "U1"},
            {"account_id": "C3", "kind": "corporate_current", "customer_id": "K2", "unit_id": "U1"},
        ],
        "reconciliation_events": [event | change],
        "journal": [{"entry_id": f"E{i}"} | debit for i, debit in enumerate(debits, 1)],
    }


R1 = "reconciliation_events:R1"

MODEL = Model(
    code="B01",
    version=1,
    name=Text("企业对账服务信息变更监测", "Change of corporate reconciliation-service data"),
    category="non_fund_movement",
    handling="itemised",
    grade="attention",
    subject="event",
    purpose=Text(
        "企业对账是发现账款被盗用的最后一道关口；更换对账联系人、电话、地址或方式，可使对账单到不了企业手中，"
        "变更后随即大额支出的更须核实。",
        "The statement that a company checks is the last thing to show that its money was taken. Who"
        " replaces its contact, phone, address or method keeps the statement away; a large debit soon after"
        " makes it urgent.",
    ),
    definition=Text(
        "单位客户当日变更对账联系人、电话、地址、方式或周期；或此类变更在截至当日的N个日历日内，"
        "而该客户账户当日发生单笔达到限额的支出。",
        "The contact, phone, address, method or cycle of a corporate customer's reconciliation service is"
        " changed today; or was changed within the N calendar days that end today, and an account of the"
        " customer bears a debit of the limit or more today.",
    ),
    false_positives=Text(
        "企业财务人员正常更替、办公地址搬迁、由纸质改为电子对账；日常支出本来就大的企业。",
        "A new finance officer, a moved office, paper replaced by electronic statements; a company whose"
        " payments are always large.",
    ),
    decided=Text(
        "后续支出在变更当日尚不可知，因此同一变更事项可在多日命中：变更当日必报，其后N日内（含变更当日共N个日历日）"
        "每有一日发生大额支出再报一次，并入同一未结事件。“大额支出”看该客户名下任一账户当日单笔最大借方正常交易，"
        "达到限额即算（含等于），不分在变更之前或之后、付给本人还是他人；反交易和冲正不计。“协议终止”不是信息变更，不报；"
        "个人客户和客户资料中没有的客户不报。金额为当日最大的一笔大额支出。机构取办理机构，没有的取客户账户中机构号最小的一个。",
        "What is paid later cannot be known on the day of the change, so one change may hit on several days:"
        " always on its own day, and again on each day of the N calendar days from then on (its own the"
        " first) that brings a large debit; these hits extend one open event. A large debit is the largest"
        " normal debit of the day on any account of the customer, equal to the limit included, before or"
        " after the hour of the change, to himself or to others; reversals and corrections do not count. An"
        " agreement that ended is no change of data. Personal customers, and those whom the standing data do"
        " not know, bring no hit. The amount is the largest large debit of the day. The unit is where the"
        " change was handled, else that of the customer's accounts, the lowest number of several.",
    ),
    drivers=("P7", "E3", "R2"),
    needs={
        "reconciliation_events": ("event_id", "booked_on", "customer_id", "event"),
        "customers": ("customer_id", "kind"),
        "accounts": ("account_id", "customer_id", "unit_id"),
        "account_days": ("account_id", "booked_on", "debit_max"),
    },
    where_given={"reconciliation_events": ("account_id", "unit_id", "teller_id")},
    parameters=Limits,
    lookback=lambda p: {"reconciliation_events": p.days},
    extends=lambda p: p.days,
    compared={
        "to_whom": Text("变更联系人、电话或地址", "Contact, phone or address changed"),
        "changed_on": Text("变更日", "Changed on"),
        "changed_today": Text("当日变更", "Changed today"),
        "large_debit": Text("当日有大额支出", "A large debit today"),
        "limit": Text("单笔大额支出限额", "Limit of one large debit"),
        "days": Text("变更后关注天数", "Days watched from the change on"),
    },
    hits=hits,
    examples=(
        hit(
            "当日变更，没有支出",
            "Changed today, nothing paid",
            R1,
            _bank(),
            evidence={
                "to_whom": True,
                "changed_on": EXAMPLE_DAY,
                "changed_today": True,
                "large_debit": False,
                "limit": 500_000,
                "days": 10,
            },
        ),
        hit(
            "当日变更，当日支出等于限额",
            "Changed today, and exactly the limit paid",
            R1,
            _bank(_debit()),
            evidence={"changed_today": True, "large_debit": True},
        ),
        hit(
            "当日变更，支出低于限额一分",
            "Changed today, and one fen less than the limit paid",
            R1,
            _bank(_debit("499999.99")),
            evidence={"large_debit": False},
        ),
        hit(
            "窗口首日变更，当日大额支出",
            "Changed on the first day of the window, a large debit today",
            R1,
            _bank(_debit(), ago=9),
            evidence={"changed_on": _ago(9), "changed_today": False, "large_debit": True},
        ),
        near_miss("在窗口前一天变更", "Changed a day before the window", _bank(_debit(), ago=10)),
        near_miss("前几日变更，当日没有支出", "Changed days ago, nothing paid today", _bank(ago=3)),
        near_miss(
            "前几日变更，当日支出低于限额一分",
            "Changed days ago, one fen less than the limit paid today",
            _bank(_debit("499999.99"), ago=3),
        ),
        near_miss(
            "大额支出也在前一日",
            "Changed days ago, the large debit yesterday",
            _bank(_debit(booked_on=_ago(1)), ago=3),
        ),
        near_miss(
            "两笔合计达到限额不算单笔",
            "Two debits that make the limit together",
            _bank(_debit("300000.00"), _debit("300000.00"), ago=3),
        ),
        near_miss("反交易不计", "A reversal", _bank(_debit(kind="reversal"), ago=3)),
        near_miss("冲正不计", "A correction", _bank(_debit(kind="correction"), ago=3)),
        near_miss(
            "大额收入不是支出",
            "A large credit",
            _bank(_debit(debit_account_id="Q1", credit_account_id="C1"), ago=3),
        ),
        near_miss(
            "另一客户的大额支出",
            "Another customer's large debit",
            _bank(_debit(debit_account_id="C3"), ago=3),
        ),
        hit(
            "由该客户的另一账户支出",
            "Paid out of another account of the customer",
            R1,
            _bank(_debit("800000.00", debit_account_id="C2"), ago=3, account_id="C1"),
            evidence={"large_debit": True},
        ),
        hit("变更联系人", "The contact", R1, _bank(event="contact_changed"), evidence={"to_whom": True}),
        hit("变更地址", "The address", R1, _bank(event="address_changed"), evidence={"to_whom": True}),
        hit("变更对账方式", "The method", R1, _bank(event="method_changed"), evidence={"to_whom": False}),
        hit("变更对账周期", "The cycle", R1, _bank(event="cycle_changed"), evidence={"to_whom": False}),
        near_miss("协议终止不是信息变更", "An agreement that ended", _bank(event="agreement_ended")),
        near_miss("个人客户", "A personal customer", _bank(_debit(), customer="personal")),
        near_miss("客户资料中没有的客户", "A customer whom nobody knows", _bank(customer_id="K9")),
        hit(
            "没有办理机构和柜员的自助变更",
            "Changed by the company itself, without a unit",
            R1,
            _bank(unit_id=None, teller_id=None),
        ),
        hit(
            "外币支出按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            R1,
            _bank(_debit("80000.00", currency="USD", amount_cny=Decimal("568000.00")), ago=1),
            evidence={"large_debit": True},
        ),
    ),
)
