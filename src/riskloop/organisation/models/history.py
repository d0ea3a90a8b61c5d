"""The history of every write."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from riskloop.organisation.models.accounts import User


class History(models.Model):
    """One line for every write: who, as what, from where, what before and after.

    The database refuses to change or remove a line. Each bears the digest of the line before it, so that
    a line changed behind the database's back breaks the chain (`history.verify`).
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(User, models.PROTECT, null=True)
    actor_id: int | None
    role = models.TextField(blank=True)
    channel = models.TextField(blank=True)
    address = models.TextField(blank=True)
    action = models.TextField()
    object_type = models.TextField()
    object_id = models.TextField()
    unit_id = models.TextField(null=True)  # noqa: DJ001 — null is "of no unit"
    before = models.JSONField()
    after = models.JSONField()
    reason = models.TextField(blank=True)
    previous = models.TextField(unique=True)
    digest = models.TextField(unique=True)

    class Meta:
        verbose_name = _("history")
        indexes: ClassVar = [
            models.Index(fields=["object_type", "object_id"], name="history_object"),
            models.Index(fields=["actor", "at"], name="history_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object_id}"
