"""Where a simulated bank works and who works there: units in five levels, staff, tellers."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from riskloop.bank.simulator import names
from riskloop.bank.simulator.columns import NOBODY, Flags, Ints, numbered, picked, table_of
from riskloop.bank.simulator.shape import is_working
from riskloop.bank.simulator.spec import Chance, Spec
from riskloop.bank.tables import TABLES

POSTS = ("营业经理", "运营主管", "柜员", "柜员", "柜员", "柜员")
"""The tellers of an outlet, in their order: the first two authorise, the others handle."""
TELLERS = len(POSTS)
_AUTHORISING = 2
_ROUND = math.lcm(*range(1, TELLERS - _AUTHORISING + 1))
_BRANCH_POSTS = ("总会计", "运营督导员")
_HEAD_OFFICE = "0000"
_OUTLETS_OF_SUB, _SUBS_OF_TIER2, _TIER2_OF_TIER1 = 5, 3, 2
_OPEN_OF_SUB = 3
"""So many outlets of each sub-branch are open at weekends and on holidays."""
_AWAY = 0.03
"""The share of people who are away in a week; they take whole weeks."""
_SINCE = dt.date(2018, 1, 1)


@dataclass(frozen=True)
class Duty:
    """Who works on one day, by numbers of tellers.

    Attributes:
        open_at: for each outlet, itself, or the open one of its sub-branch that its customers go to.
        handlers, authorisers: a row an outlet, with whoever is there in turn; `NOBODY` if none is.
        away: for each teller.
    """

    open_at: Ints
    handlers: Ints
    authorisers: Ints
    away: Flags

    def handler(self, outlet: Ints, rng: np.random.Generator) -> Ints:
        """Someone who handles at each of these outlets."""
        return self.handlers[outlet, rng.integers(0, self.handlers.shape[1], len(outlet))]

    def authoriser(self, outlet: Ints, rng: np.random.Generator) -> Ints:
        """Someone who authorises at each of these outlets, and never handles."""
        return self.authorisers[outlet, rng.integers(0, self.authorisers.shape[1], len(outlet))]


class People:
    """The units, the staff and the tellers."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        n_sub = math.ceil(spec.outlets / _OUTLETS_OF_SUB)
        n_tier2 = math.ceil(n_sub / _SUBS_OF_TIER2)
        n_tier1 = math.ceil(n_tier2 / _TIER2_OF_TIER1)
        self.tier1 = numbered("1", np.arange(n_tier1), 3)
        self.tier2 = numbered("2", np.arange(n_tier2), 4)
        self.sub_branches = numbered("3", np.arange(n_sub), 5)
        self.outlets = numbered("5", np.arange(spec.outlets), 5)
        self.branches = pa.concat_arrays(
            [pa.array([_HEAD_OFFICE]), self.tier1, self.tier2, self.sub_branches]
        )
        self.region = np.arange(spec.outlets) // (_OUTLETS_OF_SUB * _SUBS_OF_TIER2)
        """The second-level branch of each outlet, by number."""
        self.outlet_of = np.repeat(np.arange(spec.outlets), TELLERS)
        """The outlet of each teller, by number."""
        self.tellers = numbered("T", np.arange(len(self.outlet_of)), 6)
        self._in_branches = len(self.branches) * len(_BRANCH_POSTS)
        self.staff = numbered("G", np.arange(len(self.tellers) + self._in_branches), 6)
        """First the tellers, in their order, then the people of the branches."""

    @property
    def in_branches(self) -> pa.Array:
        """The staff of the branches: so many of each, in the order of `branches`."""
        return self.staff[len(self.tellers) :]

    def units(self) -> pa.Table:
        """Five outlets a sub-branch, three of those a second-level branch, two of those a first-level one."""
        parents = [
            [_HEAD_OFFICE] * len(self.tier1),
            picked(self.tier1, np.arange(len(self.tier2)) // _TIER2_OF_TIER1).to_pylist(),
            picked(self.tier2, np.arange(len(self.sub_branches)) // _SUBS_OF_TIER2).to_pylist(),
            picked(self.sub_branches, np.arange(len(self.outlets)) // _OUTLETS_OF_SUB).to_pylist(),
        ]
        levels = [
            (self.tier1, "tier1_branch", "一级分行"),
            (self.tier2, "tier2_branch", "二级分行"),
            (self.sub_branches, "sub_branch", "支行"),
            (self.outlets, "outlet", "网点"),
        ]
        rows = [_unit(_HEAD_OFFICE, "演示银行总行", "head_office", None)]
        rows += [
            _unit(unit_id, names.place(word, n, roads=level == "outlet"), level, parent)
            for (ids, level, word), above in zip(levels, parents, strict=True)
            for n, (unit_id, parent) in enumerate(zip(ids.to_pylist(), above, strict=True))
        ]
        return pa.Table.from_pylist(rows, schema=TABLES["units"].arrow_schema)

    def rows(self) -> dict[str, pa.Table]:
        """The standing tables of people, by name."""
        n, tellers = len(self.staff), len(self.tellers)
        at_outlets = picked(self.outlets, self.outlet_of)
        at_branches = picked(self.branches, np.repeat(np.arange(len(self.branches)), len(_BRANCH_POSTS)))
        staff = {
            "staff_id": self.staff,
            "name": names.people(n, self._spec.rng(Chance.STAFF)),
            "unit_id": pa.concat_arrays([at_outlets, at_branches]),
            "post": pa.array([*POSTS * len(self.outlets), *_BRANCH_POSTS * len(self.branches)]),
            "phone": numbered("139", 90_000_000 + np.arange(n), 8),
            "joined_on": _SINCE,
        }
        own = {"staff_id": self.staff[:tellers], "customer_id": self.own_customers(), "relation": "self"}
        teller = {
            "teller_id": self.tellers,
            "staff_id": self.staff[:tellers],
            "unit_id": at_outlets,
            "from_on": _SINCE,
        }
        return {
            "units": self.units(),
            "staff": table_of("staff", staff, n),
            "staff_customers": table_of("staff_customers", own, tellers),
            "tellers": table_of("tellers", teller, tellers),
        }

    def own_customers(self) -> pa.Array:
        """The tellers as customers of their own bank."""
        return numbered("KG", np.arange(len(self.tellers)), 6)

    def away(self, day: dt.date) -> Flags:
        """Which tellers are away in the day's week."""
        monday = day - dt.timedelta(days=day.weekday())
        return self._spec.rng(Chance.LEAVE, monday).random(len(self.tellers)) < _AWAY

    def duty(self, day: dt.date) -> Duty:
        """Who works on the day, and where."""
        outlets = np.arange(len(self.outlets))
        away = self.away(day)
        there = ~away.reshape(len(outlets), TELLERS)
        first = np.arange(TELLERS) < _AUTHORISING
        place = outlets % _OUTLETS_OF_SUB
        open_at = outlets if is_working(day) else outlets - place + place % _OPEN_OF_SUB
        return Duty(open_at, _in_turn(there & ~first), _in_turn(there & first), away)


def _in_turn(there: Flags) -> Ints:
    """For each outlet (a row) the numbers of those who are there, each as often as the others."""
    order = np.argsort(~there, axis=1, kind="stable")
    count = there.sum(axis=1, keepdims=True)
    turn = np.arange(_ROUND) % np.maximum(count, 1)
    numbers = np.arange(len(there))[:, None] * TELLERS + np.take_along_axis(order, turn, axis=1)
    return np.where(count > 0, numbers, NOBODY)


def _unit(unit_id: str, name: str, level: str, parent: str | None) -> dict[str, Any]:
    return {
        "unit_id": unit_id,
        "name": name,
        "level": level,
        "parent_id": parent,
        "opened_on": dt.date(2005, 1, 1),
        "closed_on": None,
    }
