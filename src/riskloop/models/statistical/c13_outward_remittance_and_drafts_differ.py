"""C13 汇出汇款账户余额与汇票登记簿余额不符监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter


class Limits(Parameters):
    tolerance: Decimal = parameter(
        Decimal(0),
        zh="容差",
        en="Tolerance",
        unit="account_currency",
        low=0,
        high=10**9,
        why=Text("账簿应逐分相符。", "Book and register must agree to the fen."),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Outward-remittance accounts whose closing balance is not what the draft register has outstanding."""
    accounts, balances = bank.standing("accounts"), bank.today("balances").select("account_id", "closing")
    remittance = accounts.filter(accounts.kind == "outward_remittance").select(
        "account_id", "unit_id", "currency"
    )
    register = bank.today("draft_register").select("account_id", "outstanding")
    known = bank.few(remittance).left_join(balances, "account_id").left_join(register, "account_id")
    both = known.select(
        "account_id",
        "unit_id",
        "currency",
        closing=known.closing.fill_null(0),
        stated=known.closing.notnull(),
        outstanding=known.outstanding.fill_null(0),
    )
    apart = both.mutate(gap=both.closing - both.outstanding)
    found = apart.filter(apart.gap.abs() > p.tolerance)
    return found.mutate(
        subject_id=found.account_id,
        # No rate stands with a balance: a difference in another currency has no amount in CNY.
        amount=ibis.ifelse(found.currency == "CNY", found.gap.abs(), ibis.null()),
        tolerance=p.tolerance,
    )


def _bank(closing: str | None, outstanding: str | None, register_ago: int = 0, **account: Any):
    """One account with its closing balance, and what the register has outstanding of it."""
    day = EXAMPLE_DAY - dt.timedelta(days=register_ago)
    row = {"as_of": day, "account_id": "N1", "unit_id": "U1"}
    return {
        "accounts": [{"account_id": "N1", "kind": "outward_remittance", "unit_id": "U1"} | account],
        "balances": [] if closing is None else [{"account_id": "N1", "closing": Decimal(closing)}],
        "draft_register": [] if outstanding is None else [row | {"outstanding": Decimal(outstanding)}],
    }


MODEL = Model(
    code="C13",
    version=1,
    name=Text(
        "汇出汇款账户余额与汇票登记簿余额不符监测",
        "Outward-remittance balance differs from the draft register",
    ),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="account",
    purpose=Text(
        "汇出汇款账户反映已收款未兑付的汇票；账簿不符说明有汇票未登记、重复兑付，或资金被挪用后以登记簿掩盖。",
        "The account holds what drafts were paid for and not yet paid out. When it is not what the register"
        " says, a draft was not registered or was paid twice, or money was taken and the register hides it.",
    ),
    definition=Text(
        "汇出汇款账户日终余额与汇票登记簿未兑付余额之差超过容差，多出少出都算。",
        "The closing balance of an outward-remittance account and the register's outstanding balance differ"
        " by more than the tolerance, either way.",
    ),
    false_positives=Text(
        "汇票当日签发次日登记；兑付款项在途；登记簿与账务日切时间不同。",
        "A draft issued today and registered tomorrow; a payment on its way; register and books that close"
        " at different hours.",
    ),
    decided=Text(
        "逐户比较，容差按账户币种计，等于容差不报。账户当日有余额而登记簿没有该户的，登记簿按零计；登记簿有而当日没有报余额的，"
        "余额按零计并标示未报（否则少报一户即可掩盖差异）。差异的状态本身就是问题，未查清前每日报送。外币账户列示差额，不折人民币。",
        "Account by account; the tolerance is in the account's currency, and equal to it is not a hit. Where"
        " the register does not have an account that states a balance, it counts as nothing outstanding."
        " Where the register has an account that states no balance on the day, the balance counts as nothing"
        " and is marked as not stated (to leave an account out would hide a difference otherwise). The state"
        " is the finding: it is a hit every day until it is cleared. In foreign currency the difference is"
        " shown and not converted.",
    ),
    drivers=("P1", "P3", "P7"),
    needs={
        "balances": ("account_id", "as_of", "closing"),
        "draft_register": ("account_id", "as_of", "outstanding"),
        "accounts": ("account_id", "kind", "unit_id", "currency"),
    },
    parameters=Limits,
    lookback=1,
    compared={
        "closing": Text("账户日终余额", "Closing balance"),
        "stated": Text("当日报有余额", "Balance stated on the day"),
        "outstanding": Text("登记簿未兑付余额", "Outstanding by the register"),
        "gap": Text("差额", "Difference"),
        "currency": Text("币种", "Currency"),
        "tolerance": Text("容差", "Tolerance"),
    },
    hits=hits,
    examples=(
        hit(
            "账户多一分",
            "One fen more on the account",
            "N1",
            _bank("5000.01", "5000.00"),
            evidence={
                "closing": Decimal("5000.01"),
                "stated": True,
                "outstanding": 5000,
                "gap": Decimal("0.01"),
                "currency": "CNY",
                "tolerance": 0,
            },
        ),
        hit(
            "账户少一分",
            "One fen less on the account",
            "N1",
            _bank("4999.99", "5000.00"),
            evidence={"gap": Decimal("-0.01")},
        ),
        near_miss("账簿相符", "Book and register agree", _bank("5000.00", "5000.00")),
        hit(
            "登记簿没有该户",
            "The register does not have the account",
            "N1",
            _bank("0.01", None),
            evidence={"outstanding": 0},
        ),
        near_miss("登记簿没有而余额为零", "Not in the register, and nothing on it", _bank("0.00", None)),
        hit(
            "登记簿有而当日没有报余额",
            "In the register, and no balance stated on the day",
            "N1",
            _bank(None, "0.01"),
            evidence={"closing": 0, "stated": False, "gap": Decimal("-0.01")},
        ),
        near_miss("登记簿为零，没有报余额", "Nothing in the register, no balance", _bank(None, "0.00")),
        near_miss("登记簿和余额都没有", "Neither in the register nor with a balance", _bank(None, None)),
        hit(
            "前一日的登记簿不算",
            "The register of the day before does not count",
            "N1",
            _bank("5000.00", "5000.00", register_ago=1),
            evidence={"outstanding": 0},
        ),
        near_miss("其他内部账户不适用", "Another internal account", _bank("9.00", "5.00", kind="internal")),
        hit(
            "外币差额按原币列示",
            "A difference in foreign currency",
            "N1",
            _bank("20.00", "0.00", currency="USD"),
            evidence={"gap": 20, "currency": "USD"},
        ),
        near_miss(
            "等于容差不报",
            "Exactly the tolerance",
            _bank("5010.00", "5000.00"),
            settings={"tolerance": Decimal(10)},
        ),
        hit(
            "超过容差一分",
            "One fen beyond the tolerance",
            "N1",
            _bank("5010.01", "5000.00"),
            settings={"tolerance": Decimal(10)},
        ),
    ),
)
