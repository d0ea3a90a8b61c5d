"""The page of exception reports, for those who receive them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from riskloop.loop.detail import ON_EXCEPTION, possible
from riskloop.loop.exceptions.seeing import AWAITED, ReportLine, lines, seen_by
from riskloop.loop.forms import EventForm
from riskloop.loop.models import QuasiEvent
from riskloop.loop.offers import offers_on
from riskloop.organisation.functions import RECEIVE_EXCEPTIONS, RECEIVE_MAJOR, REPORT_EXCEPTIONS
from riskloop.organisation.gate import needs
from riskloop.organisation.models import User
from riskloop.organisation.request import SignedIn

MOST = 500
"""Reports that the page shows at once; the newest."""


@needs(RECEIVE_EXCEPTIONS, RECEIVE_MAJOR, REPORT_EXCEPTIONS)
@require_safe
def exceptions(request: SignedIn) -> HttpResponse:
    """The reports that the reader received or made: those that wait for him, or all."""
    everything = request.GET.get("which") == "all"
    seen = seen_by(request.user)
    waiting = seen.filter(AWAITED)
    shown = seen if everything else waiting
    context = {
        "title": _("Exception reports"),
        "lines": lines(shown[:MOST]),
        "everything": everything,
        "waiting_count": waiting.count(),
        "all_count": seen.count(),
    }
    return render(request, "loop/exceptions.html", context)


def reports_on(event: QuasiEvent, reader: User, given: EventForm | None) -> list[dict[str, Any]]:
    """The reports about an event that its reader sees, with what he may do about each."""
    return [_with_offers(line, event, reader, given) for line in of_event(event, reader)]


def of_event(event: QuasiEvent, reader: User) -> Iterable[ReportLine]:
    return lines(seen_by(reader).filter(event=event))


def _with_offers(
    line: ReportLine, event: QuasiEvent, reader: User, given: EventForm | None
) -> dict[str, Any]:
    one = line.report
    can = {kind.name: possible(kind(event, reader, one)) for kind in ON_EXCEPTION}
    return {
        "report": one,
        "due": line.due,
        "offers": offers_on("exception", one, can, event, reader, given),
    }
