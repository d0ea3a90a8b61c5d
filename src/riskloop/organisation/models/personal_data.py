"""Who asked for personal data in clear, and who looked at what."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from riskloop.organisation.models.accounts import User


class Unmasking(models.Model):
    """One person sees one object's personal data in clear, for a reason and until a moment."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    user_id: int
    object_type = models.TextField()
    object_id = models.TextField()
    unit_id = models.TextField(null=True)  # noqa: DJ001 — null is "of no unit"
    reason = models.TextField()
    granted_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("personal data in clear")
        indexes: ClassVar = [
            models.Index(fields=["user", "object_type", "object_id"], name="unmasking_object"),
            models.Index(fields=["granted_at"], name="unmasking_granted"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.object_type} {self.object_id}"

    def minutes_left(self, now: dt.datetime) -> int:
        """Whole minutes until it ends, a begun one counted."""
        return max(0, -int((now - self.until).total_seconds() // 60))


class LookKind(models.TextChoices):
    """How somebody came to see it."""

    LOOK = "look", _("Look, masked")
    CLEAR_LOOK = "clear_look", _("Look in clear")
    EXPORT = "export", _("Export")
    API = "api", _("By the API, masked")


class Look(models.Model):
    """One look at customers' affairs, or one export: who, as what, at what, why, from where.

    `about` is what the object is called, masked; `customer_ids` are the customers concerned, `rows` how many
    rows were shown or handed out, `query` what they were narrowed down by. The database refuses to change or
    remove a line.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    user_id: int
    role = models.TextField(blank=True)
    kind = models.TextField(choices=LookKind.choices)
    object_type = models.TextField()
    object_id = models.TextField()
    about = models.TextField(blank=True)
    unit_id = models.TextField(null=True)  # noqa: DJ001 — null is "of no unit"
    customer_ids = ArrayField(models.TextField(), default=list, blank=True)
    reason = models.TextField(blank=True)
    channel = models.TextField(blank=True)
    address = models.TextField(blank=True)
    rows = models.BigIntegerField(null=True)
    query = models.TextField(blank=True)

    class Meta:
        verbose_name = _("look at personal data")
        indexes: ClassVar = [
            models.Index(fields=["user", "at"], name="look_user"),
            models.Index(fields=["at"], name="look_at"),
            models.Index(fields=["object_type", "object_id"], name="look_object"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.user_id} {self.kind} {self.object_id}"
