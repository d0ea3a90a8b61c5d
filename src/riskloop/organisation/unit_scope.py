"""Which units a person reaches, those still to come among them: the gate of the units' pages and operations.

A unit to come has no place in today's tree: it belongs to whoever reaches the unit below which it will open.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from riskloop.organisation.models import Unit, UnitVersion
from riskloop.organisation.scope import Person, units_of


def place_of(unit_id: str) -> str:
    """The unit that a role must reach: the unit itself; of one to come, the nearest above that is there."""
    if Unit.objects.filter(pk=unit_id).exists():
        return unit_id
    return _place(unit_id, _to_come())


def to_come_within(user: Person, *functions: str) -> set[str]:
    """The units to come below those where he may do any of these things."""
    above = _to_come()
    places = {unit_id: _place(unit_id, above) for unit_id in above}
    there = units_of(user, *functions).filter(pk__in=set(places.values())) if places else ()
    reached = {unit.pk for unit in there}
    return {unit_id for unit_id, place in places.items() if place in reached}


def versions_within(user: Person, *functions: str) -> Q:
    """The condition on versions of units: of those where he may do any of these things, today or to come."""
    reached = units_of(user, *functions).values("unit_id")
    return Q(unit_id__in=reached) | Q(unit_id__in=to_come_within(user, *functions))


def out_of_reach(user: Person, function: str, unit_ids: Iterable[str]) -> set[str]:
    """Those of the units where he may not do this, or that the bank does not know."""
    beyond = set(unit_ids)
    beyond -= set(units_of(user, function).filter(pk__in=beyond).values_list("pk", flat=True))
    return beyond - to_come_within(user, function) if beyond else beyond


def _to_come() -> dict[str, str | None]:
    """The units that are not there yet, each with the one below which it will open."""
    ahead = UnitVersion.objects.filter(valid_from__gt=timezone.localdate())
    ahead = ahead.exclude(unit_id__in=Unit.objects.values("unit_id"))
    # Of several states the first is written last, and stays.
    return dict(ahead.order_by("-valid_from").values_list("unit_id", "parent_id"))


def _place(unit_id: str, above: dict[str, str | None]) -> str:
    seen = {unit_id}
    while (parent := above.get(unit_id)) is not None and parent not in seen:
        seen.add(parent)
        unit_id = parent
    return unit_id
