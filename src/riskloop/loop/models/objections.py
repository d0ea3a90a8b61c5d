"""What is said against a conclusion: appeals (申诉) of the unit, and requests to reopen (重开)."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from riskloop.loop.models.determination import Determination
from riskloop.loop.models.events import QuasiEvent


class ObjectionKind(models.TextChoices):
    """Who says it: the unit that was found at fault, or those who supervise."""

    APPEAL = "appeal", _("Appeal")
    REOPENING = "reopening", _("Request to reopen")


class ObjectionState(models.TextChoices):
    """Whether it was decided on, and how."""

    OPEN = "open", _("To be decided")
    WITHDRAWN = "withdrawn", _("Withdrawn by its author")
    REJECTED = "rejected", _("Rejected")
    UPHELD = "upheld", _("Upheld")


class Objection(models.Model):
    """One appeal or request to reopen. If it is upheld, the event begins anew.

    `determination` is the one that an appeal is against; None of a request to reopen.
    """

    event = models.ForeignKey(QuasiEvent, models.PROTECT, related_name="objections")
    event_id: uuid.UUID
    kind = models.TextField(choices=ObjectionKind.choices)
    state = models.TextField(choices=ObjectionState.choices, default=ObjectionState.OPEN)
    determination = models.ForeignKey(Determination, models.PROTECT, null=True, related_name="appeals")
    determination_id: int | None
    words = models.TextField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_by_id: int
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_by_id: int | None
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)

    class Meta:
        verbose_name = _("objection")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event", "kind"], condition=Q(state="open"), name="one_open_objection_a_kind"
            ),
            # Who lost an appeal does not bring the same again.
            models.UniqueConstraint(
                fields=["determination"],
                condition=Q(state__in=("open", "rejected", "upheld")),
                name="one_appeal_a_determination",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind"], condition=Q(state="open"), name="objection_open"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
