"""Closing: what is done about an event."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from riskloop.loop.models.events import QuasiEvent


class Measure(models.Model):
    """What is done about an event: who owes it, by when, when it was done, who saw that it holds.

    Nobody owes it (`owner` is None) when its owner lost the role by which he did: somebody else is set.
    """

    event = models.ForeignKey(QuasiEvent, models.PROTECT, related_name="measures")
    event_id: uuid.UUID
    description = models.TextField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="measures")
    owner_id: int | None
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    done_by_id: int | None
    done_note = models.TextField(blank=True)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("measure")

    def __str__(self) -> str:
        return self.description

    @property
    def state(self) -> str:
        """`open`, `done` (to be verified) or `verified`."""
        if self.verified_at:
            return "verified"
        return "done" if self.done_at else "open"
