"""What the loop has on record of the models, counted for whoever may read models in these units.

Only counts leave this module, never a row: who maintains the models reads no event, and is to know all the
same what becomes of their hits. The database shows the rows of the loop to its readers alone, so they are
counted as the system, each time through the gate (`_seen`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from riskloop.loop.models import Continuation, DailyStatistic, QuasiEvent
from riskloop.loop.pace import Paces, paces
from riskloop.loop.states import FOUND, State
from riskloop.organisation.functions import READ_MODELS, READ_STATISTICS
from riskloop.organisation.models import Unit
from riskloop.organisation.row_security import EVERYTHING, reading
from riskloop.organisation.scope import Person, below, units_of, within

READERS = (READ_MODELS, READ_STATISTICS)
"""With any of these a person sees how the models do, in the units where he has it."""

Hits = Mapping[str, Mapping[dt.date, int]]
"""Hits by day, of each model or of each unit ("" for none)."""


@dataclass(frozen=True)
class Reach:
    """Who asks, and where: in a unit and below, else in all units that he reaches."""

    user: Person
    unit: Unit | None = None


@dataclass(frozen=True)
class Work:
    """What became of the events of a period: those that new data did not withdraw.

    `by_people` are those that a person concluded.
    """

    opened: int = 0
    excluded: int = 0
    confirmed: int = 0
    by_people: int = 0

    @property
    def concluded(self) -> int:
        return self.excluded + self.confirmed


def units_within(user: Person) -> QuerySet[Unit]:
    """The units in which he sees how the models do."""
    return units_of(user, *READERS)


def _seen(reach: Reach, field: str = "unit_id") -> Q:
    """The one gate: what lies in these units."""
    seen = within(reach.user, *READERS, field=field)
    if reach.unit is None:
        return seen
    return seen & Q(**{f"{field}__in": below(reach.unit).values("unit_id")})


def _events(reach: Reach) -> QuerySet[QuasiEvent]:
    return QuasiEvent.objects.filter(_seen(reach), withdrawn_on=None)


def hits(reach: Reach, itemised: Mapping[str, bool], first: dt.date, last: dt.date, *, by: str) -> Hits:
    """The hits of models by day: of itemised ones events and what continues them, else what was counted.

    Args:
        itemised: the models, and whether each of them is.
        by: `model` or `unit_id`.
    """
    period, found = (first, last), defaultdict[str, defaultdict[dt.date, int]](lambda: defaultdict(int))
    events = [code for code, each in itemised.items() if each]
    counted = [code for code, each in itemised.items() if not each]
    with reading(EVERYTHING):
        of_events = _events(reach).filter(model__in=events, booked_on__range=period)
        continued = Continuation.objects.filter(
            _seen(reach, "event__unit_id"),
            event__model__in=events,
            withdrawn_on=None,
            event__withdrawn_on=None,
            booked_on__range=period,
        )
        statistics = DailyStatistic.objects.filter(
            _seen(reach), model__in=counted, teller_id="", booked_on__range=period
        )
        rows = [
            *of_events.order_by().values_list(by, "booked_on").annotate(n=Count("pk")),
            *continued.order_by().values_list(f"event__{by}", "booked_on").annotate(n=Count("pk")),
            *statistics.order_by().values_list(by, "booked_on").annotate(n=Sum("hits")),
        ]
    for key, day, number in rows:
        found[key or ""][day] += number
    return found


def work(reach: Reach, first: dt.date, last: dt.date, *, by: str, code: str = "") -> dict[str, Work]:
    """What became of the events of a period, by `model`, `unit_id` or `month`; of one model or of all."""
    events = _events(reach).filter(booked_on__range=(first, last))
    if code:
        events = events.filter(model=code)
    if by == "month":
        events = events.annotate(month=TruncMonth("booked_on"))
    figures = {
        "opened": Count("pk"),
        "excluded": Count("pk", filter=Q(state=State.EXCLUDED)),
        "confirmed": Count("pk", filter=Q(state__in=FOUND)),
        "by_people": Count("pk", filter=Q(state__in=(State.EXCLUDED, *FOUND), concluded_by__isnull=False)),
    }
    with reading(EVERYTHING):
        rows = list(events.order_by().values(by).annotate(**figures))
    return {str(row.pop(by) or ""): Work(**row) for row in rows}


def paces_of(reach: Reach) -> Paces:
    """How long conclusions take, by those of these units."""
    with reading(EVERYTHING):
        return paces(QuasiEvent.objects.filter(_seen(reach)))
