"""A week that is loud or quiet, and a silence that is too long, are marked; what is usual hardly ever is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pytest
from scipy.stats import betabinom, binom, nbinom

from riskloop.detection import unusual
from riskloop.detection.unusual import CHANCE, LEAST_WEEKS, range_of_day, silence_of, week_of

LAST = dt.date(2024, 3, 29)
RNG_SEED = 20240329


def works(day: dt.date) -> bool:
    return day.weekday() < 5


def back(days: int) -> dt.date:
    return LAST - dt.timedelta(days=days)


def bank(
    rng: np.random.Generator, days: int, mean: float, dispersion: float = 1, swing: float = 0
) -> dict[dt.date, int]:
    """Hits by day: on days off half as many, overdispersed, and every week with a level of its own."""
    levels = np.exp(rng.normal(0, swing, days // 7 + 1) - swing**2 / 2)
    found: dict[dt.date, int] = {}
    for n in range(days):
        expected = mean * levels[n // 7] * (1 if works(back(n)) else 0.5)
        if dispersion > 1:
            found[back(n)] = int(rng.negative_binomial(expected / (dispersion - 1), 1 / dispersion))
        else:
            found[back(n)] = int(rng.poisson(expected))
    return found


def test_a_week_four_times_as_loud_is_marked_and_the_week_before_is_not() -> None:
    hits = bank(np.random.default_rng(RNG_SEED), 70, 10, 3)
    assert week_of(hits, back(7), works).way == ""
    assert week_of(hits, LAST, works).way == ""
    loud = hits | {back(n): 4 * hits[back(n)] for n in range(7)}
    found = week_of(loud, LAST, works)
    assert (found.way, found.weeks, len(found.days)) == ("loud", 8, 7)
    assert found.usual is not None
    assert found.high is not None
    assert found.high < found.compared == found.total
    assert found.chance is not None
    assert found.chance < CHANCE


def test_a_week_that_falls_away_is_quiet() -> None:
    hits = bank(np.random.default_rng(RNG_SEED), 70, 30, 2)
    assert week_of(hits | {back(n): 0 for n in range(7)}, LAST, works).way == "quiet"


def test_what_has_too_little_past_is_not_judged() -> None:
    hits = bank(np.random.default_rng(RNG_SEED), 7 * LEAST_WEEKS, 10)
    found = week_of(hits, LAST, works)
    assert (found.weeks, found.enough, found.way, found.usual) == (LEAST_WEEKS - 1, False, None, None)
    assert found.total == sum(hits[back(n)] for n in range(7))
    assert week_of(hits | bank(np.random.default_rng(1), 7 * (LEAST_WEEKS + 1), 10), LAST, works).enough


def test_of_a_week_that_did_not_run_nothing_is_known() -> None:
    hits = {day: n for day, n in bank(np.random.default_rng(1), 70, 10).items() if day <= back(7)}
    found = week_of(hits, LAST, works)
    assert (found.total, found.way) == (None, None)


def test_a_day_that_did_not_run_is_left_out_on_both_sides() -> None:
    """A gap is not a day with 0 hits: the week is held against the days that ran."""
    hits = dict.fromkeys((back(n) for n in range(70)), 20)
    for n in (0, 1, 7, 14):
        del hits[back(n)]
    found = week_of(hits, LAST, works)
    assert (len(found.days), found.compared, found.usual, found.way) == (5, 100, 100.0, "")


def test_a_day_off_is_held_against_days_off() -> None:
    """A holiday on a Friday is no quiet Friday."""
    hits = {back(n): 40 if works(back(n)) else 0 for n in range(70)} | {LAST: 0}
    assert week_of(hits, LAST, works).days[-1] == LAST
    assert LAST not in week_of(hits, LAST, lambda day: works(day) and day != LAST).days


def test_the_same_season_of_the_year_before_is_usual_too() -> None:
    """What happens every March is nothing sudden in March."""
    weeks_before = dict.fromkeys((back(n) for n in range(7, 63)), 5)
    now = dict.fromkeys((back(n) for n in range(7)), 40)
    assert week_of(weeks_before | now, LAST, works).way == "loud"
    a_year_ago = dict.fromkeys((back(n) for n in range(50 * 7, 55 * 7)), 40)
    found = week_of(weeks_before | now | a_year_ago, LAST, works)
    assert (found.weeks, found.way) == (13, "")


def test_many_more_hits_that_are_hardly_more_than_usual_are_no_mark() -> None:
    hits = dict.fromkeys((back(n) for n in range(70)), 10_000)
    more = hits | dict.fromkeys((back(n) for n in range(7)), 14_000)
    found = week_of(more, LAST, works)
    assert found.chance is not None
    assert found.chance < CHANCE
    assert found.way == ""
    assert week_of(hits | dict.fromkeys((back(n) for n in range(7)), 16_000), LAST, works).way == "loud"


@pytest.mark.parametrize(("number", "total", "share", "dispersion"), [(20, 60, 0.2, 3.0), (3, 3, 1 / 9, 1.0)])
def test_the_tails_are_those_of_the_distributions(
    number: int, total: int, share: float, dispersion: float
) -> None:
    sizes = total / (dispersion - 1) if dispersion > 1 else 0
    known = betabinom(total, share * sizes, (1 - share) * sizes) if sizes else binom(total, share)
    assert unusual._tails(number, total, share, dispersion) == pytest.approx(
        (known.sf(number - 1), known.cdf(number))
    )


def test_the_normal_tails_take_over_without_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = unusual._tails(5_300, 45_000, 1 / 9, 20.0)
    monkeypatch.setattr(unusual, "_EXACT", 0)
    assert unusual._tails(5_300, 45_000, 1 / 9, 20.0) == pytest.approx(exact, rel=0.1)


@pytest.mark.parametrize(("mean", "dispersion"), [(0.1, 1.0001), (3, 2), (40, 5), (1e5, 900)])
def test_the_range_is_that_of_the_negative_binomial(mean: float, dispersion: float) -> None:
    for p in (0.025, 0.975):
        known = int(nbinom.ppf(p, mean / (dispersion - 1), 1 / dispersion))
        assert unusual._quantile(p, mean, dispersion) == known


def test_a_range_of_a_day_needs_past() -> None:
    hits = dict.fromkeys((back(n) for n in range(70)), 9)
    low, high = range_of_day(hits, LAST, works) or (0, 0)
    assert low < 9 < high
    assert range_of_day({LAST: 9}, LAST, works) is None


# ── silence ──


def test_a_model_that_hits_every_day_and_stops_is_silent() -> None:
    hits = dict.fromkeys((back(n) for n in range(10, 200)), 3) | dict.fromkeys(
        (back(n) for n in range(10)), 0
    )
    found = silence_of(hits, LAST, works)
    assert (found.marked, found.last_hit, found.days, found.longest) == (True, back(10), 10, 0)


def test_a_model_that_hits_once_a_month_is_not_silent_after_ten_days() -> None:
    hits = {back(n): int(n % 30 == 11) for n in range(300)}
    found = silence_of(hits, LAST, works)
    assert (found.marked, found.last_hit, found.days) == (False, back(11), 11)
    longer = silence_of({day: n for day, n in hits.items() if day < back(10)}, back(11), works)
    assert longer.marked is False


def test_what_is_no_longer_than_a_silence_before_is_not_marked() -> None:
    """Hits in bursts: by the share of days with hits 25 silent days would be too long."""
    hits = {back(n): int(25 <= n % 60 < 60) for n in range(360)}
    found = silence_of(hits, LAST, works)
    assert (found.days, found.longest, found.marked) == (25, 25, False)
    assert found.chance is not None
    assert found.chance < CHANCE


def test_days_off_without_hits_are_no_silence() -> None:
    """A model of counter business hits on worked days alone: a week of holidays is as usual."""
    holidays = {back(n) for n in range(9)}
    hits = {back(n): int(works(back(n)) and back(n) not in holidays) for n in range(200)}
    assert silence_of(hits, LAST, works).marked is True
    assert silence_of(hits, LAST, lambda day: works(day) and day not in holidays).marked is False


def test_days_that_did_not_run_are_no_silence() -> None:
    hits = dict.fromkeys((back(n) for n in range(20, 200)), 3)
    found = silence_of(hits, LAST, works)
    assert (found.days, found.marked) == (0, False)


def test_a_model_without_a_habit_is_not_judged() -> None:
    never = silence_of(dict.fromkeys((back(n) for n in range(100)), 0), LAST, works)
    assert (never.last_hit, never.days, never.marked) == (None, 100, None)
    assert silence_of({back(90): 1, back(1): 0, LAST: 0}, LAST, works).marked is None


# ── how often a mark is false ──


def usual_banks(number: int) -> Iterator[dict[dt.date, int]]:
    """Models that do as always: rare and busy, dispersed or not, with little past and with a year of it."""
    rng = np.random.default_rng(RNG_SEED)
    cases = [
        (0.1, 1, 0),
        (1, 1, 0),
        (10, 1, 0),
        (1, 3, 0),
        (10, 3, 0),
        (50, 5, 0),
        (10, 1, 0.2),
        (50, 3, 0.3),
    ]
    for n in range(number):
        mean, dispersion, swing = cases[n % len(cases)]
        yield bank(rng, (35, 63, 200)[n % 3], mean, dispersion, swing)


def test_few_marks_are_false() -> None:
    """Of 1,500 usual models no more are marked than 1 in 1,000 brings in 999 of 1,000 such counts."""
    number = 1_500
    loud = quiet = silent = 0
    for hits in usual_banks(number):
        way = week_of(hits, LAST, works).way
        loud += way == "loud"
        quiet += way == "quiet"
        silent += bool(silence_of(hits, LAST, works).marked)
    most = int(binom.ppf(0.999, number, CHANCE))
    assert max(loud, quiet, silent) <= most
