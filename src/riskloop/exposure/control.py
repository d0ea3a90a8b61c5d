"""Control chart of one unit, teller or business over months: has its rate changed, or is it chance?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import poisson

from riskloop.exposure.intervals import both

Floats = NDArray[np.float64]
Marks = NDArray[np.int8]

TAIL = 0.00135
"""Chance of each side beyond three standard errors of a normal distribution; Shewhart's custom."""
RUN = 1 / 256
"""Eight months in a row on one side, if either side were as likely."""
_ENOUGH = 12
"""Months of a baseline from which the variation from month to month is judged."""


@dataclass(frozen=True)
class ControlChart:
    """A chart ready to draw; arrays of shape (months,), rates in events per volume.

    `rates`, `low`, `high`: NaN in a month without volume. `centre`: rate of the baseline, NaN if it has no
    volume.
    `baseline`: how many months, from the first, `centre` was taken from.
    `widening`: factor by which limits were drawn apart because the unit varies more than Poisson counts do;
    1: not.
    `out`: 1 above the upper limit, −1 below the lower, else 0.
    `runs`: 1 where a run of months above the centre became too long for chance, −1 below, else 0.
    """

    rates: Floats
    centre: float
    low: Floats
    high: Floats
    baseline: int
    widening: float
    out: Marks
    runs: Marks


def control_chart(events: ArrayLike, volumes: ArrayLike, baseline: int | None = None) -> ControlChart:
    """A u-chart whose limits are exact Poisson quantiles for each month's own volume.

    `events`, `volumes`: by month, oldest first, shape (months,). `baseline`: how many of the first months
    say what is usual; by default all but the last, so that the newest month is not measured by itself.

    **False alarms**: for Poisson counts about a known rate, at most 0.135 % of months above the upper limit
    and as many below the lower one (Montgomery, Introduction to Statistical Quality Control, ch. 7, has
    normal limits, which for few events are wrong). Runs add at most 0.39 % of months on each side: a run is
    marked once the chance of so many months all lying on that side is 1/256 or less, for each month's own
    volume; eight months where both sides are as likely. A baseline of few events adds to both, for its rate
    is itself unsure.

    A unit of great volume varies from month to month by more than chance, and Poisson limits would mark
    every month. From a baseline of 12 months on, limits are drawn apart by the standard deviation of the
    months' scores, taken from differences between neighbours, if that is above 1: Laney 2002 (Quality
    Engineering 14, 531–537).

    Raises ValueError like `ranking.rank`, and for a baseline below 0.
    """
    counts, volumes = both(events, volumes)
    months = max(len(counts) - 1, min(len(counts), 1)) if baseline is None else min(baseline, len(counts))
    if months < 0:
        raise ValueError("A baseline has no fewer than 0 months.")
    known = volumes > 0
    rates = np.divide(counts, volumes, out=np.full_like(volumes, np.nan), where=known)
    usual = np.flatnonzero(known[:months])
    centre = float(counts[usual].sum() / volumes[usual].sum()) if len(usual) else np.nan
    widening = _widening(rates[usual], volumes[usual], centre)
    expected = np.where(known, centre * volumes, np.nan)
    low, high = (
        _apart(poisson.ppf(p, expected) / np.where(known, volumes, np.nan), centre, widening)
        for p in (TAIL, 1 - TAIL)
    )
    low = np.maximum(low, 0)
    out = (rates > high).astype(np.int8) - (rates < low).astype(np.int8)
    runs = _runs(counts, expected, widening)
    return ControlChart(rates, centre, low, high, months, widening, out, runs)


def _apart(limits: Floats, centre: float, widening: float) -> Floats:
    # Left alone when nothing widens them: rounding would move a limit past the count that it stands on.
    return limits if widening == 1 else centre + (limits - centre) * widening


def _widening(rates: Floats, volumes: Floats, centre: float) -> float:
    if len(rates) < _ENOUGH or not centre > 0:
        return 1.0
    scores = (rates - centre) / np.sqrt(centre / volumes)
    # 1.128: the mean distance of two standard normal numbers.
    return max(1.0, float(np.abs(np.diff(scores)).mean()) / 1.128)


def _runs(counts: Floats, expected: Floats, widening: float) -> Marks:
    """Where the shortest unlikely stretch that ends with a month lies whole on one side of the centre."""
    marks = np.zeros(len(counts), np.int8)
    places = np.flatnonzero(expected > 0)
    y, m = counts[places], expected[places]
    for side, on, chance in (
        (1, y > m, poisson.sf(np.floor(m), m)),
        (-1, y < m, poisson.cdf(np.ceil(m) - 1, m)),
    ):
        # What varies by more than chance is at least as often on either side as even odds say.
        likely = np.maximum(chance, 0.5) if widening > 1 else chance
        log, length = 0.0, 0
        for place, beyond, p in zip(places, on, np.asarray(likely), strict=True):
            log, length = (log + np.log(p), length + 1) if beyond else (0.0, 0)
            if length and log <= np.log(RUN) + 1e-9:
                marks[place] = side
    return marks
