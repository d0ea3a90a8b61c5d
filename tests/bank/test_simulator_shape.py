"""How a simulated day looks, without a bank around it."""

import datetime as dt

import numpy as np
import pytest

from riskloop.bank.simulator.shape import (
    BUSINESSES,
    DAY,
    PROFILES,
    entries_of,
    is_working,
    shares_of,
    slices,
    times_within,
)

WEDNESDAY, SATURDAY, PAY_DAY = dt.date(2024, 1, 17), dt.date(2024, 1, 20), dt.date(2024, 1, 25)
HOUR = DAY // 24


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (WEDNESDAY, True),
        (SATURDAY, False),
        (dt.date(2024, 1, 21), False),
        (dt.date(2025, 1, 1), False),
        (dt.date(2026, 5, 1), False),
        (dt.date(2024, 10, 3), False),
        (dt.date(2024, 10, 4), True),
    ],
)
def test_working_days(day: dt.date, working: bool) -> None:
    assert is_working(day) is working


def test_weekends_have_less_business_and_pay_days_more() -> None:
    def entries(day: dt.date) -> int:
        return entries_of(day, 100_000, np.random.default_rng(1))

    assert 0.5 < entries(SATURDAY) / entries(WEDNESDAY) < 0.6
    assert 1.2 < entries(PAY_DAY) / entries(WEDNESDAY) < 1.3


def share(day: dt.date, *channels: str) -> float:
    return sum(s for b, s in zip(BUSINESSES, shares_of(day), strict=True) if b.channel in channels)


def test_weekends_are_for_phones_and_pay_days_for_batches() -> None:
    assert share(SATURDAY, "mobile", "internet") > 1.2 * share(WEDNESDAY, "mobile", "internet")
    assert share(SATURDAY, "counter") < 0.5 * share(WEDNESDAY, "counter")
    assert share(PAY_DAY, "batch") > 2 * share(WEDNESDAY, "batch")


def test_counters_have_their_rush_hours_and_close() -> None:
    times = times_within(50_000, "counter", np.random.default_rng(1))
    assert times.min() >= 9 * HOUR
    assert times.max() < 17 * HOUR
    rush = ((times >= 9.5 * HOUR) & (times < 11 * HOUR)) | ((times >= 14 * HOUR) & (times < 15.5 * HOUR))
    # Three of eight hours.
    assert 0.5 < rush.mean() < 0.6


@pytest.mark.parametrize("profile", PROFILES)
def test_times_of_a_stretch_lie_in_it(profile: str) -> None:
    start, end = 9.25 * HOUR, 13.1 * HOUR
    if profile == "night":
        start, end = 2.25 * HOUR, 3.1 * HOUR
    times = times_within(1000, profile, np.random.default_rng(1), start, end)
    assert times.min() >= start
    assert times.max() < end


def test_stretches_make_up_the_day_with_equal_business() -> None:
    parts = slices(WEDNESDAY, 4)
    assert [parts[0].start, parts[-1].end] == [0, DAY]
    assert [p.start for p in parts[1:]] == [p.end for p in parts[:-1]]
    assert all(p.weights.sum() == pytest.approx(1) for p in parts)
    whole = np.mean([p.weights for p in parts], axis=0)
    np.testing.assert_allclose(whole, shares_of(WEDNESDAY))
