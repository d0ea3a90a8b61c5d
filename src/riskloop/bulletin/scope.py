"""The unit of a bulletin with all that belongs to it, and how the database is asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from riskloop.bank.errors import BadInput
from riskloop.exposure.belonging import Grouping, day_of
from riskloop.exposure.models import RiskEvent, UnitVolume
from riskloop.exposure.periods import Period
from riskloop.organisation.models import UnitVersion


@dataclass(frozen=True)
class Scope:
    """A unit with all below it. One that the bank's organisation does not know stands for itself.

    Attributes:
        reach: paths below which the reader reads; None: everywhere.
        sees_cases: whether the reader may be told of single events.
    """

    unit_id: str
    known: bool
    reach: tuple[str, ...] | None = None
    sees_cases: bool = True

    def units(self, period: Period, by: str = "whole") -> Grouping:
        roots = (self.unit_id,) if self.known else ()
        return Grouping(roots, by, day_of(period), period.first, self.reach)

    def rows(self, tree: Period, sql: str, **given: Any) -> list[tuple[Any, ...]]:
        """Rows of the query, in which `placed` says what belongs to the unit on the last day of `tree`.

        One that begins with a comma has more such tables before its SELECT.
        """
        units = self.units(tree)
        return rows(f"WITH RECURSIVE {units.sql()}{sql}", units.parameters | {"unit": self.unit_id} | given)


def scope_of(unit_id: str) -> Scope:
    """All of the unit. Raises BadInput where neither the organisation nor a figure knows it."""
    known = UnitVersion.objects.filter(unit_id=unit_id).exists()
    if not known and not is_counted(unit_id):
        raise BadInput(f"--unit is {unit_id}, and neither the organisation nor a figure knows it")
    return Scope(unit_id, known)


def is_counted(unit_id: str) -> bool:
    """Whether there is any figure of a unit of this number."""
    counted = UnitVolume.objects.filter(unit_id=unit_id), RiskEvent.objects.filter(unit_id=unit_id)
    return any(found.exists() for found in counted)


def rows(sql: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall()
