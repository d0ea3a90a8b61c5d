"""The numbers of the overview. Each comes with the query of the queue that lists what it counts."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from riskloop.loop.deadlines import Mark, clock
from riskloop.loop.models import (
    DONE,
    OWED,
    Grade,
    Measure,
    ObjectionKind,
    ObjectionState,
    QuasiEvent,
    Query,
    QueryState,
    State,
)
from riskloop.loop.queries.addressing import owed_by
from riskloop.loop.states import IN_HAND, OPEN
from riskloop.loop.tables import ranked
from riskloop.loop.visibility import visible_to
from riskloop.organisation.models import User

DAYS_SHOWN = 30
MINE_SHOWN = 8
GRAVEST_FIRST = tuple(reversed(Grade.values))


def queue_url(**given: Any) -> str:
    """The queue narrowed down; what is withdrawn is no work, and counted apart."""
    return f"{reverse('events')}?{urlencode({'withdrawn': 'no'} | given)}"


@dataclass(frozen=True)
class Number:
    """A number and the queue that lists it."""

    count: int
    url: str
    code: str = ""


@dataclass(frozen=True)
class Stage:
    """A station of the loop, with its events by grade."""

    state: str
    total: Number
    grades: list[Number] = field(default_factory=list[Number])


@dataclass(frozen=True)
class ModelLine:
    """A model's events: still open, and all."""

    code: str
    open: Number
    all: Number


class Overview:
    """What one reader sees of the loop. Every number passes `visible_to`."""

    def __init__(self, user: User) -> None:
        self._user = user
        self._events: QuerySet[QuasiEvent] = visible_to(user).filter(withdrawn_on=None)

    def stages(self) -> list[Stage]:
        """The loop in its order, with the events standing at each station."""
        rows = self._events.values_list("state", "grade").annotate(n=Count("pk")).order_by()
        counts = {(state, grade): n for state, grade, n in rows}
        return [_stage(state, counts) for state in State.values]

    def withdrawn(self) -> Number:
        """Open events that newer data no longer supports."""
        found = visible_to(self._user).filter(state__in=OPEN).exclude(withdrawn_on=None)
        return Number(found.count(), queue_url(state="open", withdrawn="yes"))

    def mine(self) -> list[QuasiEvent]:
        """The events that the reader has taken, the gravest and oldest first."""
        return list(
            ranked(self._events.filter(assignee=self._user, state__in=IN_HAND))
            .select_related("unit")
            .order_by("-rank", "booked_on", "pk")[:MINE_SHOWN]
        )

    def tasks(self) -> Mapping[str, Number]:
        """What waits: for the reader himself, for anyone, and what is late."""
        events, here = self._events, clock()
        own = events.filter(assignee=self._user)
        measures = Measure.objects.filter(event__in=events)
        late = measures.filter(OWED, due_on__lt=timezone.localdate())
        to_do = measures.filter(OWED, owner=self._user)
        done = measures.filter(DONE)

        def on_events(found: QuerySet[Measure], which: str) -> Number:
            return Number(found.values("event").distinct().count(), queue_url(measure=which))

        return {
            "taken": Number(
                own.filter(state__in=IN_HAND).count(), queue_url(state="in_hand", assignee="mine")
            ),
            "free": Number(events.filter(state=State.NEW).count(), queue_url(state="new")),
            "due": Number(
                own.filter(here.which(Mark.OVERDUE)).count(), queue_url(assignee="mine", due="overdue")
            ),
            "overdue": Number(events.filter(here.which(Mark.OVERDUE)).count(), queue_url(due="overdue")),
            "to_answer": Number(
                Query.objects.filter(pk__in=owed_by(self._user), event__in=events)
                .values("event")
                .distinct()
                .count(),
                queue_url(query="owed"),
            ),
            "answered": Number(
                own.filter(queries__state=QueryState.ANSWERED, state__in=IN_HAND).distinct().count(),
                queue_url(state="in_hand", assignee="mine", query="answered"),
            ),
            "to_do": on_events(to_do, "mine"),
            "to_verify": on_events(done, "unverified"),
            "late": on_events(late, "overdue"),
            **{kind: self._undecided(kind) for kind in ObjectionKind.values},
        }

    def _undecided(self, kind: str) -> Number:
        found = self._events.filter(objections__kind=kind, objections__state=ObjectionState.OPEN)
        return Number(found.count(), queue_url(objection=kind))

    def models(self) -> list[ModelLine]:
        """Models that found something, those with most open events first."""
        rows = (
            self._events.values_list("model")
            .annotate(all=Count("pk"), open=Count("pk", filter=Q(state__in=OPEN)))
            .order_by("-open", "-all", "model")
        )
        return [
            ModelLine(
                code,
                Number(still_open, queue_url(model=code, state="open")),
                Number(total, queue_url(model=code)),
            )
            for code, total, still_open in rows
        ]

    def by_day(self, names: Mapping[str, str]) -> dict[str, Any] | None:
        """An ECharts option: events of the last 30 days that have any, by grade; None without events.

        Args:
            names: of the grades, in the reader's language.
        """
        last = self._events.aggregate(last=Max("booked_on"))["last"]
        if last is None:
            return None
        first = last - dt.timedelta(days=DAYS_SHOWN - 1)
        rows = (
            self._events.filter(booked_on__gte=first)
            .values_list("booked_on", "grade")
            .annotate(n=Count("pk"))
            .order_by()
        )
        counts = {(day, grade): n for day, grade, n in rows}
        days = [first + dt.timedelta(days=n) for n in range(DAYS_SHOWN)]
        return _stacked(days, counts, names)


def _stage(state: str, counts: Mapping[tuple[str, str], int]) -> Stage:
    by_grade = Counter({grade: counts.get((state, grade), 0) for grade in GRAVEST_FIRST})
    return Stage(
        state,
        Number(by_grade.total(), queue_url(state=state)),
        [Number(by_grade[g], queue_url(state=state, grade=g), g) for g in GRAVEST_FIRST],
    )


def _stacked(
    days: Iterable[dt.date], counts: Mapping[tuple[dt.date, str], int], names: Mapping[str, str]
) -> dict[str, Any]:
    shown = list(days)
    return {
        "xAxis": {"type": "category", "data": [f"{day:%m-%d}" for day in shown]},
        "yAxis": {"type": "value", "minInterval": 1},
        "links": [queue_url(first=day, last=day) for day in shown],
        "series": [
            {
                "type": "bar",
                "stack": "events",
                "name": names[grade],
                "color": f"--rl-chart-{grade.replace('_', '-')}",
                "barMaxWidth": 22,
                "data": [counts.get((day, grade), 0) for day in shown],
            }
            for grade in Grade.values
        ],
    }
