"""What happens to an account once in its life: it is opened, or closed, on a simulated day.

Each day the next few owners have their turn, along a walk that meets every one of them before it comes
again. So who opens on a day depends on the day alone, and nobody by chance opens one account after another.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np

from riskloop.bank.simulator.columns import NOBODY, Ints, day_number
from riskloop.bank.simulator.people import People
from riskloop.bank.simulator.shape import is_working, times_within
from riskloop.bank.simulator.spec import Chance, Spec

_A_DAY = 0.0005
"""The share of owners whose turn it is on a working day."""
_STRIDES = (7919, 7907)


@dataclass(frozen=True)
class Turns:
    """Openings or closings of one kind, on all simulated days, in their order.

    Attributes:
        owner: whose turn it is, by number.
        day: days since 1970.
        micros: when in the day.
    """

    owner: Ints
    outlet: Ints
    day: Ints
    cents: Ints
    handler: Ints
    micros: Ints

    def __len__(self) -> int:
        return len(self.owner)

    def on(self, day: dt.date, start: float, end: float) -> Ints:
        """Which of the turns come on the day from `start` to `end`, in microseconds."""
        late = (self.micros >= start) & (self.micros < end)
        return np.flatnonzero((self.day == day_number(day)) & late)


def turns(spec: Spec, people: People, outlets: Ints, part: int, low: int, high: int) -> Turns:
    """Turns of one kind for owners at these outlets.

    Args:
        part: sets the chance of one kind apart from that of the others.
        low, high: the amounts in CNY, spread evenly in their logarithm, in whole hundreds.
    """
    found = [_of_day(spec, people, outlets, part, low, high, d) for d in spec.all_days if is_working(d)]
    names = Turns.__dataclass_fields__
    empty = np.empty(0, dtype=np.int64)
    return Turns(**{n: np.concatenate([empty, *(getattr(t, n) for t in found)]) for n in names})


def _of_day(spec: Spec, people: People, outlets: Ints, part: int, low: int, high: int, day: dt.date) -> Turns:
    rng = spec.rng(Chance.LIFECYCLE, day, part)
    owners = len(outlets)
    first, after = (math.floor(owners * _A_DAY * (day.toordinal() + n)) for n in (0, 1))
    count = min(after - first, owners)
    stride = next((s for s in _STRIDES if math.gcd(s, owners) == 1), 1) if owners else 1
    owner = (first + part * owners // 7 + np.arange(count)) * stride % max(owners, 1)
    outlet = outlets[owner]
    amounts = np.exp(rng.uniform(math.log(low), math.log(high), count))
    return Turns(
        owner=owner,
        outlet=outlet,
        day=np.full(count, day_number(day)),
        cents=(amounts // 100).astype(np.int64) * 100_00,
        handler=people.duty(day).handler(outlet, rng) if count else np.full(0, NOBODY),
        micros=times_within(count, "counter", rng),
    )
