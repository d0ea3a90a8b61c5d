"""Which events have changed since: for pages that stay open, and for programs that keep up."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from riskloop.loop.history import EVENT
from riskloop.loop.visibility import visible_to
from riskloop.organisation.models import History, User

LINES = 1000
"""Lines of the history that are read at once, so that no question is dear, however far back it begins."""


@dataclass(frozen=True)
class Changes:
    """What changed up to a line of the history; `more`: there are later lines to ask for."""

    latest: int
    events: list[uuid.UUID]
    more: bool


def latest_change() -> int:
    """The number of the history's last line."""
    return History.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def live(target: str = "") -> dict[str, Any]:
    """For a page that keeps up, before it reads anything else: where to begin, and what is shown anew."""
    return {"live_since": latest_change(), "live_seconds": settings.LIVE_SECONDS, "live_target": target}


def changes_since(reader: User, since: int) -> Changes:
    """The events within reach to which something happened after a line of the history."""
    lines = History.objects.filter(pk__gt=since).order_by("pk")
    read = list(lines.values_list("pk", "object_type", "object_id")[:LINES])
    found = {key for _number, kind, key in read if kind == EVENT}
    seen = visible_to(reader).filter(pk__in=found).order_by("pk").values_list("pk", flat=True)
    return Changes(read[-1][0] if read else since, list(seen) if found else [], len(read) == LINES)
