"""The queue, and the page of one event from entry to closure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from riskloop.loop import queue
from riskloop.loop.attachments.forms import AttachForm
from riskloop.loop.attachments.reading import panel
from riskloop.loop.attachments.uploads import stopped
from riskloop.loop.bulk import BULK
from riskloop.loop.candidates import monitors_of
from riskloop.loop.changes import live
from riskloop.loop.deadlines import clock
from riskloop.loop.detail import (
    determinations_of,
    evidence_of,
    measures_of,
    objections_of,
    parts_there,
    possible_unmasking,
)
from riskloop.loop.exceptions.views import reports_on
from riskloop.loop.findings import compared_values, evidence_tables, values_in_force
from riskloop.loop.forms import ON_EVENT, ON_PART, EventForm, UnmaskForm
from riskloop.loop.forms.base import listed
from riskloop.loop.history import timeline
from riskloop.loop.models import ExclusionReason, QuasiEvent
from riskloop.loop.offers import Offer, offers, offers_on
from riskloop.loop.oversight.views import checks_on
from riskloop.loop.parts import part_for
from riskloop.loop.personal import clear_for, subject_shown, trace_look
from riskloop.loop.queries.reading import QueryLine, query_lines
from riskloop.loop.repeats import repeats_of
from riskloop.loop.saved_filters import filters_of, kept_of
from riskloop.loop.unsent import unsent
from riskloop.loop.visibility import bundle_of, event_for
from riskloop.models.catalogue import catalogue
from riskloop.organisation.forms import OK, TOO_LARGE, answer
from riskloop.organisation.functions import ASSIGN, DISCRIMINATE, EXPORT, OVERSEE, READ_EVENTS
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn, by_itself
from riskloop.organisation.scope import holds, may

LEAVES = frozenset({"exclude", "hand_back"})
"""Actions after which there is nothing left for the reader to do here."""


@needs(READ_EVENTS)
@require_safe
@vary_on_headers("HX-Request")
def events(request: SignedIn) -> HttpResponse:
    """The queue; HTMX gets the table alone."""
    keeping_up = live("#queue")
    found = queue.event_filter(request, request.GET, rows=True)
    table = queue.event_table(found, request.GET)
    paginated = table.paginate(page=1, per_page=queue.page_size(request))
    paginated.page = paginated.paginator.get_page(request.GET.get("page"))
    if not by_itself(request):
        queue.remember(request)
    context = {
        "title": _("Quasi-risk events"),
        "filter": found,
        "table": table,
        "page_sizes": queue.PAGE_SIZES,
        "clock": clock(),
        "everything_open": queue.EVERYTHING_OPEN,
        "may_export": holds(request.user, EXPORT),
        "bulk_actions": BULK if holds(request.user, DISCRIMINATE) else {},
        "bulk_reasons": partial(listed, ExclusionReason),
        "bulk_monitors": partial(monitors_of, request.user, ASSIGN),
        "saved_filters": filters_of(request.user),
        "kept_query": kept_of(request.GET.urlencode()),
    }
    return render(
        request, "loop/queue_table.html" if request.htmx else "loop/queue.html", keeping_up | context
    )


@needs(READ_EVENTS)
@require_safe
def event(request: SignedIn, event_id: uuid.UUID) -> HttpResponse:
    """One event: what was found, by what, what was done about it, and what can be done now."""
    return _page(request, _visible(request, event_id))


@needs(READ_EVENTS)
@require_http_methods(["GET", "POST"])
def act(request: SignedIn, event_id: uuid.UUID, action: str) -> HttpResponse:
    """Does one action on an event; whoever only looks here is led to the event."""
    found = _visible(request, event_id)
    if action not in ON_EVENT:
        raise Http404
    if request.method != "POST":
        return redirect("event", found.pk)
    return _act(request, ON_EVENT[action](request.user, found, request.POST))


@needs(READ_EVENTS)
@require_http_methods(["GET", "POST"])
def act_on_part(request: SignedIn, kind: str, number: int, action: str) -> HttpResponse:
    """Does one action on what hangs on an event; whoever only looks here is led to the event."""
    part = part_for(request.user, kind, number)
    if action not in ON_PART[kind]:
        raise Http404
    if request.method != "POST":
        return redirect("event", part.event_id)
    found = _visible(request, part.event_id)
    form = ON_PART[kind][action](request.user, found, part, request.POST)
    form.files = request.FILES
    refused = stopped(request)
    if refused is not None:
        messages.error(request, _("Not done: %(reason)s") % {"reason": refused})
        told = _page(request, found, form, TOO_LARGE)
        told.headers["X-Refused"] = refused.code
        return told
    return _act(request, form)


def _visible(request: SignedIn, event_id: uuid.UUID) -> QuasiEvent:
    return event_for(request.user, event_id)


def _act(request: SignedIn, form: EventForm) -> HttpResponse:
    """Acts and goes back to the event; a refusal shows the page again, as things stand now."""

    def page(given: EventForm, status: int) -> HttpResponse:
        return _page(request, _visible(request, given.event.pk), given, status)

    return answer(request, form, page, lambda: _onward(request, form))


def _onward(request: SignedIn, form: EventForm) -> str:
    """To the event; what has left the reader's hands leads to the next one of his queue."""
    after = queue.place_of(request, form.event.pk).next if form.name in LEAVES else None
    return reverse("event", args=[after or form.event.pk])


def _page(
    request: SignedIn, found: QuasiEvent, given: EventForm | None = None, status: int = OK
) -> HttpResponse:
    """The event's page; `given` is the form that was sent and not accepted."""
    reader, keeping_up = request.user, live()
    trace_look(found, reader)
    offered = offers(found, reader, given)
    there = parts_there(found)
    measures = _measures(request, found, given) if "measures" in there else []
    queries = query_lines(found, reader, given) if "queries" in there else []
    objections = _objections(request, found, given) if "objections" in there else []
    exceptions = reports_on(found, reader, given) if "exception_reports" in there else []
    overseen = "samples" in there and may(reader, OVERSEE, found.unit_id)
    checks = checks_on(found, reader, given) if overseen else []
    clear = _clear(request, found, given)
    parts = [*measures, *objections, *exceptions, *checks]
    context = {
        "event": found,
        "subject": subject_shown(found, reader),
        "model": catalogue().get(found.model),
        "compared": compared_values(found, reader),
        "parameters": values_in_force(found),
        "evidence": evidence_tables(found, evidence_of(found, reader)),
        "bundle": bundle_of(found, request.user).select_related("unit"),
        "continuations": sorted(found.continuations.all(), key=lambda one: one.booked_on),
        "timeline": timeline(found),
        "offers": offered,
        "unsent": unsent(given, _shown(offered, parts, queries, clear)),
        "determinations": determinations_of(found) if "determinations" in there else [],
        "measures": measures,
        "objections": objections,
        "repeats": repeats_of(found, reader),
        "exceptions": exceptions,
        "checks": checks,
        "queries": queries,
        "clear": clear,
        "place": queue.place_of(request, found.pk),
        "files": panel(found, reader, AttachForm(reader, found), onward=request.path),
        "may_export": may(reader, EXPORT, found.unit_id),
        "today": timezone.localdate(),
        "clock": clock(),
    }
    return render(request, "loop/event.html", keeping_up | context, status=status)


def _shown(
    offered: Mapping[str, Offer],
    parts: Iterable[Mapping[str, Any]],
    queries: Iterable[QueryLine],
    clear: Mapping[str, Any],
) -> Iterator[EventForm]:
    """The forms that the page shows: those of what the reader may do now."""
    on_parts = (*(line["offers"] for line in parts), *(line.offers for line in queries))
    for offers_of in (offered, *on_parts):
        yield from (offer.form for offer in offers_of.values() if offer.possible.allowed)
    if "form" in clear and clear["possible"].allowed:
        yield clear["form"]


def _clear(request: SignedIn, found: QuasiEvent, given: EventForm | None) -> Mapping[str, Any]:
    """How long the reader still sees personal data in clear; where he does not, whether he may ask."""
    running = clear_for(found, request.user)
    if running is not None:
        return {"minutes": running.minutes_left(timezone.now())}
    form = given if isinstance(given, UnmaskForm) else UnmaskForm(request.user, found)
    return {"possible": possible_unmasking(found, request.user), "form": form}


def _measures(request: SignedIn, found: QuasiEvent, given: EventForm | None) -> list[dict[str, Any]]:
    reader = request.user
    return [
        {
            "measure": line.measure,
            "offers": offers_on("measure", line.measure, line.possible, found, reader, given),
        }
        for line in measures_of(found, reader)
    ]


def _objections(request: SignedIn, found: QuasiEvent, given: EventForm | None) -> list[dict[str, Any]]:
    reader = request.user
    return [
        {
            "objection": line.objection,
            "due": line.due,
            "offers": offers_on("objection", line.objection, line.possible, found, reader, given),
            "why_not": line.why_not,
        }
        for line in objections_of(found, reader)
    ]
