"""Units, people and what they may do."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from riskloop.organisation.roles import ROLES


class Unit(models.Model):
    """A unit of the bank in one of the five levels.

    `path` is the ids from the root down to the unit, joined by "/": a subtree is a prefix.
    """

    unit_id = models.TextField(primary_key=True)
    name = models.TextField()
    level = models.TextField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, db_constraint=False)
    path = models.TextField(db_index=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("unit")
        indexes: ClassVar = [
            models.Index(fields=["path"], name="unit_path_prefix", opclasses=["text_pattern_ops"])
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.name}"


class Staff(models.Model):
    """A person who works at the bank."""

    staff_id = models.TextField(primary_key=True)
    name = models.TextField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, db_constraint=False)
    post = models.TextField()

    class Meta:
        verbose_name = _("member of staff")

    def __str__(self) -> str:
        return f"{self.staff_id} {self.name}"


class Teller(models.Model):
    """A teller's number and the person behind it."""

    teller_id = models.TextField(primary_key=True)
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, db_constraint=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, db_constraint=False)

    class Meta:
        verbose_name = _("teller")

    def __str__(self) -> str:
        return self.teller_id


class User(AbstractUser):
    """An account of riskloop. `staff_id` ties it to the person, for recusal.

    `must_change_password`: somebody else has set the password, and knows it.
    """

    staff_id = models.TextField(blank=True, db_index=True)
    display_name = models.TextField(blank=True)
    must_change_password = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.display_name or self.username


class RoleAssignment(models.Model):
    """A role that a person holds over a unit and all below it, from a day on."""

    user = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    role = models.TextField(choices=[(r.code, r.name.zh) for r in ROLES.values()])
    unit = models.ForeignKey(Unit, models.PROTECT)
    unit_id: str
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("role assignment")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "role", "unit"], condition=Q(to_on=None), name="one_running_assignment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.unit_id}"
