"""How queries are read: on the page of their event, by whoever owes the answer, and by the API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from riskloop.bank.text import Text
from riskloop.loop.deadlines import Clock, Due, clock
from riskloop.loop.detail import ON_QUERY, Possible, possible
from riskloop.loop.forms import EventForm
from riskloop.loop.history import EVENT
from riskloop.loop.models import QuasiEvent, Query, QueryRound, QueryState, Step
from riskloop.loop.offers import Offer, offers_on
from riskloop.organisation.models import History, User


@dataclass(frozen=True)
class RoundLine:
    """One round: each question with the answer given to it, "" while there is none."""

    round: QueryRound
    questions: Sequence[tuple[Text, str]]


@dataclass(frozen=True)
class QueryLine:
    """A query as it stands; `due` only while somebody owes the answer."""

    query: Query
    rounds: Sequence[RoundLine]
    due: Due | None
    possible: Mapping[str, Possible]
    offers: Mapping[str, Offer]


def whole(queries: QuerySet[Query]) -> QuerySet[Query]:
    """With everything that telling of them takes, in few questions."""
    return queries.select_related("unit", "asked_by", "ended_by").prefetch_related(
        "rounds__fault", "rounds__method", "rounds__sent_by", "rounds__answered_by"
    )


def query_lines(event: QuasiEvent, reader: User, given: EventForm | None = None) -> list[QueryLine]:
    """The event's queries in their order, with what the reader may do to each."""
    found = list(whole(event.queries.order_by("number")))
    here = clock() if found else None
    return [_line(query, event, reader, given, here) for query in found]


def _line(
    query: Query, event: QuasiEvent, reader: User, given: EventForm | None, here: Clock | None
) -> QueryLine:
    # Where a query stands says which actions are of any use there.
    useful = {
        QueryState.ASKED: {"withdraw_query", "forward"},
        QueryState.ANSWERED: {"accept_answer", "ask_again"},
    }.get(QueryState(query.state), set[str]())
    can = {kind.name: possible(kind(event, reader, query)) for kind in ON_QUERY if kind.name in useful}
    return QueryLine(
        query,
        rounds_of(query),
        due_of(query, here) if here else None,
        can,
        offers_on("query", query, can, event, reader, given),
    )


def rounds_of(query: Query) -> list[RoundLine]:
    """The rounds in their order."""
    return [_round(one) for one in sorted(query.rounds.all(), key=lambda one: one.number)]


def forwards_of(query: Query) -> QuerySet[History]:
    """Who let a unit below answer, and what he said of it."""
    lines = History.objects.filter(object_type=EVENT, object_id=str(query.event_id), action="forward")
    return lines.filter(after__number=query.number).select_related("actor").order_by("pk")


def _round(one: QueryRound) -> RoundLine:
    answers = [*one.answers, *[""] * (len(one.questions) - len(one.answers))]
    return RoundLine(one, list(zip(one.texts(), answers, strict=True)))


def due_of(query: Query, here: Clock) -> Due | None:
    """When the answer is due: a re-query has a limit of its own. None once nobody owes it."""
    if query.state != QueryState.ASKED:
        return None
    last = max(query.rounds.all(), key=lambda one: one.number)
    step = Step.ANSWER if last.number == 1 else Step.ANSWER_AGAIN
    return here.due(step, query.event.grade, timezone.localdate(last.sent_at))


@dataclass(frozen=True)
class Owed:
    """A line of the list of what is owed."""

    query: Query
    due: Due
    round: int
    sent_at: dt.datetime


def owed_lines(queries: Iterable[Query], here: Clock | None = None) -> list[Owed]:
    """What is owed, the soonest due first."""
    here = here or clock()
    lines: list[Owed] = []
    for query in queries:
        due = due_of(query, here)
        if due is not None:
            last = max(query.rounds.all(), key=lambda one: one.number)
            lines.append(Owed(query, due, last.number, last.sent_at))
    return sorted(lines, key=lambda line: (line.due.on, line.query.asked_at, line.query.pk))
