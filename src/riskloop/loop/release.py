"""Work that its person may no longer do goes back: events to the queue, measures to whoever sets them."""

from __future__ import annotations

from django.db.models import Q

from riskloop.loop import history
from riskloop.loop.models import Measure, QuasiEvent, State
from riskloop.organisation.functions import CARRY_OUT, DISCRIMINATE
from riskloop.organisation.models import User
from riskloop.organisation.row_security import EVERYTHING, reading
from riskloop.organisation.scope import within


def release(person: User | None, why: str) -> int:
    """Gives back what the person (None: anybody) may no longer do; returns how many things went back."""
    # Whoever took the role away need not be one who reads events.
    with reading(EVERYTHING):
        people = [person] if person is not None else list(_busy())
        return sum(_release_events(one, why) + _release_measures(one, why) for one in people)


def _busy() -> list[User]:
    taken = Q(assigned_events__state=State.ASSIGNED) | Q(measures__done_at=None, measures__isnull=False)
    return list(User.objects.filter(taken).distinct())


def _release_events(person: User, why: str) -> int:
    events = QuasiEvent.objects.select_for_update().filter(assignee=person, state=State.ASSIGNED)
    lost = list(events.exclude(within(person, DISCRIMINATE)))
    for event in lost:
        event.assignee = None
        event.state = State.NEW
        event.save(update_fields=["assignee", "state"])
    before, after = (
        {"assignee_id": person.pk, "state": State.ASSIGNED},
        {"assignee_id": None, "state": State.NEW},
    )
    history.record(history.line("released", e, before=before, after=after, reason=why) for e in lost)
    return len(lost)


def _release_measures(person: User, why: str) -> int:
    measures = Measure.objects.select_for_update().filter(owner=person, done_at=None).select_related("event")
    lost = list(measures.exclude(within(person, CARRY_OUT, field="event__unit_id")))
    for measure in lost:
        measure.owner = None
        measure.save(update_fields=["owner"])
    before, after = {"owner_id": person.pk}, {"owner_id": None}
    history.record(history.line("released", m.event, before=before, after=after, reason=why) for m in lost)
    return len(lost)
