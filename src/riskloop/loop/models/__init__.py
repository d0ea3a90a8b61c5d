"""The state of the loop. History is the organisation's, as all writes of the system share it."""

from riskloop.loop.models.assignment import AssignmentRule, MonitorSkill
from riskloop.loop.models.attachments import Attachment, Purpose
from riskloop.loop.models.catalogues import (
    RANKS,
    ApprovalRule,
    Driver,
    EventType,
    ExclusionReason,
    Grade,
    GradeRule,
    GradeWeight,
    LiabilityLevel,
    ModelGrade,
    SuspicionReason,
)
from riskloop.loop.models.closure import (
    DONE,
    OWED,
    UNVERIFIED,
    Measure,
    MeasureKind,
    MeasureState,
    RepeatRule,
)
from riskloop.loop.models.determination import Determination, Responsible, Standing
from riskloop.loop.models.events import CONFIRMED, Continuation, EvidenceRow, Outcome, QuasiEvent
from riskloop.loop.models.exceptions import ExceptionReport, MajorCriterion
from riskloop.loop.models.limits import EscalationRule, Step, TimeLimit
from riskloop.loop.models.objections import Objection, ObjectionKind, ObjectionState
from riskloop.loop.models.objects import EventObject, ObjectKind
from riskloop.loop.models.oversight import FaultCode, Part, SampleItem, SamplingPlan, Verdict
from riskloop.loop.models.queries import (
    Query,
    QueryFault,
    QueryKind,
    QueryRound,
    QueryState,
    QueryTemplate,
    TemplateQuestion,
    VerificationMethod,
)
from riskloop.loop.models.saved import SavedFilter
from riskloop.loop.models.statistics import DailyStatistic
from riskloop.loop.states import State

__all__ = [
    "CONFIRMED",
    "DONE",
    "OWED",
    "RANKS",
    "UNVERIFIED",
    "ApprovalRule",
    "AssignmentRule",
    "Attachment",
    "Continuation",
    "DailyStatistic",
    "Determination",
    "Driver",
    "EscalationRule",
    "EventObject",
    "EventType",
    "EvidenceRow",
    "ExceptionReport",
    "ExclusionReason",
    "FaultCode",
    "Grade",
    "GradeRule",
    "GradeWeight",
    "LiabilityLevel",
    "MajorCriterion",
    "Measure",
    "MeasureKind",
    "MeasureState",
    "ModelGrade",
    "MonitorSkill",
    "ObjectKind",
    "Objection",
    "ObjectionKind",
    "ObjectionState",
    "Outcome",
    "Part",
    "Purpose",
    "QuasiEvent",
    "Query",
    "QueryFault",
    "QueryKind",
    "QueryRound",
    "QueryState",
    "QueryTemplate",
    "RepeatRule",
    "Responsible",
    "SampleItem",
    "SamplingPlan",
    "SavedFilter",
    "Standing",
    "State",
    "Step",
    "SuspicionReason",
    "TemplateQuestion",
    "TimeLimit",
    "Verdict",
    "VerificationMethod",
]
