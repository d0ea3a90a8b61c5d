"""Honest rankings: what shrinks and how far, what may be said, and how often the interval is right."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaincinv

from riskloop.exposure.gamma_poisson import LEAST_SHAPE, fit
from riskloop.exposure.intervals import gamma_quantile, poisson_interval, score_interval
from riskloop.exposure.ranking import HIGHER, LOWER, UNTOLD, Ranking, rank
from tests.exposure.simulated_peers import MEAN, Tally, simulate

PEERS = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 10**7)), min_size=2, max_size=25)


def bank(tellers: int, seed: int, spread: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    volumes = np.ceil(rng.lognormal(8, 1, tellers))
    return rng.poisson(rng.gamma(spread**-2, spread**2, tellers) * MEAN * volumes), volumes


def of(peers: list[tuple[int, int]]) -> Ranking:
    return rank([events for events, _ in peers], [volume for _, volume in peers])


def test_one_event_in_ten_transactions_is_not_the_worst_in_the_bank() -> None:
    events, volumes = bank(500, 1)
    events, volumes = np.append(events, [1, 400]), np.append(volumes, [10, 80_000])
    ranking = rank(events, volumes)
    few, many = 500, 501
    assert np.argmax(ranking.raw) == few
    assert list(ranking.order()).index(few) > 50
    assert (ranking.verdict[few], ranking.verdict[many]) == (UNTOLD, HIGHER)
    assert ranking.order()[0] == many
    assert ranking.low[few] < ranking.centre < ranking.high[few]


def test_a_teller_of_great_volume_without_events_is_lower() -> None:
    events, volumes = bank(300, 2)
    ranking = rank(np.append(events, [0, 0]), np.append(volumes, [100_000, 100]))
    assert (ranking.verdict[-2], ranking.verdict[-1]) == (LOWER, UNTOLD)


def test_a_verdict_is_what_the_interval_says() -> None:
    ranking = rank(*bank(2000, 3, 0.8))
    above = (ranking.low > ranking.others) & (ranking.low > ranking.centre)
    below = (ranking.high < ranking.others) & (ranking.high < ranking.centre)
    assert above.sum() > 50
    assert below.sum() > 50
    assert np.array_equal(ranking.verdict, above * HIGHER + below * LOWER)


def test_the_likeliest_prior_is_found_again() -> None:
    """200,000 tellers say what the prior was; counting by volume in bins does not move it."""
    events, volumes = bank(200_000, 4, 0.7)
    peers = fit(events.astype(np.float64), volumes)
    assert peers.centre == pytest.approx(MEAN, rel=0.01)
    assert peers.spread == pytest.approx(0.7, rel=0.02)


def test_bins_of_volume_do_not_move_the_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    events, volumes = bank(9000, 5)
    exact_volumes = volumes + np.arange(9000) / 9000
    binned = rank(events, exact_volumes)
    monkeypatch.setattr("riskloop.exposure.gamma_poisson._BINS", 10_000)
    exact = rank(events, exact_volumes)
    assert np.allclose(binned.estimate, exact.estimate, rtol=1e-4)
    assert np.allclose(binned.low, exact.low, rtol=1e-3)


def test_the_posterior_of_two_known_priors() -> None:
    """With a prior that many peers make certain, estimate and interval are the conjugate gamma's."""
    events, volumes = bank(30_000, 6, 0.5)
    ranking = rank(events, volumes)
    shape, prior_volume = 4.0, 4.0 / MEAN
    a, b = shape + events, prior_volume + volumes
    assert np.allclose(ranking.estimate, a / b, rtol=0.03)
    assert np.allclose(ranking.low, gammaincinv(a, 0.025) / b, rtol=0.05)
    assert np.allclose(ranking.high, gammaincinv(a, 0.975) / b, rtol=0.03)


def test_peers_alike_are_drawn_to_the_pooled_rate_and_nobody_stands_out() -> None:
    rng = np.random.default_rng(7)
    volumes = np.ceil(rng.lognormal(8, 1, 3000))
    ranking = rank(rng.poisson(MEAN * volumes), volumes)
    assert ranking.spread < 0.1
    assert np.allclose(ranking.estimate, ranking.centre, rtol=0.1)
    assert not ranking.verdict.any()


def test_less_varied_than_chance_is_no_failure() -> None:
    """Counts exactly as expected: the likeliest shape is infinite."""
    ranking = rank([5] * 200, [1000] * 200)
    assert ranking.estimate == pytest.approx(np.full(200, 0.005))
    assert (ranking.low < 0.005).all()
    assert (ranking.high > 0.005).all()
    assert not ranking.verdict.any()


def test_without_volume_there_is_no_rate_and_nothing_changes_for_others() -> None:
    events, volumes = bank(50, 8)
    alone = rank(events, volumes)
    ranking = rank(np.append(events, [7, 0]), np.append(volumes, [0, 0]))
    for name in ("raw", "estimate", "low", "high", "own", "others"):
        assert np.isnan(getattr(ranking, name)[-2:]).all(), name
        assert np.array_equal(getattr(ranking, name)[:-2], getattr(alone, name)), name
    assert not ranking.verdict[-2:].any()
    assert set(ranking.order()[-2:]) == {50, 51}


def test_one_peer_stands_on_its_own_figures() -> None:
    ranking = rank([4, 3], [1000, 0])
    assert (ranking.estimate[0], ranking.own[0], ranking.verdict[0]) == (0.004, 1, UNTOLD)
    assert ranking.low[0] == pytest.approx(1.0899e-3, rel=1e-4)
    assert ranking.high[0] == pytest.approx(10.2416e-3, rel=1e-4)
    assert np.isnan(ranking.others[0])


def test_no_event_at_all() -> None:
    ranking = rank([0, 0, 0], [1000, 10, 0])
    assert list(ranking.estimate[:2]) == [0, 0]
    assert ranking.high[:2] == pytest.approx([3.6889e-3, 0.36889], rel=1e-4)
    assert (ranking.centre, list(ranking.verdict)) == (0, [0, 0, 0])


def test_nobody_at_all() -> None:
    assert len(rank([], []).order()) == 0
    assert np.isnan(rank([3], [0]).centre)


@pytest.mark.parametrize(
    ("events", "volumes"),
    [([1, -1], [1, 1]), ([1, 1], [1, -1]), ([1, np.nan], [1, 1]), ([1], [np.inf]), ([1], [1, 2]), (1, 1)],
)
def test_what_is_no_count_is_refused(events: object, volumes: object) -> None:
    with pytest.raises(ValueError, match=r"finite|same length"):
        rank(events, volumes)  # pyright: ignore[reportArgumentType]


@settings(max_examples=30, deadline=None)
@given(PEERS)
def test_an_estimate_lies_between_the_raw_rate_and_the_centre(peers: list[tuple[int, int]]) -> None:
    ranking = of(peers)
    least = np.minimum(ranking.raw, ranking.centre) * (1 - 1e-9)
    most = np.maximum(ranking.raw, ranking.centre) * (1 + 1e-9)
    assert ((least <= ranking.estimate) & (ranking.estimate <= most)).all()
    assert (ranking.low <= ranking.estimate).all()
    assert (ranking.estimate <= ranking.high).all()
    assert ((ranking.own > 0) & (ranking.own <= 1)).all()


@settings(max_examples=30, deadline=None)
@given(PEERS)
def test_more_volume_brings_the_estimate_nearer_to_the_raw_rate(peers: list[tuple[int, int]]) -> None:
    ranking = of(peers)
    if np.isnan(ranking.spread):
        return
    by_volume = np.argsort([volume for _, volume in peers])
    assert (np.diff(ranking.own[by_volume]) >= -1e-12).all()


@settings(max_examples=30, deadline=None)
@given(PEERS, st.sampled_from([1e-3, 0.5, 7.0, 1e4]))
def test_rates_follow_the_unit_of_volume(peers: list[tuple[int, int]], factor: float) -> None:
    events, volumes = (np.array(x, np.float64) for x in zip(*peers, strict=True))
    one, other = rank(events, volumes), rank(events, volumes * factor)
    for name in ("estimate", "low", "high", "raw", "others", "centre"):
        assert getattr(other, name) * factor == pytest.approx(getattr(one, name), rel=1e-5, abs=1e-15), name
    assert other.own == pytest.approx(one.own, rel=1e-5)


@settings(max_examples=30, deadline=None)
@given(PEERS)
def test_the_order_of_peers_does_not_matter(peers: list[tuple[int, int]]) -> None:
    one, other = of(peers), of(peers[::-1])
    assert other.estimate[::-1] == pytest.approx(one.estimate, rel=1e-6)
    assert np.array_equal(other.verdict[::-1], one.verdict)


@pytest.mark.parametrize(
    ("kind", "spread", "expected"), [("gamma", 0.6, 5), ("lognormal", 0.6, 5), ("gamma", 1, 1)]
)
def test_the_interval_covers_95_in_100(kind: str, spread: float, expected: float) -> None:
    tally = simulate(np.random.default_rng(9), 8, 1000, kind=kind, spread=spread, expected=expected)
    assert 0.93 <= tally.coverage <= 0.97
    assert tally.said > 100
    assert tally.wrong <= 0.025 * tally.said


def test_few_peers_who_are_alike_are_seldom_told_apart() -> None:
    tally = Tally()
    rng = np.random.default_rng(10)
    for tellers in (2, 3, 5, 10):
        tally += simulate(rng, 60, tellers, spread=0, expected=10)
    assert tally.coverage > 0.95
    assert tally.said <= 0.025 * tally.tellers


def test_the_least_shape_bounds_the_spread() -> None:
    ranking = rank([0] * 30 + [500], [1000] * 31)
    assert ranking.spread <= LEAST_SHAPE**-0.5


def test_quantiles_read_off_between_are_those_of_scipy() -> None:
    shapes = np.exp(np.linspace(np.log(0.05), np.log(1e6), 5000))
    for probability in (0.025, 0.975):
        exact = gammaincinv(shapes, probability)
        assert np.allclose(gamma_quantile(shapes, probability), exact, rtol=1e-6)


def test_exact_limits_of_counts_are_those_of_the_tables() -> None:
    """Garwood's limits as printed in Pearson & Hartley, Biometrika Tables, table 40."""
    low, high = poisson_interval([0, 1, 10, 50], [1, 1, 1, 1])
    assert low == pytest.approx([0, 0.0253, 4.80, 37.11], abs=0.006)
    assert high == pytest.approx([3.69, 5.57, 18.39, 65.92], abs=0.006)


def test_scores_that_are_equal_have_the_interval_of_their_count() -> None:
    counts, volumes = np.array([0, 1, 7, 40]), np.array([10, 20, 500, 10_000])
    low, high = score_interval(counts * 3, counts * 9, 3, volumes)
    plain_low, plain_high = poisson_interval(counts, volumes)
    assert low == pytest.approx(plain_low * 3)
    assert high == pytest.approx(plain_high * 3)


def test_few_grave_events_are_less_certain_than_many_slight_ones() -> None:
    low, high = score_interval([30, 30], [300, 30], 10, [1000, 1000])
    assert high[0] - low[0] > high[1] - low[1]
    assert np.isnan(score_interval([30], [300], 10, [0])[0]).all()


@pytest.mark.parametrize("expected", [0.5, 3, 20, 200])
def test_the_interval_of_a_score_covers_at_least_95_in_100(expected: float) -> None:
    rng = np.random.default_rng(12)
    scores, share = np.array([1.0, 3, 10]), np.array([0.7, 0.25, 0.05])
    counts = rng.poisson(expected * share, (20_000, 3))
    low, high = score_interval(counts @ scores, counts @ scores**2, 10, np.full(20_000, 1000))
    true = expected * (share @ scores) / 1000
    assert ((low <= true) & (true <= high)).mean() >= 0.948
