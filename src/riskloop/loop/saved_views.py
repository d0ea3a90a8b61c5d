"""One's own filters above the queue."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from riskloop.loop.saved_filters import DeleteFilter, SaveFilter, filters_of, kept_of
from riskloop.organisation.action import Refused, do
from riskloop.organisation.forms import read_word
from riskloop.organisation.functions import READ_EVENTS
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn


@needs(READ_EVENTS)
@require_POST
def save_filter(request: SignedIn) -> HttpResponse:
    """Keeps the filters that the queue has now, and goes back to it."""
    query = read_word(request.POST.get("query", "")).lstrip("?")
    action = SaveFilter(request.user, read_word(request.POST.get("name", "")), query)
    try:
        do(action)
    except Refused as refused:
        messages.error(request, _("Not done: %(reason)s") % {"reason": refused})
    else:
        messages.success(request, _("The filter is saved."))
    return redirect(f"{reverse('events')}?{kept_of(query)}")


@needs(READ_EVENTS)
@require_POST
def delete_filter(request: SignedIn, number: int) -> HttpResponse:
    """Forgets one of one's own filters."""
    do(DeleteFilter(request.user, get_object_or_404(filters_of(request.user), pk=number)))
    messages.success(request, _("The filter is deleted."))
    return redirect("events")
