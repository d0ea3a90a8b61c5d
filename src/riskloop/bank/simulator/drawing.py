"""What is booked in a stretch of a simulated day: entries as numbers, drawn by the kinds of business."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from riskloop.bank.simulator.accounts import INTERNAL
from riskloop.bank.simulator.columns import NOBODY, Ints
from riskloop.bank.simulator.lifecycle import Turns
from riskloop.bank.simulator.people import Duty
from riskloop.bank.simulator.shape import (
    BUSINESSES,
    COMPANY_OPENING,
    OPENING,
    PAY_DAYS,
    TIME_CLOSING,
    TIME_OPENING,
    Business,
    Slice,
    number_of,
    times_within,
)
from riskloop.bank.simulator.world import World

_MOST = {"internal": 40_000_00, "corporate": 1_500_000_00}
_MOST_ELSE = 150_000_00
"""No chance amount reaches the limit of a model of single payments: what does is planted."""
_REGULARS = 1.3
"""How much busier some accounts are than others: 1 would be not at all."""
_ELSEWHERE = 0.06
"""The share of counter entries at another outlet than the account's own."""
_ROUND = 0.5
_OF_OUTLET = {"internal": INTERNAL, "interest": 1}
"""The bank's own accounts that each outlet has so many of."""


@dataclass
class Entries:
    """Columns of entries as numbers; `NOBODY` where there is none.

    Accounts are places in all accounts; `undoes` is the entry, by its place here, that one takes back.
    """

    business: Ints
    debit: Ints
    credit: Ints
    outlet: Ints
    handler: Ints
    cents: Ints
    micros: Ints
    undoes: Ints

    def __len__(self) -> int:
        return len(self.business)

    def take(self, places: Ints) -> Entries:
        return Entries(*(getattr(self, f.name)[places] for f in fields(self)))

    def in_order(self) -> Entries:
        """By time; what an entry undoes comes before it."""
        order = np.argsort(self.micros, kind="stable")
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        found = self.take(order)
        found.undoes = np.where(found.undoes == NOBODY, NOBODY, place[found.undoes])
        return found


def together(parts: list[Entries]) -> Entries:
    return Entries(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Entries)))


class Drawing:
    """Draws the entries of one day, a stretch after the other."""

    def __init__(self, world: World, day: dt.date, duty: Duty, rng: np.random.Generator) -> None:
        self._world, self._accounts = world, world.accounts
        self._day, self._duty, self._rng = day, duty, rng
        self._paid = 0
        """How many have had their salary."""

    def entries(self, stretch: Slice, count: int) -> Entries:
        """So many entries of the stretch, with the openings and closings whose turn comes in it."""
        counts = self._rng.multinomial(count, stretch.weights)
        drawn = (self._of_business(number, int(n), stretch) for number, n in enumerate(counts))
        return together([*drawn, *self._openings(stretch), *self._closings(stretch)])

    def _of_business(self, number: int, count: int, stretch: Slice) -> Entries:
        business = BUSINESSES[number]
        if business.profile == "payroll" and self._day.day in PAY_DAYS:
            debit, credit, amount = self._salaries(count)
        else:
            debit, credit = self._sides(business, count)
            amount = _amounts(business, count, self._rng)
        count = len(amount)
        outlet = self._where(business, debit, credit)
        at_counter = business.channel == "counter"
        return Entries(
            business=np.full(count, number, dtype=np.int64),
            debit=debit,
            credit=credit,
            outlet=outlet,
            handler=self._duty.handler(outlet, self._rng) if at_counter else np.full(count, NOBODY),
            cents=amount,
            micros=times_within(count, business.profile, self._rng, stretch.start, stretch.end),
            undoes=np.full(count, NOBODY),
        )

    def _sides(self, business: Business, count: int) -> tuple[Ints, Ints]:
        debit, credit = (self._some_of(name, count) for name in (business.debit, business.credit))
        # The bank's own side is kept at the outlet of the customer's.
        for own, other, name in ((debit, credit, business.debit), (credit, debit, business.credit)):
            if name in _OF_OUTLET:
                each = _OF_OUTLET[name]
                first = self._accounts.pools[name].start + self._accounts.outlet[other] * each
                own[:] = first + self._rng.integers(0, each, count)
        # Nobody pays himself: the one beside him is paid.
        same = (debit == credit) & (debit != NOBODY)
        if business.credit is not None and same.any():
            pool = self._accounts.pools[business.credit]
            credit[same] = pool.start + (credit[same] - pool.start + 1) % len(pool)
            debit[debit == credit] = NOBODY
        return debit, credit

    def _some_of(self, name: str | None, count: int) -> Ints:
        if name is None:
            return np.full(count, NOBODY)
        pool = self._accounts.pools[name]
        return pool.start + (len(pool) * self._rng.random(count) ** _REGULARS).astype(np.int64)

    def _salaries(self, count: int) -> tuple[Ints, Ints, Ints]:
        """The next few of those who are paid today, each once."""
        world, pools = self._world, self._accounts.pools
        who = world.paid[self._day.day][self._paid : self._paid + count]
        self._paid += len(who)
        payers = pools["corporate"].start + world.employer[who]
        return payers, pools["personal"].start + who, world.salary[who]

    def _where(self, business: Business, debit: Ints, credit: Ints) -> Ints:
        """The outlet of the customer's account; at counters now and then another, and always an open one."""
        lead = np.where(debit != NOBODY, debit, credit)
        outlet = self._accounts.outlet[lead]
        if business.profile != "counter":
            return outlet
        elsewhere = self._rng.random(len(outlet)) < _ELSEWHERE
        anywhere = self._rng.integers(0, len(self._duty.open_at), len(outlet))
        return self._duty.open_at[np.where(elsewhere, anywhere, outlet)]

    # ── once in the life of an account ──

    def _openings(self, stretch: Slice) -> Iterator[Entries]:
        for business in (OPENING, TIME_OPENING, COMPANY_OPENING):
            name = str(business.credit)
            turns = self._accounts.openings[name]
            now = turns.on(self._day, stretch.start, stretch.end)
            opened = self._accounts.pools[name].start + now
            yield _of_turns(business, turns, now, np.full(len(now), NOBODY), opened, turns.cents[now])

    def _closings(self, stretch: Slice) -> Iterator[Entries]:
        """Deposits paid out to the account of the same customer."""
        pools, turns = self._accounts.pools, self._accounts.closings
        now = turns.on(self._day, stretch.start, stretch.end)
        deposit = self._accounts.closing_from + turns.owner[now]
        closed = pools["personal_time"].start + deposit
        paid_to = pools["personal"].start + self._accounts.savers[deposit]
        yield _of_turns(TIME_CLOSING, turns, now, closed, paid_to, self._accounts.balance[closed])


def _of_turns(business: Business, turns: Turns, now: Ints, debit: Ints, credit: Ints, cents: Ints) -> Entries:
    return Entries(
        business=np.full(len(now), number_of(business.code)),
        debit=debit,
        credit=credit,
        outlet=turns.outlet[now],
        handler=turns.handler[now],
        cents=cents,
        micros=turns.micros[now],
        undoes=np.full(len(now), NOBODY),
    )


def _amounts(business: Business, count: int, rng: np.random.Generator) -> Ints:
    """Log-normal, every other one rounded to two figures; what would be too much is a tenth of it."""
    most = min(_MOST.get(str(side), _MOST_ELSE) for side in (business.debit, business.credit) if side)
    drawn = np.exp(rng.normal(math.log(business.median * 100), business.sigma, count))
    drawn = np.where(drawn < most, drawn, drawn / 10)
    drawn = np.clip(drawn, 100, most - 1)
    if business.round_to > 1:
        step = business.round_to * 100
        return np.maximum(drawn // step, 1).astype(np.int64) * step
    step = np.where(rng.random(count) < _ROUND, 10 ** np.maximum(np.floor(np.log10(drawn)) - 1, 2), 1)
    return (drawn // step * step).astype(np.int64)
