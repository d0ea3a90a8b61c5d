"""查询书: what the centre asks of those who can find out, round by round, and what they answered."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from riskloop.bank.text import Text
from riskloop.loop.models.catalogues import Listed
from riskloop.loop.models.events import QuasiEvent
from riskloop.organisation.models import Unit

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class QueryKind(models.TextChoices):
    """What is asked; all but the first go to a department."""

    QUERY = "query", _("Query")
    ASSISTANCE = "assistance", _("Information assistance")
    RECONCILIATION = "reconciliation", _("Key reconciliation")
    DUE_DILIGENCE = "due_diligence", _("Enhanced due diligence")


class QueryState(models.TextChoices):
    """Where a query stands: whose turn it is."""

    ASKED = "asked", _("To be answered")
    ANSWERED = "answered", _("Answered")
    ACCEPTED = "accepted", _("Answer accepted")
    WITHDRAWN = "withdrawn", _("Query withdrawn")


class VerificationMethod(Listed):
    """How an answer was found out, from the maintained list."""

    class Meta(Listed.Meta):
        verbose_name = _("method of verification")


class QueryFault(Listed):
    """Why an answer is not accepted, from the maintained list."""

    class Meta(Listed.Meta):
        verbose_name = _("fault of an answer")


class QueryTemplate(Listed):
    """Questions that are often asked together."""

    kind = models.TextField(choices=QueryKind.choices)

    class Meta(Listed.Meta):
        verbose_name = _("template of queries")


class TemplateQuestion(models.Model):
    """A question of a template; without one, a question that every query about certain events asks.

    `of_models` is how the codes of those models begin: "A" of a class, "A10" of one; empty: of all.
    """

    template = models.ForeignKey(QueryTemplate, models.PROTECT, null=True, related_name="questions")
    of_models = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField()
    text_zh = models.TextField()
    text_en = models.TextField()
    required = models.BooleanField(default=True)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("question of a template")

    def __str__(self) -> str:
        return self.text_zh

    @property
    def asked(self) -> dict[str, Any]:
        """As a query keeps it: a later change of the template changes no query."""
        return {"zh": self.text_zh, "en": self.text_en, "required": self.required}


class Query(models.Model):
    """One query about an event, addressed to a unit: whoever answers there owes the answer."""

    event = models.ForeignKey(QuasiEvent, models.PROTECT, related_name="queries")
    event_id: uuid.UUID
    number = models.PositiveSmallIntegerField()
    kind = models.TextField(choices=QueryKind.choices)
    state = models.TextField(choices=QueryState.choices, default=QueryState.ASKED)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_constraint=False)
    unit_id: str
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_by_id: int
    asked_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_note = models.TextField(blank=True)

    rounds: RelatedManager[QueryRound]

    class Meta:
        verbose_name = _("query")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "number"], name="one_query_a_number")
        ]
        indexes: ClassVar = [models.Index(fields=["unit"], name="query_owed", condition=Q(state="asked"))]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class QueryRound(models.Model):
    """What was asked and answered. A re-query is another round, with why the last answer would not do.

    `questions` are `{"zh", "en", "required"}`, `answers` texts in their order; `words` what else was asked.
    """

    query = models.ForeignKey(Query, models.PROTECT, related_name="rounds")
    query_id: int
    number = models.PositiveSmallIntegerField()
    questions = models.JSONField(default=list)
    words = models.TextField(blank=True)
    fault = models.ForeignKey(QueryFault, models.PROTECT, null=True)
    fault_id: str | None
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_by_id: int | None
    answered_at = models.DateTimeField(null=True)
    method = models.ForeignKey(VerificationMethod, models.PROTECT, null=True)
    method_id: str | None
    findings = models.TextField(blank=True)
    answers = models.JSONField(default=list)

    class Meta:
        verbose_name = _("round of a query")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["query", "number"], name="one_round_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    def texts(self) -> list[Text]:
        """The questions in both languages."""
        return [Text(one["zh"], one["en"]) for one in self.questions]
