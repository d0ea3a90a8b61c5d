"""What the page of one event shows, beyond the event itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F
from django.utils import timezone

from riskloop.loop import actions
from riskloop.loop.deadlines import Clock, Due, clock
from riskloop.loop.models import (
    Determination,
    LiabilityLevel,
    Measure,
    Objection,
    ObjectionKind,
    ObjectionState,
    QuasiEvent,
    Responsible,
    Step,
)
from riskloop.loop.personal import asking, clear_for
from riskloop.organisation.masking import masked_row
from riskloop.organisation.models import Staff, User
from riskloop.organisation.unmasking import SHORTEST_REASON


@dataclass(frozen=True)
class Possible:
    """Whether the reader may do an action now, and if not, why."""

    allowed: bool
    reason: str = ""


@dataclass(frozen=True)
class MeasureLine:
    """A measure with what the reader may do to it, by the name of the action."""

    measure: Measure
    possible: Mapping[str, Possible]


@dataclass(frozen=True)
class ObjectionLine:
    """An appeal or request to reopen with what the reader may do; `due` while an appeal is undecided."""

    objection: Objection
    due: Due | None
    possible: Mapping[str, Possible]

    @property
    def why_not(self) -> str:
        """To whom nothing is possible: why he does not decide, which is the last of the actions."""
        answers = list(self.possible.values())
        return "" if not answers or any(one.allowed for one in answers) else answers[-1].reason


@dataclass(frozen=True)
class Answering:
    """Somebody who answers for an event, with his level of responsibility."""

    staff_id: str
    name: str
    level: LiabilityLevel


@dataclass(frozen=True)
class Stated:
    """A determination with the people it names."""

    determination: Determination
    people: Sequence[Answering]


ON_EVENT: Sequence[type[actions.Action]] = (
    actions.Take,
    actions.Assign,
    actions.Exclude,
    actions.PassOn,
    actions.HandOver,
    actions.HandBack,
    actions.Ask,
    actions.Snooze,
    actions.Wake,
    actions.Determine,
    actions.Approve,
    actions.SendBack,
    actions.SetMeasure,
    actions.Close,
    actions.Appeal,
    actions.AskReopening,
    actions.ReportException,
    actions.Urge,
)
ON_EXCEPTION = (actions.AcknowledgeException, actions.ReportToRegulator)
ON_QUERY = (actions.AcceptAnswer, actions.AskAgain, actions.WithdrawQuery, actions.Forward)
ON_MEASURE = (actions.SetOwner, actions.ReportDone, actions.Verify, actions.SendMeasureBack)
ON_OBJECTION = (
    actions.WithdrawAppeal,
    actions.RejectAppeal,
    actions.UpholdAppeal,
    actions.RefuseReopening,
    actions.Reopen,
)


def evidence_of(event: QuasiEvent, reader: User) -> dict[str, list[dict[str, Any]]]:
    """The canonical rows behind the event by table: masked, unless the reader sees this event in clear."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for kept in event.evidence_rows.order_by(
        "table", F("continuation__booked_on").asc(nulls_first=True), "position"
    ):
        rows = tables.setdefault(kept.table, [])
        # A continuation brings the same account again.
        if kept.row not in rows:
            rows.append(kept.row)
    if clear_for(event, reader) is not None:
        return tables
    return {table: [masked_row(table, row) for row in rows] for table, rows in tables.items()}


def parts_there(event: QuasiEvent) -> frozenset[str]:
    """Which kinds of things hang on the event at all, by the name of the relation; most have few of them."""
    kinds = ("measures", "objections", "exception_reports", "samples", "queries", "determinations")
    asked = {f"has_{kind}": Exists(getattr(event, kind).order_by()) for kind in kinds}
    found = QuasiEvent.objects.filter(pk=event.pk).values(**asked).get()
    return frozenset(kind for kind in kinds if found[f"has_{kind}"])


def possible_actions(event: QuasiEvent, user: User) -> Mapping[str, Possible]:
    """For each action on the event, whether the reader may begin it."""
    return {kind.name: possible(kind(event, user)) for kind in ON_EVENT}


def measures_of(event: QuasiEvent, user: User) -> list[MeasureLine]:
    """The event's measures in the order of their due dates, with what the reader may do."""
    measures = event.measures.select_related("kind", "owner", "done_by", "verified_by", "sent_back_by")
    return [
        MeasureLine(m, {kind.name: possible(kind(event, user, m)) for kind in ON_MEASURE})
        for m in measures.order_by("due_on", "id")
    ]


def objections_of(event: QuasiEvent, user: User) -> list[ObjectionLine]:
    """What was said against the event's conclusions, the newest first, with what the reader may do."""
    found = event.objections.select_related("made_by", "decided_by").order_by("-made_at")
    here = clock() if found else None
    return [_objection(one, event, user, here) for one in found]


def _objection(one: Objection, event: QuasiEvent, user: User, here: Clock | None) -> ObjectionLine:
    if one.state != ObjectionState.OPEN or here is None:
        return ObjectionLine(one, None, {})
    can = {kind.name: possible(kind(event, user, one)) for kind in ON_OBJECTION if kind.kind == one.kind}
    made = timezone.localdate(one.made_at)
    due = here.due(Step.DECIDE_APPEAL, event.grade, made) if one.kind == ObjectionKind.APPEAL else None
    return ObjectionLine(one, due, can)


def determinations_of(event: QuasiEvent) -> list[Stated]:
    """The event's determinations, the newest first, each with the people it names."""
    found = (
        event.determinations.select_related("driver", "event_type", "proposed_by", "decided_by")
        .prefetch_related("other_drivers", "responsible__level")
        .order_by("-proposed_at")
    )
    stated = list(found)
    ids = {person.staff_id for one in stated for person in one.responsible.all()}
    names = dict(Staff.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [Stated(one, [_answering(person, names) for person in one.responsible.all()]) for one in stated]


def _answering(person: Responsible, names: Mapping[str, str]) -> Answering:
    return Answering(person.staff_id, names.get(person.staff_id, ""), person.level)


def possible_unmasking(event: QuasiEvent, user: User) -> Possible:
    """Whether the reader may ask for the event's personal data in clear; why he does, he is still to say."""
    return _answer(asking(event, user, "…" * SHORTEST_REASON).check)


def possible(action: actions.Action) -> Possible:
    """Whether the action may be begun: what is filled in is judged when it is sent."""

    def begin() -> None:
        action.check_person()
        action.check_event()

    return _answer(begin)


def _answer(check: Callable[[], None]) -> Possible:
    try:
        check()
    except actions.Refused as refused:
        return Possible(False, str(refused))
    return Possible(True)
