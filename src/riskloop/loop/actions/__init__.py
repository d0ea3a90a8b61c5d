"""Everything a person can do to an event. Pages, API, jobs and commands call these and nothing else."""

from riskloop.loop.actions.attachments import Attach, Strike, attach, strike
from riskloop.loop.actions.base import Action, finding_of
from riskloop.loop.actions.closure import (
    Close,
    ReportDone,
    SetMeasure,
    SetOwner,
    Verify,
    close,
    report_done,
    set_measure,
    set_owner,
    verify,
)
from riskloop.loop.actions.determination import Determine, determine
from riskloop.loop.actions.discrimination import Exclude, HandBack, Take, exclude, hand_back, take
from riskloop.organisation.action import Refused, do, require

__all__ = [
    "Action",
    "Attach",
    "Close",
    "Determine",
    "Exclude",
    "HandBack",
    "Refused",
    "ReportDone",
    "SetMeasure",
    "SetOwner",
    "Strike",
    "Take",
    "Verify",
    "attach",
    "close",
    "determine",
    "do",
    "exclude",
    "finding_of",
    "hand_back",
    "report_done",
    "require",
    "set_measure",
    "set_owner",
    "strike",
    "take",
    "verify",
]
