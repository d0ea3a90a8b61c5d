"""The operation that does one action to many events."""

from __future__ import annotations

import uuid
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Schema

from riskloop.loop.bulk import MOST, in_bulk
from riskloop.organisation.functions import DISCRIMINATE
from riskloop.organisation.operations import Operations, Words, signed_in

router = Operations(tags=["events"])


class BulkIn(Schema):
    """`action` is take, exclude (with a `reason` of `/reasons`) or hand_back (with a `note`)."""

    action: str
    events: Annotated[list[uuid.UUID], Field(min_length=1, max_length=MOST)]
    reason: str = ""
    note: Words = ""


class ItemOut(Schema):
    """What became of one event; `code` and `detail` say why it was not done."""

    id: uuid.UUID
    done: bool
    code: str
    detail: str


@router.does("/events/bulk", DISCRIMINATE, answers=list[ItemOut])
def act_in_bulk(request: HttpRequest, given: BulkIn) -> list[ItemOut]:
    """Does one action to many events. Each by itself, with an answer for each."""
    said = {"reason": given.reason, "note": given.note}
    answers = in_bulk(signed_in(request), given.action, given.events, said)
    return [ItemOut(id=a.event_id, done=a.done, code=a.code, detail=a.reason) for a in answers]
