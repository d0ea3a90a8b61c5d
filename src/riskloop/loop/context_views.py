"""What an event's page brings in once it stands: earlier events, and what its objects usually do."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from riskloop.loop.behaviour import behaviour_of
from riskloop.loop.context import earlier_of
from riskloop.loop.history import EVENT
from riskloop.loop.models import QuasiEvent
from riskloop.loop.personal import trace_look
from riskloop.loop.visibility import event_for
from riskloop.organisation.functions import READ_EVENTS
from riskloop.organisation.gate import needs
from riskloop.organisation.models import Look, User
from riskloop.organisation.request import SignedIn
from riskloop.organisation.row_security import EVERYTHING, reading

SAME_LOOK = dt.timedelta(minutes=5)


@needs(READ_EVENTS)
@require_safe
def earlier(request: SignedIn, event_id: uuid.UUID) -> HttpResponse:
    """Earlier events on the same objects, as a part of the event's page."""
    found = _seen(request, event_id)
    return render(request, "loop/earlier.html", {"event": found, "ways": earlier_of(found, request.user)})


@needs(READ_EVENTS)
@require_safe
def usual(request: SignedIn, event_id: uuid.UUID) -> HttpResponse:
    """What the objects usually do against the event's day, as a part of the event's page."""
    found = _seen(request, event_id)
    objects = behaviour_of(settings.HOME, found, request.user)
    return render(request, "loop/usual.html", {"event": found, "objects": objects})


def _seen(request: SignedIn, event_id: uuid.UUID) -> QuasiEvent:
    found = event_for(request.user, event_id)
    # The page that asks for its parts has just written the look down; whoever asks by hand looks anew.
    if not _just_looked(request.user, found):
        trace_look(found, request.user)
    return found


def _just_looked(user: User, event: QuasiEvent) -> bool:
    looks = Look.objects.filter(user=user, object_type=EVENT, object_id=str(event.pk))
    # The database shows looks to their reviewers alone, and one's own to oneself is no exception.
    with reading(EVERYTHING):
        return looks.filter(at__gte=timezone.now() - SAME_LOOK).exists()
