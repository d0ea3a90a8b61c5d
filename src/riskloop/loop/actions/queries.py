"""查询书: asked, forwarded, answered, asked again with the fault named, accepted, withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.loop.actions.attachments import attach
from riskloop.loop.actions.base import Action
from riskloop.loop.attachments.files import Incoming
from riskloop.loop.models import (
    Purpose,
    QuasiEvent,
    Query,
    QueryFault,
    QueryKind,
    QueryRound,
    QueryState,
    QueryTemplate,
    TemplateQuestion,
    VerificationMethod,
)
from riskloop.loop.notices import tell_asked, tell_query_answered, tell_query_withdrawn
from riskloop.loop.queries.addressing import addressees, below, copied_to
from riskloop.organisation.action import do, require
from riskloop.organisation.functions import ANSWER, ASK
from riskloop.organisation.models import Unit, User
from riskloop.organisation.recusal import Task
from riskloop.organisation.scope import may


def require_no_open_query(event: QuasiEvent) -> None:
    """Refuses to conclude an event while somebody still owes an answer about it."""
    require(
        not event.queries.filter(state=QueryState.ASKED).exists(),
        "open_query",
        _("A query about this event is not answered yet: wait for the answer, or withdraw the query."),
    )


def questions_for(event: QuasiEvent, kind: str, template: QueryTemplate | None) -> list[dict[str, Any]]:
    """The questions of the template, and those that every query about events of this model asks."""
    asked = Q(template=template) if template else Q(pk__in=[])
    if kind == str(QueryKind.QUERY):
        asked |= Q(template=None)
    found = TemplateQuestion.objects.filter(asked, retired_on=None).order_by("template", "position", "pk")
    return [one.asked for one in found if event.model.startswith(one.of_models)]


@dataclass
class Ask(Action):
    """发查询书: the monitor asks whoever can find out. He does not go to the outlet outside the system."""

    kind: str = QueryKind.QUERY
    template: str = ""
    words: str = ""
    unit: Unit | None = None
    """To whom; None: to the right one."""
    query: Query = field(init=False)
    name = "ask"
    function = ASK
    by_assignee = True

    def __post_init__(self) -> None:
        self.query = Query(event=self.event, kind=self.kind)

    @property
    def touched(self) -> Query:
        return self.query

    @property
    def reason(self) -> str:
        return self.words

    def check_given(self) -> None:
        require(self.kind in QueryKind.values, "kind", _("Choose what kind of query it is."))
        template = self._template()
        known = not self.template or (template is not None and template.kind == self.kind)
        require(known, "template", _("Choose a template of this kind of query."))
        asked = template is not None or bool(self.words.strip())
        require(asked, "words", _("Say what you want to know, or choose a template."))
        possible = addressees(self.event, self.kind)
        require(bool(possible), "nobody", _("Nobody answers queries for this unit."))
        require(
            self.unit is None or self.unit in possible,
            "unit",
            _("An event of this grade is verified at another level; choose one of the units offered."),
        )

    def _template(self) -> QueryTemplate | None:
        return QueryTemplate.objects.filter(pk=self.template, retired_on=None).first()

    def execute(self) -> None:
        number = self.event.queries.aggregate(last=Max("number"))["last"] or 0
        query = self.query
        query.number = number + 1
        query.unit = self.unit or addressees(self.event, self.kind)[0]
        query.asked_by, query.asked_at = self.user, timezone.now()
        query.save()
        questions = questions_for(self.event, self.kind, self._template())
        _send(query, 1, self.user, questions, self.words)
        tell_asked(query, self.user, copied_to(self.event, query.unit))


def _send(
    query: Query, number: int, by: User, questions: list[dict[str, Any]], words: str, fault: str | None = None
) -> None:
    query.rounds.create(
        number=number,
        sent_by=by,
        sent_at=timezone.now(),
        questions=questions,
        words=words.strip(),
        fault_id=fault,
    )


@dataclass
class OnQuery(Action):
    """An action on one query of the event."""

    query: Query

    @property
    def touched(self) -> Query:
        return self.query

    @property
    def beside(self) -> dict[str, Any]:
        return {"number": self.query.number, "kind": self.query.kind}

    def lock(self) -> None:
        super().lock()
        self.query.refresh_from_db()

    def require_state(self, *states: str) -> None:
        """Refuses what the query, as it stands, is not ready for."""
        told = {
            QueryState.ASKED: _("The query is not answered yet."),
            QueryState.ANSWERED: _("The query was answered already."),
            QueryState.ACCEPTED: _("The answer was accepted already; the query is closed."),
            QueryState.WITHDRAWN: _("The query was withdrawn; no answer is needed any more."),
        }
        require(self.query.state in states, "query_state", told[QueryState(self.query.state)])


class ByAsker(OnQuery):
    """What the person who has the event does to its queries."""

    function = ASK
    by_assignee = True


class ByAnswerer(OnQuery):
    """What whoever owes the answer does to the query."""

    function = ANSWER
    task = Task.ANSWER
    on_withdrawn = True

    def check_person(self) -> None:
        super().check_person()
        reaches = may(self.user, ANSWER, self.query.unit_id)
        require(reaches, "role", _("This query was sent to another unit than yours."), who=True)
        asked = self.query.asked_by_id == self.user.pk
        require(not asked, "same_person", _("Who asked does not answer."), who=True)

    def check_event(self) -> None:
        self.require_state(QueryState.ASKED)
        super().check_event()


@dataclass
class Answer(ByAnswerer):
    """答复查询书: what was found out, how, and an answer to every question that must have one."""

    findings: str = ""
    method: str = ""
    answers: Sequence[str] = ()
    name = "answer"

    @property
    def reason(self) -> str:
        return self.findings

    def check_given(self) -> None:
        current = current_round(self.query)
        given = [*self.answers, *[""] * (len(current.questions) - len(self.answers))]
        missing = [
            str(n)
            for n, (one, answer) in enumerate(zip(current.questions, given, strict=False), start=1)
            if one["required"] and not answer.strip()
        ]
        unanswered = _("Questions without an answer: %(numbers)s.") % {"numbers": ", ".join(missing)}
        require(not missing, "answers", unanswered)
        require(bool(self.findings.strip()), "findings", _("Say what you found."))
        known = VerificationMethod.objects.filter(pk=self.method, retired_on=None).exists()
        require(known, "method", _("Choose how you found it out."))

    def execute(self) -> None:
        current = current_round(self.query)
        current.answered_by, current.answered_at = self.user, timezone.now()
        current.findings, current.method_id = self.findings.strip(), self.method
        current.answers = [answer.strip() for answer in self.answers][: len(current.questions)]
        current.save()
        self.query.state = QueryState.ANSWERED
        self.query.save(update_fields=["state"])
        tell_query_answered(self.query, self.user)


def current_round(query: Query) -> QueryRound:
    """The round that waits for an answer, or had the last one."""
    return query.rounds.latest("number")


@dataclass
class Forward(ByAnswerer):
    """转办: whoever was asked lets a unit below answer."""

    to: Unit | None = None
    words: str = ""
    name = "forward"

    @property
    def reason(self) -> str:
        return self.words

    def check_given(self) -> None:
        require(self.to in below(self.query), "to", _("Choose a unit below, in which somebody answers."))
        require(bool(self.words.strip()), "words", _("Say what the unit is to find out."))

    def execute(self) -> None:
        assert self.to is not None  # noqa: S101 — checked
        self.query.unit = self.to
        self.query.save(update_fields=["unit"])
        tell_asked(self.query, self.user)


@dataclass
class AskAgain(ByAsker):
    """再查: the answer will not do. Its fault is named, and the same questions are asked once more."""

    fault: str = ""
    words: str = ""
    name = "ask_again"

    @property
    def reason(self) -> str:
        return self.words

    @property
    def beside(self) -> dict[str, Any]:
        return super().beside | {"fault_id": self.fault}

    def check_event(self) -> None:
        self.require_state(QueryState.ANSWERED)
        super().check_event()

    def check_given(self) -> None:
        known = QueryFault.objects.filter(pk=self.fault, retired_on=None).exists()
        require(known, "fault", _("Choose what is wrong with the answer."))
        require(bool(self.words.strip()), "words", _("Say what is missing."))

    def execute(self) -> None:
        last = current_round(self.query)
        _send(self.query, last.number + 1, self.user, last.questions, self.words, self.fault)
        self.query.state = QueryState.ASKED
        self.query.save(update_fields=["state"])
        tell_asked(self.query, self.user)


class AcceptAnswer(ByAsker):
    """The answer will do; the query is closed."""

    name = "accept_answer"

    def check_event(self) -> None:
        self.require_state(QueryState.ANSWERED)
        super().check_event()

    def execute(self) -> None:
        _end(self.query, QueryState.ACCEPTED, self.user)


@dataclass
class WithdrawQuery(ByAsker):
    """The answer is needed no more."""

    why: str = ""
    name = "withdraw_query"
    on_withdrawn = True

    @property
    def reason(self) -> str:
        return self.why

    def check_event(self) -> None:
        self.require_state(QueryState.ASKED)
        super().check_event()

    def check_given(self) -> None:
        require(bool(self.why.strip()), "why", _("Say why you withdraw the query."))

    def execute(self) -> None:
        _end(self.query, QueryState.WITHDRAWN, self.user, self.why)
        tell_query_withdrawn(self.query, self.user)


def _end(query: Query, state: QueryState, by: User, note: str = "") -> None:
    query.state, query.end_note = state, note.strip()
    query.ended_by, query.ended_at = by, timezone.now()
    query.save()


def ask(
    event: QuasiEvent,
    user: User,
    template: str = "",
    words: str = "",
    kind: str = QueryKind.QUERY,
    unit: Unit | None = None,
) -> Query:
    return do(Ask(event, user, kind, template, words, unit)).query


def answer(
    query: Query,
    user: User,
    findings: str,
    method: str,
    answers: Sequence[str] = (),
    incoming: Sequence[Incoming] = (),
) -> None:
    """Answers a query, with the files that belong to the answer: all of it, or nothing.

    Raises:
        Refused: the reason, which names the file where it is one.
    """
    with transaction.atomic():
        do(Answer(query.event, user, query, findings, method, answers))
        if incoming:
            about = _("Answer to query %(number)d") % {"number": query.number}
            attach(query.event, user, incoming, Purpose.QUERY_ROUND, str(current_round(query).pk), about)


def forward(query: Query, user: User, to: Unit | None, words: str) -> None:
    do(Forward(query.event, user, query, to, words))


def ask_again(query: Query, user: User, fault: str, words: str) -> None:
    do(AskAgain(query.event, user, query, fault, words))


def accept_answer(query: Query, user: User) -> None:
    do(AcceptAnswer(query.event, user, query))


def withdraw_query(query: Query, user: User, why: str) -> None:
    do(WithdrawQuery(query.event, user, query, why))
