"""A simulated day's journal: vectorised, in chunks, against running balances."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from riskloop.bank.simulator.shape import BUSINESSES, entries_of, seconds_of, shares_of
from riskloop.bank.simulator.world import TELLERS_PER_OUTLET, Ints, World, cents, numbered, table_of

CHUNK = 1_000_000
_UNDONE = 0.0006
"""The share of counter entries that are reversed or corrected the same day."""
_AUTHORISED_FROM = 50_000_00
_MOST = 400_000_00
"""No chance amount reaches the limits of single payments: what does is planted."""
_NOBODY = -1
_JOURNAL = 10
_BANKS = ("江城商业银行", "海州农商银行", "云溪银行", "青岭城市银行")
_PURPOSES = ("货款", "转账", "还款", "房租", "生活费", "学费")


@dataclass
class _Entries:
    """Columns of entries as numbers; `_NOBODY` where there is none. Accounts are places in all accounts."""

    business: Ints
    debit: Ints
    credit: Ints
    outlet: Ints
    cents: Ints
    micros: Ints

    def __len__(self) -> int:
        return len(self.business)

    def sorted_by_time(self) -> _Entries:
        order = np.argsort(self.micros, kind="stable")
        return _Entries(**{name: column[order] for name, column in self.__dict__.items()})


class Journal:
    """Makes one day after the other; the balances of the world move with it."""

    def __init__(self, world: World) -> None:
        self._world = world
        pools = (*world.pools.values(), *world.quiet.values(), world.own)
        self._ids = pa.chunked_array([pool.ids for pool in pools]).combine_chunks()
        self._outlet_of = np.concatenate([pool.outlet for pool in pools])
        corporate, internal = world.pools["corporate"], world.pools["internal"]
        self._may_overdraw = np.zeros(len(self._ids), dtype=bool)
        self._may_overdraw[internal.start : internal.start + len(internal)] = True
        self._corporate_from = corporate.start

    def day(self, day: dt.date) -> Iterator[pa.Table]:
        """The day's journal, in tables of at most `CHUNK` rows and a few."""
        spec = self._world.spec
        rng = spec.rng(_JOURNAL, day)
        ordinary = spec.last_day if spec.last_day and day == spec.all_days[-1] else spec.per_day
        left, done = entries_of(day, ordinary, rng), 0
        while left:
            count = min(left, CHUNK)
            table = self._chunk(day, count, done, rng)
            done += table.num_rows
            left -= count
            yield table

    def _chunk(self, day: dt.date, count: int, before: int, rng: np.random.Generator) -> pa.Table:
        entries = self._draw(day, count, rng)
        self._cover(entries)
        moved = self._world.balance
        for side, sign in ((entries.debit, -1), (entries.credit, 1)):
            real = side != _NOBODY
            np.add.at(moved, side[real], sign * entries.cents[real])
        return self._with_undone(day, entries, before, rng)

    def _draw(self, day: dt.date, count: int, rng: np.random.Generator) -> _Entries:
        counts = rng.multinomial(count, shares_of(day))
        parts = [self._of_business(n, int(k), rng) for n, k in enumerate(counts) if k]
        names = _Entries.__dataclass_fields__
        joined = {name: np.concatenate([getattr(p, name) for p in parts]) for name in names}
        return _Entries(**joined).sorted_by_time()

    def _of_business(self, number: int, count: int, rng: np.random.Generator) -> _Entries:
        business = BUSINESSES[number]
        draw = np.exp(rng.normal(np.log(business.median * 100), business.sigma, count))
        amounts = np.clip(draw, 100, _MOST if "corporate" not in (business.debit, business.credit) else 4e9)
        rounding = business.round_to * 100 if business.round_to > 1 else 1
        whole = np.maximum((amounts / rounding).astype(np.int64), 1) * rounding
        debit = self._side(business.debit, count, rng)
        credit = self._side(business.credit, count, rng)
        lead = np.where(debit != _NOBODY, debit, credit)
        same = (debit == credit) & (debit != _NOBODY)
        credit[same] = _NOBODY
        return _Entries(
            business=np.full(count, number, dtype=np.int64),
            debit=debit,
            credit=credit,
            outlet=self._outlet_of[lead],
            cents=whole,
            micros=seconds_of(count, business.at_counter, rng),
        )

    def _side(self, kind: str | None, count: int, rng: np.random.Generator) -> Ints:
        if kind is None:
            return np.full(count, _NOBODY, dtype=np.int64)
        pool = self._world.pools[kind]
        return pool.start + rng.integers(0, len(pool), count)

    def _cover(self, entries: _Entries) -> None:
        """An account that would be overdrawn by its debits of this chunk is credited instead."""
        real = entries.debit != _NOBODY
        spent = np.zeros(len(self._ids), dtype=np.int64)
        np.add.at(spent, entries.debit[real], entries.cents[real])
        short = (spent > self._world.balance) & ~self._may_overdraw
        uncovered = real & short[np.where(real, entries.debit, 0)]
        payer = entries.debit[uncovered]
        entries.debit[uncovered] = _NOBODY
        entries.credit[uncovered] = payer

    def _with_undone(
        self, day: dt.date, entries: _Entries, before: int, rng: np.random.Generator
    ) -> pa.Table:
        """The chunk as rows, followed by the reversals and corrections of a few of its counter entries."""
        prefix = f"{day:%Y%m%d}"
        own = before + np.arange(len(entries))
        rows = self._rows(day, entries, numbered(prefix, own, 9), rng)
        at_counter = np.array([b.channel == "counter" for b in BUSINESSES])[entries.business]
        small = entries.cents < _AUTHORISED_FROM
        candidates = np.flatnonzero(at_counter & small)
        picked = np.sort(rng.choice(candidates, size=round(len(candidates) * _UNDONE), replace=False))
        if not len(picked):
            return rows
        undone = rows.take(pa.array(picked))
        new_ids = numbered(prefix, before + len(entries) + np.arange(len(picked)), 9)
        kinds = pa.array(["reversal", "correction"]).take(pa.array(rng.integers(0, 2, len(picked))))
        replaced: dict[str, Any] = {
            "entry_id": new_ids,
            "kind": kinds,
            "original_entry_id": undone["entry_id"],
        }
        for name, column in replaced.items():
            undone = undone.set_column(undone.schema.get_field_index(name), rows.schema.field(name), column)
        for side, sign in ((entries.debit, 1), (entries.credit, -1)):
            real = side[picked] != _NOBODY
            np.add.at(self._world.balance, side[picked][real], sign * entries.cents[picked][real])
        return pa.concat_tables([rows, undone])

    def _rows(self, day: dt.date, entries: _Entries, ids: pa.Array, rng: np.random.Generator) -> pa.Table:
        world, n = self._world, len(entries)
        business = pa.array(entries.business)
        at_counter = np.array([b.channel == "counter" for b in BUSINESSES])[entries.business]
        automatic = np.array([b.automatic for b in BUSINESSES])[entries.business]
        outward = np.array([b.outward for b in BUSINESSES])[entries.business]
        handler = entries.outlet * TELLERS_PER_OUTLET + rng.integers(0, TELLERS_PER_OUTLET, n)
        other = entries.outlet * TELLERS_PER_OUTLET + (handler + 1) % TELLERS_PER_OUTLET
        large = at_counter & (entries.cents >= _AUTHORISED_FROM)
        midnight = np.datetime64(day, "us")
        amount = cents(entries.cents)
        abroad = outward & (rng.random(n) < 0.5)  # noqa: PLR2004
        return table_of(
            "journal",
            {
                "entry_id": ids,
                "booked_on": day,
                "posted_at": pa.array(midnight + entries.micros.astype("timedelta64[us]")),
                "value_on": day,
                "unit_id": world.outlets.take(pa.array(entries.outlet)),
                "teller_id": world.tellers.take(_where(at_counter, handler)),
                "authoriser_id": world.tellers.take(_where(large, other)),
                "channel": pa.array([b.channel for b in BUSINESSES]).take(business),
                "code": pa.array([b.code for b in BUSINESSES]).take(business),
                "kind": "normal",
                "debit_account_id": self._ids.take(_where(entries.debit != _NOBODY, entries.debit)),
                "credit_account_id": self._ids.take(_where(entries.credit != _NOBODY, entries.credit)),
                "currency": "CNY",
                "amount": amount,
                "amount_cny": amount,
                "cash": np.array([b.cash for b in BUSINESSES])[entries.business],
                "remote": at_counter & (rng.random(n) < 0.03),  # noqa: PLR2004
                "automatic": automatic,
                "counterparty_account": numbered("88", rng.integers(0, 10**6, n), 14).take(
                    _where(abroad, np.arange(n))
                ),
                "counterparty_bank": pa.array(_BANKS).take(_where(abroad, rng.integers(0, len(_BANKS), n))),
                "purpose": pa.array(_PURPOSES).take(_where(outward, rng.integers(0, len(_PURPOSES), n))),
            },
            n,
        )

    def balances(self, day: dt.date, moved: npt.NDArray[np.bool_] | None) -> pa.Table:
        """Closing balances of the day: of the accounts that moved, or of all."""
        places = np.arange(len(self._ids)) if moved is None else np.flatnonzero(moved)
        return table_of(
            "balances",
            {
                "account_id": self._ids.take(pa.array(places)),
                "as_of": day,
                "closing": cents(self._world.balance[places]),
            },
            len(places),
        )


def _where(real: npt.NDArray[np.bool_], places: Ints) -> pa.Array:
    """Places to take from, null where there is nothing to take."""
    return pa.array(places, mask=~real)
