"""Units of the bank, now and over time."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from riskloop.organisation.models.dated import Version, rules_of_versions


class Level(models.TextChoices):
    """The five levels, from the top."""

    HEAD_OFFICE = "head_office", _("Head office")
    TIER1_BRANCH = "tier1_branch", _("First-level branch")
    TIER2_BRANCH = "tier2_branch", _("Second-level branch")
    SUB_BRANCH = "sub_branch", _("Sub-branch")
    OUTLET = "outlet", _("Outlet")


class Unit(models.Model):
    """A unit of the bank in one of the five levels, as it is today.

    `path` is the ids from the root down to the unit, joined by "/": a subtree is a prefix. What was, and
    what will be, is in `UnitVersion`; this row is drawn from it (`timeline.settle`).
    """

    unit_id = models.TextField(primary_key=True)
    name = models.TextField()
    level = models.TextField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, db_constraint=False)
    parent_id: str | None
    path = models.TextField(db_index=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, db_constraint=False, related_name="merged_from"
    )
    merged_into_id: str | None

    class Meta:
        verbose_name = _("unit")
        indexes: ClassVar = [
            models.Index(fields=["path"], name="unit_path_prefix", opclasses=["text_pattern_ops"]),
            # The upper levels below a unit: of a large bank the only ones that fit into a list.
            models.Index(
                fields=["level", "path"], name="unit_level_path", opclasses=["text_ops", "text_pattern_ops"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.name}"


class Delivery(models.Model):
    """A version of the bank's tables of units and people that was taken over, by the state of its files."""

    since = models.DateField(primary_key=True)
    state = models.TextField()

    class Meta:
        verbose_name = _("delivery")

    def __str__(self) -> str:
        return f"{self.since}"


class UnitVersion(Version):
    """How a unit stood between two days: its name, its level, what it belonged to, whether it was open."""

    KEY = "unit_id"
    STATE = ("name", "level", "parent_id", "opened_on", "closed_on", "merged_into_id")

    unit_id = models.TextField(db_index=True)
    name = models.TextField()
    level = models.TextField()
    parent_id = models.TextField(null=True, db_index=True)  # noqa: DJ001 — null is "no parent", as in `Unit`
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    merged_into_id = models.TextField(null=True)  # noqa: DJ001 — null is "not merged", as in `Unit`

    class Meta(Version.Meta):
        verbose_name = _("unit over time")
        constraints: ClassVar = rules_of_versions("unit_id", "unit_version")

    def __str__(self) -> str:
        return f"{self.unit_id} {self.valid_from}"
