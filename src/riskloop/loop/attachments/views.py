"""The attachments of an event: listed, attached, struck through, and handed out one by one."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from riskloop.loop.attachments.forms import AttachForm, StrikeForm
from riskloop.loop.attachments.reading import attachment_for, handed_out, panel
from riskloop.loop.attachments.uploads import stopped
from riskloop.loop.models import QuasiEvent
from riskloop.loop.visibility import event_for
from riskloop.organisation.action import Refused
from riskloop.organisation.forms import CONFLICT, FORBIDDEN, OK, TOO_LARGE, ActionForm, answer
from riskloop.organisation.functions import READ_EVENTS
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn


@needs(READ_EVENTS)
@require_http_methods(["GET", "POST"])
def attachments(request: SignedIn, event_id: uuid.UUID) -> HttpResponse:
    """The event's files; by a POST some more: all of them, or none and why."""
    event = event_for(request.user, event_id)
    if request.method != "POST":
        return _page(request, event)
    form = AttachForm(request.user, event, request.POST, request.FILES)
    refused = stopped(request)
    if refused is not None:
        # None arrived, but some were chosen: why they were stopped is said above.
        form.errors.pop("chosen", None)
        return _refused(request, event, refused, TOO_LARGE, form)
    return _answer(request, event, form)


@needs(READ_EVENTS)
@require_safe
def attachment(request: SignedIn, attachment_id: uuid.UUID) -> HttpResponse:
    """One file, to be saved."""
    found = attachment_for(request.user, attachment_id)
    try:
        return handed_out(found, request.user)
    except Refused as refused:
        return _refused(request, found.event, refused, FORBIDDEN if refused.who else CONFLICT)


@needs(READ_EVENTS)
@require_http_methods(["GET", "POST"])
def strike(request: SignedIn, attachment_id: uuid.UUID) -> HttpResponse:
    """Strikes a wrong file through; whoever only looks here is led to the event's files."""
    found = attachment_for(request.user, attachment_id)
    event = found.event
    if request.method != "POST":
        return redirect("attachments", event.pk)
    form = StrikeForm(request.user, found, request.POST)
    return _answer(request, event, form)


def _answer(request: SignedIn, event: QuasiEvent, form: ActionForm) -> HttpResponse:
    def page(given: ActionForm, status: int) -> HttpResponse:
        return _page(request, event, given, status)

    return answer(request, form, page, lambda: _onward(request, event))


def _onward(request: SignedIn, event: QuasiEvent) -> str:
    """Where one came from, if that is a page of ours."""
    asked = request.POST.get("onward", "")
    ours = url_has_allowed_host_and_scheme(asked, request.get_host(), require_https=request.is_secure())
    return asked if ours else reverse("attachments", args=[event.pk])


def _refused(
    request: SignedIn, event: QuasiEvent, refused: Refused, status: int, given: ActionForm | None = None
) -> HttpResponse:
    messages.error(request, _("Not done: %(reason)s") % {"reason": refused})
    told = _page(request, event, given, status)
    told.headers["X-Refused"] = refused.code
    return told


def _page(
    request: SignedIn, event: QuasiEvent, given: ActionForm | None = None, status: int = OK
) -> HttpResponse:
    """The event's files; `given` is the form that was sent and not accepted."""
    form = given if isinstance(given, AttachForm) else AttachForm(request.user, event)
    context = {"title": _("Attachments"), "event": event, "files": panel(event, request.user, form)}
    return render(request, "loop/attachments_page.html", context, status=status)
