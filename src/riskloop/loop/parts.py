"""What hangs on an event and has actions of its own. Seen with the event."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from riskloop.loop.models import Measure, Objection, Query
from riskloop.loop.visibility import visible_to
from riskloop.organisation.models import User

Part = Measure | Query | Objection
KINDS: dict[str, type[Measure] | type[Query] | type[Objection]] = {
    "measure": Measure,
    "query": Query,
    "objection": Objection,
}
PLACES = {"measure": "measures", "query": "queries", "objection": "objections"}
"""By kind where its addresses are."""


def part_for(user: User, kind: str, number: int) -> Part:
    """The part, if the person sees its event; else there is none (404)."""
    seen = KINDS[kind].objects.filter(event__in=visible_to(user))
    return get_object_or_404(seen, pk=number)
