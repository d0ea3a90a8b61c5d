"""B02 特殊重要交易监测."""

from decimal import Decimal
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import Model, Parameters, Text, code_list, hit, near_miss, parameter


class Limits(Parameters):
    codes: tuple[str, ...] = code_list(
        "9101",
        "9102",
        "9103",
        "9104",
        "9105",
        zh="特殊重要交易代码",
        en="Codes of special important transactions",
        why=Text(
            "建议值，只作占位：手工计息、倒起息、强制改状态、越权处理、内部账户参数修改。银行须换成自己的交易代码。",
            "Our placeholders for manual interest, backdated entry, forced status, override of an authority"
            " and change of an internal account's parameters: a bank puts in its own codes.",
        ),
    )
    count: int = parameter(
        1,
        zh="同柜员当日最少笔数",
        en="Least number of one teller in the day",
        unit="times",
        low=1,
        high=100,
        why=Text("建议值：一笔即核实。", "Our proposal: one is enough to be verified."),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Normal entries of the day with a listed code, of tellers who have `count` of them or more."""
    journal = bank.today("journal")
    special = journal.filter(journal.kind == "normal", journal.code.isin(p.codes))
    known = special.filter(special.teller_id.notnull())
    numbers = known.group_by("teller_id").aggregate(of_teller=known.count())
    counted = special.left_join(numbers, "teller_id")
    counted = counted.select(special, of_teller=counted.of_teller.fill_null(1))
    found = counted.filter(counted.of_teller >= p.count)
    return found.select(
        "unit_id",
        "entry_id",
        "teller_id",
        "authoriser_id",
        "code",
        "of_teller",
        subject_id=found.entry_id,
        amount=found.amount_cny,
        account_ids=ibis.array([found.debit_account_id, found.credit_account_id]),
        least=p.count,
    )


def _bank(*entries: dict[str, Any]):
    plain = {"code": "9101", "teller_id": "T1", "debit_account_id": "N1", "amount": Decimal("120.00")}
    return {"journal": [{"entry_id": f"E{i}"} | plain | entry for i, entry in enumerate(entries, 1)]}


MODEL = Model(
    code="B02",
    version=1,
    name=Text("特殊重要交易监测", "Special important transactions"),
    category="non_fund_movement",
    handling="itemised",
    grade="attention",
    subject="entry",
    purpose=Text(
        "手工计息、倒起息、强制改状态等交易绕过系统的正常控制，发生少而影响大，须逐笔看依据和授权。",
        "Manual interest, backdating or forcing a status steps around the system's own controls: rare and"
        " weighty, so that each needs its grounds and its authority looked at.",
    ),
    definition=Text(
        "当日交易代码列入特殊重要交易清单的正常交易，且同一柜员当日此类交易不少于最少笔数。",
        "A normal entry of the day whose transaction code is on the maintained list, of a teller who has at"
        " least the given number of them that day.",
    ),
    false_positives=Text(
        "经审批的利息调整和系统切换期间的集中处理。",
        "Adjustments of interest that were approved, and the work of a system's change-over.",
    ),
    decided=Text(
        "原词为“专门重要交易”，读作特殊重要交易。清单由银行维护，缺省代码只作占位。一笔分录为一个对象；"
        "没有柜员的交易按一笔计。只看正常交易，反交易和冲正由B09至B13监测。",
        "The word of the list of models is read as special. The codes are the bank's; ours hold the place."
        " The subject is the entry; one without a teller counts as one. Normal entries alone: what undoes"
        " others is looked at by B09 to B13.",
    ),
    drivers=("P5", "R4", "P4"),
    needs={"journal": ("entry_id", "booked_on", "kind", "code", "unit_id", "amount_cny")},
    where_given={"journal": ("teller_id", "authoriser_id", "debit_account_id", "credit_account_id")},
    parameters=Limits,
    lookback=1,
    compared={
        "code": Text("交易代码", "Transaction code"),
        "of_teller": Text("同柜员当日笔数", "Such entries of the teller in the day"),
        "least": Text("最少笔数", "Least number"),
    },
    hits=hits,
    examples=(
        hit(
            "清单内的第一个代码",
            "The first code on the list",
            "E1",
            _bank({}),
            evidence={"code": "9101", "of_teller": 1, "least": 1},
        ),
        hit("清单内的另一个代码", "Another code on the list", "E1", _bank({"code": "9105"})),
        near_miss("代码不在清单内", "A code that is not on the list", _bank({"code": "9106"})),
        near_miss("反交易不计", "A reversal", _bank({"kind": "reversal"})),
        near_miss("冲正不计", "A correction", _bank({"kind": "correction"})),
        hit("没有柜员的交易", "An entry without a teller", "E1", _bank({"teller_id": None})),
        hit(
            "本行要求同柜员两笔",
            "A bank that looks from the second on",
            "E1",
            _bank({}, {"code": "9104"}, {"teller_id": "T2"}, {"teller_id": None}),
            settings={"count": 2},
            also=("E2",),
            evidence={"of_teller": 2, "least": 2},
        ),
        hit(
            "本行自定清单",
            "A bank's own list",
            "E2",
            _bank({}, {"code": "77"}),
            settings={"codes": ("77",)},
            evidence={"code": "77"},
        ),
    ),
)
