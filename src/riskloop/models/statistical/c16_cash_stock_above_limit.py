"""C16 现金库存超限监测."""

import datetime as dt
from collections.abc import Mapping, Sequence
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
        unit="CNY",
        low=0,
        high=10**9,
        why=Text(
            "限额由本行逐箱核定，已留余地，超过即应上缴。",
            "The bank sets the limit of each box with room to spare: what exceeds it is to be handed in.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Outlets with boxes that closed the day above their limit by more than the tolerance."""
    boxes = bank.today("cash_boxes")
    over = boxes.filter(boxes.closing > boxes.ceiling + p.tolerance)
    # In the order of the numbers, which no engine keeps by itself.
    numbers = over.box_id.collect().sort()
    separator: Relation = ibis.literal(", ")
    outlets = over.group_by("unit_id").aggregate(
        count=over.count(),
        amount=(over.closing - over.ceiling).sum(),
        teller_ids=over.teller_id.collect(),
        closing=over.closing.sum(),
        ceiling=over.ceiling.sum(),
        boxes=separator.join(numbers),
    )
    return outlets.mutate(subject_id=outlets.unit_id, tolerance=p.tolerance)


def _box(closing: str, number: int = 1, **box: Any) -> dict[str, Any]:
    """A box with a limit of 300,000."""
    plain = {"box_id": f"X{number}", "unit_id": "U1", "teller_id": f"T{number}"}
    return plain | {"closing": Decimal(closing), "ceiling": Decimal(300_000)} | box


def _bank(*boxes: Mapping[str, Any]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    return {"cash_boxes": boxes}


MODEL = Model(
    code="C16",
    version=1,
    name=Text("现金库存超限监测", "Cash stock over limit"),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="outlet",
    purpose=Text(
        "现金超限额过夜，增加被盗抢、挪用和短款的损失，也占用资金；经常超限说明未按规定上缴。",
        "Cash kept overnight above the limit is more to lose by robbery, theft or a shortage, and earns"
        " nothing; an outlet often above it does not hand in its cash as it should.",
    ),
    definition=Text(
        "网点当日有现金箱（库）的日终余额超过其限额加容差（等于不报）；每个网点每日汇总为一条，列示超限箱号、箱数、余额与限额合计。",
        "A cash box or vault of the outlet closes the day above its limit by more than the tolerance (equal"
        " is not a hit); one hit an outlet a day, with the number of such boxes and the sums of what they"
        " hold and of their limits.",
    ),
    false_positives=Text(
        "营业终了前的大额存入、上缴车次已过；节前备付、经批准的临时增额；自助设备的装钞备用金。",
        "A large deposit shortly before closing, after the last collection; cash held ready for holidays with"
        " a limit raised for the time; notes for cash machines.",
    ),
    decided=Text(
        "限额取现金箱表所列的各箱限额，逐箱比较，一箱富余不抵另一箱超限。各箱均未超限时，网点合计也不会超过限额合计；"
        "网点另有低于各箱合计的总限额的，可将网点合计作为一箱报来。金额为各超限箱超出部分之和。"
        "表中没有币种，按人民币计。超限的状态本身就是问题，未上缴前每日报送；当日没有记录的不判断。",
        "The limit is the one that stands with each box, and boxes are compared one by one: room in one does"
        " not make up for another. Where no box exceeds its limit, the outlet does not exceed the sum of"
        " them; a bank whose outlets have a total below that sum hands the total over as a box of its own."
        " The amount is the sum of what exceeds, box by box. No currency stands in the table: it is read as"
        " CNY. The state is the finding: it is a hit every day until the cash is handed in. Without a row of"
        " the day nothing is said.",
    ),
    drivers=("P6", "R2"),
    needs={"cash_boxes": ("as_of", "box_id", "unit_id", "closing", "ceiling")},
    where_given={"cash_boxes": ("teller_id",)},
    parameters=Limits,
    lookback=1,
    compared={
        "closing": Text("超限箱日终余额合计", "Closing cash of the boxes above their limit"),
        "ceiling": Text("超限箱限额合计", "Limits of these boxes together"),
        "boxes": Text("超限箱号", "Boxes above their limit"),
        "tolerance": Text("容差", "Tolerance"),
    },
    hits=hits,
    examples=(
        hit(
            "超过限额一分",
            "One fen above the limit",
            "U1",
            _bank(_box("300000.01")),
            evidence={
                "closing": Decimal("300000.01"),
                "ceiling": 300_000,
                "boxes": "X1",
                "tolerance": 0,
            },
        ),
        near_miss("等于限额不算超限", "Exactly the limit", _bank(_box("300000.00"))),
        near_miss(
            "前一日超限，当日已上缴",
            "Above the limit the day before",
            _bank(_box("900000.00", as_of=EXAMPLE_DAY - dt.timedelta(days=1)), _box("100000.00")),
        ),
        hit(
            "两箱超限汇总为一条，未超限的不计",
            "Two boxes above the limit make one hit, a third is not counted",
            "U1",
            _bank(_box("100000.00"), _box("400000.00", 2), _box("350000.00", 3)),
            evidence={"closing": 750_000, "ceiling": 600_000, "boxes": "X2, X3"},
        ),
        hit(
            "一箱富余不抵另一箱超限",
            "Room in one box does not make up for another",
            "U1",
            _bank(_box("0.00"), _box("300000.01", 2)),
        ),
        near_miss(
            "两箱各等于限额",
            "Two boxes, each exactly at its limit",
            _bank(_box("300000.00"), _box("300000.00", 2)),
        ),
        hit(
            "各箱按自己的限额比较",
            "Each box has its own limit",
            "U1",
            _bank(_box("200000.00", ceiling=Decimal(100_000)), _box("300000.00", 2)),
            evidence={"closing": 200_000, "ceiling": 100_000},
        ),
        hit(
            "两个网点各报一条",
            "Two outlets, one hit each",
            "U1",
            _bank(_box("400000.00"), _box("500000.00", 2, unit_id="U2")),
            evidence={"closing": 400_000},
            also=("U2",),
        ),
        hit("没有柜员的库箱照计", "A vault without a teller", "U1", _bank(_box("400000.00", teller_id=None))),
        hit(
            "限额为零的箱不应留有现金",
            "A box that may keep nothing",
            "U1",
            _bank(_box("0.01", ceiling=Decimal(0))),
        ),
        near_miss(
            "等于限额加容差不报",
            "Exactly the limit and the tolerance",
            _bank(_box("310000.00")),
            settings={"tolerance": Decimal(10_000)},
        ),
        hit(
            "超过容差一分",
            "One fen beyond the tolerance",
            "U1",
            _bank(_box("310000.01")),
            settings={"tolerance": Decimal(10_000)},
        ),
    ),
)
