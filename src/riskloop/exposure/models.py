"""How much business there was: the denominator of every measure."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class DailyVolume(models.Model):
    """Online volume (联机业务量) of a day in a unit by a teller; "" where no teller took part."""

    day = models.DateField(db_index=True)
    unit_id = models.TextField()
    teller_id = models.TextField(blank=True)
    volume = models.BigIntegerField()

    class Meta:
        verbose_name = _("online volume")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "unit_id", "teller_id"], name="one_volume")
        ]
        indexes: ClassVar = [models.Index(fields=["teller_id", "day"], name="volume_teller_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.unit_id} {self.teller_id} {self.volume}"
