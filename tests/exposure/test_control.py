"""Funnel plots and control charts: limits, false alarms, what is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import poisson

from riskloop.exposure.control import RUN, TAIL, control_chart
from riskloop.exposure.funnel import funnel

RATE = 1e-3


def peers(n: int, seed: int, spread: float = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    volumes = np.ceil(rng.lognormal(8.5, 1, n))
    rates = RATE * (rng.gamma(spread**-2, spread**2, n) if spread else np.ones(n))
    return rng.poisson(rates * volumes), volumes


def test_peers_alike_lie_outside_as_often_as_the_lines_say() -> None:
    drawn = funnel(*peers(10_000, 1))
    assert drawn.between == 0
    assert 0.04 <= drawn.outside[0] / 10_000 <= 0.06
    assert 0.001 <= drawn.outside[1] / 10_000 <= 0.004


def test_lines_are_poisson_quantiles_and_narrow_with_volume() -> None:
    drawn = funnel([10, 100], [10_000, 100_000])
    assert drawn.rate == pytest.approx(RATE)
    first, last = drawn.volumes[0], drawn.volumes[-1]
    assert (first, last) == (pytest.approx(10_000), pytest.approx(100_000))
    for end, volume in ((0, first), (-1, last)):
        for line, probability in ((drawn.inner_low, 0.025), (drawn.outer_high, 0.999)):
            assert abs(line[end] * volume - poisson.ppf(probability, RATE * volume)) <= 1
    assert (drawn.outer_low <= drawn.inner_low).all()
    assert (drawn.inner_high < drawn.outer_high).all()
    assert (np.diff(drawn.outer_high - drawn.outer_low) < 0).all()


def test_peers_who_differ_widen_the_lines_and_one_who_stands_out_does_not() -> None:
    events, volumes = peers(2000, 2, 0.4)
    drawn = funnel(events, volumes)
    assert drawn.between == pytest.approx(0.4 * RATE, rel=0.3)
    assert 0.04 * 2000 < drawn.outside[0] < 0.08 * 2000
    out = funnel(np.append(events, 500), np.append(volumes, 100_000))
    assert out.between == pytest.approx(drawn.between, rel=0.1)
    assert (out.peers[0], out.point_levels[0]) == (2000, 2)


def test_no_more_points_are_drawn_than_asked_for_and_those_outside_come_first() -> None:
    events, volumes = peers(5000, 3)
    drawn = funnel(events, volumes, most=400)
    assert (len(drawn.peers), drawn.hidden) == (400, 4600)
    assert len(set(drawn.peers)) == 400
    assert (drawn.point_levels != 0).sum() == min(drawn.outside[0], 400)
    assert drawn.point_volumes.max() == volumes.max()
    assert np.allclose(drawn.point_rates, events[drawn.peers] / volumes[drawn.peers])
    few = funnel(events, volumes, most=5)
    assert (np.abs(few.point_levels) == 2).all()


def test_a_funnel_of_nobody_and_of_no_events() -> None:
    nobody = funnel([2], [0])
    assert np.isnan(nobody.rate)
    assert (len(nobody.peers), len(nobody.volumes)) == (0, 0)
    none = funnel([0, 0], [10, 1000])
    assert (none.rate, none.outside, list(none.inner_high[:2])) == (0, (0, 0), [0, 0])
    with pytest.raises(ValueError, match="same length"):
        funnel([1], [1, 2])


def test_a_month_far_above_is_out_and_the_newest_is_not_in_its_own_baseline() -> None:
    chart = control_chart([10] * 11 + [30], [10_000] * 12)
    assert chart.baseline == 11
    assert chart.centre == pytest.approx(RATE)
    assert list(chart.out) == [0] * 11 + [1]
    assert chart.high[0] == poisson.ppf(1 - TAIL, 10) / 10_000
    assert chart.low[0] == poisson.ppf(TAIL, 10) / 10_000


def test_limits_are_each_months_own() -> None:
    chart = control_chart([10, 100, 1, 0], [10_000, 100_000, 1000, 0], baseline=3)
    assert chart.high[1] < chart.high[0] < chart.high[2]
    assert np.isnan([chart.high[3], chart.low[3], chart.rates[3]]).all()
    assert chart.out[3] == 0


def test_false_alarms_are_no_more_than_stated() -> None:
    """30,000 months about a known rate: a baseline of very great volume comes first."""
    rng = np.random.default_rng(4)
    volumes = np.append(1e12, np.ceil(rng.lognormal(8, 1, 30_000)))
    events = np.append(1e12 * RATE, rng.poisson(RATE * volumes[1:]))
    chart = control_chart(events, volumes, baseline=1)
    for side in (1, -1):
        assert (chart.out == side).mean() <= TAIL * 1.4
        assert 0.3 * RUN <= (chart.runs == side).mean() <= RUN * 1.25


def test_eight_even_months_on_one_side_are_a_run() -> None:
    even = [1000] * 20
    above = control_chart([*even, *[1040] * 9], [1_000_000] * 29, baseline=20)
    assert list(np.flatnonzero(above.runs)) == [27, 28]
    assert not above.out.any()
    below = control_chart([*even, *[960] * 9], [1_000_000] * 29, baseline=20)
    assert below.runs[-1] == -1
    assert not control_chart([*even, *[1040, 960] * 5], [1_000_000] * 30, baseline=20).runs.any()


def test_months_without_any_event_of_a_rare_kind_are_no_run() -> None:
    """Half an event a month: six months of ten have none, and eight such in a row are no news."""
    chart = control_chart([6, *[0] * 8], [12_000, *[1000] * 8], baseline=1)
    assert not chart.runs.any()


def test_a_unit_that_varies_by_more_than_chance_widens_its_limits() -> None:
    rng = np.random.default_rng(5)
    volumes = np.full(36, 10_000_000)
    events = rng.poisson(volumes * RATE * rng.lognormal(0, 0.1, 36))
    chart = control_chart(events, volumes, baseline=24)
    assert chart.widening > 5
    assert np.abs(chart.out).sum() <= 1
    rate = events[:24].sum() / volumes[:24].sum()
    strict = (np.abs(events / volumes - rate) > 3 * np.sqrt(rate / volumes)).sum()
    assert strict > 15


def test_charts_without_figures() -> None:
    empty = control_chart([], [])
    assert (len(empty.rates), empty.baseline) == (0, 0)
    assert np.isnan(control_chart([1, 2], [0, 5]).centre)
    assert not control_chart([0, 3], [100, 100], baseline=0).out.any()
    with pytest.raises(ValueError, match="baseline"):
        control_chart([1], [1], baseline=-1)
    with pytest.raises(ValueError, match="same length"):
        control_chart([1], [1, 2])
