"""Duties that one person may not hold together.

The static pairs are looked at when a role is given; the dynamic ones when somebody acts (`recusal`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from riskloop.organisation.models import Role, RoleAssignment, SegregationPair, User
from riskloop.organisation.models.roles import overlapping


def static_pairs(day: dt.date) -> list[SegregationPair]:
    """The static pairs in force on a day, by number."""
    return list(SegregationPair.objects.filter(kind="static", effective_from__lte=day).order_by("number"))


def offends(role: Role, person: User, from_on: dt.date, to_on: dt.date | None) -> SegregationPair | None:
    """The pair that giving the role to the person for that time would break; None if none.

    A role of his that ends before, or begins after, is in nobody's way.
    """
    beside = RoleAssignment.objects.filter(overlapping(from_on, to_on), user=person)
    duties = {held.role.duty for held in beside.select_related("role")}
    return broken_by(role.duty, duties, static_pairs(from_on))


def broken_by(duty: str, others: Iterable[str], pairs: Iterable[SegregationPair]) -> SegregationPair | None:
    """The first pair that has the duty on one side and one of the others on the other side."""
    held = set(others)
    for pair in pairs:
        if (duty in pair.left and held & set(pair.right)) or (duty in pair.right and held & set(pair.left)):
            return pair
    return None
