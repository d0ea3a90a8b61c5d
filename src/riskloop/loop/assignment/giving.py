"""Many events given out at once by the rule: by whoever assigns, or by the machine after a run."""

from __future__ import annotations

from collections import Counter

from django.db.models import QuerySet
from django.utils import timezone

from riskloop.loop.actions import AssignByRule, Refused
from riskloop.loop.assignment.monitors import Monitor, monitors
from riskloop.loop.bulk import Answer
from riskloop.loop.models import AssignmentRule, QuasiEvent, State
from riskloop.loop.notices import tell_many_given
from riskloop.loop.tables import ranked
from riskloop.organisation.action import do
from riskloop.organisation.functions import DISCRIMINATE
from riskloop.organisation.models import Unit, User
from riskloop.organisation.scope import people_in


def unassigned(events: QuerySet[QuasiEvent]) -> QuerySet[QuasiEvent]:
    """Those that nobody has, the gravest first, then the oldest."""
    waiting = events.filter(state=State.NEW, withdrawn_on=None)
    return ranked(waiting).order_by("-rank", "clock_from", "pk")


def give_out(events: QuerySet[QuasiEvent], user: User | None = None, most: int | None = None) -> list[Answer]:
    """Gives events that nobody has to monitors, the gravest and oldest first, each by its own action.

    Args:
        events: those to choose from.
        user: who does it; None: the machine.
        most: how many are tried; None: all, until no monitor has room.

    Returns:
        What became of each that was tried. Every monitor is told once how many he was given.
    """
    room = sum(max(0, one.most_in_hand - one.in_hand) for one in _everybody())
    given = Counter[User]()
    answers: list[Answer] = []
    for event in unassigned(events).select_related("unit")[:most]:
        if room == given.total():
            break
        try:
            done = do(AssignByRule(event, user, telling=False))
        except Refused as refused:
            answers.append(Answer(event.pk, event, refused.code, str(refused)))
            continue
        answers.append(Answer(event.pk, event))
        given[done.to] += 1
    now = timezone.now()
    for person, number in given.items():
        if person != user:
            tell_many_given(person, now, number)
    return answers


def _everybody() -> list[Monitor]:
    return monitors(people_in(DISCRIMINATE, Unit.objects.all()))


def after_a_run() -> list[Answer]:
    """Gives out what nobody has, where the rule in force today says that this goes by itself."""
    if not AssignmentRule.in_force(timezone.localdate()).automatic:
        return []
    return give_out(QuasiEvent.objects.all())
