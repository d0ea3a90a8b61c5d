"""Exposure at a glance, for the overview: the newest period, how it came there, and who moved it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count

from riskloop.exposure import report
from riskloop.exposure.belonging import grouping
from riskloop.exposure.figures import Subject, figures
from riskloop.exposure.measures import Measures
from riskloop.exposure.periods import Period, around
from riskloop.exposure.report import Compared, Row
from riskloop.loop.visibility import visible_to
from riskloop.organisation.models import Unit
from riskloop.organisation.scope import Person

STEPS = 13
"""Periods of the trend: of months the newest stands beside the same one last year."""
MOVERS = 5


@dataclass(frozen=True)
class Mover:
    """A unit whose exposure has changed.

    `beyond`: by how much its score lies above (below: negative) what the rate of the period before would
    have given for the volume of now. So a small outlet is no mover for one event.
    """

    row: Row
    beyond: Fraction


@dataclass(frozen=True)
class Glance:
    """Of the reader's highest units together; `trend` is oldest first, and ends with `period`.

    `undecided`: by period of the trend how many quasi-events that he sees have no conclusion yet: what of
    them is a risk event will still raise the figures.
    """

    tops: Sequence[Unit]
    period: Period
    figures: Compared
    trend: Sequence[tuple[Period, Measures]]
    undecided: Sequence[int]
    movers: Sequence[Mover]


def glance(user: Person) -> Glance | None:
    """Of the month of the newest day with volume, or of its week where nothing is known of a month before.

    None: the reader reaches no unit, or there is no volume.
    """
    tops, newest, oldest = report.tops_of(user), report.latest_day(), report.first_day()
    if not tops or newest is None or oldest is None:
        return None
    month = around("month", newest)
    spans = _spans("month" if oldest < month.first else "week", newest, oldest)
    roots = [unit.pk for unit in tops]
    found = figures(Subject.UNIT, grouping(user, roots, spans[-1]), spans)
    whole = [sum((of[n] for of in found.values()), Measures()) for n in range(len(spans))]
    rows = (
        report.exposure_of_units(user, spans[-1], roots)
        if len(tops) == 1
        else report.exposure_of_tops(user, spans[-1], roots)
    ).rows
    return Glance(
        tops,
        spans[-1],
        report.exposure_of(user, roots, spans[-1]),
        list(zip(spans, whole, strict=True)),
        _undecided(user, spans),
        _movers(rows),
    )


def _spans(kind: str, newest: dt.date, oldest: dt.date) -> list[Period]:
    found = [around(kind, newest)]
    while len(found) < STEPS and found[-1].first > oldest:
        found.append(around(kind, found[-1].first - dt.timedelta(days=1)))
    return found[::-1]


def _undecided(user: Person, spans: Sequence[Period]) -> list[int]:
    waiting = visible_to(user).filter(outcome="", withdrawn_on=None)
    waiting = waiting.filter(booked_on__range=(spans[0].first, spans[-1].last))
    by_day = list(waiting.values_list("booked_on").annotate(n=Count("pk")).order_by())
    return [sum(n for day, n in by_day if span.first <= day <= span.last) for span in spans]


def _movers(rows: Sequence[Row]) -> list[Mover]:
    """Those furthest from what the period before let one expect, whichever way, the furthest first."""
    movers = [
        Mover(row, now.score - then.rer * now.volume)
        for row in rows
        if (now := row.figures.now).volume and (then := row.figures.previous).rer is not None
    ]
    moved = [mover for mover in movers if mover.beyond]
    return sorted(moved, key=lambda mover: (-abs(mover.beyond), mover.row.key))[:MOVERS]
