"""How far what is overdue goes up: the longer, the higher the level whose supervisors see it. Computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from django.db.models import Q

from riskloop.loop.deadlines import Clock, Mark
from riskloop.loop.models import EscalationRule, QuasiEvent
from riskloop.organisation.functions import SUPERVISE
from riskloop.organisation.models import Unit, User
from riskloop.organisation.scope import authority_of


def rules(day: dt.date) -> Mapping[str, int]:
    """By level the working days in force on `day`, after which what is overdue is seen there."""
    found = EscalationRule.objects.filter(effective_from__lte=day).order_by("effective_from")
    # Later rows overwrite earlier ones.
    return {rule.level: rule.days for rule in found}


def escalated_to(reader: User, here: Clock) -> Q:
    """The condition on events that are overdue for so long that the reader is to see to it.

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
            found |= below & then.which(Mark.OVERDUE)
    return found


def is_escalated_to(event: QuasiEvent, reader: User, here: Clock) -> bool:
    """Whether the reader is to see to this event."""
    return QuasiEvent.objects.filter(escalated_to(reader, here), pk=event.pk).exists()
