"""How a bank's day looks: how much business, when, and of which kind."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

import numpy as np

from riskloop.bank.simulator.columns import Floats, Ints

DAY = 86_400_000_000
"""Microseconds."""
PAY_DAYS = (10, 15, 25)
_SATURDAY = 5
_WEEKEND = 0.55
_PAY_DAY = 1.25
_HOLIDAYS = frozenset({(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)})
_SPREAD = 0.03


def _profile(**hours: str) -> Floats:
    """The share of a day's business that is done by each half hour, from 0 to 1: 49 numbers.

    Args:
        hours: `h9="6 12"`: how busy the two halves of the hour are; an hour not named is quiet.
    """
    weights = np.zeros(48)
    for hour, halves in hours.items():
        first = 2 * int(hour[1:])
        weights[first : first + 2] = [float(half) for half in halves.split()]
    return np.concatenate([[0.0], np.cumsum(weights) / weights.sum()])


_EDGES = np.linspace(0, DAY, 49)
# Rush hours are half past nine to eleven and two to half past three; counters are open from nine to five.
PROFILES = {
    "counter": _profile(
        h9="6 13", h10="14 13", h11="9 7", h12="5 4", h13="5 6", h14="12 13", h15="12 8", h16="6 3"
    ),
    "self_service": _profile(
        h6="1 1", h7="2 3", h8="4 5", h9="6 8", h10="9 9", h11="7 7", h12="8 7", h13="6 5", h14="7 7",
        h15="7 6", h16="6 7", h17="8 9", h18="8 7", h19="5 4", h20="4 3", h21="2 2", h22="1 1", h23="1 0.5",
        h0="0.3 0.2", h1="0.1 0.1", h2="0.1 0.1", h3="0.1 0.1", h4="0.1 0.2", h5="0.3 0.5",
    ),
    "online": _profile(
        h6="1 1", h7="2 3", h8="5 6", h9="7 9", h10="10 9", h11="8 8", h12="9 9", h13="7 6", h14="8 8",
        h15="7 7", h16="7 7", h17="7 7", h18="7 7", h19="8 9", h20="10 10", h21="9 7", h22="5 4", h23="3 2",
        h0="1 0.7", h1="0.5 0.3", h2="0.2 0.2", h3="0.2 0.2", h4="0.2 0.3", h5="0.4 0.6",
    ),
    "clearing": _profile(
        h8="3 6", h9="9 12", h10="12 12", h11="10 8", h12="5 5", h13="7 9", h14="12 12", h15="12 11",
        h16="10 6", h17="2 1",
    ),
    "payroll": _profile(h9="4 10", h10="10 8", h11="4 2", h14="4 4", h15="3 1"),
    "night": _profile(h1="5 8", h2="8 6", h3="4 2"),
}  # fmt: skip


@dataclass(frozen=True)
class Business:
    """One kind of business: its share of a working day's entries and how its entries look.

    Attributes:
        debit, credit: which accounts stand on the side, by the name of their pool, or None for a
            single-sided entry.
        median: of the amounts, CNY; they are log-normal with `sigma`.
        profile: when in the day, by the name of its profile.
        weekend: its share at weekends, as a multiple.
        pay_day: its share on pay days, as a multiple.
        round_to: amounts are whole multiples of so many CNY.
        outward: paid to an account at another bank, or to a merchant.
    """

    code: str
    channel: str
    share: float
    debit: str | None
    credit: str | None
    median: float
    sigma: float
    profile: str
    cash: bool = False
    automatic: bool = False
    weekend: float = 1.0
    pay_day: float = 1.0
    round_to: int = 1
    outward: bool = False


BUSINESSES = (
    Business("1001", "counter", 0.08, None, "personal", 2_000, 1.1, "counter", True, False, 0.4, 1, 100),
    Business("1002", "counter", 0.07, "personal", None, 2_000, 1.1, "counter", True, False, 0.4, 1, 100),
    Business("1101", "counter", 0.05, "personal", "personal", 3_000, 1.2, "counter", weekend=0.4),
    Business("1102", "smart_counter", 0.04, "personal", "personal", 3_000, 1.1, "counter", weekend=0.6),
    Business("1201", "counter", 0.02, "internal", "personal", 900, 1.0, "counter", weekend=0.2),
    Business("1202", "counter", 0.02, "personal", "internal", 800, 1.0, "counter", weekend=0.2),
    Business("1301", "counter", 0.04, "corporate", "corporate", 30_000, 1.3, "counter", weekend=0.05),
    Business("2001", "atm", 0.09, "card", None, 1_000, 0.7, "self_service", cash=True, round_to=100),
    Business("2002", "atm", 0.03, None, "card", 2_000, 0.8, "self_service", cash=True, round_to=100),
    Business("3001", "mobile", 0.24, "personal", None, 120, 1.5, "online", weekend=1.3, outward=True),
    Business("3002", "mobile", 0.04, "card", "personal", 400, 1.4, "online", weekend=1.2),
    Business("3003", "mobile", 0.05, "personal", "card", 400, 1.4, "online", weekend=1.2),
    Business("3101", "internet", 0.07, "personal", None, 900, 1.4, "online", outward=True),
    Business(
        "3102", "internet", 0.03, "corporate", None, 25_000, 1.3, "clearing", weekend=0.1, outward=True
    ),
    Business("4001", "clearing", 0.09, None, "personal", 900, 1.3, "clearing", False, True, weekend=0.8),
    Business("4002", "clearing", 0.03, None, "corporate", 40_000, 1.3, "clearing", False, True, weekend=0.2),
    Business("4003", "clearing", 0.02, None, "card", 700, 1.2, "clearing", False, True, weekend=0.8),
    Business("5001", "batch", 0.005, "corporate", "personal", 6_500, 0.5, "payroll", False, True, pay_day=12),
    Business("5002", "batch", 0.01, "interest", "personal", 15, 1.0, "night", False, True),
)  # fmt: skip
# What happens to one account once in its life: no chance, but a schedule.
OPENING = Business("1003", "counter", 0, None, "personal_new", 0, 0, "counter", cash=True)
TIME_OPENING = Business("1401", "counter", 0, None, "time_new", 0, 0, "counter", cash=True)
COMPANY_OPENING = Business("1303", "counter", 0, None, "corporate_new", 0, 0, "counter")
TIME_CLOSING = Business("1402", "counter", 0, "personal_time", "personal", 0, 0, "counter")
ALL_BUSINESSES = (*BUSINESSES, OPENING, TIME_OPENING, COMPANY_OPENING, TIME_CLOSING)


@cache
def number_of(code: str) -> int:
    """The place of a business among all, by its transaction code."""
    return [b.code for b in ALL_BUSINESSES].index(code)


def is_working(day: dt.date) -> bool:
    """Monday to Friday, but for a handful of fixed holidays."""
    return day.weekday() < _SATURDAY and (day.month, day.day) not in _HOLIDAYS


def entries_of(day: dt.date, ordinary: int, rng: np.random.Generator) -> int:
    """How many entries a day has, where an ordinary working day has `ordinary`."""
    factor = 1.0 if is_working(day) else _WEEKEND
    if day.day in PAY_DAYS:
        factor *= _PAY_DAY
    return max(1, round(ordinary * factor * (1 + rng.uniform(-_SPREAD, _SPREAD))))


def shares_of(day: dt.date) -> Floats:
    """The share of each business on a day; they add up to 1."""
    shares = np.array(
        [
            b.share * (1 if is_working(day) else b.weekend) * (b.pay_day if day.day in PAY_DAYS else 1)
            for b in BUSINESSES
        ]
    )
    return shares / shares.sum()


@dataclass(frozen=True)
class Slice:
    """A stretch of a day: from when to when, in microseconds, and how much of each business falls into it."""

    start: float
    end: float
    weights: Floats


def slices(day: dt.date, parts: int) -> list[Slice]:
    """The day cut into stretches with equal business in each."""
    shares = shares_of(day)
    done = np.array([PROFILES[b.profile] for b in BUSINESSES])
    cuts = np.interp(np.linspace(0, 1, parts + 1), shares @ done, _EDGES)
    cuts[0], cuts[-1] = 0, DAY
    by_cut = np.array([[np.interp(cut, _EDGES, row) for cut in cuts] for row in done])
    weights = shares[:, None] * np.diff(by_cut, axis=1)
    return [
        Slice(float(cuts[n]), float(cuts[n + 1]), weights[:, n] / weights[:, n].sum()) for n in range(parts)
    ]


def times_within(
    count: int, profile: str, rng: np.random.Generator, start: float = 0, end: float = DAY
) -> Ints:
    """So many times between two of a day, in microseconds, as busy as the profile says."""
    done = PROFILES[profile]
    low, high = np.interp([start, end], _EDGES, done)
    # Where nothing happens the profile is flat, and cannot be read backwards.
    rising = np.flatnonzero(np.diff(done) > 0)
    kept = np.unique(np.concatenate([rising, rising + 1]))
    drawn = np.interp(rng.uniform(low, high, count), done[kept], _EDGES[kept])
    return np.clip(drawn, start, end - 1).astype(np.int64)
