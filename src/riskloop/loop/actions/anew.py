"""An event begins anew: what was concluded of it counts no more, and stays readable."""

from __future__ import annotations

from django.utils import timezone

from riskloop.loop.actions.discrimination import to_the_queue
from riskloop.loop.announcing import announce_opened
from riskloop.loop.bundles import grade_by_models
from riskloop.loop.models import UNVERIFIED, QuasiEvent, Standing


def begin_anew(event: QuasiEvent, by: str) -> int:
    """Takes a concluded event back to the queue, from where its limits run again. Saved.

    The determination in force is annulled, measures that nobody has verified lapse, and the event has the
    grade that its models give it. What was verified was done, and stands.

    Returns:
        How many measures lapsed.
    """
    now = timezone.now()
    event.determinations.filter(standing=Standing.IN_FORCE).update(standing=Standing.ANNULLED)
    lapsed = event.measures.filter(UNVERIFIED).update(lapsed_at=now)
    to_the_queue(event, by)
    event.clock_from = timezone.localdate()
    event.grade = grade_by_models(event)
    event.outcome = event.conclusion_note = ""
    event.exclusion_reason = event.driver = event.score = event.controllable = None
    event.concluded_by = event.concluded_at = None
    event.closed_by = event.closed_at = None
    event.save()
    announce_opened([event])
    return lapsed
