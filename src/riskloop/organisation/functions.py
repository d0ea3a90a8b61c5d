"""What a role may do: the functions that the actions and pages ask for.

Code says which functions there are; which role has which, at which level and since when, is data
(`RoleDecision`), and the head office's to decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from riskloop.bank.text import Text


@dataclass(frozen=True)
class Function:
    """One thing that can be allowed."""

    code: str
    name: Text


READ_EVENTS = "events.read"
DISCRIMINATE = "events.discriminate"
ASSIGN = "events.assign"
APPROVE = "events.approve"
CLOSE = "events.close"
REOPEN = "events.reopen"
APPEAL = "events.appeal"
DECIDE_APPEALS = "events.decide_appeals"
SUPERVISE = "events.supervise"
ASK = "queries.ask"
ANSWER = "queries.answer"
SET_MEASURES = "measures.set"
CARRY_OUT = "measures.carry_out"
VERIFY = "measures.verify"
REPORT_EXCEPTIONS = "exceptions.report"
RECEIVE_EXCEPTIONS = "exceptions.receive"
RECEIVE_MAJOR = "exceptions.receive_major"
OVERSEE = "oversight.check"
READ_STATISTICS = "statistics.read"
READ_EXPOSURE = "exposure.read"
DRAW_INSPECTIONS = "inspections.draw"
READ_MODELS = "models.read"
PROPOSE_MODELS = "models.propose"
REVIEW_MODELS = "models.review"
ADMIT_MODELS = "models.admit"
READ_RUNS = "runs.read"
UNMASK = "personal_data.unmask"
EXPORT = "data.export"
READ_ORGANISATION = "organisation.read"
CHANGE_ORGANISATION = "organisation.change"
MANAGE_PEOPLE = "people.manage"
PROPOSE_ROLES = "roles.propose"
DECIDE_ROLES = "roles.decide"
REVIEW_TRACES = "traces.review"
READ_HISTORY = "history.read"
MANAGE_WEBHOOKS = "webhooks.manage"

_NAMES = {
    READ_EVENTS: ("查看准风险事件", "Read quasi-risk events"),
    DISCRIMINATE: ("甄别、认定", "Discriminate and determine"),
    ASSIGN: ("分派", "Assign events"),
    APPROVE: ("复核认定、审批重开", "Approve determinations and reopenings"),
    CLOSE: ("闭环销号", "Close events"),
    REOPEN: ("申请重开", "Ask for a reopening"),
    APPEAL: ("申诉", "Appeal against determinations"),
    DECIDE_APPEALS: ("裁定申诉", "Decide appeals"),
    SUPERVISE: ("督办超时事项", "Supervise what is overdue"),
    ASK: ("发查询书", "Send queries"),
    ANSWER: ("答复查询书", "Answer queries"),
    SET_MEASURES: ("下达整改措施", "Set measures"),
    CARRY_OUT: ("落实整改措施", "Carry out measures"),
    VERIFY: ("验证整改措施", "Verify measures"),
    REPORT_EXCEPTIONS: ("提交异常情况报告", "Report exceptions"),
    RECEIVE_EXCEPTIONS: ("接收异常情况报告", "Receive exception reports"),
    RECEIVE_MAJOR: ("接收重大异常情况报告", "Receive major exception reports"),
    OVERSEE: ("监理抽检", "Re-check concluded work"),
    READ_STATISTICS: ("查看统计分析", "Read statistical monitoring"),
    READ_EXPOSURE: ("查看风险暴露", "Read risk exposure"),
    DRAW_INSPECTIONS: ("抽取检查样本", "Draw samples for inspection"),
    READ_MODELS: ("查看监督模型", "Read supervision models"),
    PROPOSE_MODELS: ("提出模型与参数变更", "Propose changes of models and values"),
    REVIEW_MODELS: ("复核参数变更", "Review changes of values"),
    ADMIT_MODELS: ("审批模型准入退出", "Decide on admission and exit of models"),
    READ_RUNS: ("查看运行与导入", "Read runs and imports"),
    UNMASK: ("申请查看个人信息明文", "Ask for personal data in clear"),
    EXPORT: ("导出", "Export"),
    READ_ORGANISATION: ("查看机构与人员", "Read units and staff"),
    CHANGE_ORGANISATION: ("变更机构", "Change units"),
    MANAGE_PEOPLE: ("管理用户与授予角色", "Manage accounts and give roles"),
    PROPOSE_ROLES: ("提出角色变更", "Propose changes of roles"),
    DECIDE_ROLES: ("审批角色变更", "Decide on changes of roles"),
    REVIEW_TRACES: ("审阅个人信息查询痕迹", "Review looks at personal data"),
    READ_HISTORY: ("查看操作历史", "Read the history"),
    MANAGE_WEBHOOKS: ("管理事件推送", "Manage webhooks"),
}
FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {code: Function(code, Text(zh, en)) for code, (zh, en) in _NAMES.items()}
)

LOOP_READERS = frozenset({READ_EVENTS, READ_STATISTICS, READ_EXPOSURE})
"""Functions with any of which a person reads rows of the loop; row-level security lets nobody else."""
HEAD_OFFICE_ONLY = frozenset({ADMIT_MODELS, DECIDE_ROLES, MANAGE_WEBHOOKS})
"""What a branch's own role may never be given."""
