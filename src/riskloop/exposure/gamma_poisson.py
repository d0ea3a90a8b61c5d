"""What the rates of peers are like: a gamma distribution behind Poisson counts, with what is unsure about it.

Peer i has `events ~ Poisson(volume × rate)` and `rate ~ Gamma(shape, shape ÷ mean)`, so its count is
negative binomial. Plain empirical Bayes (Clayton & Kaldor 1987, Biometrics 43, 671–681) puts in the
likeliest shape and mean as if they were known. Its intervals are too short, and have no width at all where
the likeliest shape is infinite, which happens often when peers are nearly alike. So shapes and means are
averaged over by how well they fit, flat in log mean and in 1 ÷ shape, the squared spread of the rates:
Christiansen & Morris 1997 (JASA 92, 618–632) with the flat variance of Morris & Tang 2011 (Statistical
Science 26, 271–287), as in the R package Rgbp.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.hermite import hermgauss
from numpy.typing import NDArray
from scipy.special import gammaln

Floats = NDArray[np.float64]

LEAST_SHAPE = 0.1
"""Rates spread by at most 3.2 times their mean; without a bound, few peers would say nothing at all."""
_GREATEST = 1e7
"""From here on peers are as good as alike: they spread by less than a thirtieth of a per cent."""
_STEPS = 33
_ZOOMS = 25
"""Each narrows the range to a third or less; a million peers need eight."""
_DEEP = 10.0
"""Shapes so far below the best, in log density, weigh less than 1 in 20,000."""
_NEGLIGIBLE = 1e-5
_BINS = 4096
_CLOSE = 1e-9


@dataclass(frozen=True)
class Peers:
    """What is known of the peers' rates: pairs of shape and mean, arrays of shape (K,), weights summing to 1.

    `centre` is the mean of the peers' rates, each counted by what its volume tells, in events per volume.
    """

    shapes: Floats
    means: Floats
    weights: Floats
    centre: float

    @property
    def spread(self) -> float:
        """Standard deviation of the peers' true rates as a share of their mean; near 0: they are alike."""
        return float(self.weights @ (1 / np.sqrt(self.shapes)))


def fit(events: Floats, volumes: Floats) -> Peers:
    """Shapes and means that may lie behind these counts.

    Both of shape (n,), n ≥ 2, volumes above 0, at least one event. Starts from the whole range of shapes and
    narrows to where they fit, so there is no starting value to fail and no end to run into.
    """
    counts = _Counts(events, volumes)
    log_shape = np.linspace(np.log(LEAST_SHAPE), np.log(_GREATEST), _STEPS)
    zooms = 0
    while True:
        log_mean, log_error = counts.likeliest_means(np.exp(log_shape))
        # A flat 1 ÷ shape has the density 1 ÷ shape on the scale of its logarithm.
        density = counts.log_likelihood(np.exp(log_shape), log_mean) + log_error - log_shape
        kept = np.flatnonzero(density > density.max() - _DEEP)
        if len(kept) >= _STEPS // 3 or zooms == _ZOOMS:
            return _about(counts, log_shape[kept], log_mean[kept], log_error[kept])
        zooms += 1
        low, high = max(kept[0] - 1, 0), min(kept[-1] + 1, _STEPS - 1)
        log_shape = np.linspace(log_shape[low], log_shape[high], _STEPS)


def _about(counts: _Counts, log_shape: Floats, log_mean: Floats, log_error: Floats) -> Peers:
    """Each shape with three means about its likeliest one: adaptive Gauss–Hermite quadrature."""
    x, w = hermgauss(3)
    shapes = np.repeat(np.exp(log_shape), len(x))
    logs = (log_mean[:, None] + np.sqrt(2) * np.exp(log_error)[:, None] * x).ravel()
    density = counts.log_likelihood(shapes, logs) + np.repeat(log_error - log_shape, len(x))
    density += np.tile(np.log(w) + x**2, len(log_shape))
    weights = np.exp(density - density.max())
    weights /= weights.sum()
    centre = float(weights @ np.repeat(np.exp(log_mean), len(x)))
    kept = weights > _NEGLIGIBLE
    return Peers(shapes[kept], np.exp(logs[kept]), weights[kept] / weights[kept].sum(), centre)


class _Counts:
    """The counts as far as the likelihood of (shape, mean) needs them; time does not grow with peers."""

    def __init__(self, events: Floats, volumes: Floats) -> None:
        self.values, self.times = np.unique(events, return_counts=True)
        self.total = float(events.sum())
        self.pooled = self.total / float(volumes.sum())
        self.volumes, self.peers, self.events = _by_volume(events, volumes)

    def log_likelihood(self, shapes: Floats, log_mean: Floats) -> Floats:
        """Of J pairs, shape (J,), rates left out; up to a constant."""
        column = shapes[:, None]
        rising = gammaln(column + self.values) - gammaln(column) - np.log(column) * self.values
        spent = (column * self.peers + self.events) * np.log1p(self._odds(shapes, log_mean))
        return rising @ self.times + self.total * log_mean - spent.sum(axis=1)

    def likeliest_means(self, shapes: Floats) -> tuple[Floats, Floats]:
        """Likeliest log mean at each shape, and the log of its standard error, by Newton's method.

        The likelihood is concave in log mean; a step is held to 1, for far off it would overshoot.
        """
        log_mean = np.full_like(shapes, np.log(self.pooled))
        curve = np.ones_like(shapes)
        weight = shapes[:, None] * self.peers + self.events
        for _ in range(60):
            odds = self._odds(shapes, log_mean)
            pull = weight * odds / (1 + odds)
            curve = (pull / (1 + odds)).sum(axis=1)
            step = np.clip((self.total - pull.sum(axis=1)) / curve, -1, 1)
            log_mean = log_mean + step
            if np.abs(step).max() < _CLOSE:
                break
        return log_mean, -0.5 * np.log(curve)

    def _odds(self, shapes: Floats, log_mean: Floats) -> Floats:
        return np.exp(log_mean - np.log(shapes))[:, None] * self.volumes


def _by_volume(events: Floats, volumes: Floats) -> tuple[Floats, Floats, Floats]:
    """Volumes with the number of peers and of events at each.

    Exact up to 4,096 different volumes. Beyond, those in one of 4,096 bins of the logarithm stand at their
    mean: bins are so narrow that the likelihood moves by less than a millionth of its part.
    """
    distinct, place = np.unique(volumes, return_inverse=True)
    if len(distinct) > _BINS:
        log = np.log(volumes)
        _, place = np.unique((log * (_BINS / (log.max() - log.min()))).astype(np.int64), return_inverse=True)
    peers = np.bincount(place).astype(np.float64)
    return np.bincount(place, volumes) / peers, peers, np.bincount(place, events).astype(np.float64)
