"""What a person keeps for himself."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SavedFilter(models.Model):
    """A person's own filters of the queue under a name: seen and used by nobody else."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="saved_filters")
    user_id: int
    name = models.TextField()
    query = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("saved filter")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "name"], name="one_saved_filter_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name
