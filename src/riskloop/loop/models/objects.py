"""Which event names which object: what the search for earlier events reads."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from riskloop.loop.models.events import QuasiEvent


class ObjectKind(models.TextChoices):
    """The objects by which events are joined in the search."""

    ACCOUNT = "account", _("Account")
    CUSTOMER = "customer", _("Customer")
    TELLER = "teller", _("Teller")


class EventObject(models.Model):
    """An object that an event, or its continuation of `booked_on`, names; kept by triggers of the database.

    An index in the form of a table. Under row-level security PostgreSQL may use an index only with
    operators that leak nothing, and those of arrays (`&&`, `@>`) do not count as such: the GIN indexes of
    the events' arrays are never used for a person, and the whole table would be read.
    """

    kind = models.TextField(choices=ObjectKind.choices)
    object_id = models.TextField()
    booked_on = models.DateField()
    # The constraint is written by the migration: Django knows none that the database cascades.
    event = models.ForeignKey(QuasiEvent, models.DO_NOTHING, related_name="+", db_constraint=False)
    event_id: uuid.UUID

    class Meta:
        verbose_name = _("object of an event")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "booked_on", "event"], name="one_object_of_event"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.booked_on}"
