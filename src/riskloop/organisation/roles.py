"""The 14 roles that the head office sets for the whole bank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from riskloop.bank.text import Text


@dataclass(frozen=True)
class Role:
    """A role by its code and its name."""

    code: str
    name: Text


_NAMES = {
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
ROLES: Mapping[str, Role] = MappingProxyType(
    {code: Role(code, Text(zh, en)) for code, (zh, en) in _NAMES.items()}
)

MONITOR = "R04"
VERIFIERS = ("R07", "R08", "R09")
"""Who answers for a unit and puts things right there."""
EVENT_READERS = ("R04", "R05", "R06", "R07", "R08", "R09", "R13", "R14")
"""Who sees events at all; administrators of users and parameters do no business."""
