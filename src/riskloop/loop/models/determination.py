"""认定: what an event was found to be, who answers for it, and what it cost."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from riskloop.loop.models.catalogues import Driver, EventType, Grade, LiabilityLevel
from riskloop.loop.models.events import Outcome, QuasiEvent

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Standing(models.TextChoices):
    """Whether a determination counts."""

    PROPOSED = "proposed", _("To be approved")
    IN_FORCE = "in_force", _("In force")
    SENT_BACK = "sent_back", _("Sent back")
    ANNULLED = "annulled", _("Annulled")


class Determination(models.Model):
    """One determination of an event. Amounts are CNY; a near miss is what was by chance or in time not lost.

    Of an event at most one is proposed or in force; those sent back or annulled stay as they were.
    `event_type` is None of what was determined before event types were kept.
    """

    event = models.ForeignKey(QuasiEvent, models.PROTECT, related_name="determinations")
    event_id: uuid.UUID
    standing = models.TextField(choices=Standing.choices)
    outcome = models.TextField(choices=Outcome.choices)
    event_type = models.ForeignKey(EventType, models.PROTECT, null=True)
    event_type_id: str | None
    driver = models.ForeignKey(Driver, models.PROTECT, related_name="+")
    driver_id: int
    other_drivers = models.ManyToManyField(Driver, related_name="+")
    controllable = models.BooleanField()
    grade = models.TextField(choices=Grade.choices)
    score = models.DecimalField(max_digits=9, decimal_places=2)
    loss = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    recovered = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    near_miss = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    note = models.TextField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_by_id: int
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_by_id: int | None
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)

    responsible: RelatedManager[Responsible]

    class Meta:
        verbose_name = _("determination")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event"],
                condition=Q(standing__in=("proposed", "in_force")),
                name="one_determination_counts",
            ),
            models.CheckConstraint(
                condition=Q(loss__gte=0) & Q(recovered__gte=0) & Q(near_miss__gte=0),
                name="no_negative_amount",
            ),
            models.CheckConstraint(
                condition=Q(recovered__lte=models.F("loss")), name="no_more_recovered_than_lost"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.grade} {self.score}"


class Responsible(models.Model):
    """A member of staff who answers for the event, with his level of responsibility (责任级次)."""

    determination = models.ForeignKey(Determination, models.PROTECT, related_name="responsible")
    staff_id = models.TextField(db_index=True)
    level = models.ForeignKey(LiabilityLevel, models.PROTECT)
    level_id: str

    class Meta:
        verbose_name = _("responsible person")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["determination", "staff_id"], name="one_level_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.level_id}"
