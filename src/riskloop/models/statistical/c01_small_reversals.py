"""C01 小额反交易监测."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.undone import small_ones_by_teller

Row = Mapping[str, Any]


class Limits(Parameters):
    amount: Decimal = parameter(
        Decimal(50_000),
        zh="金额上限（不含）",
        en="Below this amount",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "建议值：与B09的单笔限额一致，达到的归B09逐笔核实。",
            "Our proposal: the limit of B09, which has each reversal of that amount or more verified.",
        ),
    )
    count: int = parameter(
        3,
        zh="单日笔数",
        en="Number in a day",
        unit="times",
        low=1,
        high=1000,
        why=Text(
            "建议值：一名柜员一天偶有一两笔差错属正常，三笔起值得分析。",
            "Our proposal: one or two slips a day happen; from the third on they deserve a look.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Tellers with the given number of small reversals or more on the day."""
    return small_ones_by_teller(bank, "reversal", below=p.amount, times=p.count)


def _reversals(*amounts: str, first: int = 1, **entry: Any) -> list[Row]:
    plain = {"kind": "reversal", "teller_id": "T1", "unit_id": "U1", "credit_account_id": "P1"}
    return [
        plain | {"entry_id": f"E{i}", "amount": Decimal(amount)} | entry
        for i, amount in enumerate(amounts, first)
    ]


def _bank(*groups: list[Row]) -> Mapping[str, list[Row]]:
    return {"journal": [entry for group in groups for entry in group]}


_TWO = _reversals("100.00", "200.00")


MODEL = Model(
    code="C01",
    version=1,
    name=Text("小额反交易监测", "Small reverse transactions"),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="teller",
    purpose=Text(
        "单笔小额反交易风险低，但同一柜员一天多笔，反映业务不熟、操作随意，或有意化整为零。",
        "One small reversal matters little. Several by one teller in a day show poor skill or careless work,"
        " or a sum split on purpose.",
    ),
    definition=Text(
        "同一柜员当日经办的、单笔金额低于限额的反交易达到规定笔数。",
        "One teller handled the given number or more of reversals on the day, each below the limit.",
    ),
    false_positives=Text(
        "新柜员上岗初期；系统故障或通信超时后的集中撤销。",
        "A new teller's first days; many items undone after a fault of a system or a line.",
    ),
    decided=Text(
        "按柜员逐日统计，不按网点统计。单笔达到限额的归B09，这里既不计笔数也不计金额；金额为这些小额反交易的人民币合计。"
        "因重复而由B09报出的小额反交易，这里照计。只认经办柜员；没有柜员的反交易（自助、系统）无从归属，不计。冲正归C02。"
        "机构取该柜员当日这些反交易的机构，有多个时取机构号最小的一个。",
        "Counted per teller and day, not per outlet. A reversal of the limit or more belongs to B09, and"
        " counts here neither in number nor in amount; the amount is the sum of the small ones in CNY. A"
        " small one that B09 reports for its repetition counts here as well. The handling teller alone"
        " counts; a reversal without one (self-service, the system) is nobody's and is left out. Corrections"
        " belong to C02. The unit is that of these entries, the lowest number where there are several.",
    ),
    drivers=("P1", "P2", "P4"),
    needs={"journal": ("entry_id", "booked_on", "unit_id", "teller_id", "kind", "amount_cny")},
    where_given={"journal": ("authoriser_id",)},
    parameters=Limits,
    lookback=1,
    compared={
        "limit": Text("金额上限（不含）", "Below this amount"),
        "times": Text("规定笔数", "Number in a day that counts"),
    },
    hits=hits,
    examples=(
        hit(
            "刚满三笔",
            "Exactly three",
            "T1",
            _bank(_TWO, _reversals("300.00", first=3, authoriser_id="T9")),
            evidence={"limit": 50_000, "times": 3},
        ),
        near_miss("只有两笔", "Only two", _bank(_TWO)),
        hit(
            "第三笔低于限额一分",
            "The third one fen below the limit",
            "T1",
            _bank(_TWO, _reversals("49999.99", first=3)),
        ),
        near_miss(
            "第三笔等于限额归B09", "The third exactly the limit", _bank(_TWO, _reversals("50000.00", first=3))
        ),
        near_miss(
            "第三笔是冲正",
            "The third is a correction",
            _bank(_TWO, _reversals("300.00", first=3, kind="correction")),
        ),
        near_miss(
            "第三笔是正常交易",
            "The third is a normal entry",
            _bank(_TWO, _reversals("300.00", first=3, kind="normal")),
        ),
        near_miss(
            "第三笔在前一日",
            "The third was the day before",
            _bank(_TWO, _reversals("300.00", first=3, booked_on=EXAMPLE_DAY - dt.timedelta(days=1))),
        ),
        near_miss(
            "两名柜员各两笔",
            "Two tellers, two each",
            _bank(_TWO, _reversals("100.00", "200.00", first=3, teller_id="T2")),
        ),
        near_miss(
            "没有柜员的不计",
            "Those without a teller",
            _bank(_reversals("100.00", "200.00", "300.00", teller_id=None)),
        ),
        hit(
            "在两个网点合并计数",
            "At two outlets, counted together",
            "T1",
            _bank(_TWO, _reversals("300.00", first=3, unit_id="U2")),
        ),
        hit(
            "合计超过B09限额仍归本模型",
            "Together more than the limit of B09",
            "T1",
            _bank(_reversals("40000.00", "40000.00", "40000.00")),
        ),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "T1",
            _bank(_TWO, _reversals("900000.00", first=3, currency="JPY", amount_cny=Decimal("43000.00"))),
        ),
    ),
)
