"""To whom a query goes: the level by the event's grade, or the department; and who owes what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from riskloop.loop.models import Grade, QuasiEvent, Query, QueryKind, QueryState
from riskloop.loop.visibility import visible_to
from riskloop.organisation.functions import ANSWER
from riskloop.organisation.models import Unit, User
from riskloop.organisation.scope import authority_of, units_above_with

LEVELS: Sequence[str] = ("outlet", "sub_branch", "tier2_branch", "tier1_branch", "head_office")
"""From the lowest."""
DEPARTMENT = "tier2_branch"
VERIFIED_AT: Mapping[str, str] = {
    Grade.GENERAL: "sub_branch",
    Grade.ATTENTION: "sub_branch",
    Grade.KEY_ATTENTION: "tier2_branch",
}
"""By grade the level that verifies (一般关注 支行, 重点关注 二级分行): below it nobody is asked."""


def level_of(kind: str, grade: str) -> str:
    """The lowest level that a query of this kind about an event of this grade goes to."""
    return VERIFIED_AT[grade] if kind == str(QueryKind.QUERY) else DEPARTMENT


def addressees(event: QuasiEvent, kind: str) -> list[Unit]:
    """The units that may be asked, the right one first: those above the event in which somebody answers.

    Where nobody does at the right level or above it, whoever does below.
    """
    units = list(units_above_with(ANSWER, event.unit_id))
    units.sort(key=lambda unit: LEVELS.index(unit.level))
    least = LEVELS.index(level_of(kind, event.grade))
    right = [unit for unit in units if LEVELS.index(unit.level) >= least]
    return right or units[::-1]


def below(query: Query) -> list[Unit]:
    """The units below the one that was asked, down to the event's, in which somebody answers."""
    units = units_above_with(ANSWER, query.event.unit_id)
    inside = f"{query.unit.path}/"
    return [unit for unit in units if unit.path.startswith(inside)]


def copied_to(event: QuasiEvent, asked: Unit) -> Unit | None:
    """Of an event of attention that the sub-branch verifies, the second-level branch is told too."""
    if event.grade != Grade.ATTENTION or asked.level != VERIFIED_AT[Grade.ATTENTION]:
        return None
    return next((u for u in units_above_with(ANSWER, event.unit_id) if u.level == DEPARTMENT), None)


def own_units(user: User) -> set[str]:
    """The units for which he answers himself: those of his roles, without what is below them."""
    return {grant.unit_id for grant in authority_of(user).having((ANSWER,))}


def owed_by(user: User) -> QuerySet[Query]:
    """The queries that he owes an answer to, the oldest first."""
    return open_to(user).filter(unit__in=own_units(user))


def open_to(user: User) -> QuerySet[Query]:
    """The unanswered queries about events that he sees, his own and others', the oldest first."""
    waiting = Query.objects.filter(state=QueryState.ASKED, event__in=visible_to(user))
    return waiting.order_by("asked_at", "pk")
