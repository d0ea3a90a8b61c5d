"""How long each step may take: dated, in working days of the bank's calendar."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from riskloop.loop.models.catalogues import Grade


class Step(models.TextChoices):
    """What has a limit of its own."""

    DISCRIMINATE = "discriminate", _("Discrimination")
    ANSWER = "answer", _("Answer to a query")
    ANSWER_AGAIN = "answer_again", _("Answer to a re-query")
    DETERMINE = "determine", _("Determination")
    APPROVE = "approve", _("Approval")
    CONCLUDE = "conclude", _("Conclusion in all")
    MEASURE = "measure", _("Measure")
    APPEAL = "appeal", _("Appeal")
    DECIDE_APPEAL = "decide_appeal", _("Decision on an appeal")
    REPORT_MAJOR = "report_major", _("Report of a major event")


class TimeLimit(models.Model):
    """Working days that a step may take for an event of a grade, from a day on.

    What begins on a day and may take one working day is due on the next working day. `warn_before` is how
    many working days before that a warning is shown.
    """

    step = models.TextField(choices=Step.choices)
    grade = models.TextField(choices=Grade.choices)
    days = models.PositiveSmallIntegerField()
    warn_before = models.PositiveSmallIntegerField()
    effective_from = models.DateField()

    class Meta:
        verbose_name = _("time limit")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["step", "grade", "effective_from"], name="one_limit_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.grade} {self.days}"


class EscalationRule(models.Model):
    """From which level on those who supervise see an event, once it is overdue for longer than so many days.

    `level` is that of a role's unit, `days` working days, from a day on.
    """

    level = models.TextField()
    days = models.PositiveSmallIntegerField()
    effective_from = models.DateField()

    class Meta:
        verbose_name = _("rule of escalation")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["level", "effective_from"], name="one_escalation_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.days}"
