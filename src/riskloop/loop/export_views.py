"""The queue handed out as a file: for a reason, and traced."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from riskloop.loop import queue
from riskloop.loop.export import AT_MOST, written
from riskloop.loop.filters import Events
from riskloop.organisation.functions import EXPORT
from riskloop.organisation.gate import needs
from riskloop.organisation.models import LookKind
from riskloop.organisation.request import SignedIn
from riskloop.organisation.scope import within
from riskloop.organisation.traces import trace, widest_unit
from riskloop.organisation.unmasking import SHORTEST_REASON

QUEUE = "queue"
UNPROCESSABLE = 422


class ExportForm(forms.Form):
    """Why the file is needed."""

    why = forms.CharField(
        label=gettext_lazy("Why you need the file"),
        min_length=SHORTEST_REASON,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
    )


@needs(EXPORT)
@require_http_methods(["GET", "POST"])
def export(request: SignedIn) -> HttpResponse:
    """Asks for a reason; then the queue as it is seen, of the units where the reader may export."""
    found = queue.event_filter(request, request.GET)
    table = queue.event_table(found, request.GET)
    events: Events = table.data.data.filter(within(request.user, EXPORT))
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _file(request, events, form.cleaned_data["why"])
    context = {
        "title": _("Export the queue"),
        "form": form,
        "total": events.count(),
        "at_most": AT_MOST,
        "query": request.GET.urlencode(),
    }
    return render(request, "loop/export.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _file(request: SignedIn, events: Events, why: str) -> HttpResponse:
    rows = list(events[:AT_MOST])
    trace(
        request.user,
        LookKind.EXPORT,
        EXPORT,
        QUEUE,
        "events",
        widest_unit(request.user, EXPORT),
        reason=why,
        rows=len(rows),
        query=request.GET.urlencode(),
    )
    name = f"events-{timezone.localtime():%Y%m%d-%H%M%S}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(written(rows), content_type="text/csv; charset=utf-8", headers=headers)
