"""The lists that the loop chooses from: grades, drivers, weights, reasons; what changes is dated."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self

from django.db import models
from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _

from riskloop.bank.text import Text


class Grade(models.TextChoices):
    """How closely an event is looked at; it decides who verifies it."""

    GENERAL = "general", _("General")
    ATTENTION = "attention", _("Attention")
    KEY_ATTENTION = "key_attention", _("Key attention")


RANKS = {grade: rank for rank, grade in enumerate(Grade, start=1)}
"""The gravest last."""


def rank_of_grade() -> Case:
    """The rank as the database computes it: the codes of grades are words."""
    cases = [When(grade=str(grade), then=Value(rank)) for grade, rank in RANKS.items()]
    return Case(*cases, default=Value(0), output_field=models.IntegerField())


class Rule(models.Model):
    """A rule, of which one line is in force on a day."""

    effective_from = models.DateField(unique=True)

    class Meta:
        abstract = True

    @classmethod
    def in_force(cls, day: dt.date) -> Self:
        """The latest line that has taken effect by `day`; before all of them the first."""
        lines = cls.objects.order_by("-effective_from")
        found = lines.filter(effective_from__lte=day).first() or lines.last()
        if found is None:
            raise LookupError(f"there is no {cls._meta.verbose_name}")
        return found


class Driver(models.Model):
    """A risk driver (风险驱动因素) with the factor of its score, from a day on.

    `controllable` is what a determination proposes: internal, and avoidable by what staff do.
    """

    code = models.TextField()
    level1 = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField()
    factor = models.DecimalField(max_digits=6, decimal_places=2)
    controllable = models.BooleanField(default=False)
    effective_from = models.DateField()

    class Meta:
        verbose_name = _("risk driver")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "effective_from"], name="one_driver_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"

    @property
    def name(self) -> Text:
        return Text(self.name_zh, self.name_en)


class GradeWeight(models.Model):
    """The weight of a grade in the score, from a day on."""

    grade = models.TextField(choices=Grade.choices)
    weight = models.DecimalField(max_digits=6, decimal_places=2)
    effective_from = models.DateField()

    class Meta:
        verbose_name = _("weight of a grade")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["grade", "effective_from"], name="one_weight_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.grade} {self.weight}"


class ModelGrade(models.Model):
    """The grade of a model's events from a day on, in place of the one that the model proposes."""

    model = models.TextField()
    grade = models.TextField(choices=Grade.choices)
    effective_from = models.DateField()

    class Meta:
        verbose_name = _("grade of a model")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["model", "effective_from"], name="one_grade_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.grade}"


class GradeRule(Rule):
    """How many risk features raise a bundle to key attention, from a day on."""

    features = models.IntegerField()

    class Meta(Rule.Meta):
        verbose_name = _("rule of grading")

    def __str__(self) -> str:
        return str(self.features)


class Listed(models.Model):
    """A line of a maintained list, chosen by its code; one that is retired is offered no more, but named."""

    code = models.TextField(primary_key=True)
    name_zh = models.TextField()
    name_en = models.TextField()
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"

    @property
    def name(self) -> Text:
        return Text(self.name_zh, self.name_en)


class ExclusionReason(Listed):
    """Why a quasi-event is no event, from the maintained list."""

    class Meta(Listed.Meta):
        verbose_name = _("reason for exclusion")


class SuspicionReason(Listed):
    """Why a quasi-event goes on to determination, from the maintained list."""

    class Meta(Listed.Meta):
        verbose_name = _("reason for suspicion")


class EventType(Listed):
    """An event type of the Basel text (损失事件类型), level 1."""

    class Meta(Listed.Meta):
        verbose_name = _("event type")


class LiabilityLevel(Listed):
    """A level of responsibility (责任级次), the heaviest first by its code."""

    class Meta(Listed.Meta):
        verbose_name = _("level of responsibility")


class ApprovalRule(Rule):
    """From which grade on a determination needs a second person, from a day on."""

    grade = models.TextField(choices=Grade.choices)

    class Meta(Rule.Meta):
        verbose_name = _("rule of approval")

    def __str__(self) -> str:
        return f"{self.grade} {self.effective_from}"
