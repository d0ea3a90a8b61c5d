"""Bringing the organisation up to date with what the bank handed over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from riskloop.organisation.models import Staff, Teller, Unit

Row = Mapping[str, Any]
_BATCH = 2000


@transaction.atomic
def sync_organisation(*, units: Iterable[Row], staff: Iterable[Row], tellers: Iterable[Row]) -> None:
    """Takes over canonical `units`, `staff` and `tellers`. What the bank no longer names stays: events
    point to it. Running it again changes nothing.
    """
    known = {str(u["unit_id"]): u for u in units}
    Unit.objects.bulk_create(
        [
            Unit(
                unit_id=unit_id,
                name=u["name"],
                level=u["level"],
                parent_id=u["parent_id"] if u["parent_id"] in known else None,
                path=path_of(unit_id, known),
                opened_on=u["opened_on"],
                closed_on=u["closed_on"],
            )
            for unit_id, u in known.items()
        ],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["unit_id"],
        update_fields=["name", "level", "parent", "path", "opened_on", "closed_on"],
    )
    Staff.objects.bulk_create(
        [Staff(staff_id=s["staff_id"], name=s["name"], unit_id=s["unit_id"], post=s["post"]) for s in staff],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["staff_id"],
        update_fields=["name", "unit", "post"],
    )
    Teller.objects.bulk_create(
        [Teller(teller_id=t["teller_id"], staff_id=t["staff_id"], unit_id=t["unit_id"]) for t in tellers],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["teller_id"],
        update_fields=["staff", "unit"],
    )


def path_of(unit_id: str, units: Mapping[str, Row]) -> str:
    """The ids from the root down to the unit. An unknown parent makes a root of its child; a unit that
    is its own ancestor is cut off where the circle closes.
    """
    path = [unit_id]
    parent = units[unit_id]["parent_id"]
    while parent in units and parent not in path:
        path.append(str(parent))
        parent = units[str(parent)]["parent_id"]
    return "/".join(reversed(path))
