"""Recusal: may this person handle this finding, and if not, why.

One service for all channels: whoever assigns, takes, answers or reviews a finding asks here.
经办及授权人员不得负责核查, 必须换人; nobody handles his own business or a relative's; who planned or found it
does not review it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _

from riskloop.organisation.models import Staff, StaffCustomer, User
from riskloop.organisation.scope import tellers_of


class Task(StrEnum):
    """What the person would do."""

    JUDGE = "judge"
    """Discriminate, determine, close."""
    ANSWER = "answer"
    """Answer for the unit, put things right there: the unit's own people do that."""
    REVIEW = "review"
    """See whether what another did holds."""


class Ground(StrEnum):
    """Why a person may not."""

    HANDLED = "handled"
    AUTHORISED = "authorised"
    OWN_BUSINESS = "own_business"
    RELATIVE = "relative"
    OWN_UNIT = "own_unit"
    PLANNED = "planned"
    FOUND = "found"


@dataclass(frozen=True)
class Finding:
    """What recusal has to know of a finding, whichever channel it came by.

    `planned_by` and `found_by` are accounts (`User.pk`); the others are ids of the bank's own.
    """

    unit_id: str | None
    handled_by: Collection[str] = field(default=())
    authorised_by: Collection[str] = field(default=())
    customer_ids: Collection[str] = field(default=())
    planned_by: Collection[int] = field(default=())
    found_by: Collection[int] = field(default=())


def recused(person: User, finding: Finding, task: Task) -> Ground | None:
    """The first ground for which the person may not do the task; None if he may. At most three queries."""
    tellers = tellers_of(person)
    if tellers & set(finding.handled_by):
        return Ground.HANDLED
    if tellers & set(finding.authorised_by):
        return Ground.AUTHORISED
    relation = _relation(person, finding.customer_ids)
    if relation is not None:
        return relation
    if task is not Task.ANSWER and _works_in(person, finding.unit_id):
        return Ground.OWN_UNIT
    if task is Task.REVIEW:
        if person.pk in finding.planned_by:
            return Ground.PLANNED
        if person.pk in finding.found_by:
            return Ground.FOUND
    return None


def _relation(person: User, customer_ids: Collection[str]) -> Ground | None:
    if not person.staff_id or not customer_ids:
        return None
    relations = StaffCustomer.objects.filter(staff_id=person.staff_id, customer_id__in=list(customer_ids))
    found = set(relations.values_list("relation", flat=True))
    if not found:
        return None
    return Ground.OWN_BUSINESS if "self" in found else Ground.RELATIVE


def _works_in(person: User, unit_id: str | None) -> bool:
    if not person.staff_id or unit_id is None:
        return False
    return Staff.objects.filter(pk=person.staff_id, unit_id=unit_id).exists()


def sentence(ground: Ground) -> str:
    """The ground, for the person himself."""
    return {
        Ground.HANDLED: _("You handled this transaction, so someone else must handle the event."),
        Ground.AUTHORISED: _("You authorised this transaction, so someone else must handle the event."),
        Ground.OWN_BUSINESS: _("This is your own business, so someone else must handle the event."),
        Ground.RELATIVE: _(
            "This is the business of a relative of yours, so someone else must handle the event."
        ),
        Ground.OWN_UNIT: _("You work in the unit concerned, so someone else must handle the event."),
        Ground.PLANNED: _("You planned this, so someone else must review it."),
        Ground.FOUND: _("You found this first, so someone else must review it."),
    }[ground]
