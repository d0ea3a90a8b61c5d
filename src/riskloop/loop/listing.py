"""All events as plain rows, for the command line and for scripts."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from riskloop.loop.models import QuasiEvent

COLUMNS = (
    "id",
    "model",
    "subject_kind",
    "subject_id",
    "booked_on",
    "unit_id",
    "amount",
    "count",
    "grade",
    "state",
    "outcome",
    "driver",
    "score",
    "withdrawn_on",
)


def listing() -> list[tuple[Any, ...]]:
    """Every event, newest business day first. For the operator of the machine, who sees everything."""
    return list(
        QuasiEvent.objects.order_by("-booked_on", "model", "subject_id").values_list(
            *(F("driver__code") if name == "driver" else F(name) for name in COLUMNS)
        )
    )
