"""What was asked for and decided of the models: with which values they run, which supervise at all, and what
runs on trial beside them."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from riskloop.organisation.models import Unit


class Kind(models.TextChoices):
    """What is asked for."""

    VALUES = "values", _("Other values")
    ADMIT = "admit", _("Admission")
    EXIT = "exit", _("Exit")


ADMISSION = (Kind.ADMIT, Kind.EXIT)
"""What changes the content of supervision: the head office's alone to decide."""


class ChangeState(models.TextChoices):
    """Where a change stands."""

    PROPOSED = "proposed", _("Waits for a decision")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Taken back")


class Asked(models.Model):
    """What somebody asks for of a model from a day on, and somebody else decides on.

    `values` are by parameter, as JSON keeps them; a parameter that is not named stays as it was.
    `unit` is the first-level branch that it is about alone; none: the whole bank.
    """

    model = models.TextField()
    kind = models.TextField(choices=Kind.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    unit_id: str | None
    values = models.JSONField(default=dict)
    effective_from = models.DateField()
    reason = models.TextField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_by_id: int
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)
    state = models.TextField(choices=ChangeState.choices, default=ChangeState.PROPOSED)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.model} {self.kind} {self.effective_from}"


class TrialState(models.TextChoices):
    """Where a trial stands. What `approved` comes to on a day, `Trial.phase` says."""

    PROPOSED = "proposed", _("Waits for a decision")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Taken back")
    ADOPTED = "adopted", _("Made real")


class Trial(Asked):
    """A trial (试运行): a model outside supervision, or other values, beside what is in force.

    It runs over the business days from `effective_from` to `effective_until` (none: until it is ended). One
    that was made real ends on the day before the change that did so.
    """

    state = models.TextField(choices=TrialState.choices, default=TrialState.PROPOSED)
    effective_until = models.DateField(null=True)

    class Meta(Asked.Meta):
        abstract = False
        verbose_name = _("trial of a model")

    @property
    def phase(self) -> str:
        """Its state, and of an approved one whether it has begun: `waiting`, `running` or `over`."""
        if self.state != str(TrialState.APPROVED):
            return self.state
        today = timezone.localdate()
        if today < self.effective_from:
            return "waiting"
        return "over" if self.is_over(today) else "running"

    def is_over(self, today: dt.date) -> bool:
        return self.effective_until is not None and self.effective_until < today


class ModelChange(Asked):
    """A change of a model, from a day on: it counts once it is approved.

    `estimate` is what the change would have done over the days before, once that is computed
    (`estimating.estimate`); `trial` is the trial that it makes real.
    """

    estimate = models.JSONField(null=True)
    trial = models.ForeignKey(Trial, models.PROTECT, null=True, related_name="changes")
    trial_id: int | None

    class Meta(Asked.Meta):
        abstract = False
        verbose_name = _("change of a model")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["model", "unit", "effective_from"],
                condition=Q(state="approved", kind="values"),
                nulls_distinct=False,
                name="one_set_of_values_a_day",
            ),
            models.UniqueConstraint(
                fields=["model", "effective_from"],
                condition=Q(state="approved") & ~Q(kind="values"),
                name="one_admission_a_day",
            ),
        ]

    @property
    def missed(self) -> int:
        """How many confirmed events the change would have missed, as far as that was computed."""
        return len((self.estimate or {}).get("after", {}).get("missed", ()))


class WhatIfState(models.TextChoices):
    """How far the answer is."""

    WAITING = "waiting", _("Waits to be computed")
    RUNNING = "running", _("Is being computed")
    DONE = "done", _("Computed")
    FAILED = "failed", _("Could not be computed")


class WhatIfQuestion(models.Model):
    """What other values of a model would have done over past days: asked by a person, answered by a job.

    `values` hold in every alternative, by parameter as text; `steps` are the values of the parameter that is
    `swept`, each an alternative of its own. `unit` is the first-level branch in whose units alone the values
    are tried; none: the whole bank. `versions` are those of the model, of the values in force and of the data
    that the `answer` was computed from (`answering.answer`).
    """

    model = models.TextField()
    values = models.JSONField(default=dict)
    swept = models.TextField(blank=True)
    steps = models.JSONField(default=list)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    unit_id: str | None
    first = models.DateField()
    last = models.DateField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_by_id: int
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.TextField(choices=WhatIfState.choices, default=WhatIfState.WAITING)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)
    versions = models.JSONField(default=dict)
    answer = models.JSONField(null=True)

    class Meta:
        verbose_name = _("what-if")
        indexes: ClassVar = [models.Index(fields=["-asked_at"], name="what_if_by_time")]

    def __str__(self) -> str:
        return f"{self.model} {self.swept or ', '.join(self.values)} {self.asked_at:%Y-%m-%d}"

    @property
    def alternatives(self) -> list[dict[str, str]]:
        """The sets of values that are tried, in their order."""
        if not self.swept:
            return [dict(self.values)]
        return [{**self.values, self.swept: step} for step in self.steps]

    @property
    def unfinished(self) -> bool:
        return self.state in {str(WhatIfState.WAITING), str(WhatIfState.RUNNING)}
