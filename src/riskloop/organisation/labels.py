"""What the roles' pages and documents call things, in both languages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from riskloop.bank.text import Text
from riskloop.organisation.functions import FUNCTIONS, Function

GROUPS: Mapping[str, Text] = MappingProxyType(
    {
        "loop": Text("闭环管理", "Closed loop"),
        "look": Text("监测与分析", "Monitoring and analysis"),
        "data": Text("个人信息与导出", "Personal data and export"),
        "organisation": Text("机构、人员与角色", "Organisation, people and roles"),
        "oversight": Text("监督", "Oversight"),
        "other": Text("其他", "Others"),
    }
)
_GROUP_OF = {
    "events": "loop",
    "queries": "loop",
    "measures": "loop",
    "exceptions": "loop",
    "statistics": "look",
    "exposure": "look",
    "inspections": "look",
    "models": "look",
    "runs": "look",
    "personal_data": "data",
    "data": "data",
    "organisation": "organisation",
    "people": "organisation",
    "roles": "organisation",
    "oversight": "oversight",
    "traces": "oversight",
    "history": "oversight",
    "webhooks": "organisation",
}
"""By what stands before the dot of a function."""

RULES: Mapping[str, Text] = MappingProxyType(
    {
        "planned": Text("回避：制定计划者", "Recusal: who planned it"),
        "found": Text("回避：首先发现者", "Recusal: who found it first"),
        "own_unit": Text("回避：本人所在机构", "Recusal: the person's own unit"),
        "handled": Text("回避：经办或授权人员", "Recusal: who handled or authorised it"),
        "own_business": Text("回避：本人或亲属业务", "Recusal: own business or a relative's"),
        "exception_path": Text(
            "报送路径：异常情况报告不送有关网点", "Path of report: an exception never reaches the outlet"
        ),
    }
)
"""The checks that hold dynamic pairs apart, by `SegregationPair.rule`."""
WHEN_GIVEN = Text("授予角色时检查", "Checked when a role is given")
LATER = Text("随后续功能实现", "With a later part of the system")
KINDS: Mapping[str, Text] = MappingProxyType(
    {
        "static": Text("静态（一人不得兼任）", "Static (not one person)"),
        "dynamic": Text("动态（不得作用于同一对象）", "Dynamic (not on one object)"),
    }
)


def check_of(kind: str, rule: str) -> Text:
    """Which check holds a pair of duties apart."""
    if kind == "static":
        return WHEN_GIVEN
    return RULES.get(rule, LATER)


def grouped(codes: Collection[str] = tuple(FUNCTIONS)) -> list[tuple[Text, list[Function]]]:
    """The functions among these codes under their groups, in the order of the code; without unknown codes."""
    found: dict[str, list[Function]] = {}
    for code, function in FUNCTIONS.items():
        if code in codes:
            found.setdefault(_GROUP_OF.get(code.split(".")[0], "other"), []).append(function)
    return [(name, found[group]) for group, name in GROUPS.items() if group in found]
