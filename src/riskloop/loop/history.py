"""Lines of history about events; a line about a measure is kept with the measure's event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from riskloop.loop.models import QuasiEvent
from riskloop.organisation import history, telling
from riskloop.organisation.history import difference, noted, record
from riskloop.organisation.models import History, User

EVENT = "quasi_event"

__all__ = ["EVENT", "difference", "line", "noted", "record", "timeline"]


def line(
    action: str,
    event: QuasiEvent,
    *,
    actor: User | None = None,
    role: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> History:
    """A line about one event, unsaved. `actor` is None when the system acted."""
    return history.line(
        action,
        EVENT,
        event.pk,
        unit_id=event.unit_id,
        actor=actor,
        role=role,
        before=before,
        after=after,
        reason=reason,
    )


def timeline(event: QuasiEvent) -> list[telling.Line]:
    """What happened to the event and its measures from entry to closure as people read it, oldest first."""
    return telling.told(telling.history_of(EVENT, event.pk))
