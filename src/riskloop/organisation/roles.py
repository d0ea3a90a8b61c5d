"""Roles as the pages name them, and what they may do on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db.models import Q

from riskloop.organisation.models import Role, RoleDecision

ADMINISTRATOR = "R01"


def names_of_roles() -> Mapping[str, Role]:
    """All roles by code."""
    return Role.objects.in_bulk()


def functions_in_force(day: dt.date, roles: Q | None = None) -> dict[tuple[str, str], frozenset[str]]:
    """By role and level what the newest approved decision allows on a day; roles not there have nothing."""
    decisions = RoleDecision.objects.filter(roles or Q(), approved=True, effective_from__lte=day)
    # Later decisions overwrite earlier ones.
    rows = decisions.order_by("effective_from").values_list("role_id", "level", "functions")
    return {(role, level): frozenset(functions) for role, level, functions in rows}
