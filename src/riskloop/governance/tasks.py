"""The jobs of governance; found by the library of jobs by the module's name."""

from __future__ import annotations

from riskloop.governance.changes import estimating
from riskloop.governance.changes.actions import ESTIMATE
from riskloop.governance.what_if import answering
from riskloop.governance.what_if.asking import ANSWER
from riskloop.outgoing.jobs import job


@job(ESTIMATE)
def estimate(change: int) -> None:
    """What a proposed change would have done."""
    estimating.estimate(change)


@job(ANSWER)
def what_if(question: int) -> None:
    """What other values would have done."""
    answering.answer(question)
