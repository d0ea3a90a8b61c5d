"""Every look at customers' affairs and every export leaves a line, written before anything is shown.

What is odd about a line, `odd_looks` says.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils import timezone

from riskloop.organisation.models import Look, LookKind, User
from riskloop.organisation.origin import origin
from riskloop.organisation.row_security import EVERYTHING, reading
from riskloop.organisation.scope import acting_role, authority_of

TRIGGERS = ("look_no_change", "look_no_truncate")


def trace(
    user: User,
    kind: LookKind,
    function: str,
    object_type: str,
    object_id: Any,
    unit_id: str | None,
    *,
    about: str = "",
    customer_ids: Iterable[str] = (),
    reason: str = "",
    rows: int | None = None,
    query: str = "",
) -> Look:
    """Writes down a look. Where this fails, what was to be shown is not shown.

    Args:
        function: by which he looks; it decides the role that the line names.
        unit_id: of the unit that the object belongs to; it decides who reviews the line.
        about: what the object is called, masked.
        rows: how many rows were shown or handed out, where it is a list.
        query: what the list was narrowed down by.
    """
    look = Look(
        at=timezone.now(),
        user=user,
        role=acting_role(user, function, unit_id) or "",
        kind=_by_channel(kind),
        object_type=object_type,
        object_id=str(object_id),
        about=about,
        unit_id=unit_id,
        customer_ids=sorted(set(customer_ids)),
        reason=reason,
        channel=origin().channel,
        address=origin().address,
        rows=rows,
        query=query,
    )
    # PostgreSQL hands back the number of a row only to whom it shows the row, and looks are their reviewers'.
    with reading(EVERYTHING):
        look.save(force_insert=True)
    return look


def _by_channel(kind: LookKind) -> LookKind:
    """A masked look by the API is a kind of its own; in clear it is a clear look, whatever it came by."""
    return LookKind.API if kind is LookKind.LOOK and origin().channel == "api" else kind


def widest_unit(user: User, function: str) -> str | None:
    """The highest unit in which he may do this: to it belongs a list that comes from all of his units."""
    grants = authority_of(user).having((function,))
    return min(grants, key=lambda g: (g.path.count("/"), g.path)).unit_id if grants else None


def is_append_only() -> bool:
    """Whether the triggers that refuse UPDATE, DELETE and TRUNCATE of the traces are in place."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'organisation_look'::regclass"
            " AND tgenabled IN ('O', 'A') AND tgname = ANY(%s)",
            [list(TRIGGERS)],
        )
        return {name for (name,) in cursor.fetchall()} == set(TRIGGERS)
