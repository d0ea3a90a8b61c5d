"""What was asked for and decided of the models: with which values they run, and which supervise at all."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from riskloop.organisation.models import Unit


class Kind(models.TextChoices):
    """What is asked for."""

    VALUES = "values", _("Other values")
    ADMIT = "admit", _("Admission")
    EXIT = "exit", _("Exit")


ADMISSION = (Kind.ADMIT, Kind.EXIT)
"""What changes the content of supervision: the head office's alone to decide."""


class ChangeState(models.TextChoices):
    """Where a change stands."""

    PROPOSED = "proposed", _("Waits for a decision")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Taken back")


class ModelChange(models.Model):
    """A change of a model, from a day on: it counts once it is approved.

    `values` are by parameter, as JSON keeps them; a parameter that is not named stays as it was.
    `unit` is the first-level branch whose own values they are; none: the whole bank's. `estimate` is what the
    change would have done over the days before, once that is computed (`estimating.estimate`).
    """

    model = models.TextField()
    kind = models.TextField(choices=Kind.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    unit_id: str | None
    values = models.JSONField(default=dict)
    effective_from = models.DateField()
    reason = models.TextField()
    state = models.TextField(choices=ChangeState.choices, default=ChangeState.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_by_id: int
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)
    estimate = models.JSONField(null=True)

    class Meta:
        verbose_name = _("change of a model")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["model", "unit", "effective_from"],
                condition=Q(state="approved", kind="values"),
                nulls_distinct=False,
                name="one_set_of_values_a_day",
            ),
            models.UniqueConstraint(
                fields=["model", "effective_from"],
                condition=Q(state="approved") & ~Q(kind="values"),
                name="one_admission_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.kind} {self.effective_from}"

    @property
    def missed(self) -> int:
        """How many confirmed events the change would have missed, as far as that was computed."""
        return len((self.estimate or {}).get("after", {}).get("missed", ()))
