"""How far what is overdue goes up: the longer, the higher the level whose supervisors see it. Computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from django.db.models import OuterRef, Q, Subquery

from riskloop.loop.deadlines import Clock, Mark, midnight
from riskloop.loop.models import (
    OWED,
    EscalationRule,
    Grade,
    Measure,
    QuasiEvent,
    Query,
    QueryRound,
    QueryState,
    Step,
)
from riskloop.organisation.functions import SUPERVISE
from riskloop.organisation.models import Unit, User
from riskloop.organisation.scope import authority_of


def rules(day: dt.date) -> Mapping[str, int]:
    """By level the working days in force on `day`, after which what is overdue is seen there."""
    found = EscalationRule.objects.filter(effective_from__lte=day).order_by("effective_from")
    # Later rows overwrite earlier ones.
    return {rule.level: rule.days for rule in found}


def escalated_to(reader: User, here: Clock) -> Q:
    """The condition on events that are overdue, or owe what is, for so long that the reader sees to it.

    What was overdue already so many working days ago is overdue for longer than those.
    """
    in_force = rules(here.today)
    grants = authority_of(reader).having((SUPERVISE,))
    levels = dict(Unit.objects.filter(pk__in={g.unit_id for g in grants}).values_list("pk", "level"))
    found = Q(pk__in=[])
    for grant in grants:
        days = in_force.get(levels[grant.unit_id])
        if days is not None:
            then = replace(here, today=here.calendar.before(here.today, days))
            below = Q(unit__path=grant.path) | Q(unit__path__startswith=f"{grant.path}/")
            found |= below & (then.which(Mark.OVERDUE) | _owing(then))
    return found


def _owing(then: Clock) -> Q:
    """The condition on events of which a query or a measure was overdue at that time."""
    late = Q(pk__in=[])
    for grade in Grade.values:
        for step, which in ((Step.ANSWER, Q(last=1)), (Step.ANSWER_AGAIN, Q(last__gt=1))):
            day = then.begun_before(step, grade, Mark.OVERDUE)
            late |= Q(event__grade=grade, last_sent__lt=midnight(day)) & which
    rounds = QueryRound.objects.filter(query=OuterRef("pk")).order_by("-number")
    asked = Query.objects.filter(state=QueryState.ASKED).annotate(
        last=Subquery(rounds.values("number")[:1]), last_sent=Subquery(rounds.values("sent_at")[:1])
    )
    owed = Measure.objects.filter(OWED, due_on__lt=then.today)
    queries = asked.filter(late).order_by().values("event")
    return Q(pk__in=queries) | Q(pk__in=owed.order_by().values("event"))


def is_escalated_to(event: QuasiEvent, reader: User, here: Clock) -> bool:
    """Whether the reader is to see to this event."""
    return QuasiEvent.objects.filter(escalated_to(reader, here), pk=event.pk).exists()
