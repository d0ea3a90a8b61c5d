"""The operations on attachments: what the pages do with them, for programs."""

from __future__ import annotations

import datetime as dt
import uuid

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Schema, UploadedFile

from riskloop.loop import actions
from riskloop.loop.actions.attachments import WORKING
from riskloop.loop.attachments.reading import (
    ANY_BYTES,
    AttachmentLine,
    attachment_for,
    attachments_of,
    handed_out,
)
from riskloop.loop.attachments.uploads import incoming_of, stopped
from riskloop.loop.models import Purpose
from riskloop.loop.visibility import event_for
from riskloop.organisation.functions import READ_EVENTS, UNMASK
from riskloop.organisation.operations import Operations, PersonRef, WhyIn, Words, person_ref, signed_in

router = Operations(tags=["events"])


class AttachmentOut(Schema):
    """A file of an event, which belongs to its `object_id` of the kind `purpose`; `size` is in bytes."""

    id: uuid.UUID
    event_id: uuid.UUID
    purpose: str
    object_id: str
    name: str
    size: int
    media_type: str
    sha256: str
    about: str
    uploaded_by: PersonRef | None
    uploaded_at: dt.datetime
    struck_at: dt.datetime | None
    struck_reason: str


class AttachIn(Schema):
    """What of the event the files belong to, and what they are: `of` is its number, of the event nothing."""

    purpose: Purpose = Purpose.EVENT
    of: Words = ""
    about: Words = ""


@router.reads("/events/{event_id}/attachments", READ_EVENTS, answers=list[AttachmentOut])
def list_attachments(request: HttpRequest, event_id: uuid.UUID) -> list[AttachmentOut]:
    """The files of an event. The oldest first, those struck through too."""
    user = signed_in(request)
    return [_told(line) for line in attachments_of(event_for(user, event_id), user)]


@router.does("/events/{event_id}/attach", *WORKING, answers=list[AttachmentOut])
def attach(
    request: HttpRequest,
    event_id: uuid.UUID,
    given: Form[AttachIn],
    files: File[list[UploadedFile]] = [],  # noqa: B006 — read only
) -> list[AttachmentOut]:
    """Attaches files to an event. All of them, or where one is refused, none; then the event's files."""
    user = signed_in(request)
    event = event_for(user, event_id)
    refused = stopped(request)
    if refused is not None:
        raise refused
    actions.attach(event, user, incoming_of(files), given.purpose, given.of, given.about)
    return [_told(line) for line in attachments_of(event, user)]


@router.hands_out("/attachments/{attachment_id}", UNMASK, media_types=[ANY_BYTES])
def get_attachment(request: HttpRequest, attachment_id: uuid.UUID) -> HttpResponse:
    """One file. Handed out only while it is what was attached; who gets it is written down."""
    user = signed_in(request)
    return handed_out(attachment_for(user, attachment_id), user)


@router.does("/attachments/{attachment_id}/strike", *WORKING, answers=list[AttachmentOut])
def strike_attachment(request: HttpRequest, attachment_id: uuid.UUID, given: WhyIn) -> list[AttachmentOut]:
    """Strikes through a wrong file. By who attached it; it stays, with the reason."""
    user = signed_in(request)
    found = attachment_for(user, attachment_id)
    actions.strike(found, user, given.why)
    return [_told(line) for line in attachments_of(found.event, user)]


def _told(line: AttachmentLine) -> AttachmentOut:
    one = line.attachment
    return AttachmentOut(
        id=one.pk,
        event_id=one.event_id,
        purpose=one.purpose,
        object_id=one.object_id,
        name=line.name,
        size=one.size,
        media_type=one.media_type,
        sha256=one.sha256,
        about=one.about,
        uploaded_by=person_ref(one.uploaded_by),
        uploaded_at=one.uploaded_at,
        struck_at=one.struck_at,
        struck_reason=one.struck_reason,
    )
