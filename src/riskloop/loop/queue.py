"""The queue as a reader last saw it: its rows, and what comes before and after an event in it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django_tables2 import Column

from riskloop.loop.filters import EventFilter
from riskloop.loop.tables import EventTable, bundled, ranked
from riskloop.loop.visibility import visible_to
from riskloop.organisation.request import SignedIn

PAGE_SIZES = (25, 50, 100, 200)
DEFAULT_PAGE_SIZE = 50
_COLUMNS: dict[str, Column] = EventTable.base_columns  # pyright: ignore[reportAttributeAccessIssue]
SORTABLE = frozenset(name for name, column in _COLUMNS.items() if column.orderable is not False)
EVERYTHING_OPEN = "state=open&withdrawn=no"
"""The query of a queue that nobody has narrowed yet."""
WALKED = 1000
"""How far into the queue "next" leads: nobody walks further without coming back to the list."""


@dataclass(frozen=True)
class Place:
    """Where an event stands in the queue that the reader came from."""

    query: str
    previous: uuid.UUID | None
    next: uuid.UUID | None


_ROW = (
    "model",
    "subject_kind",
    "subject_id",
    "booked_on",
    "unit__name",
    "amount",
    "grade",
    "state",
    "stage_since",
    "clock_from",
    "withdrawn_on",
    "bundle",
    "assignee__display_name",
    "assignee__username",
)
"""What a row shows of an event: most of an event is what is behind it, and is not fetched for a list."""


def event_filter(request: SignedIn, given: QueryDict, *, rows: bool = False) -> EventFilter:
    """The reader's events, narrowed by `given`; of `rows` only what these show."""
    events = bundled(ranked(visible_to(request.user))).select_related("unit", "assignee")
    return EventFilter(given, events.only(*_ROW) if rows else events, request.user)


def event_table(found: EventFilter, given: QueryDict) -> EventTable:
    """The filtered events in the order that `given` asks for."""
    asked = [name for name in given.getlist("sort") if name.removeprefix("-") in SORTABLE]
    return EventTable(found.qs, order_by=asked or None)


def page_size(request: SignedIn) -> int:
    """Rows a page: what was asked for now, else what the reader chose last."""
    asked = request.GET.get("per_page", "")
    if asked.isdigit() and int(asked) in PAGE_SIZES:
        request.session["page_size"] = int(asked)
    return request.session.get("page_size", DEFAULT_PAGE_SIZE)


def remember(request: SignedIn) -> None:
    """Keeps the queue's filters, so that an event's page knows what comes next."""
    given = request.GET.copy()
    for name in ("page", "per_page"):
        given.pop(name, None)
    _keep(request, {"query": given.urlencode(), "at": 0})


def place_of(request: SignedIn, event_id: uuid.UUID) -> Place:
    """The event's neighbours; one that has left the queue leaves its place to the next."""
    kept: dict[str, Any] = request.session.get("queue") or {"query": EVERYTHING_OPEN, "at": 0}
    given = QueryDict(kept["query"])
    table = event_table(event_filter(request, given), given)
    ids: list[uuid.UUID] = list(table.data.data.values_list("pk", flat=True)[:WALKED])
    if event_id in ids:
        at = ids.index(event_id)
        before, after = ids[:at], ids[at + 1 :]
    else:
        at = min(kept["at"], len(ids))
        before, after = ids[:at], ids[at:]
    _keep(request, kept | {"at": at})
    return Place(kept["query"], before[-1] if before else None, after[0] if after else None)


def _keep(request: SignedIn, queue: dict[str, Any]) -> None:
    """Whatever is put into a session is written with the answer: nothing is put where nothing changed."""
    if request.session.get("queue") != queue:
        request.session["queue"] = queue
