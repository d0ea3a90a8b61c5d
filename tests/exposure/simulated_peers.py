"""Banks whose tellers' true rates are known, and how often an interval holds them.

`python -m tests.exposure.simulated_peers` prints the tables of docs/decisions/022-honest-rankings.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaincinv
from scipy.stats import nbinom

from riskloop.exposure.ranking import HIGHER, LOWER, rank

Floats = NDArray[np.float64]

MEAN = 1e-3
"""One event in 1,000 transactions."""


@dataclass
class Tally:
    """Of many banks: tellers, true rates within their intervals, verdicts given and those that were wrong."""

    tellers: int = 0
    within: int = 0
    within_plain: int = 0
    said: int = 0
    wrong: int = 0

    @property
    def coverage(self) -> float:
        return self.within / self.tellers

    def __iadd__(self, other: Tally) -> Tally:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


def true_rates(rng: np.random.Generator, kind: str, n: int, spread: float) -> Floats:
    """Rates of mean MEAN and standard deviation spread × MEAN; shape (n,)."""
    if spread == 0:
        return np.full(n, MEAN)
    if kind == "gamma":
        return rng.gamma(spread**-2, spread**2, n) * MEAN
    if kind == "lognormal":
        sigma = np.sqrt(np.log1p(spread**2))
        return np.exp(rng.normal(-(sigma**2) / 2, sigma, n)) * MEAN
    assert kind == "two kinds", kind
    # One in ten is worse than the rest, by as much as gives this spread.
    return np.where(rng.random(n) < 0.1, 1 + 3 * spread, 1 - spread / 3) * MEAN


def simulate(
    rng: np.random.Generator,
    banks: int,
    tellers: int,
    *,
    kind: str = "gamma",
    spread: float,
    expected: float,
    skew: float = 1.0,
    plain: bool = False,
) -> Tally:
    """Banks of `expected` events by teller; volumes are lognormal, `skew` the sd of their logarithm."""
    tally = Tally()
    for _ in range(banks):
        volumes = np.exp(rng.normal(0, skew, tellers))
        volumes = np.ceil(volumes * expected / MEAN / volumes.mean())
        rates = true_rates(rng, kind, tellers, spread)
        events = rng.poisson(rates * volumes)
        ranking = rank(events, volumes)
        tally.tellers += tellers
        tally.within += int(((ranking.low <= rates) & (rates <= ranking.high)).sum())
        true_others = ((rates @ volumes) - rates * volumes) / (volumes.sum() - volumes)
        higher, lower = ranking.verdict == HIGHER, ranking.verdict == LOWER
        tally.said += int((higher | lower).sum())
        tally.wrong += int(((higher & (rates <= true_others)) | (lower & (rates >= true_others))).sum())
        if plain:
            low, high = _plain(events.astype(np.float64), volumes)
            tally.within_plain += int(((low <= rates) & (rates <= high)).sum())
    return tally


def _plain(events: Floats, volumes: Floats) -> tuple[Floats, Floats]:
    """Plain empirical Bayes: the likeliest prior taken for the true one."""

    def loss(x: Floats) -> float:
        shape, mean = np.exp(x)
        return -float(np.sum(nbinom.logpmf(events, shape, 1 / (1 + mean * volumes / shape))))

    start = np.array([0.0, np.log(max(events.sum(), 0.5) / volumes.sum())])
    found = minimize(loss, start, method="L-BFGS-B", bounds=[(-2.3, 12), (None, None)])
    shape, mean = np.exp(found.x)
    a, b = shape + events, shape / mean + volumes
    return gammaincinv(a, 0.025) / b, gammaincinv(a, 0.975) / b


SPREADS = (0, 0.1, 0.3, 0.6, 1.0)
KINDS = ("gamma", "lognormal", "two kinds")
SIZES = (30, 100, 1000, 5000)


def _tables(peers: int) -> Iterator[str]:
    rng = np.random.default_rng(20261130)
    head = " | ".join(f"spread {s}" for s in SPREADS)
    yield f"| rates | tellers | events by teller | {head} |\n|{'---|' * (3 + len(SPREADS))}"
    for kind in KINDS:
        for tellers in SIZES:
            for expected in (0.3, 1, 5, 50):
                cells = [_cell(rng, peers, tellers, kind, spread, expected) for spread in SPREADS]
                yield f"| {kind} | {tellers} | {expected} | {' | '.join(cells)} |"
    yield f"\n| plain, gamma, 5 events by teller | {head} |\n|{'---|' * (1 + len(SPREADS))}"
    for tellers in SIZES[:3]:
        cells = [_cell(rng, peers, tellers, "gamma", spread, 5, plain=True) for spread in SPREADS]
        yield f"| {tellers} tellers | {' | '.join(cells)} |"


def _cell(
    rng: np.random.Generator,
    peers: int,
    tellers: int,
    kind: str,
    spread: float,
    expected: float,
    plain: bool = False,
) -> str:
    banks = max(2, peers // tellers)
    tally = simulate(rng, banks, tellers, kind=kind, spread=spread, expected=expected, plain=plain)
    if plain:
        return f"{100 * tally.within_plain / tally.tellers:.1f}"
    return f"{100 * tally.coverage:.1f} ({tally.wrong}/{tally.said})"


if __name__ == "__main__":
    for line in _tables(int(sys.argv[1]) if len(sys.argv) > 1 else 4000):
        print(line, flush=True)
