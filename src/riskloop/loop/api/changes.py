"""The operation by which pages and programs keep up."""

from __future__ import annotations

import uuid
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Schema

from riskloop.loop.changes import changes_since, latest_change
from riskloop.organisation.functions import READ_EVENTS
from riskloop.organisation.operations import Operations, signed_in

router = Operations(tags=["events"])
Since = Annotated[int | None, Field(ge=0, le=2**63 - 1)]


class ChangesOut(Schema):
    """Events that changed; `latest` is what to ask for next as `since`, at once where there is `more`."""

    latest: int
    events: list[uuid.UUID]
    more: bool


@router.reads("/changes", READ_EVENTS, answers=ChangesOut)
def list_changes(request: HttpRequest, since: Since = None) -> ChangesOut:
    """The events within one's reach that changed. Without `since` none, and from where to begin."""
    if since is None:
        return ChangesOut(latest=latest_change(), events=[], more=False)
    found = changes_since(signed_in(request), since)
    return ChangesOut(latest=found.latest, events=found.events, more=found.more)
