"""The state of the loop. History is the organisation's, as all writes of the system share it."""

from riskloop.loop.models.attachments import Attachment, Purpose
from riskloop.loop.models.catalogues import Driver, ExclusionReason, Grade, GradeRule, GradeWeight, ModelGrade
from riskloop.loop.models.closure import Measure
from riskloop.loop.models.events import Continuation, EvidenceRow, Outcome, QuasiEvent, State
from riskloop.loop.models.statistics import DailyStatistic

__all__ = [
    "Attachment",
    "Continuation",
    "DailyStatistic",
    "Driver",
    "EvidenceRow",
    "ExclusionReason",
    "Grade",
    "GradeRule",
    "GradeWeight",
    "Measure",
    "ModelGrade",
    "Outcome",
    "Purpose",
    "QuasiEvent",
    "State",
]
