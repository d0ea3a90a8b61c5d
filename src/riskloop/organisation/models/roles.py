"""Roles, what they may do at which level and since when, who holds them, and what must stay apart."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from riskloop.bank.text import Text
from riskloop.organisation.models.accounts import User
from riskloop.organisation.models.units import Level, Unit


class Role(models.Model):
    """A role: one of the head office's 14, or a first-level branch's own.

    A branch's own role is used inside that branch (`owner`) only. It is a part of one of the 14
    (`modelled_on`): it may never do more, and what is kept apart from that role is kept apart from it.
    """

    code = models.TextField(primary_key=True)
    name_zh = models.TextField()
    name_en = models.TextField()
    owner = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True)
    owner_id: str | None
    modelled_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    modelled_on_id: str | None

    class Meta:
        verbose_name = _("role")

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"

    @property
    def name(self) -> Text:
        return Text(self.name_zh, self.name_en)

    @property
    def duty(self) -> str:
        """The one of the 14 as which segregation of duties takes it."""
        return self.modelled_on_id or self.code


class RoleDecision(models.Model):
    """What a role may do at a level, from a day on: a decision of the head office, once it is approved.

    No functions: the role does not exist at that level. The newest approved decision in force counts.
    """

    role = models.ForeignKey(Role, models.PROTECT, related_name="decisions")
    role_id: str
    level = models.TextField(choices=Level.choices)
    functions = ArrayField(models.TextField(), default=list, blank=True)
    effective_from = models.DateField()
    reason = models.TextField(blank=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    proposed_by_id: int | None
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("decision on a role")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["role", "level", "effective_from"],
                condition=Q(approved=True),
                name="one_decision_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role_id} {self.level} {self.effective_from}"


class SegregationPair(models.Model):
    """Two sets of duties that one person may not hold together (`static`), or not on one object (`dynamic`).

    `rule` names the check of a dynamic pair; a pair whose check belongs to a part of the system that does not
    stand yet has none.
    """

    number = models.IntegerField(primary_key=True)
    kind = models.TextField(choices=[("static", _("Static")), ("dynamic", _("Dynamic"))])
    left = ArrayField(models.TextField())
    right = ArrayField(models.TextField())
    rule = models.TextField(blank=True)
    basis_zh = models.TextField()
    basis_en = models.TextField()
    effective_from = models.DateField()

    class Meta:
        verbose_name = _("segregation of duties")

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"

    @property
    def basis(self) -> Text:
        return Text(self.basis_zh, self.basis_en)


def running_on(day: dt.date) -> Q:
    """The assignments that run on a day; the last day is included."""
    return Q(from_on__lte=day) & (Q(to_on=None) | Q(to_on__gte=day))


def overlapping(from_on: dt.date, to_on: dt.date | None) -> Q:
    """The assignments that run on any day from one to the other, both included; None is for good."""
    still = Q(to_on=None) | Q(to_on__gte=from_on)
    # An assignment taken back before it began ends before it begins, and runs on no day.
    still &= Q(to_on=None) | Q(to_on__gte=F("from_on"))
    return still if to_on is None else still & Q(from_on__lte=to_on)


class RoleAssignment(models.Model):
    """A role that a person holds over a unit and all below it, from a day to a day, both included."""

    user = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    user_id: int
    role = models.ForeignKey(Role, models.PROTECT, related_name="+", db_column="role")
    role_id: str
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
        return f"{self.user} {self.role_id} {self.unit_id}"
