"""The append-only history: one line for every write, made in the same transaction as the write."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import connection, models
from django.utils import timezone

from riskloop.loop.models import History, Measure, QuasiEvent
from riskloop.organisation.models import User

TRIGGERS = ("history_no_change", "history_no_truncate")


def line(
    action: str,
    subject: QuasiEvent | Measure,
    *,
    actor: User | None = None,
    role: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> History:
    """A line about one event, unsaved; a line about a measure is kept with the measure's event.

    Args:
        actor: None when the system acted.
        before, after: the fields that changed.
    """
    event_id = subject.event_id if isinstance(subject, Measure) else subject.pk
    return History(
        at=timezone.now(),
        actor=actor,
        role=role,
        action=action,
        object_type="quasi_event",
        object_id=str(event_id),
        before=_plain(before or {}),
        after=_plain(after or {}),
        reason=reason,
    )


def record(lines: Iterable[History]) -> None:
    """Appends lines."""
    History.objects.bulk_create(lines, batch_size=2000)


def changed(before: Mapping[str, Any], after: models.Model) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that differ between what was noted with `noted` and the object now."""
    now = noted(after)
    fields = [name for name in now if before.get(name) != now[name]]
    return {f: before.get(f) for f in fields}, {f: now[f] for f in fields}


def noted(subject: models.Model) -> dict[str, Any]:
    """The object's own fields, to be compared later."""
    return {field.attname: getattr(subject, field.attname) for field in subject._meta.concrete_fields}


def is_append_only() -> bool:
    """Whether the triggers that refuse UPDATE, DELETE and TRUNCATE of the history are in place."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'loop_history'::regclass"
            " AND tgenabled IN ('O', 'A') AND tgname = ANY(%s)",
            [list(TRIGGERS)],
        )
        return {name for (name,) in cursor.fetchall()} == set(TRIGGERS)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, Decimal | uuid.UUID):
        return str(value)
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return value
