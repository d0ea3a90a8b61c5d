"""Funnel plot of peers: rate by volume, and the limits within which chance and common differences keep it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm, poisson

from riskloop.exposure.intervals import both

Floats = NDArray[np.float64]

INNER, OUTER = 0.95, 0.998
"""The usual two pairs of lines: about two and three standard errors."""
_LINE = 200
_TENTH = 0.1
_WINSORISED = 0.67865
"""Mean square of standard normal scores winsorised at a tenth; undivided, lines would be far too narrow."""


@dataclass(frozen=True)
class Funnel:
    """A funnel plot ready to draw. Rates are events per volume; lines have shape (200,), points (m,).

    `rate`: the peers' rate together, the line in the middle. NaN, and no lines nor points, if nobody has
    volume.
    `volumes` with `inner_low`, `inner_high` (95 %), `outer_low`, `outer_high` (99.8 %): the lines.
    `between`: standard deviation of true rates among peers that the lines allow for; 0: chance alone.
    `peers`: places of the drawn points in what was given, with `point_volumes`, `point_rates` and
    `point_levels`: 0 within all lines, ±1 outside the inner, ±2 outside the outer ones.
    `outside`: how many peers of all, drawn or not, are outside the (inner, outer) lines; `hidden`: how many
    with volume are not drawn.
    """

    rate: float
    between: float
    volumes: Floats
    inner_low: Floats
    inner_high: Floats
    outer_low: Floats
    outer_high: Floats
    peers: NDArray[np.intp]
    point_volumes: Floats
    point_rates: Floats
    point_levels: NDArray[np.int8]
    outside: tuple[int, int]
    hidden: int


def funnel(events: ArrayLike, volumes: ArrayLike, most: int = 2000) -> Funnel:
    """Points and limit lines of a funnel plot.

    Limits are exact Poisson quantiles about the pooled rate, interpolated between whole counts:
    Spiegelhalter 2005, Statistics in Medicine 24, 1185–1202. Of peers alike about 5 % lie outside the inner
    and 0.2 % outside the outer lines. Where peers differ more than by chance, lines are widened by an
    additive variance between peers, estimated from scores winsorised at 10 % so that those who stand out do
    not widen their own limits: Spiegelhalter 2005, Quality and Safety in Health Care 14, 347–351. Additive,
    not multiplicative: however great its volume, a peer may differ as peers do. Scores are normal scores of
    mid-p values, because counts are small.

    At most `most` points are drawn: those outside first, the furthest out before others, then an even
    choice by volume of those within. Peers without volume have no place. Raises ValueError like
    `ranking.rank`.
    """
    counts, volumes = both(events, volumes)
    places = np.flatnonzero(volumes > 0)
    y, e = counts[places], volumes[places]
    rate = float(y.sum() / e.sum()) if len(places) else np.nan
    between = _between(y, e, rate)
    line = np.geomspace(e.min(), e.max(), _LINE) if len(places) else np.empty(0)
    inner, outer = (_limits(line, rate, between, level) for level in (INNER, OUTER))
    levels = np.zeros(len(places), np.int8)
    for level in (INNER, OUTER):
        low, high = _limits(e, rate, between, level)
        levels += (y / e > high).astype(np.int8) - (y / e < low).astype(np.int8)
    drawn = _chosen(levels, y, e, rate, most)
    return Funnel(
        rate,
        between,
        line,
        *inner,
        *outer,
        places[drawn],
        e[drawn],
        (y / e)[drawn],
        levels[drawn],
        (int((levels != 0).sum()), int((abs(levels) > 1).sum())),
        len(places) - len(drawn),
    )


def _limits(volumes: Floats, rate: float, between: float, level: float) -> tuple[Floats, Floats]:
    if not rate > 0:
        return np.full_like(volumes, rate), np.full_like(volumes, rate)
    tail = (1 - level) / 2
    wider = np.sqrt(1 + between**2 * volumes / rate)
    low, high = (rate + (_smooth(rate * volumes, p) / volumes - rate) * wider for p in (tail, 1 - tail))
    # Where less than one event is so sure to be none that the quantile falls below it, none is within.
    return np.clip(low, 0, rate), np.maximum(high, rate)


def _smooth(expected: Floats, probability: float) -> Floats:
    """Poisson quantile between whole counts, on straight lines of the distribution function."""
    above = np.asarray(poisson.ppf(probability, expected), np.float64)
    over = np.asarray(poisson.cdf(above, expected) - probability, np.float64)
    return above - over / np.asarray(poisson.pmf(above, expected), np.float64)


def _between(events: Floats, volumes: Floats, rate: float) -> float:
    """Standard deviation among true rates by moments (DerSimonian & Laird) of winsorised scores."""
    if len(events) <= 1 or not rate > 0:
        return 0.0
    expected = rate * volumes
    # The lesser of the two tails is computed: the greater one would round to 1, and its score be infinite.
    lower = poisson.cdf(events, expected) - poisson.pmf(events, expected) / 2
    upper = poisson.sf(events, expected) + poisson.pmf(events, expected) / 2
    scores = np.where(lower < upper, norm.ppf(np.maximum(lower, 1e-300)), norm.isf(np.maximum(upper, 1e-300)))
    squares = np.clip(scores, *np.quantile(scores, (_TENTH, 1 - _TENTH))) ** 2
    weight = volumes / rate
    excess = squares.sum() / _WINSORISED - (len(events) - 1)
    return float(np.sqrt(max(0.0, excess / (weight.sum() - (weight**2).sum() / weight.sum()))))


def _chosen(
    levels: NDArray[np.int8], events: Floats, volumes: Floats, rate: float, most: int
) -> NDArray[np.intp]:
    far = np.abs(events - rate * volumes) / np.sqrt(rate * volumes) if rate > 0 else np.zeros_like(events)
    outside = np.flatnonzero(levels)
    outside = outside[np.lexsort((-far[outside], -np.abs(levels[outside])))][:most]
    within = np.flatnonzero(levels == 0)
    room = min(most - len(outside), len(within))
    if room < len(within):
        within = within[np.argsort(volumes[within], kind="stable")]
        within = within[np.linspace(0, len(within) - 1, room).round().astype(np.intp)]
    return np.concatenate([outside, within])
