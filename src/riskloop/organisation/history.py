"""The append-only history: one line for every write, made in the same transaction as the write.

The lines form a chain: each bears the digest of the one before it and its own, over all that it says. The
database refuses to change or remove a line; what is done behind its back breaks the chain.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TextIO

from django.db import connection, models, transaction
from django.utils import timezone

from riskloop.organisation.models import History, User
from riskloop.organisation.origin import origin

TRIGGERS = ("history_no_change", "history_no_truncate")
BEGINNING = "0" * 64
"""The digest before the first line."""
_LOCK = 0x7269736B
"""Of the advisory lock that puts writers in a row: a line can only follow one that is there."""
_CHUNK = 2000
_SAID = (
    "role",
    "channel",
    "address",
    "action",
    "object_type",
    "object_id",
    "unit_id",
    "before",
    "after",
    "reason",
)


def line(
    action: str,
    object_type: str,
    object_id: Any,
    *,
    unit_id: str | None = None,
    actor: User | None = None,
    role: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> History:
    """A line about one object, unsaved.

    Args:
        unit_id: the unit that the object belongs to; it decides who reads the line.
        actor: None when the system acted.
        before, after: the fields that changed.
    """
    return History(
        at=timezone.now(),
        actor=actor,
        role=role,
        channel=origin().channel,
        address=origin().address,
        action=action,
        object_type=object_type,
        object_id=str(object_id),
        unit_id=unit_id,
        before=_plain(before or {}),
        after=_plain(after or {}),
        reason=reason,
    )


def record(lines: Iterable[History]) -> None:
    """Appends lines to the chain. Whoever writes next waits until this transaction ends."""
    new = list(lines)
    if not new:
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = History.objects.order_by("-id").values_list("digest", flat=True).first() or BEGINNING
        for one in new:
            one.previous = last
            one.digest = last = digest_of(one)
        History.objects.bulk_create(new, batch_size=_CHUNK)


def digest_of(line: History) -> str:
    """SHA-256 over the digest before and all that the line says (`said`), in hexadecimal."""
    return hashlib.sha256(said(line).encode()).hexdigest()


def said(line: History) -> str:
    """All that a line says, and the digest before it, as JSON with sorted keys and without spaces."""
    values = {name: getattr(line, name) for name in _SAID}
    values |= {
        "at": line.at.astimezone(dt.UTC).isoformat(),
        "actor": line.actor_id,
        "previous": line.previous,
    }
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def dump(file: TextIO) -> int:
    """Writes the chain for programs: a line the digest, a space, and the text that it is the SHA-256 of."""
    count = 0
    for one in _lines():
        file.write(f"{one.digest} {said(one)}\n")
        count += 1
    return count


@dataclass(frozen=True)
class Break:
    """The first line at which the chain does not hold, and why not."""

    line_id: int
    why: str


@dataclass(frozen=True)
class Chain:
    """What a walk along the whole chain found."""

    lines: int
    last_id: int
    digest: str
    broken: Break | None


def verify(anchors: Mapping[int, str] | None = None) -> Chain:
    """Walks along the chain and names the first link that does not hold.

    Args:
        anchors: digests by line that were seen before: a chain cut off at its end no longer has them.
    """
    seen = dict(anchors or {})
    count, last_id, last = 0, 0, BEGINNING
    for one in _lines():
        if one.previous != last:
            return Chain(count, last_id, last, Break(one.pk, "does not follow the line before it"))
        if one.digest != digest_of(one):
            return Chain(count, last_id, last, Break(one.pk, "says something else than its digest"))
        if seen.pop(one.pk, one.digest) != one.digest:
            return Chain(count, last_id, last, Break(one.pk, "is not the line that was seen before"))
        count, last_id, last = count + 1, one.pk, one.digest
    broken = Break(min(seen), "was seen before and is gone") if seen else None
    return Chain(count, last_id, last, broken)


def _lines() -> Iterator[History]:
    return History.objects.order_by("id").iterator(chunk_size=_CHUNK)


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that differ between what was noted before and after, with their values before and after."""
    fields = [name for name in after if before.get(name) != after[name]]
    return {f: before.get(f) for f in fields}, {f: after[f] for f in fields}


SECRET = frozenset({"password", "digest", "sealed"})
"""Fields whose value no history keeps."""


def noted(subject: models.Model) -> dict[str, Any]:
    """The object's own fields, to be compared later."""
    names = [field.attname for field in subject._meta.concrete_fields]
    return {name: getattr(subject, name) for name in names if name not in SECRET}


def is_append_only() -> bool:
    """Whether the triggers that refuse UPDATE, DELETE and TRUNCATE of the history are in place."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'organisation_history'::regclass"
            " AND tgenabled IN ('O', 'A') AND tgname = ANY(%s)",
            [list(TRIGGERS)],
        )
        return {name for (name,) in cursor.fetchall()} == set(TRIGGERS)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    """As JSON that the database hands back exactly: a float would not keep its form."""
    if isinstance(value, Decimal | uuid.UUID | float):
        return str(value)
    if isinstance(value, dt.date | dt.datetime | dt.time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): _plain_value(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [_plain_value(v) for v in items]
    return value
