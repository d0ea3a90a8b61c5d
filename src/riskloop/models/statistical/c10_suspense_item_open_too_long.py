"""C10 销账账户挂账时间超限监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter


class Limits(Parameters):
    days: int = parameter(
        30,
        zh="挂账天数限额",
        en="Limit of days open",
        unit="days",
        low=0,
        high=3660,
        why=Text(
            "建议值：账户资料没有规定挂账期限的，一个月内应销账。",
            "Our proposal: where the account states no limit, an item is cleared within a month.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Suspense items not cleared by the end of the day that have hung longer than the limit."""
    items = bank.standing("suspense_items")
    accounts = bank.standing("accounts")
    hanging = items.filter(
        items.opened_on <= bank.day, items.cleared_on.isnull() | (items.cleared_on > bank.day)
    )
    known = hanging.left_join(accounts, hanging.account_id == accounts.account_id).select(
        hanging,
        unit_id=accounts.unit_id,
        currency=accounts.currency,
        days_open=bank.day.delta(hanging.opened_on, unit="day"),
        allowed=accounts.suspense_max_days.fill_null(p.days),
        limit_of_account=accounts.suspense_max_days.notnull(),
    )
    late = known.filter(known.days_open > known.allowed)
    return late.select(
        "unit_id",
        "account_id",
        "opened_on",
        "days_open",
        "limit_of_account",
        "currency",
        subject_id=ibis.literal("suspense_items:") + late.item_id,
        # No rate stands with an item: one in another currency is shown, and has no amount in CNY.
        amount=ibis.ifelse(late.currency == "CNY", late.amount, ibis.null()),
        hanging=late.amount,
        limit=late.allowed,
    )


def _ago(days: int) -> dt.date:
    return EXAMPLE_DAY - dt.timedelta(days=days)


def _bank(opened_ago: int, max_days: int | None = None, currency: str = "CNY", **item: Any):
    """One item of a suspense account, opened so many days ago."""
    plain = {"item_id": "I1", "account_id": "X1", "opened_on": _ago(opened_ago), "amount": Decimal("100.00")}
    account = {"account_id": "X1", "kind": "suspense", "unit_id": "U1", "currency": currency}
    return {
        "accounts": [account | {"suspense_max_days": max_days}],
        "suspense_items": [plain | item],
    }


MODEL = Model(
    code="C10",
    version=1,
    name=Text("销账账户挂账时间超限监测", "Suspense item open too long"),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="item",
    purpose=Text(
        "长期挂账的款项无人核对，容易掩盖差错、垫款和挪用，也可能最终形成损失。",
        "Money that hangs in suspense for long is watched by nobody: it hides errors, advances and theft,"
        " and may end as a loss.",
    ),
    definition=Text(
        "挂账项截至当日日终未销账，自挂账日起已超过规定天数（大于，不含等于）。",
        "An item not cleared by the end of the day has hung for more than the limit of days since it was"
        " opened (equal is not a hit).",
    ),
    false_positives=Text(
        "诉讼、查询、司法冻结等有依据的长期挂账；已处理而销账日未及时登记。",
        "Items that wait for good reason: a lawsuit, an inquiry, a court's order; items settled whose"
        " clearing was not recorded in time.",
    ),
    decided=Text(
        "账户资料规定了挂账期限的，以其为准（零表示当日必须销账），没有的用本模型的限额。挂账天数按日历天数，"
        "挂账当日为零天；当日销账的不报，次日才销账的当日照报。超限状态本身就是问题，未销账前每日报送。"
        "凡登记在挂账项表中的都适用，不问账户种类；账户资料中没有的账户用本模型的限额，机构为空。"
        "外币挂账列示原币金额，不折人民币。",
        "The limit that the account states goes first (zero: cleared on the day), else the limit of this"
        " model. Calendar days count, the day of opening is day zero; an item cleared on the day is none,"
        " one cleared tomorrow is one still. The state is the finding: it is a hit every day until the item"
        " is cleared. Every item in the table counts, whatever the kind of its account; one of an account"
        " that the standing data do not know has the limit of this model and no unit. In foreign currency"
        " the amount is shown and not converted.",
    ),
    drivers=("P6", "P1", "R2"),
    needs={
        "suspense_items": ("item_id", "account_id", "opened_on", "amount", "cleared_on"),
        "accounts": ("account_id", "unit_id", "currency"),
    },
    where_given={"accounts": ("suspense_max_days",)},
    parameters=Limits,
    # Standing data alone: how long an item has hung stands with it.
    lookback=1,
    compared={
        "opened_on": Text("挂账日", "Opened on"),
        "days_open": Text("已挂账天数", "Days open"),
        "limit": Text("挂账天数限额", "Limit of days open"),
        "limit_of_account": Text("限额由账户规定", "The account states the limit"),
        "hanging": Text("挂账金额", "Amount of the item"),
        "currency": Text("币种", "Currency"),
    },
    hits=hits,
    examples=(
        hit(
            "超过限额一天",
            "One day above the limit",
            "suspense_items:I1",
            _bank(31),
            evidence={
                "opened_on": _ago(31),
                "days_open": 31,
                "limit": 30,
                "limit_of_account": False,
                "hanging": 100,
                "currency": "CNY",
            },
        ),
        near_miss("等于限额不算超限", "Exactly the limit", _bank(30)),
        near_miss("当日挂账", "Opened today", _bank(0)),
        near_miss("当日销账", "Cleared today", _bank(31, cleared_on=EXAMPLE_DAY)),
        near_miss("早已销账", "Cleared long ago", _bank(90, cleared_on=_ago(80))),
        hit("次日才销账", "Cleared tomorrow", "suspense_items:I1", _bank(31, cleared_on=_ago(-1))),
        hit(
            "超过账户规定的期限一天",
            "One day above the limit of the account",
            "suspense_items:I1",
            _bank(6, 5),
            evidence={"days_open": 6, "limit": 5, "limit_of_account": True},
        ),
        near_miss("等于账户规定的期限", "Exactly the limit of the account", _bank(5, 5)),
        near_miss("账户规定的期限更长", "The account allows longer", _bank(60, 90)),
        hit(
            "账户规定当日销账",
            "The account wants items cleared on the day",
            "suspense_items:I1",
            _bank(1, 0),
            evidence={"days_open": 1, "limit": 0},
        ),
        near_miss("账户规定当日销账，当日挂账", "Cleared on the day wanted, opened today", _bank(0, 0)),
        near_miss("以后挂账的不计", "Opened after the day", _bank(-40, cleared_on=None)),
        hit(
            "外币挂账按原币列示",
            "In foreign currency",
            "suspense_items:I1",
            _bank(40, currency="USD"),
            evidence={"hanging": 100, "currency": "USD"},
        ),
        hit(
            "账户资料中没有的账户",
            "An account that the standing data do not know",
            "suspense_items:I1",
            _bank(31, 90, account_id="X9"),
            evidence={"limit": 30, "limit_of_account": False},
        ),
        hit(
            "本行将限额调为十天",
            "A bank's own limit of ten days",
            "suspense_items:I1",
            _bank(11),
            settings={"days": 10},
            evidence={"limit": 10},
        ),
    ),
)
