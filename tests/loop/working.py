"""How the tests take an event from the monitor's hand to its determination."""

from __future__ import annotations

from typing import Any

from riskloop.loop import actions
from riskloop.loop.models import QuasiEvent
from riskloop.organisation.models import Staff, User


def finding(
    outcome: str = "internal", driver: str = "P1", grade: str = "general", note: str = "…", **more: Any
) -> actions.Finding:
    """A determination that is whole; of an internal event the first of the staff answers for it."""
    if outcome == "internal":
        more = {"responsible": {Staff.objects.earliest("pk").pk: "1_direct"}} | more
    return actions.Finding(outcome, more.pop("event_type", "execution"), driver, grade, note, **more)


def determine(
    event: QuasiEvent,
    monitor: User,
    outcome: str = "internal",
    driver: str = "P1",
    grade: str = "general",
    note: str = "…",
) -> None:
    """Passes on and determines an event that the monitor has taken."""
    actions.pass_on(event, monitor, "rule_broken", note)
    actions.determine(event, monitor, finding(outcome, driver, grade, note))
