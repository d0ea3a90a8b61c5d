"""Periods: how they are written, what they are compared with, and of which sums they are made."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskloop.exposure.periods import Period, around, parse

DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2150, 12, 31))
PERIODS = st.tuples(DAYS, st.integers(0, 1500)).map(lambda p: Period(p[0], p[0] + dt.timedelta(days=p[1])))


def of(first: str, last: str) -> Period:
    return Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@pytest.mark.parametrize(
    ("text", "period", "kind"),
    [
        ("2024", of("2024-01-01", "2024-12-31"), "year"),
        ("2024-H2", of("2024-07-01", "2024-12-31"), "half"),
        ("2024-Q1", of("2024-01-01", "2024-03-31"), "quarter"),
        ("2024-02", of("2024-02-01", "2024-02-29"), "month"),
        ("2024-W10", of("2024-03-04", "2024-03-10"), "week"),
        ("2024-03-15", of("2024-03-15", "2024-03-15"), "day"),
        ("2024-01-01..2024-02-29", of("2024-01-01", "2024-02-29"), "days"),
        ("2024-02-01..2024-04-30", of("2024-02-01", "2024-04-30"), "days"),
    ],
)
def test_a_period_as_written(text: str, period: Period, kind: str) -> None:
    assert (parse(text), period.kind, str(period)) == (period, kind, text)


@pytest.mark.parametrize(
    "text", ["", "24", "2024-13", "2024-Q5", "2024-H0", "2024-W54", "2024-02-30", "a..b"]
)
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse(text)


def test_none_ends_before_it_begins() -> None:
    with pytest.raises(ValueError, match="before"):
        of("2024-03-02", "2024-03-01")


@pytest.mark.parametrize(
    ("period", "previous", "year_before"),
    [
        ("2024-03", "2024-02", "2023-03"),
        ("2024-02", "2024-01", "2023-02"),
        ("2024-Q1", "2023-Q4", "2023-Q1"),
        ("2024-H1", "2023-H2", "2023-H1"),
        ("2024", "2023", "2023"),
        # The seed compares January and February of 2020 with those of 2019.
        ("2020-01-01..2020-02-29", "2019-11-01..2019-12-31", "2019-01-01..2019-02-28"),
        ("2024-02-29", "2024-02-28", "2023-02-28"),
        ("2024-03-01..2024-03-15", "2024-02-15..2024-02-29", "2023-03-01..2023-03-15"),
        ("2024-W10", "2024-W09", "2023-03-04..2023-03-10"),
    ],
)
def test_what_a_period_is_compared_with(period: str, previous: str, year_before: str) -> None:
    assert (str(parse(period).previous), str(parse(period).year_before)) == (previous, year_before)


@given(PERIODS)
def test_what_is_written_is_read(period: Period) -> None:
    assert parse(str(period)) == period


@given(PERIODS)
def test_next_is_the_way_back_from_previous(period: Period) -> None:
    assert period.previous.last + dt.timedelta(days=1) == period.first
    # Days that come to be whole months on the way back go on by months: 2000-11-29 ends on the 30th.
    if bool(period.previous.months) == bool(period.months):
        assert period.previous.next == period


@given(PERIODS)
def test_the_parts_are_the_days_each_once(period: Period) -> None:
    kept, edges = period.parts()
    days = [day for months, first in kept for day in _days(_months(first, months))]
    days += [day for edge in edges for day in _days(edge)]
    assert sorted(days) == _days(period)
    assert len(edges) <= 2
    # Of whole years no month is read by itself.
    assert sum(months < 12 for months, _first in kept) <= 10


@given(st.sampled_from(["day", "week", "month", "quarter", "half", "year"]), DAYS)
def test_the_calendars_periods_hold_their_day(kind: str, day: dt.date) -> None:
    found = around(kind, day)
    assert found.first <= day <= found.last
    assert found.kind == kind


def _months(first: dt.date, months: int) -> Period:
    last = first
    for _ in range(months):
        last = (last.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return Period(first, last - dt.timedelta(days=1))


def _days(period: Period) -> list[dt.date]:
    return [period.first + dt.timedelta(days=n) for n in range(period.days)]
