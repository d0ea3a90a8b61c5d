"""The state of the loop: events, the rows behind them, measures, catalogues, history."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from riskloop.bank.text import Text
from riskloop.organisation.models import Unit

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Grade(models.TextChoices):
    """How closely an event is looked at; it decides who verifies it."""

    GENERAL = "general", _("General")
    ATTENTION = "attention", _("Attention")
    KEY_ATTENTION = "key_attention", _("Key attention")


class State(models.TextChoices):
    """Where an event stands: excluded and closed are its two ends."""

    NEW = "new", _("New")
    ASSIGNED = "assigned", _("Assigned")
    DETERMINED = "determined", _("Determined")
    EXCLUDED = "excluded", _("Excluded")
    CLOSED = "closed", _("Closed")


class Outcome(models.TextChoices):
    """What discrimination and determination found."""

    EXCLUDED = "excluded", _("No event")
    INTERNAL = "internal", _("Internal event")
    EXTERNAL = "external", _("External event")


class Driver(models.Model):
    """A risk driver (风险驱动因素) with the factor of its score, from a day on."""

    code = models.TextField()
    level1 = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField()
    factor = models.DecimalField(max_digits=6, decimal_places=2)
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


class GradeRule(models.Model):
    """How many risk features raise a bundle to key attention, from a day on."""

    features = models.IntegerField()
    effective_from = models.DateField(unique=True)

    class Meta:
        verbose_name = _("rule of grading")

    def __str__(self) -> str:
        return str(self.features)


class ExclusionReason(models.Model):
    """Why a quasi-event is no event, from the maintained list."""

    code = models.TextField(primary_key=True)
    name_zh = models.TextField()
    name_en = models.TextField()

    class Meta:
        verbose_name = _("reason for exclusion")

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"

    @property
    def name(self) -> Text:
        return Text(self.name_zh, self.name_en)


def _ids() -> ArrayField[list[str], list[str]]:
    return ArrayField(models.TextField(), default=list, blank=True)


class QuasiEvent(models.Model):
    """A quasi-risk event (准风险事件): a hit that someone must discriminate, determine and close.

    The first block is the machine's: what was found, by which version of what. It is refreshed by a
    re-run only while nobody has touched the event. The second block is people's.

    `last_on` is the day of the last hit that the event stands for; `bundle` joins the events whose hits
    share an object on a day.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    model = models.TextField(db_index=True)
    model_version = models.IntegerField()
    parameter_version = models.TextField()
    parameters = models.JSONField()
    subject_kind = models.TextField()
    subject_id = models.TextField(db_index=True)
    booked_on = models.DateField(db_index=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, db_constraint=False)
    unit_id: str | None
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    count = models.BigIntegerField()
    entry_ids = _ids()
    teller_ids = _ids()
    authoriser_ids = _ids()
    account_ids = _ids()
    customer_ids = _ids()
    evidence = models.JSONField()
    found_at = models.DateTimeField()
    withdrawn_on = models.DateTimeField(null=True)
    last_on = models.DateField()
    bundle = models.UUIDField(null=True, db_index=True)

    state = models.TextField(choices=State.choices, default=State.NEW)
    grade = models.TextField(choices=Grade.choices)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="assigned_events"
    )
    assignee_id: int | None
    outcome = models.TextField(choices=Outcome.choices, blank=True)
    exclusion_reason = models.ForeignKey(ExclusionReason, models.PROTECT, null=True)
    exclusion_reason_id: str | None
    conclusion_note = models.TextField(blank=True)
    driver = models.ForeignKey(Driver, models.PROTECT, null=True)
    score = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="concluded_events"
    )
    concluded_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="closed_events"
    )
    closed_at = models.DateTimeField(null=True)

    continuations: RelatedManager[Continuation]
    evidence_rows: RelatedManager[EvidenceRow]
    measures: RelatedManager[Measure]

    class Meta:
        verbose_name = _("quasi-risk event")
        indexes: ClassVar = [
            models.Index(fields=["unit", "booked_on"], name="event_unit_day"),
            models.Index(fields=["state", "booked_on"], name="event_state_day"),
            models.Index(fields=["model", "booked_on"], name="event_model_day"),
            GinIndex(fields=["entry_ids"], name="event_entries"),
            GinIndex(fields=["account_ids"], name="event_accounts"),
            GinIndex(fields=["teller_ids"], name="event_tellers"),
            GinIndex(fields=["customer_ids"], name="event_customers"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.subject_kind} {self.subject_id} {self.booked_on}"

    def named(self, *columns: str) -> list[set[str]]:
        """By column (`teller_ids`, `customer_ids` …) the ids behind the event, continuations included."""
        later = list(self.continuations.values_list(*columns))
        return [
            set(getattr(self, name)).union(*(row[place] for row in later))
            for place, name in enumerate(columns)
        ]

    @property
    def hands(self) -> set[str]:
        """The tellers who handled or authorised what is behind the event, continuations included."""
        return set[str]().union(*self.named("teller_ids", "authoriser_ids"))


class Continuation(models.Model):
    """A later hit on a situation that goes on: it extends the open event."""

    event = models.ForeignKey(QuasiEvent, models.PROTECT, related_name="continuations")
    event_id: uuid.UUID
    booked_on = models.DateField(db_index=True)
    parameter_version = models.TextField()
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    count = models.BigIntegerField()
    entry_ids = _ids()
    teller_ids = _ids()
    authoriser_ids = _ids()
    account_ids = _ids()
    customer_ids = _ids()
    evidence = models.JSONField()
    withdrawn_on = models.DateTimeField(null=True)

    evidence_rows: RelatedManager[EvidenceRow]

    class Meta:
        verbose_name = _("continuation")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "booked_on"], name="one_continuation_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.booked_on}"


class DailyStatistic(models.Model):
    """What a statistical model hit on a day in a unit, and of that by teller; written anew by each run.

    The line without a teller is the unit's own: a hit that names several tellers is in each of theirs.
    """

    model = models.TextField()
    booked_on = models.DateField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, db_constraint=False)
    unit_id: str | None
    teller_id = models.TextField(blank=True)
    hits = models.BigIntegerField()
    amount = models.DecimalField(max_digits=22, decimal_places=2, null=True)

    class Meta:
        verbose_name = _("daily statistic")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["model", "booked_on", "unit", "teller_id"],
                name="one_statistic_a_day",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.booked_on} {self.unit_id} {self.teller_id}"


class EvidenceRow(models.Model):
    """A canonical row behind an event, as it was when the event, or a continuation, was found."""

    event = models.ForeignKey(QuasiEvent, models.CASCADE, related_name="evidence_rows")
    continuation = models.ForeignKey(Continuation, models.CASCADE, null=True, related_name="evidence_rows")
    table = models.TextField()
    position = models.IntegerField()
    row = models.JSONField()

    class Meta:
        verbose_name = _("evidence")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event", "continuation", "table", "position"],
                name="one_row_a_position",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.position}"


class Measure(models.Model):
    """What is done about an event: who owes it, by when, when it was done, who saw that it holds.

    Nobody owes it (`owner` is None) when its owner lost the role by which he did: somebody else is set.
    """

    event = models.ForeignKey(QuasiEvent, models.PROTECT, related_name="measures")
    event_id: uuid.UUID
    description = models.TextField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="measures")
    owner_id: int | None
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    done_by_id: int | None
    done_note = models.TextField(blank=True)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("measure")

    def __str__(self) -> str:
        return self.description

    @property
    def state(self) -> str:
        """`open`, `done` (to be verified) or `verified`."""
        if self.verified_at:
            return "verified"
        return "done" if self.done_at else "open"
