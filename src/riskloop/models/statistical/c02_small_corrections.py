"""C02 小额错账冲正交易监测."""

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
        Decimal(10_000),
        zh="金额上限（不含）",
        en="Below this amount",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "建议值：与B11的金额下限一致，达到的归B11、B12逐笔核实。",
            "Our proposal: the lower limit of B11; with B12 it has each correction from there on verified.",
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
    """Tellers with the given number of small corrections or more on the day."""
    return small_ones_by_teller(bank, "correction", below=p.amount, times=p.count)


def _corrections(*amounts: str, first: int = 1, **entry: Any) -> list[Row]:
    plain = {"kind": "correction", "teller_id": "T1", "unit_id": "U1", "credit_account_id": "P1"}
    return [
        plain | {"entry_id": f"E{i}", "amount": Decimal(amount)} | entry
        for i, amount in enumerate(amounts, first)
    ]


def _bank(*groups: list[Row]) -> Mapping[str, list[Row]]:
    return {"journal": [entry for group in groups for entry in group]}


_TWO = _corrections("100.00", "200.00")


MODEL = Model(
    code="C02",
    version=1,
    name=Text("小额错账冲正交易监测", "Small error corrections"),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="teller",
    purpose=Text(
        "单笔小额冲正风险低，但同一柜员一天多笔，反映记账质量差、复核流于形式，或有意化整为零。",
        "One small correction matters little. Several by one teller in a day show poor bookkeeping and checks"
        " in name only, or a sum split on purpose.",
    ),
    definition=Text(
        "同一柜员当日经办的、单笔金额低于限额的错账冲正达到规定笔数。",
        "One teller handled the given number or more of corrections on the day, each below the limit.",
    ),
    false_positives=Text(
        "集中清理历史差错；系统差错后由指定柜员统一冲正。",
        "Old errors cleared in one go; corrections given to one teller after an error of a system.",
    ),
    decided=Text(
        "按柜员逐日统计，不按网点统计。单笔达到限额的归B11、B12，这里既不计笔数也不计金额；金额为这些小额冲正的人民币合计。"
        "只认经办柜员；没有柜员的冲正（系统自动）无从归属，不计。异地通存通兑的小额冲正照计，B13另报。反交易归C01。"
        "机构取该柜员当日这些冲正的机构，有多个时取机构号最小的一个。",
        "Counted per teller and day, not per outlet. A correction of the limit or more belongs to B11 or B12,"
        " and counts here neither in number nor in amount; the amount is the sum of the small ones in CNY."
        " The handling teller alone counts; a correction without one (the system) is nobody's and is left"
        " out. A small one of a deposit or withdrawal elsewhere counts, and B13 reports it as well. Reversals"
        " belong to C01. The unit is that of these entries, the lowest number where there are several.",
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
            _bank(_TWO, _corrections("300.00", first=3, authoriser_id="T9")),
            evidence={"limit": 10_000, "times": 3},
        ),
        near_miss("只有两笔", "Only two", _bank(_TWO)),
        hit(
            "第三笔低于限额一分",
            "The third one fen below the limit",
            "T1",
            _bank(_TWO, _corrections("9999.99", first=3)),
        ),
        near_miss(
            "第三笔等于限额归B11",
            "The third exactly the limit",
            _bank(_TWO, _corrections("10000.00", first=3)),
        ),
        near_miss(
            "第三笔是反交易",
            "The third is a reversal",
            _bank(_TWO, _corrections("300.00", first=3, kind="reversal")),
        ),
        near_miss(
            "第三笔是正常交易",
            "The third is a normal entry",
            _bank(_TWO, _corrections("300.00", first=3, kind="normal")),
        ),
        near_miss(
            "第三笔在前一日",
            "The third was the day before",
            _bank(_TWO, _corrections("300.00", first=3, booked_on=EXAMPLE_DAY - dt.timedelta(days=1))),
        ),
        near_miss(
            "两名柜员各两笔",
            "Two tellers, two each",
            _bank(_TWO, _corrections("100.00", "200.00", first=3, teller_id="T2")),
        ),
        near_miss(
            "没有柜员的不计",
            "Those without a teller",
            _bank(_corrections("100.00", "200.00", "300.00", teller_id=None)),
        ),
        hit(
            "在两个网点合并计数",
            "At two outlets, counted together",
            "T1",
            _bank(_TWO, _corrections("300.00", first=3, unit_id="U2")),
        ),
        hit(
            "合计超过B11下限仍归本模型",
            "Together more than the lower limit of B11",
            "T1",
            _bank(_corrections("8000.00", "8000.00", "8000.00")),
        ),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "T1",
            _bank(_TWO, _corrections("90000.00", first=3, currency="JPY", amount_cny=Decimal("4300.00"))),
        ),
    ),
)
