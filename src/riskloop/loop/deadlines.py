"""What is due when: computed from where things stand, the bank's calendar and the limits; never stored.

The limits in force today count for all that is open: a change of one holds for everything at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from riskloop.bank.home import Home
from riskloop.loop.models import Grade, QuasiEvent, State, Step, TimeLimit
from riskloop.organisation.working_days import WorkingDays, working_days

STEP_OF: Mapping[str, Step] = {
    State.NEW: Step.DISCRIMINATE,
    State.ASSIGNED: Step.DISCRIMINATE,
    State.SUSPECTED: Step.DETERMINE,
    State.RATED: Step.APPROVE,
}
"""The step of an event that nobody has concluded yet; discrimination runs as long as the event's clock."""


class Mark(StrEnum):
    """How something stands to its due date."""

    IN_TIME = ""
    WARNING = "warning"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Limit:
    """Working days that a step may take, and how many before its end a warning is shown."""

    days: int
    warn_before: int


@dataclass(frozen=True)
class Due:
    """A due date, and how things stand to it today."""

    on: dt.date
    mark: Mark


@dataclass(frozen=True)
class Clock:
    """Today, the limits in force, and the days that the bank works. One for a page: two questions."""

    today: dt.date
    limits: Mapping[tuple[str, str], Limit]
    calendar: WorkingDays
    _told: dict[tuple[str, str, dt.date], Due] = field(
        default_factory=dict[tuple[str, str, dt.date], Due], init=False, repr=False, compare=False
    )

    def due(self, step: str, grade: str, since: dt.date) -> Due:
        """When a step is due that began on a day, for an event of a grade."""
        # Of the events of a page many began on the same day: the calendar is walked once for them.
        key = (step, grade, since)
        if key not in self._told:
            limit = self.limits[step, grade]
            on = self.calendar.after(since, limit.days)
            self._told[key] = Due(on, self._mark(on, limit.warn_before))
        return self._told[key]

    def of(self, event: QuasiEvent) -> Due | None:
        """When the event is to be taken on from where it stands; None once it is concluded.

        The sooner of the limit of its step and that of the conclusion in all, with the graver mark.
        """
        step = STEP_OF.get(event.state)
        if step is None:
            return None
        whole = self.due(Step.CONCLUDE, event.grade, event.clock_from)
        begun = event.clock_from if step == Step.DISCRIMINATE else timezone.localdate(event.stage_since)
        own = self.due(step, event.grade, begun)
        return Due(min(own.on, whole.on), max(own.mark, whole.mark, key=list(Mark).index))

    def _mark(self, on: dt.date, warn_before: int) -> Mark:
        if on < self.today:
            return Mark.OVERDUE
        return Mark.WARNING if self.today >= self.calendar.before(on, warn_before) else Mark.IN_TIME

    def begun_before(self, step: str, grade: str, mark: Mark) -> dt.date:
        """The first day such that all that began before it bears the mark, or is later still.

        By it the database finds what is overdue without computing the due date of every row.
        """
        reached = {Mark.OVERDUE, mark}
        day = self.today
        while self.due(step, grade, day).mark not in reached:
            day -= dt.timedelta(days=1)
        return day + dt.timedelta(days=1)

    def which(self, mark: Mark) -> Q:
        """The condition on events for whom `of` gives this mark."""
        reached = self._reaching(mark)
        return reached if mark == Mark.OVERDUE else reached & ~self._reaching(Mark.OVERDUE)

    def _reaching(self, mark: Mark) -> Q:
        found = Q(pk__in=[])
        for grade in Grade.values:
            whole = Q(clock_from__lt=self.begun_before(Step.CONCLUDE, grade, mark))
            for state, step in STEP_OF.items():
                day = self.begun_before(step, grade, mark)
                late = (
                    Q(clock_from__lt=day) if step == Step.DISCRIMINATE else Q(stage_since__lt=midnight(day))
                )
                found |= Q(state=state, grade=grade) & (late | whole)
        return found


def midnight(day: dt.date) -> dt.datetime:
    """When a day begins, where the bank is."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def clock(today: dt.date | None = None) -> Clock:
    """The clock of this day."""
    day = today or timezone.localdate()
    home: Home = settings.HOME
    return Clock(day, dict(_in_force(day)), working_days(home))


def _in_force(day: dt.date) -> Iterator[tuple[tuple[str, str], Limit]]:
    rows = TimeLimit.objects.filter(effective_from__lte=day).order_by("effective_from")
    # Later rows overwrite earlier ones.
    for step, grade, days, warn_before in rows.values_list("step", "grade", "days", "warn_before"):
        yield (step, grade), Limit(days, warn_before)
