"""What happens in a simulated bank beside the journal: sign-ons, media, cards, maintenance, positions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa

from riskloop.bank.simulator.shape import is_working, seconds_of
from riskloop.bank.simulator.world import TELLERS_PER_OUTLET, Ints, World, cents, numbered, table_of

_EVENTS, _LEAVE = 20, 21
_OF_ENTRIES = {"ebank": 0.01, "card": 0.008, "maintenance": 0.001, "reconciliation": 0.0005}
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
_CARD = (("issued", 0.4), ("activated", 0.4), ("online_opened", 0.1), ("purchase_pin_changed", 0.1))
_RECONCILIATION = ("contact_changed", "phone_changed", "address_changed", "method_changed", "cycle_changed")
_ON_LEAVE = 0.02
_CEILING = 300_000_00


class Events:
    """Makes the facts of one day beside the journal."""

    def __init__(self, world: World) -> None:
        self._world = world

    def day(self, day: dt.date, entries: int) -> dict[str, pa.Table]:
        """The tables of facts of the day, by name.

        Args:
            entries: how many entries the day's journal has; the others keep pace with it.
        """
        rng = self._world.spec.rng(_EVENTS, day)
        away = self._away(day)
        made = {
            "ebank_events": self._ebank(day, entries, rng),
            "card_events": self._card(day, entries, rng),
            "maintenance_events": self._maintenance(day, entries, rng),
            "reconciliation_events": self._reconciliation(day, entries, rng),
            "teller_cards": self._teller_cards(day, away),
            "cash_boxes": self._cash_boxes(day, rng),
            "reserve_positions": self._reserve(day),
            "draft_register": self._drafts(day),
            "ebank_operators": self._operators(day),
        }
        if is_working(day):
            made |= {
                "teller_events": self._sign_ons(day, away, rng),
                "attendance": self._attendance(day, away),
                "authorisations": self._authorisations(day, entries, rng),
            }
        return made

    def _away(self, day: dt.date) -> Any:
        """Who is on leave in the day's week; people take whole weeks."""
        monday = day - dt.timedelta(days=day.weekday())
        return self._world.spec.rng(_LEAVE, monday).random(len(self._world.staff)) < _ON_LEAVE

    def _count(self, what: str, entries: int) -> int:
        most = _MOST_PER_TELLER * len(self._world.tellers)
        return max(1, min(round(entries * _OF_ENTRIES[what]), most))

    def _clients(self, count: int, rng: np.random.Generator) -> tuple[Ints, pa.Array, pa.Array]:
        """Outlet, customer and personal account of so many customers."""
        personal = self._world.pools["personal"]
        who = rng.integers(0, len(personal), count)
        return personal.outlet[who], numbered("K", who, 9), personal.ids.take(pa.array(who))

    def _common(
        self, prefix: str, day: dt.date, outlet: Ints, rng: np.random.Generator, at_counter: bool = True
    ) -> dict[str, Any]:
        n = len(outlet)
        tellers = outlet * TELLERS_PER_OUTLET + rng.integers(0, TELLERS_PER_OUTLET, n)
        midnight = np.datetime64(day, "us")
        times = np.sort(seconds_of(n, at_counter, rng))
        return {
            "event_id": numbered(f"{prefix}{day:%Y%m%d}", np.arange(n), 7),
            "booked_on": day,
            "at": pa.array(midnight + times.astype("timedelta64[us]")),
            "unit_id": self._world.outlets.take(pa.array(outlet)),
            "teller_id": self._world.tellers.take(pa.array(tellers)),
        }

    def _ebank(self, day: dt.date, entries: int, rng: np.random.Generator) -> pa.Table:
        outlet, customers, accounts = self._clients(self._count("ebank", entries), rng)
        events = rng.choice(len(_EBANK), size=len(outlet), p=[p for _, p in _EBANK])
        channels = pa.array(["internet", "mobile", "phone"])
        columns = self._common("V", day, outlet, rng) | {
            "customer_id": customers,
            "account_id": accounts,
            "channel": channels.take(pa.array(rng.choice(3, len(outlet), p=[0.45, 0.5, 0.05]))),
            "event": pa.array([name for name, _ in _EBANK]).take(pa.array(events)),
        }
        return table_of("ebank_events", columns, len(outlet))

    def _card(self, day: dt.date, entries: int, rng: np.random.Generator) -> pa.Table:
        outlet, customers, accounts = self._clients(self._count("card", entries), rng)
        events = rng.choice(len(_CARD), size=len(outlet), p=[p for _, p in _CARD])
        columns = self._common("W", day, outlet, rng) | {
            # The last digit is a check digit; spread over a range so wide that runs are chance's alone.
            "card_no": numbered("6221", rng.integers(0, 10**11, len(outlet)), 12),
            "customer_id": customers,
            "account_id": accounts,
            "channel": "counter",
            "event": pa.array([name for name, _ in _CARD]).take(pa.array(events)),
        }
        return table_of("card_events", columns, len(outlet))

    def _maintenance(self, day: dt.date, entries: int, rng: np.random.Generator) -> pa.Table:
        outlet, _, accounts = self._clients(self._count("maintenance", entries), rng)
        n = len(outlet)
        columns = self._common("M", day, outlet, rng) | {
            "subject": "deposit",
            "account_id": accounts,
            "event": pa.array(["loss_reported", "loss_released"]).take(pa.array(rng.integers(0, 2, n))),
            "amount": cents(rng.integers(100_00, 20_000_00, n)),
        }
        return table_of("maintenance_events", columns, n)

    def _reconciliation(self, day: dt.date, entries: int, rng: np.random.Generator) -> pa.Table:
        corporate = self._world.pools["corporate"]
        who = rng.integers(0, len(corporate), self._count("reconciliation", entries))
        columns = self._common("R", day, corporate.outlet[who], rng) | {
            "customer_id": numbered("C", who, 9),
            "account_id": corporate.ids.take(pa.array(who)),
            "event": pa.array(_RECONCILIATION).take(pa.array(rng.integers(0, 5, len(who)))),
        }
        return table_of("reconciliation_events", columns, len(who))

    def _sign_ons(self, day: dt.date, away: Any, rng: np.random.Generator) -> pa.Table:
        present = np.flatnonzero(~away)
        both = np.repeat(present, 2)
        morning = np.datetime64(day, "us") + np.timedelta64(8, "h")
        spread = rng.integers(0, 30 * 60, len(present)).astype("timedelta64[s]").astype("timedelta64[us]")
        times = np.empty(len(both), dtype="datetime64[us]")
        times[::2] = morning + spread
        times[1::2] = morning + np.timedelta64(9, "h") + spread
        columns = {
            "event_id": numbered(f"L{day:%Y%m%d}", np.arange(len(both)), 7),
            "booked_on": day,
            "at": pa.array(times),
            "teller_id": self._world.tellers.take(pa.array(both)),
            "event": pa.array(["signed_on", "signed_off"]).take(pa.array(np.arange(len(both)) % 2)),
            "identity": "handler",
        }
        return table_of("teller_events", columns, len(both))

    def _attendance(self, day: dt.date, away: Any) -> pa.Table:
        states = pa.array(["present", "leave"]).take(pa.array(away.astype(np.int64)))
        return table_of("attendance", {"staff_id": self._world.staff, "on": day, "state": states}, len(away))

    def _teller_cards(self, day: dt.date, away: Any) -> pa.Table:
        """Who is on leave has handed in his authority card."""
        n = len(away)
        columns = {
            "as_of": day,
            "card_no": numbered("QX", np.arange(n), 6),
            "teller_id": self._world.tellers,
            "status": pa.array(["active", "suspended"]).take(pa.array(away.astype(np.int64))),
        }
        return table_of("teller_cards", columns, n)

    def _cash_boxes(self, day: dt.date, rng: np.random.Generator) -> pa.Table:
        n = len(self._world.outlets)
        columns = {
            "as_of": day,
            "box_id": numbered("99999", np.arange(n), 5),
            "unit_id": self._world.outlets,
            "closing": cents(rng.integers(_CEILING // 10, _CEILING, n)),
            "ceiling": cents(np.full(n, _CEILING)),
        }
        return table_of("cash_boxes", columns, n)

    def _reserve(self, day: dt.date) -> pa.Table:
        """Both sides of every pair of units record the same balance."""
        pairs = [
            (u["parent_id"], u["unit_id"])
            for u in self._world.units
            if u["level"] not in {"outlet", "head_office"}
        ]
        balances = cents(1_000_000_00 * (1 + np.arange(len(pairs))))
        columns = {
            "as_of": day,
            "upper_unit_id": pa.array([upper for upper, _ in pairs]),
            "lower_unit_id": pa.array([lower for _, lower in pairs]),
            "upper_balance": balances,
            "lower_balance": balances,
        }
        return table_of("reserve_positions", columns, len(pairs))

    def _drafts(self, day: dt.date) -> pa.Table:
        """The register agrees with the balance of each outward-remittance account."""
        pool = self._world.quiet["outward_remittance"]
        columns = {
            "as_of": day,
            "unit_id": self._world.outlets.take(pa.array(pool.outlet)),
            "account_id": pool.ids,
            "outstanding": cents(self._world.balance[pool.start : pool.start + len(pool)]),
        }
        return table_of("draft_register", columns, len(pool))

    def _operators(self, day: dt.date) -> pa.Table:
        n = len(self._world.outlets)
        columns = {
            "as_of": day,
            "operator_id": numbered("NG", np.arange(n), 5),
            "staff_id": self._world.staff.take(pa.array(np.arange(n) * TELLERS_PER_OUTLET)),
            "status": "enabled",
            "last_used_on": day - dt.timedelta(days=1),
        }
        return table_of("ebank_operators", columns, n)

    def _authorisations(self, day: dt.date, entries: int, rng: np.random.Generator) -> pa.Table:
        n = max(1, min(entries // 100, 20 * len(self._world.tellers)))
        outlet = rng.integers(0, len(self._world.outlets), n)
        handler = outlet * TELLERS_PER_OUTLET + rng.integers(0, TELLERS_PER_OUTLET, n)
        returned = rng.random(n) < 0.06  # noqa: PLR2004
        columns = self._common("A", day, outlet, rng)
        reasons = pa.array(
            ["操作不规范", "凭证填写不规范", "凭证填写错误", "未核查或核查失败", "上传资料不完整"]
        )
        return table_of(
            "authorisations",
            {
                "item_id": columns["event_id"],
                "booked_on": day,
                "submitted_at": columns["at"],
                "queued_s": rng.exponential(15, n).astype(np.int64),
                "handled_s": 4 + rng.exponential(40, n).astype(np.int64),
                "unit_id": columns["unit_id"],
                "teller_id": self._world.tellers.take(pa.array(handler)),
                "authoriser_id": self._world.tellers.take(
                    pa.array(outlet * TELLERS_PER_OUTLET + (handler + 1) % TELLERS_PER_OUTLET)
                ),
                "channel": "counter",
                "code": "1101",
                "outcome": pa.array(["granted", "returned"]).take(pa.array(returned.astype(np.int64))),
                "reason": reasons.take(pa.array(rng.integers(0, 5, n), mask=~returned)),
            },
            n,
        )
