"""A week of counts against the usual weeks, and a silence against the past: what is out of the ordinary.

Usual are days of the same weekday and kind (worked or not, by the bank's calendar) in the weeks before and in
the same season of the year before. Counts of hits are overdispersed: they are taken as negative binomial
(variance = dispersion × mean), with the dispersion estimated from the usual days and weeks themselves. Given
how many there are in all, those of the week are then beta-binomial, so that few hits are judged exactly
(Przyborowski and Wilenski, Biometrika 31, 1940, for dispersion 1). That the dispersion is itself an estimate,
of few weeks, is borne by Student's t in place of the normal (McCullagh and Nelder, Generalized Linear Models,
1989, 9.2).
Decision 019 says why, and how often a mark is false.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from scipy.special import betaln, gammaln, nbdtrik, ndtr, ndtri, stdtr, xlog1py, xlogy

CHANCE = 0.001
"""What would happen by chance less often than this is marked."""
WEEK = 7
WEEKS_BEFORE = range(1, 9)
"""The weeks that are usual: so many before …"""
WEEKS_OF_SEASON = range(50, 55)
"""… and those around the same week of the year before."""
LEAST_WEEKS, LEAST_DAYS = 4, 3
"""From so many usual weeks, and days of the week that can be held against them, something can be said."""
LEAST_FACTOR = 1.5
"""A week that is not so many times the usual one, or less than one such part of it, is not marked."""
SHARE_SHOWN = 0.95
"""The range that is shown as usual holds so many of the days or weeks."""
PAST = 400
"""Calendar days of the past that a silence is held against."""
LEAST_HIT_DAYS = 5
"""A model with fewer days with hits has no habit that could be missed."""
_POISSON = 1.001
"""Up to this dispersion the difference to none is too small to be computed with."""
_EXACT = 50_000
"""Up to so many counts the tail is summed; beyond, the normal approximation is as good."""

Works = Callable[[dt.date], bool]
"""Whether the bank works on a day."""
Counts = Mapping[dt.date, int]
"""By day that is known its count; a day that is missing is unknown, and not 0."""
Way = Literal["", "loud", "quiet"]


@dataclass(frozen=True)
class Week:
    """A week of counts against the usual weeks.

    Attributes:
        last: its last day; it has the seven up to it.
        total: the counts of all its days that are known.
        days: those of them that have usual days to be held against.
        compared: the counts of these days.
        weeks: how many usual weeks there are.
        usual, low, high: what these days usually have in all, and within what 95 of 100 such weeks lie. None
            without enough past, as is `way`.
        chance: how often chance alone brings a week as far off, in its direction.
        way: `loud` or `quiet` where it is marked, else "".
    """

    last: dt.date
    total: int | None
    days: tuple[dt.date, ...] = ()
    compared: int = 0
    weeks: int = 0
    usual: float | None = None
    low: int | None = None
    high: int | None = None
    chance: float | None = None
    way: Way | None = None

    @property
    def first(self) -> dt.date:
        return self.last - dt.timedelta(days=WEEK - 1)

    @property
    def enough(self) -> bool:
        """Whether there is enough past to say anything."""
        return self.usual is not None

    def as_dict(self) -> dict[str, Any]:
        return {
            "first": self.first,
            "last": self.last,
            "hits": self.total,
            "compared_days": len(self.days),
            "compared": self.compared if self.enough else None,
            "weeks": self.weeks,
            "usual": self.usual,
            "low": self.low,
            "high": self.high,
            "chance": self.chance,
        }


@dataclass(frozen=True)
class Silence:
    """How long there has been no hit, and whether the past makes that plausible.

    Attributes:
        last_hit: the newest day with hits; None where no known day has any.
        days: days known since then, without hits.
        longest: the longest stretch without hits before it, in known days.
        chance: how often chance alone brings a stretch as long; None without enough past.
        marked: longer than is plausible; None without enough past.
    """

    last_hit: dt.date | None
    days: int
    longest: int = 0
    chance: float | None = None
    marked: bool | None = None


def usual_days(day: dt.date, last: dt.date, counts: Counts, works: Works) -> dict[int, dt.date]:
    """The known days like this one in the usual weeks, by how many weeks before it they lie.

    Args:
        last: the last day of the week that is looked at; usual weeks are counted from it.
    """
    assert last - dt.timedelta(days=WEEK) < day <= last  # noqa: S101 — a day of that week
    days = {back: day - dt.timedelta(weeks=back) for back in (*WEEKS_BEFORE, *WEEKS_OF_SEASON)}
    return {back: on for back, on in days.items() if on in counts and works(on) == works(day)}


def week_of(counts: Counts, last: dt.date, works: Works) -> Week:
    """The week that ends on a day, held against the usual ones."""
    known = [day for n in range(WEEK - 1, -1, -1) if (day := last - dt.timedelta(days=n)) in counts]
    total = sum(counts[day] for day in known) if known else None
    usual = _Usual({day: usual_days(day, last, counts, works) for day in known}, counts)
    if usual.weeks < LEAST_WEEKS or len(usual.days) < LEAST_DAYS:
        return Week(last, total, tuple(usual.days), weeks=usual.weeks)
    compared = sum(counts[day] for day in usual.days)
    low, high = usual.range
    more, fewer = usual.tails(compared)
    way: Way = ""
    if more < CHANCE and compared >= LEAST_FACTOR * usual.mean:
        way = "loud"
    elif fewer < CHANCE and compared * LEAST_FACTOR <= usual.mean:
        way = "quiet"
    return Week(
        last=last,
        total=total,
        days=tuple(usual.days),
        compared=compared,
        weeks=usual.weeks,
        usual=usual.mean,
        low=low,
        high=high,
        chance=min(more, fewer),
        way=way,
    )


def range_of_day(counts: Counts, day: dt.date, works: Works) -> tuple[int, int] | None:
    """Within what 95 of 100 days like this one lie, by the days before its week; None without enough past."""
    usual = _Usual({day: usual_days(day, day, counts, works)}, counts)
    return usual.range if usual.weeks >= LEAST_WEEKS else None


class _Usual:
    """The usual days of each day of a week, and what follows from them for the week.

    Of a day with a single usual day nothing is known of how it varies: it is left out.
    """

    def __init__(self, usual: Mapping[dt.date, Mapping[int, dt.date]], counts: Counts) -> None:
        self._counts = counts
        self.days = [day for day, found in usual.items() if len(found) > 1]
        self._by_day = {d: {back: counts[on] for back, on in usual[d].items()} for d in self.days}
        self._means = {d: sum(found.values()) / len(found) for d, found in self._by_day.items()}
        self._backs = sorted({back for found in self._by_day.values() for back in found})
        self.weeks = len(self._backs)
        self.mean = sum(self._means.values())
        self._dispersion = self._dispersed()

    def _dispersed(self) -> float:
        """The ratio of variance to mean, of days or of whole weeks, whichever is larger; never below 1."""
        days = [(n, self._means[d]) for d, found in self._by_day.items() for n in found.values()]
        weeks = [self._week(back) for back in self._backs]
        of_days = sum(len(found) - 1 for d, found in self._by_day.items() if self._means[d])
        return max(
            1.0,
            _pearson(days) / of_days if of_days else 0.0,
            _pearson(weeks) / (len(weeks) - 1) if len(weeks) > 1 else 0.0,
        )

    def _week(self, back: int) -> tuple[int, float]:
        there = [d for d, found in self._by_day.items() if back in found]
        return sum(self._by_day[d][back] for d in there), sum(self._means[d] for d in there)

    @property
    def range(self) -> tuple[int, int]:
        """By the negative binomial, with what the mean itself is uncertain by."""
        if not self.mean:
            return 0, 0
        spread = max(self._dispersion * (1 + 1 / self.weeks), 1 + 1e-9)
        tail = (1 - SHARE_SHOWN) / 2
        low, high = (_quantile(p, self.mean, spread) for p in (tail, 1 - tail))
        return low, high

    def tails(self, compared: int) -> tuple[float, float]:
        """How often chance alone brings as many as this or more, and as few or fewer."""
        shares = [
            (sum(found.values()) + self._counts[d], len(found) + 1) for d, found in self._by_day.items()
        ]
        total = sum(number for number, _days in shares)
        if not total:
            return 1.0, 1.0
        share = sum(number / days for number, days in shares) / total
        # What goes up and down from week to week shows in the weeks alone, and of these there are few.
        freedom = self.weeks - 1
        tails = _tails(compared, total, share, self._dispersion)
        more, fewer = (float(stdtr(freedom, ndtri(p))) for p in tails)
        return more, fewer


def _pearson(pairs: Sequence[tuple[int, float]]) -> float:
    return sum((number - mean) ** 2 / mean for number, mean in pairs if mean)


def _quantile(p: float, mean: float, dispersion: float) -> int:
    """The smallest count below or at which a negative binomial lies with this chance."""
    guess = float(nbdtrik(p, mean / (dispersion - 1), 1 / dispersion))
    return max(math.ceil(guess - 1e-9), 0) if math.isfinite(guess) else 0


def _tails(number: int, total: int, share: float, dispersion: float) -> tuple[float, float]:
    """Of `total` counts at least, and at most, `number` where `share` of them is expected."""
    if total > _EXACT:
        z = (number - share * total) / (total * share * (1 - share) * dispersion) ** 0.5
        return float(ndtr(-z)), float(ndtr(z))
    there = np.arange(total + 1)
    ways = gammaln(total + 1) - gammaln(there + 1) - gammaln(total - there + 1)
    if dispersion > _POISSON:
        week, rest = (part * total / (dispersion - 1) for part in (share, 1 - share))
        chances = np.exp(ways + betaln(there + week, total - there + rest) - betaln(week, rest))
    else:
        chances = np.exp(ways + xlogy(there, share) + xlog1py(total - there, -share))
    return min(float(chances[number:].sum()), 1.0), min(float(chances[: number + 1].sum()), 1.0)


def silence_of(counts: Counts, last: dt.date, works: Works) -> Silence:
    """The silence up to a day, held against the past before it.

    On a worked day there are hits with one chance, on a day off with another, both estimated from the days
    before the last hit; that as many days in a row have none then follows, with what the chances themselves
    are uncertain by (beta-binomial, prior of Jeffreys). Hits that come in bursts leave long gaps: what is not
    longer than the longest before is not marked.
    """
    first = last - dt.timedelta(days=PAST)
    days = sorted(day for day in counts if first < day <= last)
    with_hits = [place for place, day in enumerate(days) if counts[day]]
    if not with_hits:
        return Silence(None, len(days))
    newest = with_hits[-1]
    # The last hit itself is why the silence begins there: it says nothing of how often there are hits.
    before, since = days[:newest], days[newest + 1 :]
    steps = [-1, *with_hits]
    longest = max(after - place - 1 for place, after in pairwise(steps))
    if len(with_hits) < LEAST_HIT_DAYS:
        return Silence(days[newest], len(since), longest)
    chance = 1.0
    for worked in (True, False):
        past = [counts[day] > 0 for day in before if works(day) == worked]
        silent = sum(works(day) == worked for day in since)
        hit = sum(past)
        chance *= _none_of(silent, hit, len(past))
    marked = chance < CHANCE and len(since) > longest
    return Silence(days[newest], len(since), longest, chance, marked)


def _none_of(days: int, hit: int, past: int) -> float:
    """The chance that none of so many days has a hit, after `hit` of `past` days had one."""
    prior = 0.5
    without = past - hit + prior
    return float(np.exp(betaln(hit + prior, without + days) - betaln(hit + prior, without)))
