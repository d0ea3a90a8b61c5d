"""The accounts of a simulated bank, in pools of one kind and one use."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from riskloop.bank.simulator.columns import (
    NEVER,
    NOBODY,
    Flags,
    Ints,
    cents,
    dates,
    day_number,
    numbered,
    picked,
    table_of,
)
from riskloop.bank.simulator.lifecycle import Turns, turns
from riskloop.bank.simulator.people import People
from riskloop.bank.simulator.spec import Chance, Spec

INTERNAL = 4
"""Internal accounts of each outlet that people work with."""
_HISTORY = 3650
_SETTLED = 60
"""Days before the first one: what is older than that is no new account to any model."""
_BEFORE_EFFECTIVE = 5
_RESTING = ("dormant", "special_dormant", "dormant", "blocked", "credit_only")
_BALANCES = {
    "personal": (5_000, 200_000),
    "card": (1_000, 50_000),
    "corporate": (1_000_000, 50_000_000),
    "internal": (1_000_000, 10_000_000),
    "interest": (1_000_000, 10_000_000),
    "corporate_time": (500_000, 20_000_000),
    "personal_time": (5_000, 100_000),
    "personal_resting": (10, 2_000),
    "dormant_unclaimed": (100, 5_000),
    "reserve": (1_000_000, 100_000_000),
    "outward_remittance": (100_000, 5_000_000),
}
"""Opening balances in CNY, spread evenly in their logarithm; the other pools begin with nothing."""
_DEPOSITS = frozenset({"personal_time", "corporate_time"})


def customers_of(prefix: str, numbers: Ints) -> pa.Array:
    """Ids of customers: K people, C companies, KG the bank's own people."""
    return numbered(prefix, numbers, 6 if prefix == "KG" else 9)


@dataclass
class Pool:
    """Accounts of one kind and one use.

    Attributes:
        prefix: what the ids begin with.
        start: the place of the first among all accounts; the others follow.
        outlet: where the account is kept, by number.
        unit: its unit by id, where that is no outlet.
        owner: the prefix and the numbers of the customers, or None for the bank's own accounts.
    """

    prefix: str
    kind: str
    start: int
    ids: pa.Array
    outlet: Ints
    owner: tuple[str, Ints] | None
    opened: Ints
    opening: Ints
    opened_by: Ints
    unit: pa.Array | None = None
    closed: Ints = field(init=False)
    closed_by: Ints = field(init=False)
    effective: Ints = field(init=False)
    settings: dict[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        self.closed = np.full(len(self), NEVER)
        self.closed_by = np.full(len(self), NOBODY)
        self.effective = np.full(len(self), NEVER)

    def __len__(self) -> int:
        return len(self.outlet)

    @property
    def places(self) -> slice:
        return slice(self.start, self.start + len(self))

    def rows(self, people: People) -> pa.Table:
        """The pool's part of the table `accounts`."""
        closed = self.closed != NEVER
        plain = {
            "status": picked(["normal", "closed"], closed.astype(np.int64)),
            "special": False,
            "auto_only": False,
            "zero_at_close": False,
            "overdraft_allowed": False,
        }
        columns = {
            "account_id": self.ids,
            "kind": self.kind,
            "customer_id": customers_of(*self.owner) if self.owner else None,
            "unit_id": self.unit if self.unit is not None else picked(people.outlets, self.outlet),
            "currency": "CNY",
            "opened_on": dates(self.opened),
            "opened_by": picked(people.tellers, self.opened_by),
            "opening_amount": cents(self.opening),
            "effective_on": dates(self.effective),
            "closed_on": dates(self.closed),
            "closed_by": picked(people.tellers, self.closed_by),
            "status_since": dates(self.closed),
        }
        return table_of("accounts", columns | plain | self.settings, len(self))


class Accounts:
    """All accounts, and the running balance of each in cents.

    An account has a place among all; places are in the order of the ids.
    """

    def __init__(self, spec: Spec, people: People, homes: Ints, company_homes: Ints) -> None:
        """Args:
        homes, company_homes: the outlet of each personal and corporate customer, by number.
        """
        self._spec = spec
        self._next = 0
        self._newest = day_number(spec.first_day) - _SETTLED
        self.pools: dict[str, Pool] = {}
        rng = spec.rng(Chance.ACCOUNTS)
        self.carded = np.flatnonzero(rng.random(len(homes)) < 0.7)  # noqa: PLR2004
        self.savers = np.flatnonzero(rng.random(len(homes)) < 0.2)  # noqa: PLR2004
        self.openings = {
            "personal_new": turns(spec, people, homes, 1, 500, 20_000),
            "time_new": turns(spec, people, homes, 2, 10_000, 45_000),
            "corporate_new": turns(spec, people, company_homes, 3, 10_000, 400_000),
        }
        # The later half of the deposits is closed in its turn; losses are reported of the earlier half.
        self.closing_from = len(self.savers) // 2
        self.closings = turns(spec, people, homes[self.savers[self.closing_from :]], 4, 100, 200)
        self._own(people)
        self._of_customers(people, homes, company_homes)
        self.ids = pa.concat_arrays([pool.ids for pool in self.pools.values()])
        self.outlet = self._whole("outlet")
        self._opened, self._closed = self._whole("opened"), self._whole("closed")
        self.balance = np.zeros(self._next, dtype=np.int64)
        for name, (low, high) in _BALANCES.items():
            self._endow(name, low, high)

    def open_on(self, day: dt.date) -> Flags:
        """Which accounts there are on the day."""
        number = day_number(day)
        return (self._opened <= number) & ((self._closed == NEVER) | (self._closed >= number))

    def _own(self, people: People) -> None:
        """The bank's own accounts."""
        outlets = np.arange(len(people.outlets))
        lower = len(people.branches) - 1
        own = {"overdraft_allowed": True}
        self._add("internal", "2000", "internal", np.repeat(outlets, INTERNAL), settings=own)
        self._add("interest", "2010", "internal", outlets, settings=own | {"auto_only": True})
        self._add("passing", "2020", "internal", outlets, settings={"zero_at_close": True})
        self._add("suspense", "2100", "suspense", outlets, settings=own | {"suspense_max_days": 30})
        self._add("dormant_unclaimed", "2200", "dormant_unclaimed", outlets)
        self._add("reserve", "2300", "reserve", np.zeros(lower, np.int64), unit=people.branches[1:])
        self._add(
            "outward_remittance",
            "2400",
            "outward_remittance",
            np.zeros(len(people.tier2), np.int64),
            unit=people.tier2,
        )

    def _of_customers(self, people: People, homes: Ints, company_homes: Ints) -> None:
        add, everyone, companies = self._add, np.arange(len(homes)), np.arange(len(company_homes))
        add("corporate", "4000", "corporate_current", company_homes, ("C", companies))
        self._add_new("corporate_new", "4010", "corporate_current", "C")
        for name in ("corporate", "corporate_new"):
            self.pools[name].effective = self.pools[name].opened + _BEFORE_EFFECTIVE
        add("corporate_time", "4100", "corporate_time", company_homes[::10], ("C", companies[::10]))
        add("personal", "6200", "personal_settlement", homes, ("K", everyone))
        add("staff", "6210", "personal_settlement", people.outlet_of, ("KG", np.arange(len(people.tellers))))
        self._add_resting(homes[::50], everyone[::50])
        add("personal_closed", "6230", "personal_settlement", homes[::100], ("K", everyone[::100]))
        gone = self.pools["personal_closed"]
        gone.closed = gone.opened + (self._newest - gone.opened) // 2
        self._add_new("personal_new", "6240", "personal_settlement", "K")
        add("card", "6300", "card", homes[self.carded], ("K", self.carded))
        add("personal_time", "6400", "personal_time", homes[self.savers], ("K", self.savers))
        deposits = self.pools["personal_time"]
        closing = self.closing_from + self.closings.owner
        deposits.closed[closing] = self.closings.day
        deposits.closed_by[closing] = self.closings.handler
        self._add_new("time_new", "6410", "personal_time", "K")

    def _add(
        self,
        name: str,
        prefix: str,
        kind: str,
        outlet: Ints,
        owner: tuple[str, Ints] | None = None,
        unit: pa.Array | None = None,
        settings: dict[str, Any] | None = None,
    ) -> None:
        """A pool of accounts opened long ago."""
        n = len(outlet)
        rng = self._spec.rng(Chance.ACCOUNTS, part=1 + int(prefix))
        self._put(
            name,
            Pool(
                prefix,
                kind,
                self._next,
                numbered(prefix, np.arange(n), 10),
                outlet,
                owner,
                opened=self._newest - rng.integers(0, _HISTORY, n),
                opening=np.zeros(n, dtype=np.int64) if owner is None else rng.integers(10, 1_000, n) * 100_00,
                opened_by=np.full(n, NOBODY),
                unit=unit,
                settings=settings or {},
            ),
        )

    def _add_resting(self, homes: Ints, owners: Ints) -> None:
        """Accounts that nobody has used for long."""
        since = np.full(len(homes), self._newest)
        which = np.arange(len(homes)) % len(_RESTING)
        settings = {
            "status": picked(_RESTING, which),
            "status_since": dates(since),
            "special": which == _RESTING.index("special_dormant"),
        }
        self._add("personal_resting", "6220", "personal_settlement", homes, ("K", owners), settings=settings)

    def _add_new(self, name: str, prefix: str, kind: str, customers: str) -> None:
        """A pool of accounts that are opened on simulated days."""
        opening: Turns = self.openings[name]
        self._put(
            name,
            Pool(
                prefix,
                kind,
                self._next,
                numbered(prefix, np.arange(len(opening)), 10),
                opening.outlet,
                (customers, opening.owner),
                opened=opening.day,
                opening=opening.cents,
                opened_by=opening.handler,
            ),
        )

    def _put(self, name: str, pool: Pool) -> None:
        self.pools[name] = pool
        self._next += len(pool)

    def _whole(self, column: str) -> Ints:
        return np.concatenate([getattr(pool, column) for pool in self.pools.values()])

    def _endow(self, name: str, low: int, high: int) -> None:
        pool = self.pools[name]
        rng = self._spec.rng(Chance.BALANCES, part=int(pool.prefix))
        drawn = np.exp(rng.uniform(math.log(low * 100), math.log(high * 100), len(pool))).astype(np.int64)
        if name in _DEPOSITS:
            pool.opening = drawn = drawn // 100_00 * 100_00
        self.balance[pool.places] = drawn
