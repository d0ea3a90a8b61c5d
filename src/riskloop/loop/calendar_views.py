"""The page of the work calendar: the days that the bank works, and how long each step may take."""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from riskloop.loop.deadlines import Clock, Limit, clock
from riskloop.loop.models import Grade, Step
from riskloop.organisation.functions import READ_EVENTS
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn
from riskloop.organisation.working_days import WorkingDays

FIRST, LAST = 1901, 2199
"""Years that a calendar can show."""


@dataclass(frozen=True)
class Day:
    """A day of a month's sheet; `moved`: the bank says other than the weekday."""

    day: dt.date
    works: bool
    moved: bool
    today: bool


@dataclass(frozen=True)
class Month:
    """A month's sheet, a week a row from Monday on; None where a day is of another month."""

    first: dt.date
    weeks: Sequence[Sequence[Day | None]]

    @property
    def working(self) -> int:
        return sum(day is not None and day.works for week in self.weeks for day in week)


@needs(READ_EVENTS)
@require_safe
def calendar(request: SignedIn) -> HttpResponse:
    """One year of the bank's calendar, and the limits in force today."""
    here = clock()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() else here.today.year
    year = min(max(year, FIRST), LAST)
    sheets = [_month(here, year, number) for number in range(1, 13)]
    context = {
        "title": _("Calendar and time limits"),
        "year": year,
        "weekdays": _("Mo Tu We Th Fr Sa Su").split(),
        "months": sheets,
        "working": sum(month.working for month in sheets),
        "listed": any(day.year == year for day in here.calendar.listed),
        "grades": [Grade(code).label for code in Grade.values],
        "limits": list(limits_by_step(here)),
    }
    return render(request, "loop/calendar.html", context)


def _month(here: Clock, year: int, number: int) -> Month:
    weeks = months.Calendar().monthdatescalendar(year, number)
    return Month(
        dt.date(year, number, 1),
        [[_day(here, day) if day.month == number else None for day in week] for week in weeks],
    )


def _day(here: Clock, day: dt.date) -> Day:
    works = here.calendar.works(day)
    return Day(day, works, moved=works != WorkingDays({}).works(day), today=day == here.today)


def limits_by_step(here: Clock) -> Iterator[tuple[Step, list[Limit]]]:
    """Each step with its limits, from the lightest grade."""
    for step in Step:
        yield step, [here.limits[step, grade] for grade in Grade.values]
