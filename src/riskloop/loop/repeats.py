"""Repeat offences (屡犯): the same driver again, with the same person or unit, within a period."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from riskloop.loop.models import CONFIRMED, QuasiEvent, RepeatRule, Responsible, Standing
from riskloop.loop.visibility import visible_to
from riskloop.organisation.models import User


@dataclass(frozen=True)
class Repeat:
    """An earlier event of the same driver, and what it has in common beside."""

    event: QuasiEvent
    people: Sequence[str]
    """Staff ids of those who answer for both."""
    same_unit: bool


def repeats_of(event: QuasiEvent, reader: User) -> list[Repeat]:
    """The earlier events that this one repeats, seen by the reader, the latest first.

    Of internal and external events alone: what is undecided or excluded is no offence.
    """
    if event.driver is None or event.outcome not in CONFIRMED:
        return []
    people = set(_answering(event.pk))
    before = _earlier(visible_to(reader), event.booked_on, RepeatRule.in_force(event.booked_on).days)
    found = list(
        before.filter(driver__code=event.driver.code)
        .exclude(pk=event.pk)
        .filter(Q(unit_id=event.unit_id) | Q(pk__in=_answered_by(people)))
        .select_related("unit")
        .order_by("-booked_on", "pk")
    )
    both = _in_force().filter(staff_id__in=people, determination__event__in=found)
    shared = defaultdict[uuid.UUID, set[str]](set)
    for earlier, staff_id in both.values_list("determination__event", "staff_id"):
        shared[earlier].add(staff_id)
    return [Repeat(one, sorted(shared[one.pk]), one.unit_id == event.unit_id) for one in found]


def _earlier(events: QuerySet[QuasiEvent], day: dt.date, days: int) -> QuerySet[QuasiEvent]:
    first = day - dt.timedelta(days=days)
    return events.filter(outcome__in=CONFIRMED, booked_on__lte=day, booked_on__gte=first)


def _in_force() -> QuerySet[Responsible]:
    return Responsible.objects.filter(determination__standing=Standing.IN_FORCE)


def _answering(event_id: object) -> list[str]:
    found = _in_force().filter(determination__event=event_id)
    return list(found.values_list("staff_id", flat=True))


def _answered_by(people: set[str]) -> QuerySet[Responsible, dict[str, Any]]:
    return _in_force().filter(staff_id__in=people).values("determination__event")


def repeated(events: QuerySet[QuasiEvent]) -> QuerySet[QuasiEvent]:
    """Those of the events that repeat another one, each by the rule of its own day, found by the database."""
    found = Q(pk__in=[])
    until: dt.date | None = None
    for rule in RepeatRule.objects.order_by("-effective_from"):
        of_its_time = Q() if until is None else Q(booked_on__lt=until)
        until = rule.effective_from
        # Before all rules the first one counts.
        first = not RepeatRule.objects.filter(effective_from__lt=until).exists()
        since = Q() if first else Q(booked_on__gte=until)
        found |= of_its_time & since & _repeats_within(dt.timedelta(days=rule.days))
    return events.filter(found, outcome__in=CONFIRMED)


def _repeats_within(days: dt.timedelta) -> Q:
    """The condition on events: within the days before, another has the same driver, and unit or person."""
    earlier = (
        QuasiEvent.objects.filter(
            outcome__in=CONFIRMED,
            driver__code=OuterRef("driver__code"),
            booked_on__lte=OuterRef("booked_on"),
            booked_on__gte=OuterRef("booked_on") - days,
        )
        .exclude(pk=OuterRef("pk"))
        .order_by()
    )
    same_unit = earlier.filter(unit_id=OuterRef("unit_id"))
    same_person = (
        _in_force()
        .filter(determination__event=OuterRef("pk"))
        .filter(
            Exists(
                _in_force()
                .filter(
                    staff_id=OuterRef("staff_id"),
                    determination__event__outcome__in=CONFIRMED,
                    determination__event__driver__code=OuterRef("determination__event__driver__code"),
                    determination__event__booked_on__lte=OuterRef("determination__event__booked_on"),
                    determination__event__booked_on__gte=OuterRef("determination__event__booked_on") - days,
                )
                .exclude(determination__event=OuterRef("determination__event"))
            )
        )
    )
    return Q(Exists(same_unit)) | Q(Exists(same_person))
