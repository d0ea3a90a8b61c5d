"""What hangs on an event and has actions of its own. Seen with the event, but for exception reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from riskloop.loop.exceptions.seeing import seen_by
from riskloop.loop.models import ExceptionReport, Measure, Objection, Query, SampleItem
from riskloop.loop.oversight.reading import items_of
from riskloop.loop.visibility import visible_to
from riskloop.organisation.models import User

Part = Measure | Query | Objection | ExceptionReport | SampleItem
SEEN: Mapping[str, Callable[[User], QuerySet[Any]]] = {
    "measure": lambda user: Measure.objects.filter(event__in=visible_to(user)),
    "query": lambda user: Query.objects.filter(event__in=visible_to(user)),
    "objection": lambda user: Objection.objects.filter(event__in=visible_to(user)),
    "exception": seen_by,
    "sample": items_of,
}
"""By kind those that a person sees."""
PLACES = {
    "measure": "measures",
    "query": "queries",
    "objection": "objections",
    "exception": "exceptions",
    "sample": "samples",
}
"""By kind where its addresses are."""


def part_for(user: User, kind: str, number: int) -> Part:
    """The part, if the person sees it; else there is none (404)."""
    return get_object_or_404(SEEN[kind](user), pk=number)
