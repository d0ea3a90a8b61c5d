"""B06 单日同一客户办理网上托管账户业务超限监测."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter

Hostings = Sequence[Mapping[str, Any]]


class Limits(Parameters):
    count: int = parameter(
        2,
        zh="单日托管笔数限额",
        en="Limit of hostings a day",
        unit="times",
        low=1,
        high=100,
        why=Text(
            "建议值：家庭成员之间一天办理一两笔托管属正常。",
            "Our proposal: one or two hostings a day are usual within a family.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Customers who granted, or took over, more hostings on the day than the limit."""
    parts = _parts(bank)
    customers = parts.group_by(subject_id=parts.customer_id).aggregate(
        unit_id=parts.unit_id.min(),
        granted=parts.granted.sum(),
        administered=parts.administered.sum(),
        account_ids=parts.account_id.collect(),
        customer_ids=parts.other_id.collect(),
    )
    many = customers.filter((customers.granted > p.count) | (customers.administered > p.count))
    return many.select(
        "subject_id",
        "unit_id",
        "account_ids",
        "customer_ids",
        "granted",
        "administered",
        count=ibis.greatest(many.granted, many.administered),
        customer_id=many.subject_id,
        limit=p.count,
    )


def _parts(bank: Bank) -> Relation:
    """The hostings that began today, once for the grantor and once for the administrator."""
    hosted, accounts = bank.standing("hosted_accounts"), bank.standing("accounts")
    started = hosted.filter(hosted.started_on == bank.day)
    known = started.left_join(accounts, started.account_id == accounts.account_id).select(
        grantor_id=started.grantor_id,
        administrator_id=started.administrator_id,
        account_id=started.account_id,
        unit_id=accounts.unit_id,
    )
    sides = [
        known.select(
            "account_id",
            "unit_id",
            customer_id=known[own],
            other_id=known[other],
            granted=ibis.literal(int(own == "grantor_id")),
            administered=ibis.literal(int(own == "administrator_id")),
        )
        for own, other in (("grantor_id", "administrator_id"), ("administrator_id", "grantor_id"))
    ]
    return sides[0].union(sides[1])


def _granted(number: int, first: int = 1, **hosting: Any) -> Hostings:
    """Hostings by which K1 hands his accounts to other customers."""
    return [
        _hosting(i) | {"grantor_id": "K1", "administrator_id": f"G{i}"} | hosting
        for i in range(first, first + number)
    ]


def _administered(number: int, first: int = 1, **hosting: Any) -> Hostings:
    """Hostings by which K1 takes over the accounts of other customers."""
    return [
        _hosting(i) | {"grantor_id": f"G{i}", "administrator_id": "K1"} | hosting
        for i in range(first, first + number)
    ]


def _hosting(number: int) -> dict[str, Any]:
    return {"hosting_id": f"H{number}", "account_id": f"P{number}", "started_on": EXAMPLE_DAY}


def _bank(*groups: Hostings, known: bool = True) -> Mapping[str, Hostings]:
    hosted = [hosting for group in groups for hosting in group]
    accounts = [
        {"account_id": h["account_id"], "customer_id": h["grantor_id"], "unit_id": "U1"} for h in hosted
    ]
    distinct = list({account["account_id"]: account for account in accounts}.values())
    return {"hosted_accounts": hosted, "accounts": distinct if known else []}


MODEL = Model(
    code="B06",
    version=1,
    name=Text(
        "单日同一客户办理网上托管账户业务超限监测",
        "Too many account-hosting set-ups by one customer in a day",
    ),
    category="non_fund_movement",
    handling="itemised",
    grade="attention",
    subject="customer",
    purpose=Text(
        "网上托管把账户的操作权交给他人；一人一日受托多个账户，可能是收集他人账户转移资金，"
        "一人一日委托多笔，可能是出租出借账户或受骗。",
        "Hosting hands an account to somebody else's internet bank. Who takes over many in a day may be"
        " gathering accounts to move money through; who hands over many may be lending them out, or be"
        " deceived.",
    ),
    definition=Text(
        "同一客户当日作为委托人，或作为受托人，新建立的网上托管关系笔数超过限额（大于，不含等于）。",
        "On the day one customer set up more hostings as grantor, or as administrator, than the limit"
        " (equal is not a hit).",
    ),
    false_positives=Text(
        "子女一次为父母的多个账户办理托管；客户换卡后重新办理。",
        "A child who takes over several accounts of the parents at once; hostings made anew after a card"
        " was replaced.",
    ),
    decided=Text(
        "委托与受托分别计数，不相加，任一方超限即报，两个笔数都列示；笔数取较大的一方。每个托管关系计一笔，"
        "同一账户托管给两人计两笔，当日解除的照计。以托管关系的起始日为准，是否由柜面办理不分。"
        "托管关系没有机构和柜员，机构取被托管账户的开户机构，有多个时取机构号最小的一个。",
        "Hostings granted and hostings administered are counted apart and not added together; either above"
        " the limit is a hit, and both counts are shown, the greater as the count of the hit. Each relation"
        " counts once, an account hosted by two people twice, ended the same day or not. The day on which"
        " it began decides, at the counter or not. A hosting names no unit and no teller: the unit is that of"
        " the hosted accounts, the lowest number where there are several.",
    ),
    drivers=("E4", "E3"),
    needs={
        "hosted_accounts": ("account_id", "grantor_id", "administrator_id", "started_on"),
        "accounts": ("account_id", "unit_id"),
    },
    parameters=Limits,
    # Standing data alone.
    lookback=1,
    compared={
        "granted": Text("当日委托笔数", "Hostings granted today"),
        "administered": Text("当日受托笔数", "Hostings administered from today"),
        "limit": Text("单日托管笔数限额", "Limit of hostings a day"),
    },
    hits=hits,
    examples=(
        hit(
            "委托超过限额一笔",
            "Granted, one above the limit",
            "K1",
            _bank(_granted(3)),
            evidence={"granted": 3, "administered": 0, "limit": 2},
        ),
        near_miss("委托等于限额不算超限", "Granted, exactly the limit", _bank(_granted(2))),
        hit(
            "受托超过限额一笔",
            "Administered, one above the limit",
            "K1",
            _bank(_administered(3)),
            evidence={"granted": 0, "administered": 3},
        ),
        near_miss("受托等于限额不算超限", "Administered, exactly the limit", _bank(_administered(2))),
        near_miss(
            "委托与受托不相加",
            "Granted and administered are not added together",
            _bank(_granted(2), _administered(2, 3)),
        ),
        hit(
            "两人之间三笔，双方都超限",
            "Three between two people: both are above the limit",
            "K1",
            _bank(_granted(3, administrator_id="K2")),
            also=("K2",),
            evidence={"granted": 3, "administered": 0},
        ),
        hit(
            "同一账户托管给三人计三笔",
            "One account hosted by three",
            "K1",
            _bank(_granted(3, account_id="P1")),
            evidence={"granted": 3},
        ),
        hit(
            "当日解除的照计",
            "One that ended the same day counts",
            "K1",
            _bank(_granted(2), _granted(1, 3, ended_on=EXAMPLE_DAY)),
        ),
        near_miss(
            "其中一笔始于前一日",
            "One of the three began the day before",
            _bank(_granted(2), _granted(1, 3, started_on=EXAMPLE_DAY - dt.timedelta(days=1))),
        ),
        near_miss(
            "其中一笔始于次日",
            "One of the three begins tomorrow",
            _bank(_granted(2), _granted(1, 3, started_on=EXAMPLE_DAY + dt.timedelta(days=1))),
        ),
        near_miss(
            "两名客户各自未超限",
            "Two customers, each within the limit",
            _bank(_granted(2), _granted(2, 3, grantor_id="K2")),
        ),
        hit(
            "账户资料中没有的账户照计",
            "Accounts that the standing data do not know",
            "K1",
            _bank(_granted(3), known=False),
        ),
        hit(
            "本行将限额调为四笔",
            "A bank's own limit of four",
            "K1",
            _bank(_administered(5), _granted(4, 6)),
            settings={"count": 4},
            evidence={"granted": 4, "administered": 5, "limit": 4},
        ),
    ),
)
