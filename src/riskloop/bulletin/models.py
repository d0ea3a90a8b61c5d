"""What a bank handed in as figures alone, beside the facts of exposure that were made of it.

A risk event of a list is a `RiskEvent` like any other; here stands what that narrow row does not hold. A
volume of a day is a `DailyVolume`. One of which only the month, quarter or year is known is kept here, and by
trigger in the sums of that grain and the longer ones: it is in no day, so a shorter period has no volume.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

KNOWN = (0, 1, 3, 12)
"""Of a day, a month, a quarter or a year."""


class ListedEvent(models.Model):
    """A risk event of a list: its number there, and its driver as written there."""

    event_id = models.UUIDField(primary_key=True)
    number = models.TextField()
    unit_id = models.TextField(blank=True)
    booked_on = models.DateField(db_index=True)
    driver = models.TextField(blank=True)

    class Meta:
        verbose_name = _("listed risk event")

    def __str__(self) -> str:
        return self.number


class Listed(models.Model):
    """A number known of `months` months from the day `first` on; 0 months: of that day alone."""

    first = models.DateField()
    months = models.SmallIntegerField()
    unit_id = models.TextField(blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.first} +{self.months} {self.unit_id}"


class ListedVolume(Listed):
    """Online volume of a unit, by teller and business as far as told."""

    teller_id = models.TextField(blank=True)
    business = models.TextField(blank=True)
    volume = models.BigIntegerField()

    class Meta(Listed.Meta):
        abstract = False
        verbose_name = _("listed online volume")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["first", "months", "unit_id", "teller_id", "business"], name="one_listed_volume"
            )
        ]


class ListedQuasiEvents(Listed):
    """How many quasi-events there were; `handling` is `itemised` or `statistical`."""

    handling = models.TextField()
    count = models.BigIntegerField()

    class Meta(Listed.Meta):
        abstract = False
        verbose_name = _("listed quasi-events")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["first", "months", "unit_id", "handling"], name="one_listed_number"
            )
        ]
