"""An evidence file is handed out: to whom, for which reason, and the trace that it leaves."""

from __future__ import annotations

import hashlib

from django.db import models
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from riskloop.loop.evidence import page, word
from riskloop.loop.evidence.contents import evidence_file
from riskloop.loop.history import EVENT
from riskloop.loop.models import QuasiEvent
from riskloop.loop.personal import trace_look
from riskloop.organisation.action import require
from riskloop.organisation.functions import EXPORT
from riskloop.organisation.masking import masked_subject
from riskloop.organisation.models import LookKind, User
from riskloop.organisation.scope import may
from riskloop.organisation.traces import trace
from riskloop.organisation.unmasking import SHORTEST_REASON


class Form(models.TextChoices):
    """In which form the file is made."""

    HTML = "html", gettext_lazy("Page to print (HTML)")
    WORD = "docx", gettext_lazy("Word file")


def check(event: QuasiEvent, reader: User) -> None:
    """Whether the reader may take the event's file away.

    Raises:
        Refused: `role`.
    """
    allowed = may(reader, EXPORT, event.unit_id)
    require(allowed, "role", _("None of your roles allows this for this unit."), who=True)


def handed_out(event: QuasiEvent, reader: User, form: str, why: str) -> HttpResponse:
    """The file; that it is handed out, to whom and with which hash is written down before.

    Raises:
        Refused: `role`, or `reason`: too short.
    """
    check(event, reader)
    said = _("Say why, in at least %(number)d characters.") % {"number": SHORTEST_REASON}
    require(len(why.strip()) >= SHORTEST_REASON, "reason", said)
    trace_look(event, reader)
    file = evidence_file(event, reader)
    content = word.written(file) if form == Form.WORD.value else page.written(file)
    _trace_file(event, reader, form, content, why.strip())
    kept = f"evidence-{event.model}-{event.booked_on}-{str(event.pk)[:8]}.{form}"
    if form == Form.WORD.value:
        headers = {"Content-Disposition": f'attachment; filename="{kept}"'}
        return HttpResponse(content, content_type=word.MEDIA_TYPE, headers=headers)
    headers = {**page.HEADERS, "Content-Disposition": f'inline; filename="{kept}"'}
    return HttpResponse(content, content_type=f"{page.MEDIA_TYPE}; charset=utf-8", headers=headers)


def _trace_file(event: QuasiEvent, reader: User, form: str, content: bytes, why: str) -> None:
    subject = masked_subject(event.subject_kind, event.subject_id)
    (customers,) = event.named("customer_ids")
    about = f"{event.model} {subject} {event.booked_on} {form} SHA-256 {hashlib.sha256(content).hexdigest()}"
    trace(
        reader,
        LookKind.EXPORT,
        EXPORT,
        EVENT,
        event.pk,
        event.unit_id,
        about=about,
        customer_ids=customers,
        reason=why,
    )
