"""What a page of exposure was asked for: a unit or the reader's highest ones, a period, a list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

from django.http import Http404
from django.utils import timezone

from riskloop.exposure.belonging import Grouping, day_of, grouping, names_on
from riskloop.exposure.forms import VIEWS, PeriodForm
from riskloop.exposure.periods import Period
from riskloop.exposure.report import Subject, reached, tops_of
from riskloop.organisation.functions import READ_EXPOSURE
from riskloop.organisation.models import Unit
from riskloop.organisation.request import SignedIn
from riskloop.organisation.scope import units_of
from riskloop.organisation.timeline import path_as_of

LISTS = {"units": Subject.UNIT, "tellers": Subject.TELLER, "businesses": Subject.BUSINESS}


@dataclass(frozen=True)
class Asked:
    """One question.

    Attributes:
        unit: the unit looked at; None: all of `tops`, for whom more than one is highest.
        by: the list, as a key of `LISTS`.
        on: the day whose tree counts, of a part of a longer period; None: the period's own.
    """

    user: SignedIn
    period: Period
    unit: Unit | None
    tops: tuple[Unit, ...]
    by: str = "units"
    level: str = ""
    show: str = "compared"
    on: dt.date | None = None
    form: PeriodForm = field(default_factory=lambda: PeriodForm({}))

    @property
    def roots(self) -> list[str]:
        return [self.unit.pk] if self.unit else [top.pk for top in self.tops]

    @property
    def links(self) -> dict[str, str]:
        """What an address carries on."""
        kept = {"first": str(self.period.first), "last": str(self.period.last), "show": self.show}
        return kept | ({"unit": self.unit.pk} if self.unit else {})

    def units(self, *, own: bool = False) -> Grouping:
        """All that belongs to what is looked at, or only what is its own."""
        found = grouping(self.user.user, self.roots, self.period, "children" if own else "whole")
        return replace(found, day=self.tree_day)

    @property
    def tree_day(self) -> dt.date:
        return self.on or day_of(self.period)

    def way(self) -> list[tuple[str, str, bool]]:
        """From the top down to the unit, as on the last day: number, name, whether he reaches it."""
        if self.unit is None:
            return []
        day = self.tree_day
        numbers = path_as_of(self.unit.pk, day)
        names = names_on(day, numbers)
        seen = set(
            units_of(self.user.user, READ_EXPOSURE).filter(pk__in=numbers).values_list("pk", flat=True)
        )
        return [
            (number, names[number].name if number in names else number, number in seen) for number in numbers
        ]


def asked(request: SignedIn) -> tuple[Asked | None, PeriodForm]:
    """The question of an address; None where its period is none.

    Raises:
        Http404: the unit is not within reach.
    """
    given = request.GET.dict()
    form = PeriodForm(given)
    unit, tops = _units(request, given.get("unit", ""))
    if not form.is_valid():
        return None, form
    by = given.get("by", "units")
    show = form.cleaned_data["show"] or VIEWS[0][0]
    return Asked(
        request,
        form.period,
        unit,
        tops,
        by if by in LISTS else "units",
        form.cleaned_data["level"],
        show,
        _day(given.get("on", "")),
        form,
    ), form


def _day(text: str) -> dt.date | None:
    try:
        return min(dt.date.fromisoformat(text), timezone.localdate())
    except ValueError:
        return None


def _units(request: SignedIn, number: str) -> tuple[Unit | None, tuple[Unit, ...]]:
    tops = tuple(tops_of(request.user))
    if not number:
        return (tops[0] if len(tops) == 1 else None), tops
    unit = reached(request.user, number)
    if unit is None:
        raise Http404
    return unit, tops
