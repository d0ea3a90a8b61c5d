"""The loop as the API tells it: the forms of its answers, filled by what the pages call too."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from ninja import Schema

from riskloop.loop.deadlines import Clock, clock
from riskloop.loop.detail import (
    MeasureLine,
    ObjectionLine,
    Possible,
    Stated,
    determinations_of,
    evidence_of,
    measures_of,
    objections_of,
    possible_actions,
    possible_unmasking,
)
from riskloop.loop.findings import EvidenceTable, Value, compared_values, evidence_tables, values_in_force
from riskloop.loop.history import timeline
from riskloop.loop.models import Continuation, Measure, QuasiEvent
from riskloop.loop.personal import subject_shown, trace_look
from riskloop.loop.repeats import Repeat, repeats_of
from riskloop.loop.visibility import bundle_of
from riskloop.organisation.masking import masked_subject
from riskloop.organisation.models import User
from riskloop.organisation.operations import Label, PersonRef, exact, label, person_ref
from riskloop.organisation.telling import Line


class EventLine(Schema):
    """An event as the queue lists it. Amounts are CNY.

    `due_on` is the day by which it is to be taken on, null once it is concluded; `due` is `""`, `warning` or
    `overdue`.
    """

    id: uuid.UUID
    model: str
    subject_kind: str
    subject_id: str
    booked_on: dt.date
    last_on: dt.date
    unit_id: str | None
    unit_name: str
    amount: str | None
    count: int
    grade: str
    state: str
    outcome: str
    score: str | None
    assignee: PersonRef | None
    withdrawn_on: dt.datetime | None
    bundle: uuid.UUID | None
    due_on: dt.date | None
    due: str


class NamedValue(Schema):
    """A value that was compared, or a parameter, with its unit of measure."""

    name: Label
    value: Any
    unit: str


class Evidence(Schema):
    """Rows of one table behind the event, personal data masked; of the journal `total` may be more."""

    table: str
    total: int
    rows: list[dict[str, Any]]


class Later(Schema):
    """A later hit on a situation that goes on."""

    booked_on: dt.date
    amount: str | None
    count: int
    withdrawn_on: dt.datetime | None


class Change(Schema):
    """One field that a line of the history changed."""

    field: str
    before: str
    after: str


class Happened(Schema):
    """One line of the event's history, in the reader's language."""

    at: dt.datetime
    who: str
    role: str
    what: str
    words: str
    changes: list[Change]


class Allowed(Schema):
    """Whether one may begin an action now, and if not, why."""

    allowed: bool
    reason: str


class MeasureOut(Schema):
    """A measure. `state` is `open`, `done` (to be verified), `verified` or `lapsed`."""

    id: int
    kind: str
    description: str
    owner: PersonRef | None
    due_on: dt.date
    state: str
    done_by: PersonRef | None
    done_at: dt.datetime | None
    done_note: str
    verified_by: PersonRef | None
    verified_at: dt.datetime | None
    sent_back_by: PersonRef | None
    sent_back_at: dt.datetime | None
    sent_back_note: str
    lapsed_at: dt.datetime | None
    actions: dict[str, Allowed]


class ObjectionOut(Schema):
    """An appeal or request to reopen (`kind`: `appeal`, `reopening`).

    `state` is `open`, `withdrawn`, `rejected` or `upheld`; `due_on` while an appeal is undecided.
    """

    id: int
    kind: str
    state: str
    words: str
    made_by: PersonRef | None
    made_at: dt.datetime
    due_on: dt.date | None
    due: str
    decided_by: PersonRef | None
    decided_at: dt.datetime | None
    decision_note: str
    actions: dict[str, Allowed]


class RepeatOut(Schema):
    """An earlier event that this one repeats, with the staff ids of those who answer for both."""

    event_id: uuid.UUID
    booked_on: dt.date
    people: list[str]
    same_unit: bool


class ResponsibleOut(Schema):
    """Somebody who answers for the event; `level` is a code of `/liability_levels`."""

    staff_id: str
    name: str
    level: str


class DeterminationOut(Schema):
    """A determination. `standing` is `proposed`, `in_force`, `sent_back` or `annulled`; amounts are CNY."""

    standing: str
    outcome: str
    event_type: str | None
    driver: str
    other_drivers: list[str]
    controllable: bool
    grade: str
    score: str
    responsible: list[ResponsibleOut]
    loss: str
    recovered: str
    near_miss: str
    note: str
    proposed_by: PersonRef
    proposed_at: dt.datetime
    decided_by: PersonRef | None
    decided_at: dt.datetime | None
    decision_note: str


class EventDetail(EventLine):
    """All that the page of an event shows."""

    model_version: int
    parameter_version: str
    found_at: dt.datetime
    snoozed_until: dt.date | None
    suspicion: str | None
    suspicion_note: str
    driver: str | None
    controllable: bool | None
    exclusion_reason: str | None
    conclusion_note: str
    concluded_by: PersonRef | None
    concluded_at: dt.datetime | None
    closed_by: PersonRef | None
    closed_at: dt.datetime | None
    compared: list[NamedValue]
    parameters: list[NamedValue]
    evidence: list[Evidence]
    bundle_events: list[EventLine]
    continuations: list[Later]
    determinations: list[DeterminationOut]
    measures: list[MeasureOut]
    objections: list[ObjectionOut]
    repeats: list[RepeatOut]
    actions: dict[str, Allowed]
    timeline: list[Happened]


def line_of(event: QuasiEvent, here: Clock) -> EventLine:
    return EventLine(**_line(event, here))


def detail_of(event: QuasiEvent, user: User) -> EventDetail:
    """The event as its page shows it to the person, who is written down to have seen it."""
    trace_look(event, user)
    here = clock()
    together = bundle_of(event, user).select_related("unit", "assignee")
    return EventDetail(
        **(_line(event, here) | {"subject_id": subject_shown(event, user)}),
        **_conclusion(event),
        model_version=event.model_version,
        parameter_version=event.parameter_version,
        found_at=event.found_at,
        compared=[_value(v) for v in compared_values(event, user)],
        parameters=[_value(v) for v in values_in_force(event)],
        evidence=[_evidence(t) for t in evidence_tables(event, evidence_of(event, user))],
        bundle_events=[line_of(other, here) for other in together],
        continuations=[_later(c) for c in event.continuations.order_by("booked_on")],
        determinations=[_determination(d) for d in determinations_of(event)],
        measures=[_measure(m) for m in measures_of(event, user)],
        objections=[_objection(o) for o in objections_of(event, user)],
        repeats=[_repeat(r) for r in repeats_of(event, user)],
        actions={name: _allowed(p) for name, p in possible_actions(event, user).items()}
        | {"unmask": _allowed(possible_unmasking(event, user))},
        timeline=[_happened(m) for m in timeline(event)],
    )


def _line(event: QuasiEvent, here: Clock) -> dict[str, Any]:
    due = here.of(event)
    return {
        "id": event.pk,
        "model": event.model,
        "subject_kind": event.subject_kind,
        "subject_id": masked_subject(event.subject_kind, event.subject_id),
        "booked_on": event.booked_on,
        "last_on": event.last_on,
        "unit_id": event.unit_id,
        "unit_name": event.unit.name if event.unit else "",
        "amount": exact(event.amount),
        "count": event.count,
        "grade": event.grade,
        "state": event.state,
        "outcome": event.outcome,
        "score": exact(event.score),
        "assignee": person_ref(event.assignee),
        "withdrawn_on": event.withdrawn_on,
        "bundle": event.bundle,
        "due_on": None if due is None else due.on,
        "due": "" if due is None else due.mark,
    }


def _conclusion(event: QuasiEvent) -> dict[str, Any]:
    return {
        "snoozed_until": event.snoozed_until if event.snoozed else None,
        "suspicion": event.suspicion_id,
        "suspicion_note": event.suspicion_note,
        "driver": event.driver.code if event.driver else None,
        "controllable": event.controllable,
        "exclusion_reason": event.exclusion_reason_id,
        "conclusion_note": event.conclusion_note,
        "concluded_by": person_ref(event.concluded_by),
        "concluded_at": event.concluded_at,
        "closed_by": person_ref(event.closed_by),
        "closed_at": event.closed_at,
    }


def _value(value: Value) -> NamedValue:
    return NamedValue(name=label(value.label), value=value.value, unit=value.unit)


def _evidence(table: EvidenceTable) -> Evidence:
    return Evidence(table=table.name, total=table.total, rows=[dict(row) for row in table.rows])


def _later(hit: Continuation) -> Later:
    return Later(
        booked_on=hit.booked_on, amount=exact(hit.amount), count=hit.count, withdrawn_on=hit.withdrawn_on
    )


def _happened(line: Line) -> Happened:
    return Happened(
        at=line.at,
        who=line.who,
        role=line.role,
        what=line.what,
        words=line.words,
        changes=[Change(field=c.field, before=c.before, after=c.after) for c in line.changes],
    )


def _allowed(possible: Possible) -> Allowed:
    return Allowed(allowed=possible.allowed, reason=possible.reason)


def _measure(line: MeasureLine) -> MeasureOut:
    measure: Measure = line.measure
    return MeasureOut(
        id=measure.pk,
        kind=measure.kind_id,
        description=measure.description,
        owner=person_ref(measure.owner),
        due_on=measure.due_on,
        state=measure.state,
        done_by=person_ref(measure.done_by),
        done_at=measure.done_at,
        done_note=measure.done_note,
        verified_by=person_ref(measure.verified_by),
        verified_at=measure.verified_at,
        sent_back_by=person_ref(measure.sent_back_by),
        sent_back_at=measure.sent_back_at,
        sent_back_note=measure.sent_back_note,
        lapsed_at=measure.lapsed_at,
        actions={name: _allowed(may) for name, may in line.possible.items()},
    )


def _objection(line: ObjectionLine) -> ObjectionOut:
    one = line.objection
    return ObjectionOut(
        id=one.pk,
        kind=one.kind,
        state=one.state,
        words=one.words,
        made_by=person_ref(one.made_by),
        made_at=one.made_at,
        due_on=line.due.on if line.due else None,
        due=line.due.mark if line.due else "",
        decided_by=person_ref(one.decided_by),
        decided_at=one.decided_at,
        decision_note=one.decision_note,
        actions={name: _allowed(may) for name, may in line.possible.items()},
    )


def _repeat(one: Repeat) -> RepeatOut:
    return RepeatOut(
        event_id=one.event.pk,
        booked_on=one.event.booked_on,
        people=list(one.people),
        same_unit=one.same_unit,
    )


def _determination(line: Stated) -> DeterminationOut:
    one = line.determination
    return DeterminationOut(
        standing=one.standing,
        outcome=one.outcome,
        event_type=one.event_type_id,
        driver=one.driver.code,
        other_drivers=[driver.code for driver in one.other_drivers.all()],
        controllable=one.controllable,
        grade=one.grade,
        score=f"{one.score:f}",
        responsible=[
            ResponsibleOut(staff_id=person.staff_id, name=person.name, level=person.level.pk)
            for person in line.people
        ],
        loss=f"{one.loss:f}",
        recovered=f"{one.recovered:f}",
        near_miss=f"{one.near_miss:f}",
        note=one.note,
        proposed_by=PersonRef(id=one.proposed_by.pk, name=str(one.proposed_by)),
        proposed_at=one.proposed_at,
        decided_by=person_ref(one.decided_by),
        decided_at=one.decided_at,
        decision_note=one.decision_note,
    )
