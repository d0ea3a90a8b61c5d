"""Closing: what is done about an event, and when the same has come about again."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from riskloop.loop.models.catalogues import Listed, Rule
from riskloop.loop.models.events import QuasiEvent


class MeasureKind(Listed):
    """What a measure is, from the maintained list.

    `needs_proof`: it is reported done with a file that shows it. `to_department`: who owes it works at a
    branch that supervises the unit, not at the unit itself.
    """

    needs_proof = models.BooleanField(default=False)
    to_department = models.BooleanField(default=False)

    class Meta(Listed.Meta):
        verbose_name = _("kind of measure")


class MeasureState(models.TextChoices):
    """Where a measure stands."""

    OPEN = "open", _("To be done")
    DONE = "done", _("Done, to be verified")
    VERIFIED = "verified", _("Verified")
    LAPSED = "lapsed", _("Lapsed")


UNVERIFIED = Q(verified_at=None, lapsed_at=None)
"""The measures that an event still waits for."""
OWED = UNVERIFIED & Q(done_at=None)
"""Those still to be done."""
DONE = UNVERIFIED & Q(done_at__isnull=False)
"""Those reported done, which somebody is to verify."""


class Measure(models.Model):
    """What is done about an event: who owes it, by when, when it was done, who saw that it holds.

    Nobody owes it (`owner` is None) when its owner lost the role by which he did: somebody else is set.
    A measure that was sent back is to be done once more; `sent_back_note` says why. It lapses when the event
    begins anew before it was verified.
    """

    event = models.ForeignKey(QuasiEvent, models.PROTECT, related_name="measures")
    event_id: uuid.UUID
    kind = models.ForeignKey(MeasureKind, models.PROTECT)
    kind_id: str
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
    sent_back_at = models.DateTimeField(null=True)
    sent_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sent_back_by_id: int | None
    sent_back_note = models.TextField(blank=True)
    lapsed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("measure")

    def __str__(self) -> str:
        return self.description

    @property
    def state(self) -> MeasureState:
        """Computed from what happened to it."""
        if self.verified_at:
            return MeasureState.VERIFIED
        if self.lapsed_at:
            return MeasureState.LAPSED
        return MeasureState.DONE if self.done_at else MeasureState.OPEN


class RepeatRule(Rule):
    """Within how many days the same driver with the same person or unit is a repeat; from a day on."""

    days = models.PositiveSmallIntegerField()

    class Meta(Rule.Meta):
        verbose_name = _("rule of repeat offences")

    def __str__(self) -> str:
        return f"{self.days} {self.effective_from}"
