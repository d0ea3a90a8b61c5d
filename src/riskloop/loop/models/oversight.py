"""监理: what is drawn each month to be looked at once more, and what the second look found."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from riskloop.loop.models.catalogues import Listed
from riskloop.loop.models.events import Outcome, QuasiEvent
from riskloop.organisation.models import Unit

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class FaultCode(Listed):
    """What is wrong with a conclusion that was looked at once more, from the maintained list."""

    class Meta(Listed.Meta):
        verbose_name = _("fault of a conclusion")


class SamplingPlan(models.Model):
    """What is drawn of one month's conclusions in a unit and below.

    The size of every part follows from `confidence`, `margin` (half the width of the interval) and `expected`
    (the error rate that one reckons with), as shares of 1. With `seed` the same sample is drawn again.
    `population` is how many events were excluded in the month.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, db_constraint=False, related_name="+")
    unit_id: str
    month = models.DateField()
    confidence = models.DecimalField(max_digits=4, decimal_places=3)
    margin = models.DecimalField(max_digits=4, decimal_places=3)
    expected = models.DecimalField(max_digits=4, decimal_places=3)
    key_models = ArrayField(models.TextField(), default=list, blank=True)
    key_categories = ArrayField(models.TextField(), default=list, blank=True)
    key_people = ArrayField(models.BigIntegerField(), default=list, blank=True)
    seed = models.BigIntegerField()
    population = models.IntegerField()
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drawn_by_id: int
    drawn_at = models.DateTimeField()

    items: RelatedManager[SampleItem]

    class Meta:
        verbose_name = _("sampling plan")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "month"], name="one_plan_a_month"),
            models.CheckConstraint(
                condition=Q(confidence__gt=0, confidence__lt=1)
                & Q(margin__gt=0, margin__lt=1)
                & Q(expected__gt=0, expected__lt=1),
                name="shares_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.month:%Y-%m}"

    @property
    def last_day(self) -> dt.date:
        return (self.month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


class Part(models.TextChoices):
    """Why an event was drawn. Error rates are reckoned from the random part alone."""

    RANDOM = "random", _("Random share of the excluded")
    KEY_MODEL = "key_model", _("Key model")
    KEY_BUSINESS = "key_business", _("Key business")
    KEY_PERSON = "key_person", _("Key person")


class Verdict(models.TextChoices):
    """What the second look found."""

    RIGHT = "right", _("Right")
    WRONG = "wrong", _("Wrong")


class SampleItem(models.Model):
    """One event that was drawn, with its conclusion as it was then.

    If the event was concluded anew since (`lapsed`), there is nothing left to be looked at.
    """

    plan = models.ForeignKey(SamplingPlan, models.PROTECT, related_name="items")
    plan_id: int
    event = models.ForeignKey(QuasiEvent, models.PROTECT, related_name="samples")
    event_id: uuid.UUID
    part = models.TextField(choices=Part.choices)
    outcome = models.TextField(choices=Outcome.choices)
    concluded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    concluded_by_id: int
    concluded_at = models.DateTimeField()
    verdict = models.TextField(choices=Verdict.choices, blank=True)
    faults = ArrayField(models.TextField(), default=list, blank=True)
    note = models.TextField(blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    checked_by_id: int | None
    checked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("event drawn")
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "event"], name="drawn_once_a_plan")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.event_id}"

    @property
    def lapsed(self) -> bool:
        """Whether it was concluded anew before anybody looked."""
        return not self.verdict and self.event.concluded_at != self.concluded_at
