"""Who belongs where, and how far what he may do reaches."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils import timezone

from riskloop.organisation.models import RoleAssignment, Teller, Unit, User

Person = AbstractBaseUser | AnonymousUser
"""Whoever asks: `request.user`."""


def assignments_of(user: Person, roles: Collection[str] | None = None) -> QuerySet[RoleAssignment]:
    """The person's assignments that run today, of these roles or of all."""
    if not user.is_authenticated:
        return RoleAssignment.objects.none()
    running = _running().filter(user_id=user.pk)
    return running if roles is None else running.filter(role__in=roles)


def _running() -> QuerySet[RoleAssignment]:
    today = timezone.localdate()
    return RoleAssignment.objects.filter(from_on__lte=today).filter(Q(to_on=None) | Q(to_on__gte=today))


def roles_of(user: Person) -> list[RoleAssignment]:
    """The person's running assignments with their units, in the order of the roles."""
    return list(assignments_of(user).select_related("unit").order_by("role", "unit__path"))


def units_of(user: Person, roles: Collection[str] | None = None) -> QuerySet[Unit]:
    """The units in the subtrees of his assignments."""
    paths = assignments_of(user, roles).values_list("unit__path", flat=True)
    reach = Q(pk__in=[])
    for path in set(paths):
        reach |= Q(path=path) | Q(path__startswith=f"{path}/")
    return Unit.objects.filter(reach)


def has_role(user: Person, roles: Collection[str], unit_id: str | None) -> bool:
    """Whether one of these roles of his reaches the unit.

    An event whose unit the bank does not know belongs to those whose role reaches a whole tree.
    """
    if unit_id is None or not Unit.objects.filter(pk=unit_id).exists():
        return assignments_of(user, roles).filter(unit__parent=None).exists()
    return units_of(user, roles).filter(pk=unit_id).exists()


def people_with_role(roles: Collection[str], unit_id: str | None) -> QuerySet[User]:
    """The active people for whom `has_role` holds, in one query."""
    unit = Unit.objects.filter(pk=unit_id).first()
    held = _running().filter(role__in=roles)
    if unit is None:
        held = held.filter(unit__parent=None)
    else:
        steps = unit.path.split("/")
        above = ["/".join(steps[:depth]) for depth in range(1, len(steps) + 1)]
        held = held.filter(unit__path__in=above)
    return User.objects.filter(is_active=True, pk__in=held.values("user_id"))


def tellers_of(user: Person) -> set[str]:
    """The teller numbers of the person behind an account."""
    if not isinstance(user, User) or not user.staff_id:
        return set()
    return set(Teller.objects.filter(staff_id=user.staff_id).values_list("teller_id", flat=True))
