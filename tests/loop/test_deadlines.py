"""Due dates: in working days, by the limits in force, the same in the database as one by one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from riskloop.loop.deadlines import Clock, Limit, Mark, clock
from riskloop.loop.models import Grade, QuasiEvent, State, Step, TimeLimit
from riskloop.organisation.working_days import WorkingDays

FRIDAY, SATURDAY, MONDAY = dt.date(2024, 3, 15), dt.date(2024, 3, 16), dt.date(2024, 3, 18)
# The Monday is a holiday, and the Saturday is worked for it.
CALENDAR = WorkingDays({MONDAY: False, SATURDAY: True})


def at(today: dt.date, days: int = 2, warn_before: int = 1) -> Clock:
    limit = Limit(days, warn_before)
    limits: dict[tuple[str, str], Limit] = {(step, grade): limit for step in Step for grade in Grade}
    return Clock(today, limits, CALENDAR)


@pytest.mark.parametrize(
    ("since", "days", "on"),
    [
        (FRIDAY, 0, FRIDAY),
        (FRIDAY, 1, SATURDAY),
        (FRIDAY, 2, dt.date(2024, 3, 19)),
        (dt.date(2024, 3, 22), 1, dt.date(2024, 3, 25)),
    ],
)
def test_the_bank_s_own_calendar_counts(since: dt.date, days: int, on: dt.date) -> None:
    assert at(FRIDAY, days).due(Step.ANSWER, Grade.GENERAL, since).on == on


@pytest.mark.parametrize(
    ("today", "mark"),
    [
        (FRIDAY, Mark.IN_TIME),
        (SATURDAY, Mark.WARNING),
        (dt.date(2024, 3, 19), Mark.WARNING),
        (dt.date(2024, 3, 20), Mark.OVERDUE),
    ],
)
def test_a_warning_comes_before_and_what_is_due_today_is_not_late(today: dt.date, mark: Mark) -> None:
    assert at(today).due(Step.ANSWER, Grade.GENERAL, FRIDAY).mark == mark


@given(
    off=st.dictionaries(st.dates(dt.date(2024, 3, 1), dt.date(2024, 3, 31)), st.booleans()),
    days=st.integers(0, 6),
    warn=st.integers(0, 3),
    since=st.dates(dt.date(2024, 2, 20), dt.date(2024, 3, 25)),
    mark=st.sampled_from([Mark.WARNING, Mark.OVERDUE]),
)
def test_the_day_before_which_all_is_late_is_exact(
    off: dict[dt.date, bool], days: int, warn: int, since: dt.date, mark: Mark
) -> None:
    here = Clock(dt.date(2024, 3, 25), {(Step.ANSWER, "general"): Limit(days, warn)}, WorkingDays(off))
    reached = {Mark.OVERDUE, mark}
    said = since < here.begun_before(Step.ANSWER, "general", mark)
    assert said == (here.due(Step.ANSWER, "general", since).mark in reached)


def test_the_newest_limit_in_force_counts(db: None) -> None:
    today = dt.date(2024, 3, 15)
    for days, since in ((7, today), (9, today + dt.timedelta(days=1))):
        TimeLimit.objects.create(
            step=Step.ANSWER, grade=Grade.GENERAL, days=days, warn_before=2, effective_from=since
        )
    assert clock(today).limits[Step.ANSWER, Grade.GENERAL] == Limit(7, 2)
    assert clock(today).limits[Step.ANSWER, Grade.KEY_ATTENTION] == Limit(1, 0)
    assert set(clock(today).limits) == {(step, grade) for step in Step for grade in Grade}


def test_the_database_finds_what_the_pages_mark(event: QuasiEvent) -> None:
    today = timezone.localdate()
    seen: set[Mark] = set()
    for state in State:
        for back in range(12):
            begun = today - dt.timedelta(days=back)
            moment = timezone.make_aware(dt.datetime.combine(begun, dt.time(23, 59)))
            for clock_from, stage in ((begun, timezone.now()), (today, moment)):
                QuasiEvent.objects.update(state=state, clock_from=clock_from, stage_since=stage)
                event.refresh_from_db()
                here = clock()
                due = here.of(event)
                seen.add(Mark.IN_TIME if due is None else due.mark)
                for mark in (Mark.WARNING, Mark.OVERDUE):
                    found = QuasiEvent.objects.filter(here.which(mark)).exists()
                    assert found == (due is not None and due.mark == mark), (state, back, mark)
    assert seen == set(Mark)
