"""The events: what the machine found, the rows behind it, and where people stand with it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from riskloop.loop.models.catalogues import (
    Driver,
    ExclusionReason,
    Grade,
    SuspicionReason,
    rank_of_grade,
)
from riskloop.loop.states import OPEN, State
from riskloop.organisation.models import Unit

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from riskloop.loop.models.closure import Measure
    from riskloop.loop.models.determination import Determination
    from riskloop.loop.models.exceptions import ExceptionReport
    from riskloop.loop.models.objections import Objection
    from riskloop.loop.models.queries import Query


class Outcome(models.TextChoices):
    """What discrimination and determination found."""

    EXCLUDED = "excluded", _("No event")
    INTERNAL = "internal", _("Internal event")
    EXTERNAL = "external", _("External event")
    CASE_CLUE = "case_clue", _("Case clue")


CONFIRMED = (Outcome.INTERNAL, Outcome.EXTERNAL)
"""Risk events; a case clue is handed to those who work on cases, and is none until they have decided."""


WAITING = (
    "unit",
    "grade",
    "model",
    "state",
    "withdrawn_on",
    "amount",
    "assignee",
    "stage_since",
    "clock_from",
)
"""What the queue is narrowed and ordered by most."""


def _ids() -> ArrayField[list[str], list[str]]:
    return ArrayField(models.TextField(), default=list, blank=True)


class QuasiEvent(models.Model):
    """A quasi-risk event (准风险事件): a hit that someone must discriminate, determine and close.

    The first block is the machine's: what was found, by which version of what. It is refreshed by a
    re-run only while nobody has touched the event. The second block is people's.

    `last_on` is the day of the last hit that the event stands for; `bundle` joins the events whose hits
    share an object on a day. `stage_since` is when the event entered its state, `clock_from` the day from
    which its limits run: that it was found or last began anew. What is due when is computed from them.
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
    stage_since = models.DateTimeField(default=timezone.now)
    clock_from = models.DateField(default=timezone.localdate)
    grade = models.TextField(choices=Grade.choices)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="assigned_events"
    )
    assignee_id: int | None
    snoozed_until = models.DateField(null=True)
    suspicion = models.ForeignKey(SuspicionReason, models.PROTECT, null=True)
    suspicion_id: str | None
    suspicion_note = models.TextField(blank=True)
    outcome = models.TextField(choices=Outcome.choices, blank=True)
    exclusion_reason = models.ForeignKey(ExclusionReason, models.PROTECT, null=True)
    exclusion_reason_id: str | None
    conclusion_note = models.TextField(blank=True)
    driver = models.ForeignKey(Driver, models.PROTECT, null=True)
    score = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    controllable = models.BooleanField(null=True)
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="concluded_events"
    )
    concluded_by_id: int | None
    concluded_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="closed_events"
    )
    closed_at = models.DateTimeField(null=True)

    continuations: RelatedManager[Continuation]
    determinations: RelatedManager[Determination]
    evidence_rows: RelatedManager[EvidenceRow]
    exception_reports: RelatedManager[ExceptionReport]
    measures: RelatedManager[Measure]
    objections: RelatedManager[Objection]
    queries: RelatedManager[Query]

    class Meta:
        verbose_name = _("quasi-risk event")
        indexes: ClassVar = [
            models.Index(fields=["unit", "booked_on"], name="event_unit_day"),
            models.Index(fields=["state", "booked_on"], name="event_state_day"),
            models.Index(fields=["model", "booked_on"], name="event_model_day"),
            models.Index(
                fields=["assignee", "state"], name="event_in_hand", condition=Q(assignee__isnull=False)
            ),
            # The order of the queue: of a million events it reads the first rows, and sorts none. With what
            # the queue is narrowed by: how many there are, and which come next, is told from it alone.
            models.Index(
                rank_of_grade().desc(),
                F("booked_on").desc(),
                F("id").desc(),
                name="event_waiting",
                condition=Q(state__in=OPEN, withdrawn_on=None),
                include=WAITING,
            ),
            GinIndex(fields=["entry_ids"], name="event_entries"),
            GinIndex(fields=["account_ids"], name="event_accounts"),
            GinIndex(fields=["teller_ids"], name="event_tellers"),
            GinIndex(fields=["customer_ids"], name="event_customers"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.subject_kind} {self.subject_id} {self.booked_on}"

    def named(self, *columns: str) -> list[set[str]]:
        """By column (`teller_ids`, `customer_ids` …) the ids behind the event, continuations included."""
        # A page asks this of every action that it may offer: there they are fetched once beforehand.
        hits = (self, *self.continuations.all())
        return [set[str]().union(*(getattr(hit, name) for hit in hits)) for name in columns]

    @property
    def snoozed(self) -> bool:
        """Whether its person has put it aside for now."""
        return self.snoozed_until is not None and self.snoozed_until > timezone.localdate()

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
