"""Exact intervals for rates of rare events, and for scores by volume. NumPy arrays in, NumPy arrays out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline
from scipy.special import gammaincinv

Floats = NDArray[np.float64]

_MANY = 4096


def poisson_interval(events: ArrayLike, volumes: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Lower and upper limit of a rate, in events per volume, of its own figures alone.

    Garwood 1936 (Biometrika 28, 437–442): covers at least `level`, whatever the rate. Without volume: NaN.
    """
    counts, volumes = numbers(events), numbers(volumes)
    tail = (1 - level) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(counts > 0, gammaincinv(np.maximum(counts, 1), tail), 0) / volumes
        high = gammaincinv(counts + 1, 1 - tail) / volumes
    return np.where(volumes > 0, low, np.nan), np.where(volumes > 0, high, np.nan)


def score_interval(
    scores: ArrayLike, squares: ArrayLike, largest: float, volumes: ArrayLike, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Lower and upper limit of risk exposure (RER), score by volume.

    A score is a sum over events of unequal weight, so it is not Poisson: three events of 10 are less
    certain than thirty of 1. Each event counts as Poisson of its own weight, and the sum is set like a
    gamma of the same mean and variance: Fay & Feuer 1997 (Statistics in Medicine 16, 791–801). With equal
    scores it is `poisson_interval`. It covers at least `level` in every simulation, theirs and ours; more
    than that where few events are expected, for the upper limit allows for one more event of the `largest`
    score that the bank's grades have.

    `scores`: sum of the events' scores, shape (n,); `squares`: sum of the squared scores, shape (n,);
    `volumes`: shape (n,); without volume: NaN.
    """
    sums, squares, volumes = numbers(scores), numbers(squares), numbers(volumes)
    tail = (1 - level) / 2
    some = sums > 0
    mean, variance = np.where(some, sums, 1), np.where(some, squares, 1)
    low = np.where(some, variance / mean * gammaincinv(mean**2 / variance, tail), 0)
    mean, variance = sums + largest, squares + largest**2
    high = variance / mean * gammaincinv(mean**2 / variance, 1 - tail)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = low / volumes, high / volumes
    return np.where(volumes > 0, low, np.nan), np.where(volumes > 0, high, np.nan)


def gamma_quantile(shapes: Floats, probability: float) -> Floats:
    """Quantile of gamma distributions of scale 1, shape (n,).

    SciPy's inverse takes microseconds for each. For many, it is computed at 2,048 shapes and read off
    between: the logarithm of the quantile is smooth in the logarithm of the shape, and the sixth digit is
    the same.
    """
    if len(shapes) <= _MANY:
        return np.asarray(gammaincinv(shapes, probability), np.float64)
    log = np.log(shapes)
    nodes = np.linspace(log.min(), log.max() + 1e-9, 2048)
    curve = CubicSpline(nodes, np.log(gammaincinv(np.exp(nodes), probability)))
    return np.exp(np.asarray(curve(log), np.float64))


def both(events: ArrayLike, volumes: ArrayLike) -> tuple[Floats, Floats]:
    """Counts and volumes of the same peers or months, shape (n,); raises ValueError if they are not."""
    counts, volumes = numbers(events), numbers(volumes)
    if counts.ndim != 1 or counts.shape != volumes.shape:
        raise ValueError("Events and volumes are two lists of the same length.")
    return counts, volumes


def numbers(values: ArrayLike) -> Floats:
    """As an array of floats; raises ValueError for what is negative, infinite or no number."""
    array = np.asarray(values, np.float64)
    if not np.all(np.isfinite(array) & (array >= 0)):
        raise ValueError("Counts and volumes are finite and not below 0.")
    return array
