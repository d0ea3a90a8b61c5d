"""A simulated day's journal: vectorised, a stretch of the day at a time, against running balances."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from riskloop.bank.simulator import names
from riskloop.bank.simulator.columns import (
    NOBODY,
    Flags,
    cents,
    numbered,
    picked,
    some,
    table_of,
    times,
)
from riskloop.bank.simulator.drawing import Drawing, Entries, together
from riskloop.bank.simulator.people import Duty
from riskloop.bank.simulator.shape import (
    ALL_BUSINESSES,
    BUSINESSES,
    Slice,
    entries_of,
    number_of,
    slices,
)
from riskloop.bank.simulator.spec import Chance
from riskloop.bank.simulator.world import World

_compute: Any = pc
CHUNK = 1_000_000
"""Entries that are made at once: what bounds the memory."""
_UNDONE = 0.0006
"""The share of counter entries that are reversed or corrected the same day."""
_UNDONE_BELOW = 10_000_00
_UNDONE_PER_TELLER = 0.25
"""However large the journal, a teller errs no more often than people do."""
_AUTHORISED_FROM = 20_000_00
_OUTWARD_TO_ACCOUNT = 0.5
_PARTNERS = 8
"""So many others an account pays to."""
_STRANGERS = 4999
"""So many names has the world outside; a prime, so that partners of one account differ."""
_PURPOSES = ("货款", "转账", "还款", "房租", "生活费", "学费")
_CREDITED_BY = {"personal": "4001", "card": "4003", "corporate": "4002"}
_HALF_HOUR = 1_800_000_000


def _of_all(attribute: str) -> Flags:
    return np.array([bool(getattr(b, attribute)) for b in ALL_BUSINESSES])


_CASH, _AUTOMATIC, _OUTWARD = (_of_all(a) for a in ("cash", "automatic", "outward"))
_COUNTER = np.array([b.channel == "counter" for b in ALL_BUSINESSES])
_OF_COMPANY = np.array(["corporate" in (b.debit, b.credit) for b in ALL_BUSINESSES])
_CODES = pa.array([b.code for b in ALL_BUSINESSES])
_CHANNELS = pa.array([b.channel for b in ALL_BUSINESSES])


class Journal:
    """Makes one day after the other; the balances of the world move with it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._accounts = world.accounts
        pools = self._accounts.pools
        self.moved = np.zeros(len(self._accounts.ids), dtype=bool)
        """Which accounts had an entry on the day made last."""
        self._may_overdraw = np.zeros(len(self.moved), dtype=bool)
        self._credited_by = np.full(len(self.moved), NOBODY)
        for name in ("internal", "interest"):
            self._may_overdraw[pools[name].places] = True
        for name, code in _CREDITED_BY.items():
            self._credited_by[pools[name].places] = number_of(code)
        rng = world.spec.rng(Chance.JOURNAL)
        self._strangers = names.people(_STRANGERS, rng)
        # Companies elsewhere: their numbers begin where no simulated bank's end.
        elsewhere = 10**8 + np.arange(_STRANGERS)
        self._companies = names.companies(elsewhere, elsewhere)

    def day(self, day: dt.date) -> Iterator[pa.Table]:
        """The day's journal in the order of time, in tables of little more than `CHUNK` rows."""
        spec = self._world.spec
        rng = spec.rng(Chance.JOURNAL, day)
        duty = self._world.people.duty(day)
        self.moved[:] = False
        left, done = entries_of(day, spec.ordinary(day), rng), 0
        drawing = Drawing(self._world, day, duty, rng)
        # What is drawn must not depend on balances; what becomes of it does, and has chance of its own.
        after = spec.rng(Chance.JOURNAL, day, part=1)
        stretches = slices(day, math.ceil(left / CHUNK))
        for n, stretch in enumerate(stretches):
            count = math.ceil(left / (len(stretches) - n))
            left -= count
            entries = self._booked(drawing.entries(stretch, count), stretch, after)
            table = self._rows(day, entries, done, duty, after)
            done += table.num_rows
            yield table

    def balances(self, day: dt.date) -> pa.Table:
        """Closing balances of the day: of the accounts that moved and of those that a register is held
        against; of all accounts on the first day and on the last of a month."""
        first = day == self._world.spec.first_day
        stated = self._accounts.open_on(day)
        if not first and (day + dt.timedelta(days=1)).month == day.month:
            register = self._accounts.pools["outward_remittance"].places
            told = self.moved.copy()
            told[register] = True
            stated &= told
        places = np.flatnonzero(stated)
        columns = {
            "account_id": picked(self._accounts.ids, places),
            "as_of": day,
            "closing": cents(self._accounts.balance[places]),
        }
        return table_of("balances", columns, len(places))

    # ── numbers ──

    def _booked(self, entries: Entries, stretch: Slice, rng: np.random.Generator) -> Entries:
        """The entries as the balances allow them, with what is undone of them, by time."""
        self._cover(entries)
        self._move(entries, 1)
        undone = self._undone(entries, stretch, rng)
        self._move(undone, -1)
        return together([entries, undone]).in_order()

    def _cover(self, entries: Entries) -> None:
        """An account that the debits of this stretch would overdraw receives a transfer in place of each."""
        real = entries.debit != NOBODY
        spent = np.bincount(entries.debit[real], entries.cents[real], len(self.moved))
        short = (spent > self._accounts.balance) & ~self._may_overdraw
        uncovered = np.flatnonzero(real & short[entries.debit] & (self._credited_by[entries.debit] != NOBODY))
        payer = entries.debit[uncovered]
        entries.debit[uncovered], entries.credit[uncovered] = NOBODY, payer
        entries.business[uncovered] = self._credited_by[payer]
        entries.handler[uncovered] = NOBODY
        entries.outlet[uncovered] = self._accounts.outlet[payer]

    def _move(self, entries: Entries, sign: int) -> None:
        for side, way in ((entries.debit, -sign), (entries.credit, sign)):
            real = side != NOBODY
            np.add.at(self._accounts.balance, side[real], way * entries.cents[real])
            self.moved[side[real]] = True

    def _undone(self, entries: Entries, stretch: Slice, rng: np.random.Generator) -> Entries:
        """A few small counter entries taken back within the half hour, at most one of an account."""
        most = math.ceil(len(self._world.people.tellers) * _UNDONE_PER_TELLER)
        left = self._accounts.balance[entries.credit]
        candidates = np.flatnonzero(
            _COUNTER[entries.business]
            & (entries.cents < _UNDONE_BELOW)
            & (entries.business < len(BUSINESSES))
            & ~self._remote(entries)
            & ((entries.credit == NOBODY) | (left >= entries.cents))
        )
        count = min(round(len(candidates) * _UNDONE), most)
        picked_ = np.sort(rng.choice(candidates, size=count, replace=False)) if count else candidates[:0]
        touched: set[int] = {NOBODY}
        alone: list[int] = []
        for place in picked_.tolist():
            sides = {int(entries.debit[place]), int(entries.credit[place])} - {NOBODY}
            if not sides & touched:
                alone.append(place)
            touched |= sides
        undone = entries.take(np.array(alone, dtype=np.int64))
        undone.undoes = np.array(alone, dtype=np.int64)
        later = undone.micros + rng.integers(60_000_000, _HALF_HOUR, len(undone))
        undone.micros = np.minimum(later, int(stretch.end) - 1)
        return undone

    def _remote(self, entries: Entries) -> Flags:
        """Counter entries in another region than the account's."""
        region = self._world.people.region
        lead = np.where(entries.debit != NOBODY, entries.debit, entries.credit)
        home = region[self._accounts.outlet[lead]]
        return _COUNTER[entries.business] & (home != region[entries.outlet])

    # ── rows ──

    def _rows(
        self, day: dt.date, entries: Entries, before: int, duty: Duty, rng: np.random.Generator
    ) -> pa.Table:
        people, n = self._world.people, len(entries)
        ids = numbered(f"{day:%Y%m%d}", before + np.arange(n), 9)
        undoes = entries.undoes != NOBODY
        kind = np.where(undoes, 1 + rng.integers(0, 2, n), 0)
        large = (entries.handler != NOBODY) & ((entries.cents >= _AUTHORISED_FROM) | undoes)
        authoriser = np.full(n, NOBODY)
        authoriser[large] = duty.authoriser(entries.outlet[large], rng)
        amount = cents(entries.cents)
        columns = {
            "entry_id": ids,
            "booked_on": day,
            "posted_at": times(day, entries.micros),
            "value_on": day,
            "unit_id": picked(people.outlets, entries.outlet),
            "teller_id": picked(people.tellers, entries.handler),
            "authoriser_id": picked(people.tellers, authoriser),
            "channel": picked(_CHANNELS, entries.business),
            "code": picked(_CODES, entries.business),
            "kind": picked(("normal", "reversal", "correction"), kind),
            "original_entry_id": picked(ids, entries.undoes),
            "debit_account_id": picked(self._accounts.ids, entries.debit),
            "credit_account_id": picked(self._accounts.ids, entries.credit),
            "currency": "CNY",
            "amount": amount,
            "amount_cny": amount,
            "cash": _CASH[entries.business],
            "remote": self._remote(entries),
            "automatic": _AUTOMATIC[entries.business],
        }
        return table_of("journal", columns | self._counterparties(entries, rng), n)

    def _counterparties(self, entries: Entries, rng: np.random.Generator) -> dict[str, pa.Array]:
        """Whom outward payments go to: each account has a few regular partners."""
        n = len(entries)
        outward = _OUTWARD[entries.business]
        to_account = outward & (_OF_COMPANY[entries.business] | (rng.random(n) < _OUTWARD_TO_ACCOUNT))
        partner = entries.debit[to_account] * _PARTNERS + rng.integers(0, _PARTNERS, int(to_account.sum()))
        business = _OF_COMPANY[entries.business[to_account]]
        name = partner % _STRANGERS
        called = _compute.if_else(
            pa.array(business), picked(self._companies, name), picked(self._strangers, name)
        )
        purpose = np.where(outward, rng.integers(0, len(_PURPOSES), n), NOBODY)
        return {
            "counterparty_account": some(numbered("88", partner, 14), to_account),
            "counterparty_name": some(called, to_account),
            "counterparty_bank": some(picked(names.BANKS, partner % len(names.BANKS)), to_account),
            "purpose": picked(_PURPOSES, purpose),
        }
