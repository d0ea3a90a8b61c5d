"""Exposure of units and tellers over a period, as far as the reader's roles reach.

An event counts when it was determined internal or external and new data did not withdraw it, on its
business day. The number of queries does not grow with the number of units or tellers.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count, Max, Q, QuerySet, Sum

from riskloop.exposure.measures import Measures
from riskloop.exposure.models import DailyVolume
from riskloop.loop.models import CONFIRMED, Outcome, QuasiEvent
from riskloop.organisation.functions import READ_EXPOSURE
from riskloop.organisation.models import Teller, Unit
from riskloop.organisation.scope import Person, units_of, within

_LAST = "\uffff"
"""Sorts after every path: units that the bank does not know have no place in the tree."""


@dataclass(frozen=True)
class UnitExposure:
    """A unit with all below it. One that the bank does not know has neither name nor level."""

    unit_id: str
    name: str
    level: str
    path: str
    measures: Measures


@dataclass(frozen=True)
class TellerExposure:
    """A teller by the person and unit behind the number, where the bank knows them."""

    teller_id: str
    name: str
    unit_id: str
    unit_name: str
    measures: Measures


def latest_day() -> dt.date | None:
    """The newest day with any volume."""
    return DailyVolume.objects.aggregate(latest=Max("day"))["latest"]


def exposure_of_units(user: Person, first: dt.date, last: dt.date) -> list[UnitExposure]:
    """Every unit that the reader's roles reach, in the order of the tree, each with all below it.

    Volumes and events of unknown units stand after the tree, for those whose role reaches a whole tree.
    """
    reach = within(user, READ_EXPOSURE)
    own: defaultdict[str, Measures] = defaultdict(Measures)
    for unit_id, volume in (
        _volumes(reach, first, last).values_list("unit_id").annotate(Sum("volume")).order_by()
    ):
        own[unit_id] += Measures(volume)
    for unit_id, outcome, count, score in (
        _events(reach, first, last)
        .values_list("unit_id", "outcome")
        .annotate(Count("pk"), Sum("score"))
        .order_by()
    ):
        own[unit_id or ""] += _of_events(outcome, count, score)
    units = list(units_of(user, READ_EXPOSURE).order_by("path"))
    total = _rolled_up(units, own)
    known = [UnitExposure(u.unit_id, u.name, u.level, u.path, total[u.path]) for u in units]
    strangers = sorted(own.keys() - {u.unit_id for u in units})
    return known + [UnitExposure(unit_id, "", "", _LAST + unit_id, own[unit_id]) for unit_id in strangers]


def exposure_of_tellers(user: Person, first: dt.date, last: dt.date) -> list[TellerExposure]:
    """Every teller with volume or events in the units that the reader's roles reach, by number.

    A teller's volume is his own. An event counts for each of its tellers.
    """
    reach = within(user, READ_EXPOSURE)
    own: defaultdict[str, Measures] = defaultdict(Measures)
    volumes = _volumes(reach, first, last).exclude(teller_id="")
    for teller_id, volume in volumes.values_list("teller_id").annotate(Sum("volume")).order_by():
        own[teller_id] += Measures(volume)
    busy = own.keys() | set[str]()
    for teller_ids, outcome, score in _events(reach, first, last).values_list(
        "teller_ids", "outcome", "score"
    ):
        for teller_id in set(teller_ids):
            own[teller_id] += _of_events(outcome, 1, score)
    people = _people(volumes, own.keys() - busy)
    return [TellerExposure(t, *people.get(t, ("", "", "")), own[t]) for t in sorted(own)]


def _volumes(reach: Q, first: dt.date, last: dt.date) -> QuerySet[DailyVolume]:
    return DailyVolume.objects.filter(reach, day__range=(first, last))


def _events(reach: Q, first: dt.date, last: dt.date) -> QuerySet[QuasiEvent]:
    return QuasiEvent.objects.filter(
        reach,
        outcome__in=CONFIRMED,
        withdrawn_on=None,
        booked_on__range=(first, last),
    )


def _of_events(outcome: str, count: int, score: Decimal | None) -> Measures:
    exact = Fraction(score or 0)
    if outcome == str(Outcome.INTERNAL):
        return Measures(internal_events=count, internal_score=exact)
    return Measures(external_events=count, external_score=exact)


def _rolled_up(units: Iterable[Unit], own: Mapping[str, Measures]) -> dict[str, Measures]:
    """By path, each unit's own measures and those of all below it."""
    total = {unit.path: Measures() for unit in units}
    for unit in units:
        if unit.unit_id in own:
            for path in _upwards(unit.path):
                if path in total:
                    total[path] += own[unit.unit_id]
    return total


def _upwards(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]


def _people(volumes: QuerySet[DailyVolume], others: Iterable[str]) -> dict[str, tuple[str, str, str]]:
    """By teller number: name, unit_id and name of the unit."""
    rows = Teller.objects.filter(
        Q(teller_id__in=volumes.values("teller_id")) | Q(teller_id__in=list(others))
    ).values_list("teller_id", "staff__name", "unit_id", "unit__name")
    return {
        teller_id: (name or "", unit_id or "", unit_name or "")
        for teller_id, name, unit_id, unit_name in rows
    }
