"""异常情况报告: what was found out of order, told upwards and never to the outlet concerned."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from riskloop.loop.models.catalogues import Listed
from riskloop.loop.models.events import QuasiEvent


class MajorCriterion(Listed):
    """What makes an operational-risk event a major one: Order 2023 No. 5, article 42, in its order."""

    class Meta(Listed.Meta):
        verbose_name = _("criterion of a major event")


class ExceptionReport(models.Model):
    """One report about an event. With a criterion it is of a major event, and a clock runs from `known_on`.

    `known_on` is the day on which the bank knew, or should have known. `reference` is that of the report to
    the regulator, which stops the clock.
    """

    event = models.ForeignKey(QuasiEvent, models.PROTECT, related_name="exception_reports")
    event_id: uuid.UUID
    criterion = models.ForeignKey(MajorCriterion, models.PROTECT, null=True)
    criterion_id: str | None
    words = models.TextField()
    known_on = models.DateField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_by_id: int
    made_at = models.DateTimeField()
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_note = models.TextField(blank=True)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reported_at = models.DateTimeField(null=True)
    reported_on = models.DateField(null=True)
    reference = models.TextField(blank=True)

    class Meta:
        verbose_name = _("exception report")
        indexes: ClassVar = [models.Index(fields=["made_at"], name="exception_made")]

    def __str__(self) -> str:
        return f"{self.known_on} {self.criterion_id or ''}".strip()

    @property
    def major(self) -> bool:
        return self.criterion_id is not None
