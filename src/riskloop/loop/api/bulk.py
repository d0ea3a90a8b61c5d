"""The operation that does one action to many events."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Schema

from riskloop.loop.bulk import MOST, Answer, in_bulk
from riskloop.organisation.functions import DISCRIMINATE
from riskloop.organisation.operations import Number, Operations, Words, signed_in

router = Operations(tags=["events"])


class BulkIn(Schema):
    """`action` is take, wake, assign_by_rule, assign (`to` a person), exclude or hand_back.

    Exclude takes a `reason` of `/reasons`, hand_back a `note`.
    """

    action: str
    events: Annotated[list[uuid.UUID], Field(min_length=1, max_length=MOST)]
    reason: str = ""
    note: Words = ""
    to: Number | None = None


class BulkItemOut(Schema):
    """What became of one event; `code` and `detail` say why it was not done."""

    id: uuid.UUID
    done: bool
    code: str
    detail: str


@router.does("/events/bulk", DISCRIMINATE, answers=list[BulkItemOut])
def act_in_bulk(request: HttpRequest, given: BulkIn) -> list[BulkItemOut]:
    """Does one action to many events. Each by itself, with an answer for each."""
    said = {"reason": given.reason, "note": given.note, "to": str(given.to or "")}
    return items(in_bulk(signed_in(request), given.action, given.events, said))


def items(answers: Sequence[Answer]) -> list[BulkItemOut]:
    """The answers, for programs."""
    return [BulkItemOut(id=a.event_id, done=a.done, code=a.code, detail=a.reason) for a in answers]
