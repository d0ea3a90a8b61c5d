"""B15 往来户凭证解挂监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.bank.subjects import subject_of
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss

CORPORATE_KINDS = ("corporate_current", "corporate_time")


class NoLimits(Parameters):
    """Every such release counts."""


def hits(bank: Bank, p: NoLimits) -> Relation:  # noqa: ARG001
    """Releases of the day of loss reports on vouchers of corporate accounts."""
    events, accounts = bank.today("maintenance_events"), bank.standing("accounts")
    released = events.filter(events.event == "loss_released", events.subject == "voucher")
    corporate = accounts.filter(accounts.kind.isin(CORPORATE_KINDS))
    found = released.inner_join(corporate, released.account_id == corporate.account_id)
    return found.select(
        subject_id=ibis.literal(subject_of("maintenance_events", "")) + released.event_id,
        unit_id=released.unit_id,
        # The event's amount is in the account's currency, without a rate.
        amount=ibis.ifelse(corporate.currency == "CNY", released.amount, ibis.null()),
        teller_id=released.teller_id,
        authoriser_id=released.authoriser_id,
        account_id=released.account_id,
        customer_id=corporate.customer_id,
        time_deposit=corporate.kind == "corporate_time",
        currency=corporate.currency,
        voucher_amount=released.amount,
    )


def _bank(account_kind: str = "corporate_current", currency: str = "CNY", **event: Any):
    """One release on a voucher of account C1."""
    release = {
        "event_id": "M1",
        "subject": "voucher",
        "account_id": "C1",
        "event": "loss_released",
        "unit_id": "U1",
        "teller_id": "T1",
    }
    account = {"account_id": "C1", "kind": account_kind, "customer_id": "K1", "currency": currency}
    return {"accounts": [account], "maintenance_events": [release | event]}


M1 = "maintenance_events:M1"

MODEL = Model(
    code="B15",
    version=1,
    name=Text("往来户凭证解挂监测", "Release of loss report on corporate vouchers"),
    category="non_fund_movement",
    handling="itemised",
    grade="attention",
    subject="event",
    purpose=Text(
        "单位支票、存单等凭证挂失后又解挂，凭证重新可以付款；解挂若非单位真实意愿，可能是冒用或内外勾结。",
        "Once the loss report on a company's cheque or certificate is released, the voucher pays again: if"
        " the company did not want it, somebody uses it in its name, perhaps with help from inside.",
    ),
    definition=Text(
        "当日解除单位账户（往来户、对公定期）凭证的挂失，不论金额。",
        "The loss report on a voucher of a corporate account, current or time, is released today, whatever"
        " the amount.",
    ),
    false_positives=Text(
        "单位找回凭证后持公函和印鉴正常解挂；挂失时凭证号录错后更正。",
        "The company found the voucher and asks for the release with its letter and seal; a wrong voucher"
        " number in the report is put right.",
    ),
    decided=Text(
        "“往来户”按单位账户理解，包括对公定期存单；个人和内部账户的凭证不报，存款挂失的解除不报（个人的归B03）。"
        "账户资料中没有的账户不报。同一凭证一日两次解挂为两个事项，各报一次。"
        "外币账户没有汇率可折算，不列人民币金额。机构取解挂机构。",
        "The name's current accounts are read as a company's accounts, certificates of time deposits"
        " included; vouchers of persons and of the bank's own accounts do not count, nor releases of"
        " deposits (those of persons belong to B03), nor accounts that the standing data do not know. Two"
        " releases of one voucher in a day are two events. In foreign currency there is no rate and no"
        " amount in CNY. The unit is that of the release.",
    ),
    drivers=("P3", "E3", "R3"),
    needs={
        "maintenance_events": ("event_id", "booked_on", "subject", "account_id", "event", "unit_id"),
        "accounts": ("account_id", "kind", "currency"),
    },
    where_given={
        "maintenance_events": ("amount", "teller_id", "authoriser_id"),
        "accounts": ("customer_id",),
    },
    parameters=NoLimits,
    lookback=1,
    compared={
        "time_deposit": Text("对公定期账户", "A corporate time deposit"),
        "voucher_amount": Text("凭证金额", "Amount of the voucher"),
        "currency": Text("币种", "Currency"),
    },
    hits=hits,
    examples=(
        hit(
            "往来户支票解挂",
            "A cheque of a current account",
            M1,
            _bank(authoriser_id="T2", amount=Decimal("3000.00")),
            evidence={
                "time_deposit": False,
                "voucher_amount": 3000,
                "currency": "CNY",
            },
        ),
        hit(
            "对公定期存单解挂",
            "A certificate of a corporate time deposit",
            M1,
            _bank("corporate_time"),
            evidence={"time_deposit": True, "voucher_amount": None},
        ),
        hit(
            "金额为零的空白凭证",
            "A blank voucher, of amount zero",
            M1,
            _bank(amount=Decimal("0.00")),
            evidence={"voucher_amount": 0},
        ),
        hit(
            "外币凭证按原币列示",
            "In foreign currency",
            M1,
            _bank(currency="USD", amount=Decimal("500.00")),
            evidence={"voucher_amount": 500, "currency": "USD"},
        ),
        near_miss("挂失不是解挂", "A loss report", _bank(event="loss_reported")),
        near_miss("存款解挂不是凭证解挂", "A deposit", _bank(subject="deposit")),
        near_miss("个人结算账户的凭证", "A voucher of a person", _bank("personal_settlement")),
        near_miss("个人定期存单", "A person's time deposit", _bank("personal_time")),
        near_miss("内部账户的凭证", "A voucher of an internal account", _bank("internal")),
        near_miss(
            "前一日的解挂",
            "Released the day before",
            _bank(booked_on=EXAMPLE_DAY - dt.timedelta(days=1)),
        ),
        near_miss(
            "账户资料中没有的账户",
            "An account that the standing data do not know",
            _bank(account_id="C9"),
        ),
    ),
)
