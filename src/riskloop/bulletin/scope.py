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
    """

    unit_id: str
    known: bool
    reach: tuple[str, ...] | None = None

    def units(self, period: Period, by: str = "whole") -> Grouping:
        roots = (self.unit_id,) if self.known else ()
        return Grouping(roots, by, day_of(period), period.first, self.reach)

    def rows(self, tree: Period, sql: str, **given: Any) -> list[tuple[Any, ...]]:
        """Rows of the query, in which `placed` says what belongs to the unit on the last day of `tree`.

        One that begins with a comma has more such tables before its SELECT.
        """
        units = self.units(tree)
        return rows(f"WITH RECURSIVE {units.sql()}{sql}", units.parameters | {"unit": self.unit_id} | given)


def scope_of(unit_id: str, reach: tuple[str, ...] | None = None) -> Scope:
    """Raises BadInput where neither the organisation nor a figure knows the unit."""
    known = UnitVersion.objects.filter(unit_id=unit_id).exists()
    counted = UnitVolume.objects.filter(unit_id=unit_id), RiskEvent.objects.filter(unit_id=unit_id)
    if not known and not any(found.exists() for found in counted):
        raise BadInput(f"--unit is {unit_id}, and neither the organisation nor a figure knows it")
    return Scope(unit_id, known, reach)


def rows(sql: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall()
