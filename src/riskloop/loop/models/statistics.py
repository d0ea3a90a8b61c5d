"""What the statistical models counted."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from riskloop.organisation.models import Unit


class DailyStatistic(models.Model):
    """What a statistical model hit on a day in a unit, and of that by teller; written anew by each run.

    The line without a teller is the unit's own: a hit that names several tellers is in each of theirs.
    """

    model = models.TextField()
    booked_on = models.DateField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, db_constraint=False)
    unit_id: str | None
    teller_id = models.TextField(blank=True)
    hits = models.BigIntegerField()
    amount = models.DecimalField(max_digits=22, decimal_places=2, null=True)

    class Meta:
        verbose_name = _("daily statistic")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["model", "booked_on", "unit", "teller_id"],
                name="one_statistic_a_day",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.booked_on} {self.unit_id} {self.teller_id}"
