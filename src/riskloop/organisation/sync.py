"""Bringing the organisation up to date with what the bank handed over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from riskloop.organisation import timeline
from riskloop.organisation.feeding import feed
from riskloop.organisation.models import Delivery, StaffCustomer, StaffVersion, TellerVersion, UnitVersion

Row = Mapping[str, Any]


@transaction.atomic
def sync_organisation(
    *,
    units: Iterable[Row],
    staff: Iterable[Row],
    tellers: Iterable[Row],
    staff_customers: Iterable[Row] | None = None,
    since: dt.date | None = None,
    state: str = "",
) -> None:
    """Takes over canonical tables as in force from `since` (today). Running it again changes nothing.

    What the bank no longer names stays: events point to it.

    Args:
        staff_customers: replaces all that is known; None when the bank hands over no such table.
        state: by which the delivery is known again (`is_new_delivery`).
    """
    day = since or timezone.localdate()
    feed(UnitVersion, day, {str(u["unit_id"]): _state(UnitVersion, u) for u in units})
    feed(StaffVersion, day, {str(s["staff_id"]): _state(StaffVersion, s) for s in staff})
    feed(TellerVersion, day, {str(t["teller_id"]): _state(TellerVersion, t) for t in tellers})
    if staff_customers is not None:
        _replace_relations(staff_customers)
    if state:
        Delivery.objects.update_or_create(since=day, defaults={"state": state})
    timeline.settle()


def is_new_delivery(since: dt.date, state: str) -> bool:
    """Whether what the bank handed over as in force from this day was not taken over yet."""
    return not Delivery.objects.filter(since=since, state=state).exists()


def _state(kind: type[UnitVersion | StaffVersion | TellerVersion], row: Row) -> dict[str, Any]:
    return {name: row.get(name) for name in kind.STATE}


def _replace_relations(rows: Iterable[Row]) -> None:
    StaffCustomer.objects.all().delete()
    StaffCustomer.objects.bulk_create(
        [StaffCustomer(**{f: r[f] for f in ("staff_id", "customer_id", "relation")}) for r in rows],
        batch_size=2000,
        ignore_conflicts=True,
    )
