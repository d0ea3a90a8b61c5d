"""The 14 roles, what they may do at which level, and the duties that must be apart: our proposal, as dated data.

Later decisions of the head office stand beside these rows; none of them is ever changed.
"""

import datetime as dt
from typing import Any

from django.db import migrations
from django.utils import timezone

SINCE = dt.date(2000, 1, 1)
LEVELS = ("head_office", "tier1_branch", "tier2_branch", "sub_branch", "outlet")
ROLES = {
    "R01": ("系统管理岗", "System administrator"),
    "R02": ("参数维护岗", "Parameter maintainer"),
    "R03": ("参数复核岗", "Parameter reviewer"),
    "R04": ("监测岗", "Monitor"),
    "R05": ("质检岗", "Quality inspector"),
    "R06": ("监理岗", "Oversight reviewer"),
    "R07": ("网点督查岗", "Outlet verifier"),
    "R08": ("支行督查岗", "Sub-branch verifier"),
    "R09": ("督查岗", "Branch verifier"),
    "R10": ("日志管理岗", "Work-log administrator"),
    "R11": ("检查管理岗", "Inspection administrator"),
    "R12": ("业务检查岗", "Business inspector"),
    "R13": ("风险评估岗", "Risk assessor"),
    "R14": ("查询岗", "Viewer"),
}
SHARED = ["models.read", "runs.read", "organisation.read"]
READ = ["events.read", "statistics.read", "exposure.read"]
ANSWER = ["events.read", "measures.carry_out", "personal_data.unmask", "models.read", "organisation.read"]
PEOPLE = ["people.manage", "models.read", "runs.read", "organisation.read"]
INSPECT = [*SHARED, *READ, "personal_data.unmask", "data.export"]
MONITOR = [
    *INSPECT,
    "events.discriminate",
    "events.close",
    "measures.set",
    "measures.verify",
]
BRANCH_VERIFIER = [*INSPECT, "measures.carry_out", "measures.verify"]
VIEW = [*SHARED, *READ, "data.export"]
RANK = [*SHARED, "exposure.read"]
OVERSEE = [*INSPECT, "traces.review", "history.read"]
# By role: the levels at which it exists (1 head office … 5 outlet), each with what it may do there.
FUNCTIONS = {
    "R01": {
        1: [*PEOPLE, "organisation.change", "roles.propose", "roles.decide"],
        2: [*PEOPLE, "organisation.change", "roles.propose"],
        3: PEOPLE,
    },
    "R02": dict.fromkeys((1, 2), SHARED),
    "R03": dict.fromkeys((1, 2), SHARED),
    "R04": dict.fromkeys((1, 2, 3), MONITOR),
    "R05": dict.fromkeys((2, 3), INSPECT),
    "R06": dict.fromkeys((1, 2, 3), OVERSEE),
    "R07": {5: ANSWER},
    "R08": {4: [*ANSWER, "exposure.read"]},
    "R09": dict.fromkeys((1, 2, 3), BRANCH_VERIFIER),
    "R10": dict.fromkeys((1, 2, 3), SHARED),
    "R11": dict.fromkeys((1, 2, 3), RANK),
    "R12": dict.fromkeys((2, 3, 4), SHARED),
    "R13": dict.fromkeys((1, 2, 3), VIEW),
    "R14": dict.fromkeys((1, 2, 3, 4, 5), VIEW),
}
BUSINESS = [f"R{number:02}" for number in range(2, 14)]
# Number, kind, one side, the other side, the check of a dynamic pair, and why. A pair whose check belongs to a
# part of the system that does not stand yet has none.
PAIRS = (
    (1, "static", ["R02"], ["R03"], "", "维护与复核分设两岗", "maintenance and review are two roles"),
    (2, "static", ["R01"], BUSINESS, "", "系统管理与业务分离", "administration apart from business"),
    (
        3,
        "static",
        ["R04"],
        ["R07", "R08", "R09"],
        "",
        "提出疑问者不自行答复",
        "who raises the question does not answer it",
    ),
    (
        4,
        "static",
        ["R04", "R05"],
        ["R06"],
        "",
        "监理复核监测与质检的工作",
        "oversight reviews the work of monitoring and quality inspection",
    ),
    (
        5,
        "static",
        ["R02", "R03"],
        ["R04"],
        "",
        "设定参数者不认定事件",
        "who sets the limits does not confirm events",
    ),
    (
        6,
        "dynamic",
        ["R11"],
        ["R12"],
        "planned",
        "制定检查计划者不签署其结果",
        "who plans an inspection does not sign its result",
    ),
    (7, "static", ["R10"], ["R07"], "", "评判者与被评判者分离", "judge and judged"),
    (
        8,
        "dynamic",
        ["R12"],
        ["R07"],
        "own_unit",
        "检查须独立于被检查网点",
        "an inspection is independent of the outlet",
    ),
    (9, "dynamic", ["R13"], ["R04", "R05"], "", "评估与收集分离", "rating apart from collection"),
    (
        10,
        "dynamic",
        ["R07", "R08", "R09"],
        ["R04"],
        "handled",
        "经办及授权人员不得负责核查，必须换人",
        "who handled or authorised a transaction does not verify it",
    ),
    (
        11,
        "dynamic",
        ["R04"],
        ["R07"],
        "",
        "发现异常向同级运营部门报告，不联系有关网点",
        "exceptions go to the operations department of the same level, not to the outlet",
    ),
    (
        12,
        "dynamic",
        ["R07"],
        ["R07"],
        "own_business",
        "操作与授权分离，不得办理、复核、授权本人业务",
        "operation apart from authorisation; nobody handles, reviews or authorises his own business",
    ),
    (
        13,
        "static",
        ["R02"],
        ["R01"],
        "",
        "监督内容的增减须经总行批准",
        "supervision scope changes only with head-office approval",
    ),
    (
        14,
        "dynamic",
        ["R04"],
        ["R07"],
        "",
        "投诉处理人与被投诉人分离",
        "who handles a complaint is not the person complained of",
    ),
)


def seed(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 — Django's form
    role, decision, pair = (
        apps.get_model("organisation", name) for name in ("Role", "RoleDecision", "SegregationPair")
    )
    role.objects.bulk_create(role(code=code, name_zh=zh, name_en=en) for code, (zh, en) in ROLES.items())
    decision.objects.bulk_create(
        decision(
            role_id=code,
            level=LEVELS[number - 1],
            functions=sorted(functions),
            effective_from=SINCE,
            approved=True,
            decided_at=timezone.now(),
        )
        for code, levels in FUNCTIONS.items()
        for number, functions in levels.items()
    )
    pair.objects.bulk_create(
        pair(
            number=number,
            kind=kind,
            left=left,
            right=right,
            rule=rule,
            basis_zh=zh,
            basis_en=en,
            effective_from=SINCE,
        )
        for number, kind, left, right, rule, zh, en in PAIRS
    )


class Migration(migrations.Migration):
    dependencies = [("organisation", "0002_over_time")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
