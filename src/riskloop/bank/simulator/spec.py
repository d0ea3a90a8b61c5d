"""How large a simulated bank is, and how long; and its chance."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

_CORPORATE_SHARE = 0.1


class Chance(IntEnum):
    """The streams of chance: each thing has its own, so that none disturbs another."""

    CUSTOMERS = 1
    STAFF = 2
    ACCOUNTS = 3
    BALANCES = 4
    SALARIES = 5
    LEAVE = 6
    LIFECYCLE = 7
    JOURNAL = 8
    EVENTS = 9
    PLANTING = 10


@dataclass(frozen=True)
class Spec:
    """How large a bank, and how long.

    Attributes:
        per_day: journal entries on an ordinary working day; weekends have fewer, pay days more.
        last_day: entries of the last day instead, where one great day is wanted after smaller ones.
    """

    outlets: int = 40
    days: int = 30
    per_day: int = 20_000
    seed: int = 1
    first_day: dt.date = dt.date(2024, 1, 1)
    last_day: int | None = None

    @property
    def all_days(self) -> list[dt.date]:
        return [self.first_day + dt.timedelta(days=n) for n in range(self.days)]

    @property
    def newest(self) -> dt.date:
        """The last of the days."""
        return self.first_day + dt.timedelta(days=self.days - 1)

    @property
    def personal_customers(self) -> int:
        """One for four entries of a day, so that an account moves nearly daily; at least fifty an outlet."""
        return max(50 * self.outlets, max(self.per_day, self.last_day or 0) // 4)

    @property
    def corporate_customers(self) -> int:
        """One company for ten people."""
        return max(self.outlets, round(self.personal_customers * _CORPORATE_SHARE))

    def ordinary(self, day: dt.date) -> int:
        """Entries of the day, were it an ordinary working day."""
        return self.last_day if self.last_day and day == self.newest else self.per_day

    def rng(self, what: Chance, day: dt.date | None = None, part: int = 0) -> np.random.Generator:
        """Chance for one thing (or part of it) on one day: the same whatever else is simulated."""
        return np.random.default_rng([self.seed, int(what), day.toordinal() if day else 0, part])
