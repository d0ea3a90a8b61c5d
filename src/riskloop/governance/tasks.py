"""The jobs of governance; found by the library of jobs by the module's name."""

from __future__ import annotations

from riskloop.governance import estimating
from riskloop.governance.actions import ESTIMATE
from riskloop.outgoing.jobs import job


@job(ESTIMATE)
def estimate(change: int) -> None:
    """What a proposed change would have done."""
    estimating.estimate(change)
