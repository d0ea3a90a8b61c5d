"""What is true from one day to another."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    """Who said so."""

    FEED = "feed", _("The bank's tables")
    HAND = "hand", _("By hand")


class Version(models.Model):
    """One state of a thing, from `valid_from` (included) to `valid_to` (excluded).

    The states of one thing follow each other without a gap; the last one is open.
    """

    KEY: ClassVar[str]
    STATE: ClassVar[tuple[str, ...]]

    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.TextField(choices=Source.choices, default=Source.FEED)

    class Meta:
        abstract = True


class Fed(models.Model):
    """What the bank's tables said of a thing from a day on; a line only where they said something new.

    `kind` is the table of the versions, `state` their fields as JSON.
    """

    kind = models.TextField()
    key = models.TextField()
    since = models.DateField()
    state = models.JSONField()

    class Meta:
        verbose_name = _("what the tables said")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "key", "since"], name="one_saying_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.since}"


def on(day: dt.date) -> Q:
    """The states that are true on a day."""
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))


def rules_of_versions(key: str, name: str) -> list[models.BaseConstraint]:
    """What the database itself holds every dated table to."""
    return [
        models.UniqueConstraint(fields=[key, "valid_from"], name=f"one_{name}_a_day"),
        models.UniqueConstraint(fields=[key], condition=Q(valid_to=None), name=f"one_open_{name}"),
        models.CheckConstraint(
            condition=Q(valid_to=None) | Q(valid_to__gt=models.F("valid_from")), name=f"{name}_ends_later"
        ),
    ]


Versions = QuerySet[Version]
