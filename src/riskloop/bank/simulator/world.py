"""Who and what a simulated bank consists of: its standing data, and the money on its accounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from riskloop.bank.simulator import names
from riskloop.bank.simulator.accounts import Accounts, customers_of
from riskloop.bank.simulator.columns import (
    NEVER,
    NOBODY,
    Ints,
    cents,
    dates,
    day_number,
    joined,
    numbered,
    padded,
    picked,
    table_of,
)
from riskloop.bank.simulator.people import People
from riskloop.bank.simulator.shape import PAY_DAYS, is_working
from riskloop.bank.simulator.spec import Chance, Spec
from riskloop.bank.tables import TABLES

_compute: Any = pc
_AROUND = 60
"""Days of calendar before the first day and after the last."""
_ELDEST = dt.date(1938, 1, 1)
_AGES = 68 * 365
_EMPLOYED = 0.7
_PREMIUM = 0.05
_SALARY = (6_500, 0.4)
_ITEMS = 3
"""Suspense items of each outlet in the course of the simulated days."""
_HANGING = 20


class World:
    """The standing data of one simulated bank; only the balances change from day to day."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.people = People(spec)
        rng = spec.rng(Chance.CUSTOMERS)
        self.homes = rng.integers(0, spec.outlets, spec.personal_customers)
        self.company_homes = rng.integers(0, spec.outlets, spec.corporate_customers)
        self.accounts = Accounts(spec, self.people, self.homes, self.company_homes)
        self._employ()

    def _employ(self) -> None:
        """Who works for which company, what he earns, and on which of the pay days he is paid."""
        rng = self.spec.rng(Chance.SALARIES)
        n = len(self.homes)
        company = rng.integers(0, len(self.company_homes), n)
        self.employer = np.where(rng.random(n) < _EMPLOYED, company, NOBODY)
        median, sigma = _SALARY
        # In whole tens of CNY.
        self.salary = np.exp(rng.normal(np.log(median / 10), sigma, n)).astype(np.int64) * 10_00
        paid_on = self.employer % len(PAY_DAYS)
        self.paid = {
            day: np.flatnonzero((self.employer != NOBODY) & (paid_on == n)) for n, day in enumerate(PAY_DAYS)
        }

    def standing(self) -> Iterator[tuple[str, Iterable[pa.Table]]]:
        """The standing tables by name, each in one or several parts, without what is planted."""
        for name, table in self.people.rows().items():
            yield name, [table]
        yield "customers", (part() for part in (self._companies, self._persons, self._own_people))
        yield "accounts", (pool.rows(self.people) for pool in self.accounts.pools.values())
        yield "hosted_accounts", [self._hosted()]
        yield "suspense_items", [self._suspense()]
        yield "calendar", [self._calendar()]

    def _persons(self) -> pa.Table:
        n = len(self.homes)
        columns = self._person(n, self.homes, self.spec.rng(Chance.CUSTOMERS, part=1))
        return table_of("customers", {"customer_id": customers_of("K", np.arange(n))} | columns, n)

    def _own_people(self) -> pa.Table:
        n = len(self.people.tellers)
        # The names of the staff are drawn from the same stream, so the customers bear them too.
        columns = self._person(n, self.people.outlet_of, self.spec.rng(Chance.CUSTOMERS, part=2))
        own = {
            "customer_id": self.people.own_customers(),
            "name": names.people(len(self.people.staff), self.spec.rng(Chance.STAFF))[:n],
            "phone": numbered("139", 90_000_000 + np.arange(n), 8),
        }
        return table_of("customers", columns | own, n)

    def _person(self, n: int, home: Ints, rng: np.random.Generator) -> dict[str, Any]:
        born = dates(day_number(_ELDEST) + rng.integers(0, _AGES, n))
        return {
            "kind": "personal",
            "name": names.people(n, rng),
            "id_type": "身份证",
            # As a citizen's number looks: a region, the birthday, a serial number. The region is nowhere.
            "id_no": joined("990101", _digits(born), padded(rng.integers(0, 10_000, n), 4)),
            "born_on": born,
            "segment": picked([None, "premium"], (rng.random(n) < _PREMIUM).astype(np.int64)),
            "phone": numbered("138", rng.integers(0, 10**8, n), 8),
            "address": names.addresses(n, home, rng),
        }

    def _companies(self) -> pa.Table:
        n = len(self.company_homes)
        rng = self.spec.rng(Chance.CUSTOMERS, part=3)
        columns = {
            "customer_id": customers_of("C", np.arange(n)),
            "kind": "corporate",
            "name": names.companies(np.arange(n), self.company_homes),
            "id_type": "营业执照",
            "id_no": numbered("99", np.arange(n), 16),
            "phone": numbered("137", rng.integers(0, 10**8, n), 8),
            "address": names.addresses(n, self.company_homes, rng),
        }
        return table_of("customers", columns, n)

    def _hosted(self) -> pa.Table:
        personal = self.accounts.pools["personal"]
        n = min(len(personal) // 2, self.spec.outlets)
        people = customers_of("K", np.arange(2 * n))
        columns = {
            "hosting_id": numbered("H", np.arange(n), 6),
            "account_id": personal.ids[:n],
            "grantor_id": people[:n],
            "administrator_id": people[n:],
            "started_on": self.spec.first_day - dt.timedelta(days=90),
        }
        return table_of("hosted_accounts", columns, n)

    def _suspense(self) -> pa.Table:
        """Items that hang for some days of the simulation; what hangs too long is planted."""
        accounts = self.accounts.pools["suspense"]
        n = _ITEMS * len(accounts)
        rng = self.spec.rng(Chance.ACCOUNTS, part=9999)
        opened = day_number(self.spec.first_day) + rng.integers(-_HANGING, self.spec.days, n)
        cleared = opened + rng.integers(1, _HANGING, n)
        columns = {
            "item_id": numbered("S", np.arange(n), 6),
            "account_id": picked(accounts.ids, np.repeat(np.arange(len(accounts)), _ITEMS)),
            "opened_on": dates(opened),
            "amount": cents(rng.integers(1, 500, n) * 100_00),
            "cleared_on": dates(np.where(cleared <= day_number(self.spec.newest), cleared, NEVER)),
        }
        return table_of("suspense_items", columns, n)

    def _calendar(self) -> pa.Table:
        rows = [{"on": day, "working": working} for day, working in self.working_days().items()]
        return pa.Table.from_pylist(rows, schema=TABLES["calendar"].arrow_schema)

    def working_days(self) -> dict[dt.date, bool]:
        """The bank's calendar: the simulated days and some around them."""
        first = self.spec.first_day - dt.timedelta(days=_AROUND)
        days = (first + dt.timedelta(days=n) for n in range(self.spec.days + 2 * _AROUND))
        return {day: is_working(day) for day in days}


def _digits(days: pa.Array) -> pa.Array:
    """Dates as eight digits."""
    return _compute.replace_substring(_compute.cast(days, pa.string()), "-", "")
