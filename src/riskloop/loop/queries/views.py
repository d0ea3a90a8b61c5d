"""The verifier's own pages: what he owes, and one query with the form that answers it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from riskloop.loop import actions
from riskloop.loop.attachments.file_kinds import KINDS
from riskloop.loop.attachments.uploads import stopped
from riskloop.loop.changes import live
from riskloop.loop.detail import evidence_of, possible
from riskloop.loop.findings import compared_values, evidence_tables
from riskloop.loop.forms.queries import AnswerForm
from riskloop.loop.models import QuasiEvent, Query
from riskloop.loop.personal import subject_shown, trace_look
from riskloop.loop.queries.addressing import open_to, owed_by, own_units
from riskloop.loop.queries.reading import forwards_of, owed_lines, query_lines, whole
from riskloop.loop.visibility import event_for, visible_to
from riskloop.organisation.forms import OK, TOO_LARGE, answer
from riskloop.organisation.functions import ANSWER, READ_EVENTS
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn


@needs(ANSWER)
@require_safe
def queries(request: SignedIn) -> HttpResponse:
    """What the reader owes, the soonest due first; or what the units below him owe."""
    keeping_up = live("#content")
    others = request.GET.get("whose") == "below"
    own, everything = owed_by(request.user), open_to(request.user)
    below = everything.exclude(unit__in=own_units(request.user))
    shown = whole(below if others else own).select_related("event__unit", "unit", "asked_by")
    context = {
        "title": _("Queries to answer"),
        "lines": owed_lines(shown),
        "others": others,
        "own_count": own.count(),
        "below_count": below.count(),
    }
    return render(request, "loop/queries.html", keeping_up | context)


@needs(READ_EVENTS)
@require_http_methods(["GET", "POST"])
def query(request: SignedIn, number: int) -> HttpResponse:
    """One query with all that an answer needs; by a POST it is answered."""
    keeping_up = live()
    found = get_object_or_404(Query.objects.filter(event__in=visible_to(request.user)), pk=number)
    event = event_for(request.user, found.event_id)
    if request.method != "POST":
        return _page(request, found, event, AnswerForm(request.user, event, found), keeping_up)
    form = AnswerForm(request.user, event, found, request.POST, request.FILES)
    refused = stopped(request)
    if refused is not None:
        messages.error(request, _("Not done: %(reason)s") % {"reason": refused})
        told = _page(request, found, event, form, keeping_up, TOO_LARGE)
        told.headers["X-Refused"] = refused.code
        return told

    def page(given: AnswerForm, status: int) -> HttpResponse:
        found.refresh_from_db()
        now = event_for(request.user, found.event_id)
        return _page(request, found, now, given, live(), status)

    return answer(request, form, page, lambda: reverse("queries"))


def _page(
    request: SignedIn,
    found: Query,
    event: QuasiEvent,
    form: AnswerForm,
    keeping_up: Mapping[str, Any],
    status: int = OK,
) -> HttpResponse:
    reader = request.user
    trace_look(event, reader)
    line = next(one for one in query_lines(event, reader) if one.query.pk == found.pk)
    context = {
        "event": event,
        "line": line,
        "form": form,
        "can": possible(actions.Answer(event, reader, found)),
        "forwards": forwards_of(line.query),
        "subject": subject_shown(event, reader),
        "compared": compared_values(event, reader),
        "evidence": evidence_tables(event, evidence_of(event, reader)),
        "kinds": ", ".join(KINDS),
    }
    return render(request, "loop/query.html", {**keeping_up, **context}, status=status)
