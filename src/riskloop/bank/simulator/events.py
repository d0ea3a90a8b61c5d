"""What happens in a simulated bank beside the journal: sign-ons, media, cards, maintenance, positions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa

from riskloop.bank.simulator.accounts import customers_of
from riskloop.bank.simulator.columns import (
    NOBODY,
    Flags,
    Ints,
    cents,
    joined,
    numbered,
    padded,
    picked,
    table_of,
    times,
)
from riskloop.bank.simulator.people import TELLERS, Duty
from riskloop.bank.simulator.shape import is_working, times_within
from riskloop.bank.simulator.spec import Chance
from riskloop.bank.simulator.world import World

_OF_ENTRIES = {"ebank": 0.01, "card": 0.008, "maintenance": 0.001, "reconciliation": 0.0001}
_AUTHORISATIONS = 0.01
_MOST_PER_TELLER = 4
"""However large the journal, tellers register and activate no more than people can."""
_EBANK = (
    ("registered", 0.45),
    ("cancelled", 0.06),
    ("login_password_reset", 0.2),
    ("token_password_reset", 0.08),
    ("token_card_replaced", 0.05),
    ("token_maintained", 0.1),
    ("transfer_opened", 0.06),
)
_EBANK_CHANNELS = (("internet", 0.45), ("mobile", 0.5), ("phone", 0.05))
_BY_HIMSELF = 0.4
"""The share of e-bank events that the customer sees to himself, without a counter."""
_CARD = (("issued", 0.4), ("activated", 0.4), ("online_opened", 0.1), ("purchase_pin_changed", 0.1))
_RECONCILIATION = ("contact_changed", "phone_changed", "address_changed", "method_changed", "cycle_changed")
_LOSS = (("loss_reported", 0.6), ("loss_released", 0.4))
_LOSS_BELOW = 45_000_00
_RETURNED = 0.06
_REASONS = ("操作不规范", "凭证填写不规范", "凭证填写错误", "未核查或核查失败", "上传资料不完整")
_CEILING = 300_000_00
_ON_LEAVE = 0.8
_IDENTITY_CHANGED = 0.1


class Events:
    """Makes the facts of one day beside the journal."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._people = world.people
        self._pools = world.accounts.pools
        self._balance = world.accounts.balance

    def day(self, day: dt.date, entries: int) -> dict[str, pa.Table]:
        """The tables of facts of the day, by name.

        Args:
            entries: how many entries the day's journal has; the others keep pace with it.
        """
        rng = self._world.spec.rng(Chance.EVENTS, day)
        duty = self._people.duty(day)
        return {
            "ebank_events": self._ebank(day, entries, duty, rng),
            "card_events": self._card(day, entries, duty, rng),
            "maintenance_events": self._maintenance(day, entries, duty, rng),
            "reconciliation_events": self._reconciliation(day, entries, duty, rng),
            "authorisations": self._authorisations(day, entries, duty, rng),
            "teller_events": self._teller_events(day, duty, rng),
            "attendance": self._attendance(day, duty, rng),
            "teller_cards": self._teller_cards(day, duty),
            "cash_boxes": self._cash_boxes(day, rng),
            "reserve_positions": self._reserve(day),
            "draft_register": self._drafts(day),
            "ebank_operators": self._operators(day),
        }

    # ── at the counter ──

    def _count(self, share: float, entries: int) -> int:
        return max(1, min(round(entries * share), _MOST_PER_TELLER * len(self._people.tellers)))

    def _common(
        self, prefix: str, day: dt.date, home: Ints, duty: Duty, rng: np.random.Generator
    ) -> dict[str, Any]:
        """Id, day, time, unit and teller of events at the counters where these customers go."""
        n = len(home)
        outlet = duty.open_at[home]
        return {
            "event_id": numbered(f"{prefix}{day:%Y%m%d}", np.arange(n), 7),
            "booked_on": day,
            "at": times(day, np.sort(times_within(n, "counter", rng))),
            "unit_id": picked(self._people.outlets, outlet),
            "teller_id": picked(self._people.tellers, duty.handler(outlet, rng)),
        }

    def _ebank(self, day: dt.date, entries: int, duty: Duty, rng: np.random.Generator) -> pa.Table:
        who = rng.integers(0, len(self._world.homes), self._count(_OF_ENTRIES["ebank"], entries))
        home = self._world.homes[who]
        columns = self._common("V", day, home, duty, rng) | {
            "customer_id": customers_of("K", who),
            "account_id": picked(self._pools["personal"].ids, who),
            "channel": _chosen(_EBANK_CHANNELS, len(who), rng),
            "event": _chosen(_EBANK, len(who), rng),
        }
        by_himself = rng.random(len(who)) < _BY_HIMSELF
        for name in ("unit_id", "teller_id"):
            columns[name] = picked(columns[name], np.where(by_himself, NOBODY, np.arange(len(who))))
        return table_of("ebank_events", columns, len(who))

    def _card(self, day: dt.date, entries: int, duty: Duty, rng: np.random.Generator) -> pa.Table:
        cards = self._pools["card"]
        which = rng.integers(0, len(cards), self._count(_OF_ENTRIES["card"], entries) if len(cards) else 0)
        columns = self._common("W", day, cards.outlet[which], duty, rng) | {
            "card_no": card_numbers(which),
            "customer_id": customers_of("K", self._world.accounts.carded[which]),
            "account_id": picked(cards.ids, which),
            "channel": "counter",
            "event": _chosen(_CARD, len(which), rng),
        }
        return table_of("card_events", columns, len(which))

    def _maintenance(self, day: dt.date, entries: int, duty: Duty, rng: np.random.Generator) -> pa.Table:
        """Loss of certificates of deposit; those of large ones are planted."""
        deposits = self._pools["personal_time"]
        small = np.flatnonzero(
            self._balance[deposits.places][: self._world.accounts.closing_from] < _LOSS_BELOW
        )
        count = self._count(_OF_ENTRIES["maintenance"], entries) if len(small) else 0
        which = small[rng.integers(0, max(len(small), 1), count)]
        columns = self._common("M", day, deposits.outlet[which], duty, rng) | {
            "subject": "deposit",
            "account_id": picked(deposits.ids, which),
            "event": _chosen(_LOSS, len(which), rng),
            "amount": cents(self._balance[deposits.start + which]),
        }
        return table_of("maintenance_events", columns, len(which))

    def _reconciliation(self, day: dt.date, entries: int, duty: Duty, rng: np.random.Generator) -> pa.Table:
        companies = self._pools["corporate"]
        who = rng.integers(0, len(companies), self._count(_OF_ENTRIES["reconciliation"], entries))
        columns = self._common("R", day, companies.outlet[who], duty, rng) | {
            "customer_id": customers_of("C", who),
            "account_id": picked(companies.ids, who),
            "event": picked(_RECONCILIATION, rng.integers(0, len(_RECONCILIATION), len(who))),
        }
        return table_of("reconciliation_events", columns, len(who))

    def _authorisations(self, day: dt.date, entries: int, duty: Duty, rng: np.random.Generator) -> pa.Table:
        outlets = len(self._people.outlets)
        home = rng.integers(0, outlets, self._count(_AUTHORISATIONS, entries))
        outlet = duty.open_at[home]
        handler, authoriser = duty.handler(outlet, rng), duty.authoriser(outlet, rng)
        asked = np.flatnonzero((handler != NOBODY) & (authoriser != NOBODY))
        n = len(asked)
        returned = rng.random(n) < _RETURNED
        columns = {
            "item_id": numbered(f"A{day:%Y%m%d}", np.arange(n), 7),
            "booked_on": day,
            "submitted_at": times(day, np.sort(times_within(n, "counter", rng))),
            "queued_s": rng.exponential(15, n).astype(np.int64),
            "handled_s": 4 + rng.exponential(40, n).astype(np.int64),
            "unit_id": picked(self._people.outlets, outlet[asked]),
            "teller_id": picked(self._people.tellers, handler[asked]),
            "authoriser_id": picked(self._people.tellers, authoriser[asked]),
            "channel": "counter",
            "code": picked(("1101", "1002", "1301"), rng.integers(0, 3, n)),
            "outcome": picked(("granted", "returned"), returned.astype(np.int64)),
            "reason": picked(_REASONS, np.where(returned, rng.integers(0, len(_REASONS), n), NOBODY)),
        }
        return table_of("authorisations", columns, n)

    # ── people ──

    def _teller_events(self, day: dt.date, duty: Duty, rng: np.random.Generator) -> pa.Table:
        """Who works signs on and off, the first two as supervisors; a few stand in for others at midday."""
        there = np.flatnonzero(self._expected(duty) & ~duty.away)
        stand_in = there[rng.random(len(there)) < _IDENTITY_CHANGED]
        who = np.concatenate([there, stand_in, there])
        second = 1_000_000
        hours = np.repeat([8 * 3600 + 900, 12 * 3600, 17 * 3600], [len(there), len(stand_in), len(there)])
        micros = (hours + rng.integers(0, 1800, len(who))) * second
        what = np.repeat([0, 1, 2], [len(there), len(stand_in), len(there)])
        order = np.argsort(micros, kind="stable")
        who, micros, what = who[order], micros[order], what[order]
        identity = np.where(what == 1, 1, np.where(who % TELLERS < 2, 2, 0))  # noqa: PLR2004
        columns = {
            "event_id": numbered(f"L{day:%Y%m%d}", np.arange(len(who)), 7),
            "booked_on": day,
            "at": times(day, micros),
            "teller_id": picked(self._people.tellers, who),
            "event": picked(("signed_on", "identity_changed", "signed_off"), what),
            "identity": picked(("handler", "lead", "supervisor"), identity),
        }
        return table_of("teller_events", columns, len(who))

    def _expected(self, duty: Duty) -> Flags:
        """The tellers of the outlets that are open."""
        outlets = np.arange(len(self._people.outlets))
        return (duty.open_at == outlets)[self._people.outlet_of]

    def _attendance(self, day: dt.date, duty: Duty, rng: np.random.Generator) -> pa.Table:
        """Of the tellers of open outlets, and on working days of the people of the branches."""
        leave = rng.random(len(duty.away)) < _ON_LEAVE
        state = np.where(duty.away, np.where(leave, 1, 2), 0)
        expected = np.flatnonzero(self._expected(duty))
        in_branches = len(self._people.in_branches) if is_working(day) else 0
        places = np.concatenate([expected, len(duty.away) + np.arange(in_branches)])
        states = np.concatenate([state[expected], np.zeros(in_branches, dtype=np.int64)])
        columns = {
            "staff_id": picked(self._people.staff, places),
            "on": day,
            "state": picked(("present", "leave", "away"), states),
        }
        return table_of("attendance", columns, len(places))

    def _teller_cards(self, day: dt.date, duty: Duty) -> pa.Table:
        """Who is away has his authority card suspended."""
        n = len(duty.away)
        columns = {
            "as_of": day,
            "card_no": numbered("QX", np.arange(n), 6),
            "teller_id": self._people.tellers,
            "status": picked(("active", "suspended"), duty.away.astype(np.int64)),
        }
        return table_of("teller_cards", columns, n)

    def _operators(self, day: dt.date) -> pa.Table:
        """One e-bank operator in each branch."""
        n = len(self._people.branches)
        columns = {
            "as_of": day,
            "operator_id": numbered("NG", np.arange(n), 5),
            "staff_id": picked(self._people.in_branches, np.arange(n) * 2),
            "status": "enabled",
            "last_used_on": day - dt.timedelta(days=1 + day.day % 3),
        }
        return table_of("ebank_operators", columns, n)

    # ── positions ──

    def _cash_boxes(self, day: dt.date, rng: np.random.Generator) -> pa.Table:
        n = len(self._people.outlets)
        columns = {
            "as_of": day,
            "box_id": joined("99999-", padded(np.arange(n), 5)),
            "unit_id": self._people.outlets,
            "closing": cents(rng.integers(_CEILING // 10, _CEILING, n)),
            "ceiling": cents(np.full(n, _CEILING)),
        }
        return table_of("cash_boxes", columns, n)

    def _reserve(self, day: dt.date) -> pa.Table:
        """Both sides of every pair of branches record the same balance."""
        pool = self._pools["reserve"]
        branches = self._people.units().slice(1, len(pool))
        balances = cents(self._balance[pool.places])
        columns = {
            "as_of": day,
            "upper_unit_id": branches["parent_id"],
            "lower_unit_id": branches["unit_id"],
            "upper_balance": balances,
            "lower_balance": balances,
        }
        return table_of("reserve_positions", columns, len(pool))

    def _drafts(self, day: dt.date) -> pa.Table:
        """The register agrees with the balance of each outward-remittance account."""
        pool = self._pools["outward_remittance"]
        columns = {
            "as_of": day,
            "unit_id": pool.unit,
            "account_id": pool.ids,
            "outstanding": cents(self._balance[pool.places]),
        }
        return table_of("draft_register", columns, len(pool))


def _chosen(weighted: tuple[tuple[str, float], ...], count: int, rng: np.random.Generator) -> pa.Array:
    shares = np.array([share for _, share in weighted])
    return picked([name for name, _ in weighted], rng.choice(len(shares), count, p=shares / shares.sum()))


def card_numbers(which: Ints) -> pa.Array:
    """The numbers of cards, 16 digits with a check digit; neighbours in the bank are far apart in number."""
    body = 6221 * 10**11 + which * 7919 % 10**11
    return joined(padded(body, 15), padded(check_digit(body), 1))


def check_digit(body: Ints) -> Ints:
    """The Luhn check digit of numbers of at most 18 digits."""
    total = np.zeros(len(body), dtype=np.int64)
    for place in range(18):
        digit = body // 10**place % 10 * (2 if place % 2 == 0 else 1)
        total += digit // 10 + digit % 10
    return -total % 10
