"""C19 优质客户注册电子银行监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.customer_events import as_hits

V1 = "ebank_events:V1"


class Limits(Parameters):
    amount: Decimal = parameter(
        Decimal(200_000),
        zh="余额标准",
        en="Balance that makes a premium customer",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "建议值：余额二十万元以上的客户，电子银行被冒开后损失较大。",
            "Our proposal: with 200,000 or more at hand, e-banking opened by a stranger costs much.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Registrations of the day by customers of the premium segment, or with so much on their accounts."""
    events, customers = bank.today("ebank_events"), bank.standing("customers")
    registered = bank.few(events.filter(events.event == "registered"))
    sums = _sums(bank, registered)
    known = (
        registered.left_join(customers, registered.customer_id == customers.customer_id)
        .left_join(sums, registered.customer_id == sums.customer_id)
        .select(
            registered,
            balance=sums.balance,
            premium=(customers.segment == "premium").fill_null(False),
            reaches_limit=(sums.balance >= p.amount).fill_null(False),
        )
    )
    found = known.filter(known.premium | known.reaches_limit)
    return as_hits(
        bank,
        "ebank_events",
        found,
        events=registered,
        amount=found.balance,
        channel=found.channel,
        premium=found.premium,
        reaches_limit=found.reaches_limit,
        limit=p.amount,
    )


def _sums(bank: Bank, registered: Relation) -> Relation:
    """What these customers have on their CNY accounts by the balances of the day, added together."""
    accounts, balances = bank.standing("accounts"), bank.today("balances")
    in_cny = accounts.filter(accounts.currency == "CNY").semi_join(registered, "customer_id")
    own = bank.few(in_cny.select("account_id", "customer_id"))
    stated = balances.inner_join(own, balances.account_id == own.account_id).select(
        customer_id=own.customer_id, closing=balances.closing
    )
    return stated.group_by("customer_id").aggregate(balance=stated.closing.sum())


def _bank(*closings: str, segment: str | None = None, second: dict[str, Any] | None = None, **event: Any):
    """A customer who registers, with the closing balances of his accounts; `second` changes the second."""
    plain = {"event_id": "V1", "customer_id": "K1", "event": "registered", "channel": "mobile"}
    accounts = [{"account_id": f"P{i}", "customer_id": "K1", "unit_id": "U1"} for i in (1, 2)]
    accounts[1] |= second or {}
    return {
        "customers": [{"customer_id": "K1", "kind": "personal", "segment": segment}],
        "accounts": accounts,
        "balances": [
            {"account_id": f"P{i}", "closing": Decimal(closing)} for i, closing in enumerate(closings, 1)
        ],
        "ebank_events": [plain | event],
    }


_YESTERDAY = EXAMPLE_DAY - dt.timedelta(days=1)

MODEL = Model(
    code="C19",
    version=1,
    name=Text("优质客户注册电子银行监测", "Premium customer registers e-banking"),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="event",
    purpose=Text(
        "优质客户资金多，一旦被他人冒名注册电子银行，或由员工代办并掌握密码，损失大；应及时回访确认。",
        "A premium customer has much to lose when a stranger registers e-banking in his name, or staff do it"
        " for him and keep the password; a call back confirms it.",
    ),
    definition=Text(
        "当日注册电子银行的客户属于优质客户层级，或其账户当日余额合计达到或超过余额标准（含等于）。",
        "A customer who registered for e-banking on the day is of the premium segment, or the closing"
        " balances of his accounts that day make the amount or more (equal is a hit).",
    ),
    false_positives=Text(
        "客户本人正常注册；客户经理营销优质客户使用电子银行；大额资金只是当日过账。",
        "A customer who registers himself; a campaign among premium customers; a large sum that was there"
        " only for the day.",
    ),
    decided=Text(
        "层级为premium或余额达标，符合一项即报；网上、电话和手机银行的注册都计，不分个人和单位，以事项为对象。"
        "余额取该客户各人民币账户当日日终余额之和，透支为负数抵减；只用当日的余额，"
        "银行至少应在有发生额的日子报余额，当日没有报余额的账户不计入。外币余额没有当日汇率，不计。"
        "银行不提供客户层级的只看余额，当日没有余额的只看层级。金额为该余额合计。"
        "办理机构为空的取事项账户的开户机构，仍没有的取客户各账户中机构号最小的一个。",
        "Segment `premium` or the balance, either is enough. Registrations for the internet, the phone and"
        " the mobile bank count, of persons and companies alike; the subject is the event. The balance is"
        " the sum of the day's closing balances of the customer's CNY accounts, an overdraft taken off. Only"
        " balances of the day count: a bank states them at least on days with movement, and an account"
        " without one adds nothing. Foreign currency adds nothing, as no rate stands with a balance. Where"
        " the bank gives no segment the balance alone decides, and without a balance the segment. The amount"
        " is that sum. The unit is where it was handled, else that of the event's account, else the lowest"
        " number among the customer's accounts.",
    ),
    drivers=("E3", "P5", "P7"),
    needs={
        "ebank_events": ("event_id", "booked_on", "customer_id", "channel", "event"),
        "customers": ("customer_id",),
        "accounts": ("account_id", "customer_id", "unit_id", "currency"),
        "balances": ("account_id", "as_of", "closing"),
    },
    where_given={
        "ebank_events": ("account_id", "unit_id", "teller_id"),
        "customers": ("segment",),
    },
    parameters=Limits,
    lookback=1,
    compared={
        "channel": Text("注册渠道", "Channel registered"),
        "premium": Text("优质客户层级", "Of the premium segment"),
        "reaches_limit": Text("余额达到标准", "The balance reaches the amount"),
        "limit": Text("余额标准", "Balance that makes a premium customer"),
    },
    hits=hits,
    examples=(
        hit(
            "余额等于标准",
            "Exactly the balance",
            V1,
            _bank("200000.00", teller_id="T1", unit_id="U1"),
            evidence={"channel": "mobile", "premium": False, "reaches_limit": True, "limit": 200_000},
        ),
        near_miss("余额低于标准一分", "One fen below the balance", _bank("199999.99")),
        hit(
            "两个账户合计达到标准",
            "Two accounts make the balance together",
            V1,
            _bank("150000.00", "50000.00"),
            evidence={"reaches_limit": True},
        ),
        near_miss("透支抵减", "An overdraft is taken off", _bank("200000.00", "-0.01")),
        near_miss(
            "外币账户不计", "In foreign currency", _bank("1.00", "900000.00", second={"currency": "USD"})
        ),
        near_miss(
            "另一客户的账户不计",
            "Another customer's account",
            _bank("1.00", "900000.00", second={"customer_id": "K2"}),
        ),
        near_miss(
            "前一日的余额不计",
            "A balance of the day before",
            _bank() | {"balances": [{"account_id": "P1", "as_of": _YESTERDAY, "closing": Decimal(900_000)}]},
        ),
        hit(
            "优质层级，余额不足",
            "Of the premium segment, with little on the account",
            V1,
            _bank("10.00", segment="premium"),
            evidence={"premium": True, "reaches_limit": False},
        ),
        hit(
            "优质层级，当日没有余额",
            "Of the premium segment, without a balance of the day",
            V1,
            _bank(segment="premium", channel="internet", account_id="P2"),
            evidence={"channel": "internet", "premium": True, "reaches_limit": False},
        ),
        hit(
            "两项都符合",
            "Both",
            V1,
            _bank("300000.00", segment="premium"),
            evidence={"premium": True, "reaches_limit": True},
        ),
        near_miss("普通层级", "Of another segment", _bank("10.00", segment="mass")),
        hit(
            "客户资料中没有的客户看余额",
            "A customer whom nobody knows, by his balance",
            V1,
            _bank("300000.00") | {"customers": []},
            evidence={"premium": False, "reaches_limit": True},
        ),
        near_miss("前一日注册", "Registered the day before", _bank(segment="premium", booked_on=_YESTERDAY)),
        near_miss("注销不是注册", "Cancelled, not registered", _bank("900000.00", "0.00", event="cancelled")),
        near_miss(
            "开通转账不是注册", "Transfers were opened", _bank(segment="premium", event="transfer_opened")
        ),
    ),
)
