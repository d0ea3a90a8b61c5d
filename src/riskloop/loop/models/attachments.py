"""What people attach to an event: the marks of a file. Its bytes lie in the home (`attachments.files`)."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from riskloop.loop.models.events import QuasiEvent


class Purpose(models.TextChoices):
    """What of an event a file belongs to."""

    EVENT = "event", _("The event")
    QUERY_ROUND = "query_round", _("Answer to a query")
    MEASURE = "measure", _("Measure")
    APPEAL = "appeal", _("Appeal")
    EXCEPTION_REPORT = "exception_report", _("Exception report")


class Attachment(models.Model):
    """One file, under the name that its uploader gave it; `object_id` is what of the event it belongs to.

    `about` is what he says of it, if anything.

    Nothing takes a line away. A wrong one is struck through, once, with a reason: the database refuses any
    other change, and every removal.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(QuasiEvent, models.PROTECT, related_name="attachments")
    event_id: uuid.UUID
    purpose = models.TextField(choices=Purpose.choices)
    object_id = models.TextField()
    name = models.TextField()
    size = models.BigIntegerField()
    media_type = models.TextField()
    sha256 = models.TextField()
    about = models.TextField(blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_by_id: int
    uploaded_at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True)
    struck_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("attachment")
        ordering: ClassVar = ["uploaded_at", "id"]
        indexes: ClassVar = [models.Index(fields=["sha256"], name="attachment_hash")]

    def __str__(self) -> str:
        return self.name

    @property
    def short_hash(self) -> str:
        """Enough of the hash to tell two files apart by eye."""
        return self.sha256[:12]
