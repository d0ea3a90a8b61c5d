"""Work that its person may no longer do goes back: events to the queue, measures to whoever sets them."""

from __future__ import annotations

from django.db.models import Q

from riskloop.loop import history
from riskloop.loop.actions import to_the_queue
from riskloop.loop.models import OWED, Measure, QuasiEvent
from riskloop.loop.states import IN_HAND
from riskloop.organisation.functions import CARRY_OUT, DISCRIMINATE
from riskloop.organisation.models import History, User
from riskloop.organisation.row_security import EVERYTHING, reading
from riskloop.organisation.scope import within


def release(person: User | None, why: str) -> int:
    """Gives back what the person (None: anybody) may no longer do; returns how many things went back."""
    # Whoever took the role away need not be one who reads events.
    with reading(EVERYTHING):
        people = [person] if person is not None else list(_busy())
        return sum(_release_events(one, why) + _release_measures(one, why) for one in people)


def _busy() -> list[User]:
    owing = Measure.objects.filter(OWED).exclude(owner=None).values("owner")
    taken = Q(assigned_events__state__in=IN_HAND) | Q(pk__in=owing)
    return list(User.objects.filter(taken).distinct())


def _release_events(person: User, why: str) -> int:
    events = QuasiEvent.objects.select_for_update().filter(assignee=person, state__in=IN_HAND)
    lost = list(events.exclude(within(person, DISCRIMINATE)))
    lines: list[History] = []
    for event in lost:
        before = history.noted(event)
        to_the_queue(event, "released")
        event.save()
        old, new = history.difference(before, history.noted(event))
        lines.append(history.line("released", event, before=old, after=new, reason=why))
    history.record(lines)
    return len(lost)


def _release_measures(person: User, why: str) -> int:
    measures = Measure.objects.select_for_update().filter(OWED, owner=person).select_related("event")
    lost = list(measures.exclude(within(person, CARRY_OUT, field="event__unit_id")))
    for measure in lost:
        measure.owner = None
        measure.save(update_fields=["owner"])
    before, after = {"owner_id": person.pk}, {"owner_id": None}
    history.record(history.line("released", m.event, before=before, after=after, reason=why) for m in lost)
    return len(lost)
