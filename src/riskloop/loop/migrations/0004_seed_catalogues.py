"""The catalogues a new installation begins with.

Drivers, factors and weights are our proposals (no bank's table was found in public): dated data, which a
bank replaces by versions of its own.
"""

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from django.db import migrations

BEGINNING = dt.date(1990, 1, 1)
DRIVERS = [
    ("P1", "账务处理失误", "Account-entry error", 1),
    ("P2", "不了解或未准确掌握制度要求或业务流程", "Rules or procedure not known", 1),
    ("P3", "业务审查核对失误", "Check error", 1),
    ("P4", "擅自简化流程", "Procedure skipped", 2),
    ("P5", "禁止类行为", "Prohibited act", 4),
    ("P6", "履职不到位", "Duty not done", 1),
    ("P7", "内部欺诈", "Internal fraud", 10),
    ("R1", "流程设计缺陷", "Design of the process", 1),
    ("R2", "流程执行缺陷", "Execution of the process", 1),
    ("R3", "单证资料缺陷", "Documents", 1),
    ("R4", "授权缺陷", "Authorisation", 1),
    ("R5", "岗位制约缺陷", "Separation of posts", 1),
    ("S1", "行内系统故障", "Failure of the bank's own system", 1),
    ("S2", "通信故障", "Failure of communication", 1),
    ("S3", "机具设备故障", "Failure of equipment", 1),
    ("S4", "系统参数错误", "Wrong parameter of a system", 1),
    ("E1", "违反与银行签订的协议", "Breach of the agreement with the bank", 1),
    ("E2", "违反或规避监管规定", "Breach or avoidance of regulation", 1),
    ("E3", "外部欺诈", "External fraud", 10),
    ("E4", "出租出借账户", "Account rented or lent out", 1),
    ("E5", "客户否认交易", "Customer denies the transaction", 1),
    ("E6", "灾害", "Disaster", 1),
]
WEIGHTS = [("general", 1), ("attention", 3), ("key_attention", 5)]
EXCLUSIONS = [
    ("genuine", "客户真实业务，凭证齐全", "Genuine business of the customer, papers complete"),
    ("confirmed", "已向客户核实，本人办理", "Confirmed with the customer, done by himself"),
    ("routine", "行内正常账务处理", "Ordinary entries of the bank itself"),
    ("corrected", "差错已当日更正，无影响", "Error corrected the same day, without effect"),
    ("authorised", "已按规定审批授权", "Approved and authorised by the rules"),
    ("repeated", "与已处理事件为同一事项", "The same matter as an event already handled"),
    ("data", "数据问题，非业务所致", "A fault of the data, not of the business"),
    ("limit", "模型条件或限额所致误报", "False alarm by the model's condition or limit"),
]


def seed(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    apps.get_model("loop", "Driver").objects.bulk_create(
        apps.get_model("loop", "Driver")(
            code=code,
            level1=code[0],
            name_zh=zh,
            name_en=en,
            factor=Decimal(factor),
            effective_from=BEGINNING,
        )
        for code, zh, en, factor in DRIVERS
    )
    apps.get_model("loop", "GradeWeight").objects.bulk_create(
        apps.get_model("loop", "GradeWeight")(grade=grade, weight=Decimal(weight), effective_from=BEGINNING)
        for grade, weight in WEIGHTS
    )
    apps.get_model("loop", "ExclusionReason").objects.bulk_create(
        apps.get_model("loop", "ExclusionReason")(code=code, name_zh=zh, name_en=en)
        for code, zh, en in EXCLUSIONS
    )


def unseed(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    for name in ("Driver", "GradeWeight", "ExclusionReason"):
        apps.get_model("loop", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("loop", "0003_append_only_history")]
    operations: ClassVar = [migrations.RunPython(seed, unseed)]
