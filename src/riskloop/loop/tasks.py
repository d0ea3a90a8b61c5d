"""The jobs of the loop; found by the library of jobs by the module's name."""

from __future__ import annotations

from riskloop.loop import reminding
from riskloop.outgoing.jobs import every


@every("30 23 * * *", "loop.remind")
def remind(timestamp: int) -> None:  # noqa: ARG001 — the library's form
    """Every morning, half past seven in Beijing: what is due. Done twice it tells nobody twice."""
    reminding.remind()
