"""A unit's months beside each other: has its risk ratio changed, or is it chance?"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from riskloop.exposure.behind import together
from riskloop.exposure.belonging import grouping
from riskloop.exposure.control import control_chart
from riskloop.exposure.figures import Subject, figures
from riskloop.exposure.periods import Period, around
from riskloop.exposure.report import latest_day
from riskloop.organisation.scope import Person

SHOWN = 25
"""Months at most: two years, and the newest."""


@dataclass(frozen=True)
class Month:
    """One month; rates are events by item, None without volume.

    Attributes:
        low, high: the limits; None also where no rate is usual.
        out: 1 above the upper limit, −1 below the lower one, else 0.
        run: 1 where months above the usual have become too many for chance, −1 below, else 0.
    """

    period: Period
    volume: int | None
    events: int
    rate: float | None
    low: float | None
    high: float | None
    out: int
    run: int


@dataclass(frozen=True)
class Months:
    """The months, oldest first; `usual` is the rate of the first `baseline` of them, None without volume.

    `widening`: by which factor limits are drawn apart, as the unit varies more than chance does; 1: not.
    """

    months: Sequence[Month]
    usual: float | None
    baseline: int
    widening: float


def months_of(user: Person, roots: Sequence[str], period: Period) -> Months:
    """The months up to the end of the period, of the roots together with all that belongs to them.

    What is usual is taken from the months before the period; if there are none, from all but the last.
    The months before the first one with volume are left out. See `control.control_chart`.
    """
    spans = _spans(period)
    found = figures(Subject.UNIT, grouping(user, roots, period), spans)
    known = [together(of[n] for of in found.values()) for n in range(len(spans))]
    # Of a month without a known volume there is no ratio: as where there was none.
    volumes = [volume or 0 for volume in known]
    events = [sum(of[n].events for of in found.values()) for n in range(len(spans))]
    start = next((n for n, volume in enumerate(volumes) if volume), len(spans))
    spans, known, volumes, events = spans[start:], known[start:], volumes[start:], events[start:]
    before = sum(span.last < period.first for span in spans)
    chart = control_chart(events, volumes, before or None)
    return Months(
        [
            Month(
                span,
                known[n],
                events[n],
                _number(chart.rates[n]),
                _number(chart.low[n]),
                _number(chart.high[n]),
                int(chart.out[n]),
                int(chart.runs[n]),
            )
            for n, span in enumerate(spans)
        ],
        _number(chart.centre),
        chart.baseline,
        chart.widening,
    )


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _spans(period: Period) -> list[Period]:
    """Whole months, the oldest first; the last is that of the period's last day with volume known."""
    newest = latest_day()
    last = min(period.last, max(newest, period.first)) if newest else period.last
    found = [around("month", last)]
    while len(found) < SHOWN:
        found.append(around("month", found[-1].first - dt.timedelta(days=1)))
    return found[::-1]
