"""分派: the rule by which events are given to monitors, and what each monitor is given by it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from riskloop.loop.models.catalogues import Grade, Rule


class AssignmentRule(Rule):
    """How many events one monitor may have in hand for the rule to give him another, from a day on.

    `automatic`: what a run of the models finds is given out at its end.
    """

    most_in_hand = models.PositiveIntegerField()
    automatic = models.BooleanField(default=False)

    class Meta(Rule.Meta):
        verbose_name = _("rule of assignment")

    def __str__(self) -> str:
        return f"{self.most_in_hand} {self.effective_from}"


class MonitorSkill(models.Model):
    """What the rule gives to one monitor: of which businesses, up to which grade, how many at once.

    No category: of every business. No number: as many as the rule says; 0: nothing for the time being. Who
    has no row is given everything.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="skill"
    )
    person_id: int
    categories = ArrayField(models.TextField(), default=list, blank=True)
    highest_grade = models.TextField(choices=Grade.choices, default=Grade.KEY_ATTENTION)
    most_in_hand = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("skill of a monitor")

    def __str__(self) -> str:
        return f"{self.person_id} {self.highest_grade}"
