"""One action on the rows that were ticked, and the answer for each."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from riskloop.loop.bulk import in_bulk
from riskloop.loop.queue import EVERYTHING_OPEN
from riskloop.organisation.action import Refused
from riskloop.organisation.forms import read_word
from riskloop.organisation.functions import DISCRIMINATE
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn


@needs(DISCRIMINATE)
@require_POST
def bulk(request: SignedIn) -> HttpResponse:
    """Does it to each ticked event; says of each that it is done, or why not."""
    kept = request.session.get("queue") or {"query": EVERYTHING_OPEN}
    back = f"{reverse('events')}?{kept['query']}"
    given = {name: read_word(request.POST.get(name, ""))[:2000] for name in ("reason", "note", "to")}
    try:
        answers = in_bulk(request.user, request.POST.get("action", ""), _ids(request), given)
    except Refused as refused:
        messages.error(request, _("Not done: %(reason)s") % {"reason": refused})
        return redirect(back)
    done = sum(answer.done for answer in answers)
    context = {"title": _("Done one by one"), "answers": answers, "done": done, "back": back}
    return render(request, "loop/bulk.html", context)


def _ids(request: SignedIn) -> list[uuid.UUID]:
    found: list[uuid.UUID] = []
    for text in request.POST.getlist("event"):
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found
