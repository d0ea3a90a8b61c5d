"""Accounts follow their people: who has left is let in no more, who has moved begins anew.

Joiners get no account by themselves: an administrator gives it, with the role. `joiners` lists them.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.organisation import history
from riskloop.organisation.account_actions import Deactivate
from riskloop.organisation.action import do
from riskloop.organisation.assignment_actions import end_all_roles
from riskloop.organisation.models import Staff, User


@dataclass(frozen=True)
class Followed:
    """How many left and how many moved."""

    left: int
    moved: int


@transaction.atomic
def follow_staff() -> Followed:
    """Brings the accounts in line with the staff of today. Running it again changes nothing."""
    leavers = list(User.objects.filter(is_active=True, staff_id__in=_left().values("staff_id")))
    for person in leavers:
        do(Deactivate(None, person, _("Left the bank")))
    movers = _moved()
    for person, unit_id in movers:
        _move(person, unit_id)
    return Followed(len(leavers), len(movers))


def joiners() -> QuerySet[Staff]:
    """Members of staff who have no account yet."""
    there = Q(left_on=None) | Q(left_on__gt=timezone.localdate())
    known = User.objects.exclude(staff_id="").values("staff_id")
    return Staff.objects.filter(there).exclude(staff_id__in=known).order_by("staff_id")


def _left() -> QuerySet[Staff]:
    return Staff.objects.filter(left_on__lte=timezone.localdate())


def _moved() -> list[tuple[User, str]]:
    units = dict(
        Staff.objects.exclude(unit_id=None)
        .filter(staff_id__in=User.objects.exclude(staff_id="").values("staff_id"), unit_id=F("unit__unit_id"))
        .values_list("staff_id", "unit_id")
    )
    active = User.objects.filter(is_active=True, staff_id__in=units)
    return [(p, units[p.staff_id]) for p in active if p.unit_id != units[p.staff_id]]


def _move(person: User, unit_id: str) -> None:
    """The roles belong to the old place and end; in the new one the administrator there gives new ones."""
    before, why = person.unit_id, _("Moved to another unit")
    person.unit_id = unit_id
    person.save(update_fields=["unit"])
    if before is not None:
        end_all_roles(None, person, why)
    line = history.line(
        "moved",
        "user",
        person.pk,
        unit_id=unit_id,
        before={"unit_id": before},
        after={"unit_id": unit_id},
        reason=why,
    )
    history.record([line])
