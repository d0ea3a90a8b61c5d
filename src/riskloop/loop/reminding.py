"""Every working day each person is told once what is due in his hands, and what has come up to him."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from riskloop.loop.deadlines import Clock, Due, Mark, clock
from riskloop.loop.escalation import escalated_to
from riskloop.loop.models import OWED, Measure, QuasiEvent
from riskloop.loop.notices import tell_due, tell_escalated
from riskloop.loop.queries.addressing import owed_by
from riskloop.loop.queries.reading import owed_lines, whole
from riskloop.loop.states import IN_HAND
from riskloop.loop.visibility import visible_to
from riskloop.organisation.functions import ANSWER, SUPERVISE
from riskloop.organisation.models import User
from riskloop.organisation.scope import holds


def remind(today: dt.date | None = None) -> int:
    """Tells everybody; on a day on which the bank does not work nobody. Returns how many were told anew."""
    here = clock(today)
    if not here.calendar.works(here.today):
        return 0
    people = User.objects.filter(is_active=True, is_service=False)
    return sum(_remind(person, here) for person in people.iterator())


def _remind(person: User, here: Clock) -> int:
    marks = Counter(marks_of(person, here))
    told = 0
    if marks[Mark.OVERDUE] or marks[Mark.WARNING]:
        told += tell_due(person, here.today, marks[Mark.OVERDUE], marks[Mark.WARNING])
    if holds(person, SUPERVISE):
        number = visible_to(person).filter(escalated_to(person, here), withdrawn_on=None).count()
        told += tell_escalated(person, here.today, number) if number else 0
    return told


def marks_of(person: User, here: Clock) -> Iterable[Mark]:
    """How everything in a person's hands stands to its due date: events, queries, measures."""
    for event in QuasiEvent.objects.filter(assignee=person, state__in=IN_HAND, withdrawn_on=None):
        due: Due | None = here.of(event)
        if due is not None:
            yield due.mark
    if holds(person, ANSWER):
        owed = owed_by(person)
        yield from (line.due.mark for line in owed_lines(whole(owed).select_related("event"), here))
    for due_on in Measure.objects.filter(OWED, owner=person).values_list("due_on", flat=True):
        yield _of_measure(due_on, here)


def _of_measure(due_on: dt.date, here: Clock) -> Mark:
    if due_on < here.today:
        return Mark.OVERDUE
    return Mark.WARNING if here.today >= here.calendar.before(due_on, 1) else Mark.IN_TIME
