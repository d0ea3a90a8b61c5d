"""Attachments as they are read: by whom, under what name, and every download traced."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from riskloop.bank.home import Home
from riskloop.loop import actions
from riskloop.loop.actions.attachments import AT_ONCE
from riskloop.loop.attachments import files
from riskloop.loop.attachments.belonging import sees
from riskloop.loop.attachments.file_kinds import KINDS
from riskloop.loop.history import EVENT
from riskloop.loop.models import Attachment, Purpose, QuasiEvent
from riskloop.loop.personal import clear_for
from riskloop.loop.visibility import event_for, visible_to
from riskloop.organisation.action import Refused, require
from riskloop.organisation.functions import UNMASK
from riskloop.organisation.masking import masked_subject, masked_text
from riskloop.organisation.models import Look, LookKind, User
from riskloop.organisation.scope import may
from riskloop.organisation.traces import trace

TRIGGERS = ("attachment_no_change", "attachment_no_truncate")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Were it opened in the browser after all, nothing in it would run.
    "Content-Security-Policy": "sandbox; default-src 'none'",
}
ANY_BYTES = "application/octet-stream"


@dataclass(frozen=True)
class AttachmentLine:
    """An attachment as its reader sees it.

    Args:
        name: with numbers of accounts and cards in it masked, unless he sees the event in clear.
        may_strike: whether it is his own and not struck through yet.
    """

    attachment: Attachment
    name: str
    may_strike: bool


def attachments_of(
    event: QuasiEvent, reader: User, purpose: str = "", of: Any = None
) -> list[AttachmentLine]:
    """What is attached to the event and seen by the reader, oldest first; of one purpose or thing alone."""
    found = Attachment.objects.filter(event=event).select_related("uploaded_by")
    if purpose:
        found = found.filter(purpose=purpose)
    if of is not None:
        found = found.filter(object_id=str(of))
    there = [one for one in found if sees(reader, event, one.purpose, one.object_id)]
    clear = bool(there) and clear_for(event, reader) is not None
    return [
        AttachmentLine(
            one,
            one.name if clear else masked_text(one.name),
            one.uploaded_by_id == reader.pk and one.struck_at is None,
        )
        for one in there
    ]


def attachment_for(reader: User, attachment_id: uuid.UUID) -> Attachment:
    """One attachment with its event, by the gate of the event.

    Raises:
        Http404: it is not there, or not within his reach.
    """
    seen = Attachment.objects.filter(event__in=visible_to(reader)).select_related("uploaded_by")
    found = get_object_or_404(seen, pk=attachment_id)
    found.event = event_for(reader, found.event_id)
    if not sees(reader, found.event, found.purpose, found.object_id):
        raise Http404
    return found


def panel(
    event: QuasiEvent,
    user: User,
    form: Any,
    *,
    purpose: str = Purpose.EVENT,
    of: Any = None,
    onward: str = "",
) -> dict[str, Any]:
    """What `loop/attachments.html` asks for, to be handed to it as `files`.

    Args:
        form: an `AttachForm`, for whoever may attach.
        of: the number of the thing of the event; None is the event itself, with the files of all its things.
        onward: where one is led after an upload; the page of the event's files if nothing is said.
    """
    attach = actions.Attach(event, user, purpose=purpose, of="" if of is None else str(of))
    reason = ""
    try:
        attach.check_person()
        attach.check_event()
    except Refused as refused:
        reason = str(refused)
    return {
        "event": event,
        "attachments": attachments_of(event, user, "" if of is None else purpose, of),
        "form": form,
        "why_not": reason,
        "may_download": may(user, UNMASK, event.unit_id),
        "onward": onward,
        "kinds": _(", ").join(KINDS),
        "most": AT_ONCE,
        "mb": settings.ATTACHMENT_MB,
    }


def handed_out(attachment: Attachment, reader: User) -> HttpResponse:
    """The file, to be saved; who gets it is written down before.

    What is in a file nobody can mask: it is for those who may also ask for personal data in clear.

    Raises:
        Refused: `role`, or `damaged`: the bytes are no longer those that were attached.
    """
    allowed = may(reader, UNMASK, attachment.event.unit_id)
    require(allowed, "role", _("A file is in clear, and your role shows you masked data alone."), who=True)
    try:
        content = files.read(settings.HOME, attachment.sha256)
    except files.Damaged:
        why = _("The file is not handed out: it is no longer what was attached. Tell the operator.")
        raise Refused("damaged", why) from None
    trace_download(attachment, reader)
    said = {**HEADERS, "Content-Disposition": disposition(attachment.name)}
    return HttpResponse(content, content_type=ANY_BYTES, headers=said)


def disposition(name: str) -> str:
    """Says that this is a file to be saved, and under which name, also in Chinese (RFC 6266)."""
    plain = "".join(letter if letter.isascii() and letter not in '%"\\' else "_" for letter in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def trace_download(attachment: Attachment, reader: User) -> Look:
    """Writes down that the reader takes the file: a look at what may be personal data, in clear."""
    event = attachment.event
    (customers,) = event.named("customer_ids")
    subject = masked_subject(event.subject_kind, event.subject_id)
    name = masked_text(attachment.name)
    return trace(
        reader,
        LookKind.CLEAR_LOOK,
        UNMASK,
        EVENT,
        event.pk,
        event.unit_id,
        about=f"{event.model} {subject} {event.booked_on} {name}",
        customer_ids=customers,
    )


# ── for the operator ──


def is_append_only() -> bool:
    """Whether the triggers that refuse changes and removals of attachments are in place."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'loop_attachment'::regclass"
            " AND tgenabled IN ('O', 'A') AND tgname = ANY(%s)",
            [list(TRIGGERS)],
        )
        return {name for (name,) in cursor.fetchall()} == set(TRIGGERS)


def damaged(home: Home, hashes: Iterable[str]) -> list[str]:
    """The hashes under which there no longer lies what has them."""
    found: list[str] = []
    for sha256 in hashes:
        try:
            files.read(home, sha256)
        except files.Damaged:
            found.append(sha256)
    return found


def all_hashes() -> list[str]:
    """Of all attachments there are, each once."""
    return list(Attachment.objects.order_by("sha256").values_list("sha256", flat=True).distinct())
