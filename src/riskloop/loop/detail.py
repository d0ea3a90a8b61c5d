"""What the page of one event shows, beyond the event itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from riskloop.loop import actions
from riskloop.loop.models import ExclusionReason, Measure, QuasiEvent
from riskloop.loop.personal import asking, clear_for
from riskloop.loop.scores import drivers_in_force
from riskloop.organisation.action import Action
from riskloop.organisation.functions import CARRY_OUT
from riskloop.organisation.masking import masked_row
from riskloop.organisation.models import StaffCustomer, Teller, User
from riskloop.organisation.scope import people_who_may
from riskloop.organisation.unmasking import SHORTEST_REASON


@dataclass(frozen=True)
class Possible:
    """Whether the reader may do an action now, and if not, why."""

    allowed: bool
    reason: str = ""


@dataclass(frozen=True)
class MeasureLine:
    """A measure with what the reader may do to it."""

    measure: Measure
    set_owner: Possible
    report_done: Possible
    verify: Possible


def evidence_of(event: QuasiEvent, reader: User) -> dict[str, list[dict[str, Any]]]:
    """The canonical rows behind the event by table: masked, unless the reader sees this event in clear."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for kept in event.evidence_rows.order_by(
        "table", F("continuation__booked_on").asc(nulls_first=True), "position"
    ):
        rows = tables.setdefault(kept.table, [])
        # A continuation brings the same account again.
        if kept.row not in rows:
            rows.append(kept.row)
    if clear_for(event, reader) is not None:
        return tables
    return {table: [masked_row(table, row) for row in rows] for table, rows in tables.items()}


def possible_actions(event: QuasiEvent, user: User) -> Mapping[str, Possible]:
    """For each action on the event, whether the reader may begin it.

    What a form would fill in is taken as filled in: the check of the values comes with the values.
    """
    reason = ExclusionReason.objects.values_list("code", flat=True).first() or ""
    driver = next(iter(drivers_in_force(event.booked_on)), None)
    return {
        "take": _possible(actions.Take(event, user)),
        "hand_back": _possible(actions.HandBack(event, user, "…")),
        "exclude": _possible(actions.Exclude(event, user, reason, "…")),
        "determine": _possible(
            actions.Determine(event, user, "internal", driver.code if driver else "", event.grade, "…")
        ),
        "set_measure": _possible_to(actions.SetMeasure(event, user, "…", None, None)),
        "close": _possible(actions.Close(event, user)),
    }


def measures_of(event: QuasiEvent, user: User) -> list[MeasureLine]:
    """The event's measures in the order of their due dates, with what the reader may do."""
    measures = event.measures.select_related("owner", "done_by", "verified_by").order_by("due_on", "id")
    return [
        MeasureLine(
            m,
            _possible_to(actions.SetOwner(event, user, m, None)),
            _possible(actions.ReportDone(event, user, m, "…")),
            _possible(actions.Verify(event, user, m)),
        )
        for m in measures
    ]


def possible_owners(event: QuasiEvent) -> QuerySet[User]:
    """Who may carry out measures for the event's unit, and has no interest in what is behind the event."""
    hands, authorisers, customers = event.named("teller_ids", "authoriser_ids", "customer_ids")
    tellers = Teller.objects.filter(teller_id__in=hands | authorisers)
    interested = tellers.exclude(staff_id=None).values("staff_id")
    related = StaffCustomer.objects.filter(customer_id__in=customers).values("staff_id")
    return (
        people_who_may(CARRY_OUT, event.unit_id)
        .exclude(staff_id__in=interested)
        .exclude(staff_id__in=related)
        .order_by("display_name", "username")
    )


def possible_unmasking(event: QuasiEvent, user: User) -> Possible:
    """Whether the reader may ask for the event's personal data in clear; why he does, he is still to say."""
    return _possible(asking(event, user, "…" * SHORTEST_REASON))


def _possible(action: Action) -> Possible:
    try:
        action.check()
    except actions.Refused as refused:
        return Possible(False, str(refused))
    return Possible(True)


def _possible_to(action: actions.Action) -> Possible:
    """Where the form asks for a person or a day, only who acts and the event's state are checked here."""
    try:
        action.check_person()
        actions.Action.check_event(action)
    except actions.Refused as refused:
        return Possible(False, str(refused))
    return Possible(True)
