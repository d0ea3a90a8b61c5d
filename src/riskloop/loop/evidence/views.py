"""The page from which an event's evidence file is taken away."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from riskloop.loop.evidence.handing_out import Form, check, handed_out
from riskloop.loop.export_views import ExportForm
from riskloop.loop.visibility import event_for
from riskloop.organisation.action import Refused
from riskloop.organisation.forms import CONFLICT, FORBIDDEN, OK, UNPROCESSABLE
from riskloop.organisation.functions import EXPORT
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn


class EvidenceForm(ExportForm):
    """In which form the file is wanted, and why."""

    form = forms.ChoiceField(
        label=gettext_lazy("Form of the file"),
        choices=Form.choices,
        initial=Form.HTML,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    field_order = ("form", "why")


@needs(EXPORT)
@require_http_methods(["GET", "POST"])
def evidence(request: SignedIn, event_id: uuid.UUID) -> HttpResponse:
    """Asks for a reason; then the file, as the reader may see the event."""
    event = event_for(request.user, event_id)
    form = EvidenceForm(request.POST or None)
    status = UNPROCESSABLE if form.is_bound else OK
    try:
        check(event, request.user)
        if request.method == "POST" and form.is_valid():
            given: dict[str, Any] = form.cleaned_data
            return handed_out(event, request.user, given["form"], given["why"])
    except Refused as refused:
        messages.error(request, _("Not done: %(reason)s") % {"reason": refused})
        status = FORBIDDEN if refused.who else CONFLICT
    context = {"title": _("Evidence file"), "event": event, "form": form}
    return render(request, "loop/evidence.html", context, status=status)
