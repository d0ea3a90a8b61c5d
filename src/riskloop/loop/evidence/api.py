"""The operation by which programs take an event's evidence file away."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema

from riskloop.loop.evidence import page, word
from riskloop.loop.evidence.handing_out import Form, handed_out
from riskloop.loop.visibility import event_for
from riskloop.organisation.functions import EXPORT
from riskloop.organisation.operations import Operations, Words, signed_in

router = Operations(tags=["events"])


class EvidenceQuery(Schema):
    """In which form the file is wanted, and why."""

    form: Form = Form.HTML
    why: Words


@router.hands_out("/events/{event_id}/evidence", EXPORT, media_types=[page.MEDIA_TYPE, word.MEDIA_TYPE])
def get_evidence(request: HttpRequest, event_id: uuid.UUID, query: Query[EvidenceQuery]) -> HttpResponse:
    """The evidence file of an event, from entry to closure. Masked, unless one sees the event in clear now;
    why it is needed and its hash are written down among the looks at personal data.
    """
    user = signed_in(request)
    return handed_out(event_for(user, event_id), user, query.form, query.why)
