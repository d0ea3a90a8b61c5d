"""How a bank's day looks: how much business, when, and of which kind."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

_SATURDAY = 5
_WEEKEND = 0.55
_PAY_DAYS = frozenset({10, 15, 25})
_PAY_DAY = 1.25
_HOLIDAYS = frozenset({(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)})
_SPREAD = 0.03
# Per hour from 0 to 23: nights are quiet, half past nine to eleven and two to half past three are not.
_HOURS = np.array(
    [0.3, 0.2, 0.1, 0.1, 0.1, 0.3, 0.8, 2, 5, 11, 12, 8, 5, 6, 11, 9, 7, 5, 4, 4, 4, 3, 1.5, 0.7]
)
_COUNTER_HOURS = np.where((np.arange(24) >= 9) & (np.arange(24) < 17), _HOURS, 0)  # noqa: PLR2004


@dataclass(frozen=True)
class Business:
    """One kind of business: its share of a working day's entries and how its entries look.

    Attributes:
        debit, credit: which kind of account stands on the side: `personal`, `card`, `corporate`,
            `internal`, or None for a single-sided entry.
        median: of the amounts, CNY; they are log-normal with `sigma`.
        weekend: its share at weekends, as a multiple.
        pay_day: its share on pay days, as a multiple.
    """

    code: str
    channel: str
    share: float
    debit: str | None
    credit: str | None
    median: float
    sigma: float
    cash: bool = False
    automatic: bool = False
    weekend: float = 1.0
    pay_day: float = 1.0
    round_to: int = 1
    outward: bool = False

    @property
    def at_counter(self) -> bool:
        return self.channel in {"counter", "smart_counter"}


BUSINESSES = (
    Business("1001", "counter", 0.08, None, "personal", 2_000, 1.2, cash=True, weekend=0.4, round_to=100),
    Business("1002", "counter", 0.07, "personal", None, 2_000, 1.2, cash=True, weekend=0.4, round_to=100),
    Business("1101", "counter", 0.05, "personal", "personal", 3_000, 1.3, weekend=0.4),
    Business("1102", "smart_counter", 0.04, "personal", "personal", 3_000, 1.2, weekend=0.6),
    Business("1201", "counter", 0.02, "internal", "personal", 1_500, 1.2, weekend=0.2),
    Business("1202", "counter", 0.02, "personal", "internal", 1_200, 1.2, weekend=0.2),
    Business("1301", "counter", 0.04, "corporate", "corporate", 30_000, 1.5, weekend=0.05),
    Business("2001", "atm", 0.09, "card", None, 1_000, 0.7, cash=True, round_to=100),
    Business("2002", "atm", 0.03, None, "card", 2_000, 0.8, cash=True, round_to=100),
    Business("3001", "mobile", 0.24, "personal", None, 120, 1.6, weekend=1.3, outward=True),
    Business("3002", "mobile", 0.09, "card", "personal", 400, 1.5, weekend=1.2),
    Business("3101", "internet", 0.07, "personal", None, 900, 1.5, outward=True),
    Business("3102", "internet", 0.03, "corporate", None, 25_000, 1.4, weekend=0.1, outward=True),
    Business("4001", "clearing", 0.08, None, "personal", 900, 1.4, weekend=0.8),
    Business("4002", "clearing", 0.03, None, "corporate", 40_000, 1.4, weekend=0.2),
    Business(
        "5001", "batch", 0.01, "corporate", "personal", 6_500, 0.5, automatic=True, weekend=0.1, pay_day=15
    ),
    Business("5002", "batch", 0.01, "internal", "personal", 15, 1.0, automatic=True, pay_day=1),
)


def is_working(day: dt.date) -> bool:
    """Monday to Friday, but for a handful of fixed holidays."""
    return day.weekday() < _SATURDAY and (day.month, day.day) not in _HOLIDAYS


def entries_of(day: dt.date, ordinary: int, rng: np.random.Generator) -> int:
    """How many entries a day has, where an ordinary working day has `ordinary`."""
    factor = 1.0 if is_working(day) else _WEEKEND
    if day.day in _PAY_DAYS:
        factor *= _PAY_DAY
    return max(1, round(ordinary * factor * (1 + rng.uniform(-_SPREAD, _SPREAD))))


def shares_of(day: dt.date) -> npt.NDArray[np.float64]:
    """The share of each business on a day; they add up to 1."""
    shares = np.array(
        [
            b.share * (1 if is_working(day) else b.weekend) * (b.pay_day if day.day in _PAY_DAYS else 1)
            for b in BUSINESSES
        ]
    )
    return shares / shares.sum()


def seconds_of(count: int, at_counter: bool, rng: np.random.Generator) -> Ints:
    """Times of day in microseconds, by the rush hours; counters are open from nine to five."""
    weights = _COUNTER_HOURS if at_counter else _HOURS
    hours = rng.choice(24, size=count, p=weights / weights.sum())
    return hours * 3_600_000_000 + rng.integers(0, 3_600_000_000, size=count)
