"""Giving people accounts and roles."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from riskloop.organisation.models import RoleAssignment, Unit, User
from riskloop.organisation.roles import ROLES


@transaction.atomic
def create_user(*, username: str, password: str, display_name: str, staff_id: str) -> User:
    """A new account, without a role yet."""
    return User.objects.create_user(username, password=password, display_name=display_name, staff_id=staff_id)


@transaction.atomic
def assign_role(user: User, role: str, unit: Unit, from_on: dt.date | None = None) -> RoleAssignment:
    """Gives a role over a unit and all below it; one that runs already is left as it is.

    Raises:
        KeyError: no such role.
    """
    assigned, _new = RoleAssignment.objects.get_or_create(
        user=user,
        role=ROLES[role].code,
        unit=unit,
        to_on=None,
        defaults={"from_on": from_on or timezone.localdate()},
    )
    return assigned
