"""Roles as the pages name them, and what they may do on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from riskloop.organisation.models import Role, RoleDecision

ADMINISTRATOR = "R01"


def names_of_roles() -> Mapping[str, Role]:
    """All roles by code."""
    return Role.objects.in_bulk()


def functions_in_force(day: dt.date) -> dict[tuple[str, str], frozenset[str]]:
    """By role and level what the newest approved decision allows on a day; roles not there have nothing."""
    decided = _decided(day)
    # A branch's own role never does more than the one it is modelled on, whatever that one has lost since.
    nothing = (None, frozenset[str]())
    return {
        (role, level): functions if of is None else functions & decided.get((of, level), nothing)[1]
        for (role, level), (of, functions) in decided.items()
    }


def _decided(day: dt.date) -> dict[tuple[str, str], tuple[str | None, frozenset[str]]]:
    """By role and level the role that it is modelled on, and what was decided last."""
    decisions = RoleDecision.objects.filter(approved=True, effective_from__lte=day)
    rows = decisions.order_by("effective_from")
    # Later decisions overwrite earlier ones.
    return {
        (role, level): (of, frozenset(functions))
        for role, of, level, functions in rows.values_list(
            "role_id", "role__modelled_on_id", "level", "functions"
        )
    }
