"""Exposure of units, tellers and businesses over a period, as far as the reader's roles reach.

What pages, the API and reports ask. Every figure is of a `Period`, beside it those of the periods that it is
compared with; an event counts on its business day while a determination as internal or external is in force.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Max
from django.utils import timezone

from riskloop.exposure import undivided
from riskloop.exposure.belonging import Change, Grouping, changes_of, day_of, grouping, names_on
from riskloop.exposure.figures import ORDERS, Subject, figures, figures_and_open, ranked
from riskloop.exposure.measures import Explained, Measures, change, explained
from riskloop.exposure.models import DailyVolume, RiskEvent
from riskloop.exposure.peers import Standing
from riskloop.exposure.periods import Period, around
from riskloop.organisation.functions import READ_EXPOSURE
from riskloop.organisation.models import Teller, Unit
from riskloop.organisation.scope import Person, authority_of, units_of

HIGHEST_FIRST = "-rer"
FURTHEST = 1_000_000
"""Pages of a list at most."""


@dataclass(frozen=True)
class Compared:
    """The measures of a period, of the one before it (环比) and of the same a year before (同比)."""

    now: Measures
    previous: Measures
    year_before: Measures

    def on_previous(self, measure: str) -> Fraction | None:
        """环比: by how much of what it was the measure has changed; None: nothing to compare."""
        return change(self.now.value(measure), self.previous.value(measure))

    def on_year_before(self, measure: str) -> Fraction | None:
        """同比, likewise."""
        return change(self.now.value(measure), self.year_before.value(measure))

    @property
    def is_cut(self) -> bool:
        """Whether of one of the periods some volume is known only of a longer time."""
        return self.now.cut or self.previous.cut or self.year_before.cut

    def explained(self, of: str = "") -> tuple[Explained | None, Explained | None]:
        """The change of RER on the period before and on the year before, by frequency and severity."""
        return explained(self.now, self.previous, of), explained(self.now, self.year_before, of)


NOTHING = Compared(Measures(), Measures(), Measures())


@dataclass(frozen=True)
class Row:
    """A unit, teller or business with its figures.

    Attributes:
        key: the unit's or teller's number, or the transaction code; "" of a business that was not told, and
            of events of no unit.
        name: "" where the bank knows none.
        level: of a unit.
        unit_id, unit_name: of a teller, where he belongs today.
        own: of a unit that is looked at, what is its own and that of no unit below it.
        standing: beside its peers, where that was asked for; what is its own has none.
    """

    subject: Subject
    key: str
    figures: Compared
    name: str = ""
    level: str = ""
    unit_id: str = ""
    unit_name: str = ""
    own: bool = False
    standing: Standing | None = None

    @property
    def is_cut(self) -> bool:
        return self.figures.is_cut

    @property
    def measures(self) -> Measures:
        return self.figures.now


@dataclass(frozen=True)
class Page:
    """Rows in order, of `total` in all; `whole` is what all of them add up to, where they do.

    `rest`: what of the period, as far as the reader reaches, belongs to none of them; None: not looked.
    """

    rows: Sequence[Row]
    total: int
    whole: Compared | None = None
    rest: Measures | None = None


def latest_day() -> dt.date | None:
    """The newest day with any volume; of a volume known only as a whole the last day of its time."""
    day = DailyVolume.objects.aggregate(latest=Max("day"))["latest"]
    whole = undivided.newest()
    return day if whole is None or (day is not None and day >= whole.first) else whole.last


def newest_period() -> Period:
    """The newest month with any volume; a quarter or year, where its months are not known."""
    day = DailyVolume.objects.aggregate(latest=Max("day"))["latest"]
    whole = undivided.newest()
    if whole is not None and (day is None or day < whole.first):
        return whole
    return around("month", day or timezone.localdate())


def first_day() -> dt.date | None:
    """The oldest day of which anything is known."""
    volume = DailyVolume.objects.order_by("day").values_list("day", flat=True).first()
    event = RiskEvent.objects.order_by("booked_on").values_list("booked_on", flat=True).first()
    return min((day for day in (volume, event) if day is not None), default=None)


def compared(period: Period) -> list[Period]:
    """The period, and those that it is compared with."""
    return [period, period.previous, period.year_before]


def tops_of(user: Person) -> list[Unit]:
    """The highest units that the reader's roles reach, in the order of the tree."""
    tops: list[Unit] = []
    paths = {g.path for g in authority_of(user).having((READ_EXPOSURE,))}
    for unit in units_of(user, READ_EXPOSURE).filter(path__in=paths).order_by("path"):
        if not tops or not unit.path.startswith(f"{tops[-1].path}/"):
            tops.append(unit)
    return tops


def reached(user: Person, unit_id: str) -> Unit | None:
    """The unit, if the reader's roles reach it."""
    return units_of(user, READ_EXPOSURE).filter(pk=unit_id).first()


def exposure_of(user: Person, unit_ids: Sequence[str], period: Period) -> Compared:
    """The figures of some units together, each with all that belongs to it. Units beyond reach have none."""
    roots = [u.pk for u in units_of(user, READ_EXPOSURE).filter(pk__in=unit_ids)]
    if not roots:
        return NOTHING
    found = figures(Subject.UNIT, grouping(user, roots, period), compared(period))
    return Compared(*(_sum([of[n] for of in found.values()]) for n in range(3)))


def exposure_of_units(
    user: Person,
    period: Period,
    roots: Sequence[str],
    level: str = "",
    order: str = HIGHEST_FIRST,
    limit: int | None = None,
    offset: int = 0,
    keys: Sequence[str] | None = None,
    *,
    rest: bool = False,
) -> Page:
    """The units directly below the roots and each root's own, or all those of a level below them.

    Directly below one root, the rows add up to it.

    Args:
        roots: units that the reader reaches.
        order: a measure (`figures.ORDERS`), with "-" the highest first.
        keys: only these, in this order.
        rest: whether what belongs to none of them is told beside them; never of a level.
    """
    if level:
        return _units(grouping(user, roots, period, "level", level), period, order, limit, offset, keys)
    return _below(grouping(user, roots, period, "children"), period, order, limit, offset, keys, rest=rest)


def _below(
    units: Grouping,
    period: Period,
    order: str,
    limit: int | None,
    offset: int,
    only: Sequence[str] | None = None,
    *,
    rest: bool,
) -> Page:
    """The rows directly below, and the whole, in one query: they are few, and put in order here."""
    found, are_open, outside = figures_and_open(units, compared(period), rest=rest)
    beside = outside[0] if outside else None
    whole = Compared(*(_sum([of[n] for of in found.values()]) for n in range(3)))
    if only is not None:
        return Page(_rows(units, only, found), len(only), whole, beside)
    keys = [key for key, of in found.items() if key in are_open or not of[0].is_nothing]
    keys.sort()
    keys.sort(key=lambda key: _place(found[key][0], order), reverse=order.startswith("-"))
    end = None if limit is None else offset + limit
    return Page(_rows(units, keys[offset:end], found), len(keys), whole, beside)


def _place(measures: Measures, order: str) -> tuple[bool, Fraction]:
    """What is undefined stands below 0, as where the database puts rows in order."""
    name = order.removeprefix("-")
    value = None if name == "key" else measures.value(name)
    return value is not None, Fraction(value or 0)


def exposure_of_tops(user: Person, period: Period, roots: Sequence[str]) -> Page:
    """The roots themselves, each with all that belongs to it, in the given order."""
    units = grouping(user, roots, period)
    found = figures(Subject.UNIT, units, compared(period), roots)
    names = names_on(units.day, roots)
    rows = [
        Row(Subject.UNIT, unit_id, Compared(*found[unit_id]), names[unit_id].name, names[unit_id].level)
        for unit_id in roots
    ]
    return Page(rows, len(rows))


def exposure_of_strangers(user: Person, period: Period) -> Page:
    """Units that the bank does not know, for whom a role reaches a whole tree; they belong to no other."""
    grants = authority_of(user).having((READ_EXPOSURE,))
    if not any(g.whole_tree for g in grants):
        return Page([], 0)
    return _units(Grouping((), "whole", day_of(period), period.first, None), period, "key", None, 0)


def _units(
    units: Grouping,
    period: Period,
    order: str,
    limit: int | None,
    offset: int,
    only: Sequence[str] | None = None,
) -> Page:
    keys, total = (
        ranked(Subject.UNIT, units, period, order, limit, offset) if only is None else (only, len(only))
    )
    found = figures(Subject.UNIT, units, compared(period), keys) if keys else {}
    return Page(_rows(units, keys, found), total)


def _rows(units: Grouping, keys: Sequence[str], found: Mapping[str, list[Measures]]) -> list[Row]:
    names = names_on(units.day, keys)
    return [
        Row(
            Subject.UNIT,
            key,
            Compared(*found[key]),
            names[key].name if key in names else "",
            names[key].level if key in names else "",
            own=units.by == "children" and key in units.roots,
        )
        for key in keys
    ]


def exposure_of_tellers(
    user: Person,
    period: Period,
    roots: Sequence[str],
    order: str = HIGHEST_FIRST,
    limit: int | None = None,
    offset: int = 0,
    keys: Sequence[str] | None = None,
) -> Page:
    """Tellers with volume or events under the roots: what they did there, and not elsewhere.

    A teller's volume is his own. An event counts for each of its tellers, so the rows do not add up.

    Args:
        keys: only these, in this order.
    """
    page, found = _subjects(Subject.TELLER, user, period, roots, order, limit, offset, keys)
    people = _people(page[0])
    return Page(
        [
            Row(Subject.TELLER, key, Compared(*found[key]), *people.get(key, ("", "", "", "")))
            for key in page[0]
        ],
        page[1],
    )


def exposure_of_businesses(
    user: Person,
    period: Period,
    roots: Sequence[str],
    order: str = HIGHEST_FIRST,
    limit: int | None = None,
    offset: int = 0,
    keys: Sequence[str] | None = None,
) -> Page:
    """Businesses (transaction codes) with volume or events under the roots.

    An event counts in each business of which an entry is kept as its evidence; one without an entry in "".
    """
    page, found = _subjects(Subject.BUSINESS, user, period, roots, order, limit, offset, keys)
    return Page([Row(Subject.BUSINESS, key, Compared(*found[key])) for key in page[0]], page[1])


def _subjects(
    subject: Subject,
    user: Person,
    period: Period,
    roots: Sequence[str],
    order: str,
    limit: int | None,
    offset: int,
    keys: Sequence[str] | None,
) -> tuple[tuple[list[str], int], Mapping[str, list[Measures]]]:
    if not roots:
        return ([], 0), {}
    units = grouping(user, roots, period)
    page = ranked(subject, units, period, order, limit, offset) if keys is None else (list(keys), len(keys))
    return page, figures(subject, units, compared(period), page[0]) if page[0] else {}


def taken_in(unit_id: str, period: Period) -> list[Change]:
    """What came to the unit or left it while the figures shown ran, as `belonging.changes_of` tells it."""
    since = min(p.first for p in compared(period))
    return changes_of(unit_id, since, day_of(period))


def _sum(measures: Sequence[Measures]) -> Measures:
    return sum(measures, Measures())


def people_names(tellers: Sequence[str]) -> dict[str, str]:
    """By teller number the name, as lists show it; "" where the bank knows none."""
    people = _people(tellers)
    return {key: people[key][0] if key in people else "" for key in tellers}


def _people(tellers: Sequence[str]) -> dict[str, tuple[str, str, str, str]]:
    """By teller number: name, level (none), unit_id and name of the unit."""
    rows = Teller.objects.filter(teller_id__in=tellers).values_list(
        "teller_id", "staff__name", "unit_id", "unit__name"
    )
    return {
        teller_id: (name or "", "", unit_id or "", unit_name or "")
        for teller_id, name, unit_id, unit_name in rows
    }


__all__ = ["ORDERS", "Change", "Compared", "Page", "Row", "Subject"]
