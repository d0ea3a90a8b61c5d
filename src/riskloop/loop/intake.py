"""Hits of itemised models become quasi-events, by identity; those of statistical ones are counted.

Running again duplicates nothing and touches nothing that people did. What the machine found is refreshed
only while an event is new; a hit that new data no longer supports is marked withdrawn, never deleted, and
comes back when it is found again. A hit on a situation that goes on extends the event that is open.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.detection.sinks import Evidence
from riskloop.loop import history
from riskloop.loop.actions import require
from riskloop.loop.announcing import announce_opened
from riskloop.loop.assignment.giving import after_a_run
from riskloop.loop.bundles import bundle_day
from riskloop.loop.grades import grade_of_model
from riskloop.loop.models import Continuation, EvidenceRow, QuasiEvent, State
from riskloop.loop.states import OPEN
from riskloop.loop.statistics import record_statistics
from riskloop.models.api import Model, Parameters
from riskloop.models.hits import event_id, plain_values
from riskloop.organisation.functions import DISCRIMINATE
from riskloop.organisation.models import History, User
from riskloop.organisation.scope import acting_role

_BATCH = 1000
_IDS = ("entry_ids", "teller_ids", "authoriser_ids", "account_ids", "customer_ids")
_FACTS = (
    "model_version",
    "parameter_version",
    "parameters",
    "unit_id",
    "amount",
    "count",
    *_IDS,
    "evidence",
)
"""What the machine found, as against what people did."""
_CONTINUED = ("parameter_version", "amount", "count", *_IDS, "evidence")

TakeVolumes = Callable[[dt.date, Sequence[Mapping[str, Any]]], None]


class LoopSink:
    """Takes hits into the loop and hands volumes on.

    Args:
        take_volumes: exposure stands a floor above, so whoever runs detection passes it in.
    """

    def __init__(self, take_volumes: TakeVolumes) -> None:
        self._take_volumes = take_volumes

    def take_volumes(self, day: dt.date, rows: Sequence[Mapping[str, Any]]) -> None:
        """The day's online volume, handed on."""
        self._take_volumes(day, rows)

    def finish_day(self, day: dt.date) -> None:
        """All models have run on the day: what belongs together is joined and graded, then given out."""
        bundle_day(day)
        after_a_run()

    @transaction.atomic
    def take(
        self,
        day: dt.date,
        model: Model[Any],
        values: Mapping[str, Parameters],
        hits: pa.Table,
        evidence: Mapping[str, Evidence],
    ) -> None:
        """All hits of one model on one day; those that were there and are no more are withdrawn."""
        if model.handling == "statistical":
            record_statistics(day, model.code, hits.to_pylist())
        grade = grade_of_model(model.code, day)
        events = (_event(model, values[row["parameter_version"]], row, grade) for row in hits.to_pylist())
        found = {e.pk: e for e in events}
        there = {
            e.pk: e for e in QuasiEvent.objects.select_for_update().filter(model=model.code, booked_on=day)
        }
        # Of a statistical model's hits only those are events that a person has opened as one.
        itemised = model.handling == "itemised"
        strange = [event for pk, event in found.items() if pk not in there and itemised]
        extended = {version: model.days_extended(parameters) for version, parameters in values.items()}
        new = _extend(model, extended, day, strange, evidence)
        lines = [history.line("found", event, after={"state": event.state}) for event in new]
        QuasiEvent.objects.bulk_create(new, batch_size=_BATCH)
        fresh = new[:]
        changed: list[QuasiEvent] = []
        for pk, event in there.items():
            if pk not in found and event.continuations.filter(withdrawn_on=None).exists():
                # The situation goes on, and its event with it.
                continue
            line = _reconcile(event, found.get(pk))
            if line is None:
                continue
            lines.append(line)
            changed.append(event)
            if line.action == "refreshed":
                fresh.append(event)
        QuasiEvent.objects.bulk_update(changed, [*_FACTS, "withdrawn_on"], batch_size=_BATCH)
        _keep_evidence(fresh, evidence)
        announce_opened(new)
        history.record(lines)


def _extend(
    model: Model[Any],
    days: Mapping[str, int],
    day: dt.date,
    found: Sequence[QuasiEvent],
    evidence: Mapping[str, Evidence],
) -> list[QuasiEvent]:
    """Hangs hits on the events that they continue; returns those that open events of their own.

    Args:
        days: by version of the values, within how many days of its last hit an open event is extended.
        found: hits of the day, as the events that they would be.
    """
    there = {
        c.event.subject_id: c
        for c in Continuation.objects.filter(event__model=model.code, booked_on=day).select_related("event")
    }
    going_on = _going_on(model, days, day, [e for e in found if e.subject_id not in there])
    opened: list[QuasiEvent] = []
    for event in found:
        if event.subject_id in there:
            _refresh(there.pop(event.subject_id), event, evidence)
        elif event.subject_id in going_on:
            _continue(going_on[event.subject_id], event, evidence)
        else:
            opened.append(event)
    for gone in there.values():
        _withdraw(gone)
    return opened


def _going_on(
    model: Model[Any], days: Mapping[str, int], day: dt.date, found: Sequence[QuasiEvent]
) -> dict[str, QuasiEvent]:
    """The open events that these hits continue, by subject."""
    longest = max(days.values(), default=0)
    if longest == 0 or not found:
        return {}
    events = QuasiEvent.objects.select_for_update().filter(
        model=model.code,
        subject_id__in=[e.subject_id for e in found],
        state__in=OPEN,
        withdrawn_on=None,
        booked_on__lt=day,
        last_on__gt=day - dt.timedelta(days=longest),
    )
    began = {e.subject_id: e.evidence[model.since] if model.since else "" for e in found}
    within = {e.subject_id: day - dt.timedelta(days=days[e.parameter_version]) for e in found}
    return {
        event.subject_id: event
        for event in events.order_by("booked_on")
        if began[event.subject_id] <= event.last_on.isoformat() and within[event.subject_id] < event.last_on
    }


def _continue(event: QuasiEvent, found: QuasiEvent, evidence: Mapping[str, Evidence]) -> None:
    facts = {name: getattr(found, name) for name in _CONTINUED}
    continuation = Continuation.objects.create(event=event, booked_on=found.booked_on, **facts)
    _keep_rows(event, continuation, evidence.get(found.subject_id, {}))
    before = event.last_on
    event.last_on = max(before, found.booked_on)
    event.save(update_fields=["last_on"])
    after = {"last_on": found.booked_on, "amount": found.amount, "count": found.count}
    history.record([history.line("continued", event, before={"last_on": before}, after=after)])


def _refresh(continuation: Continuation, found: QuasiEvent, evidence: Mapping[str, Evidence]) -> None:
    """Brings a continuation in line with what was found now, while the event is nobody's."""
    before = {name: getattr(continuation, name) for name in _CONTINUED}
    after = {name: getattr(found, name) for name in _CONTINUED}
    returned = continuation.withdrawn_on is not None
    if not returned and (before == after or continuation.event.state != State.NEW):
        return
    continuation.withdrawn_on = None
    for name, value in after.items():
        setattr(continuation, name, value)
    continuation.save()
    continuation.evidence_rows.all().delete()
    _keep_rows(continuation.event, continuation, evidence.get(found.subject_id, {}))
    _date_last_hit(continuation.event, "returned" if returned else "refreshed", continuation)


def _withdraw(continuation: Continuation) -> None:
    if continuation.withdrawn_on is None:
        continuation.withdrawn_on = timezone.now()
        continuation.save(update_fields=["withdrawn_on"])
        _date_last_hit(continuation.event, "discontinued", continuation)


def _date_last_hit(event: QuasiEvent, action: str, continuation: Continuation) -> None:
    """Sets the day of the event's last hit anew, and notes what happened to the continuation."""
    days = event.continuations.filter(withdrawn_on=None).values_list("booked_on", flat=True)
    event.last_on = max([event.booked_on, *days])
    event.save(update_fields=["last_on"])
    after = {"continued_on": continuation.booked_on, "last_on": event.last_on}
    history.record([history.line(action, event, after=after)])


@transaction.atomic
def open_finding(
    user: User,
    model: Model[Any],
    parameters: Parameters,
    hit: Mapping[str, Any],
    evidence: Evidence,
    why: str,
) -> QuasiEvent:
    """A person finds something in a hit of a statistical model: it enters the loop as any other finding.

    Args:
        hit: one row of `HIT_SCHEMA`.
        evidence: the rows behind it.

    Raises:
        Refused: without the role for the hit's unit, without a reason, or where it was opened already.
    """
    event = _event(model, parameters, hit, grade_of_model(model.code, hit["booked_on"]))
    role = acting_role(user, DISCRIMINATE, event.unit_id)
    require(role is not None, "role", _("None of your roles allows this for this unit."), who=True)
    require(bool(why.strip()), "why", _("Say what you found."))
    there = QuasiEvent.objects.filter(pk=event.pk).exists()
    require(not there, "opened", _("This finding was opened already."))
    event.save(force_insert=True)
    announce_opened([event])
    _keep_evidence([event], {event.subject_id: evidence})
    opened = history.line(
        "opened", event, actor=user, role=role or "", after={"state": event.state}, reason=why
    )
    history.record([opened])
    return event


def _event(model: Model[Any], parameters: Parameters, row: Mapping[str, Any], grade: str) -> QuasiEvent:
    return QuasiEvent(
        id=event_id(model.code, row["subject_kind"], row["subject_id"], row["booked_on"]),
        model=model.code,
        model_version=model.version,
        parameter_version=row["parameter_version"],
        parameters=plain_values(parameters),
        subject_kind=row["subject_kind"],
        subject_id=row["subject_id"],
        booked_on=row["booked_on"],
        last_on=row["booked_on"],
        unit_id=row["unit_id"],
        amount=row["amount"],
        count=row["count"],
        **{name: row[name] for name in _IDS},
        evidence=json.loads(row["evidence"]),
        grade=grade,
        state=State.NEW,
        found_at=timezone.now(),
    )


def _reconcile(event: QuasiEvent, found: QuasiEvent | None) -> History | None:
    """Brings an event that was there in line with what was found now; its line of history, if any."""
    if found is None:
        if event.withdrawn_on is not None:
            return None
        event.withdrawn_on = timezone.now()
        return history.line("withdrawn", event, after={"withdrawn_on": event.withdrawn_on})
    before = {name: getattr(event, name) for name in _FACTS}
    after = {name: getattr(found, name) for name in _FACTS}
    differs = before != after
    returned = event.withdrawn_on is not None
    if returned:
        event.withdrawn_on = None
    if differs and event.state == State.NEW:
        for name, value in after.items():
            setattr(event, name, value)
        return history.line(
            "refreshed",
            event,
            before={n: v for n, v in before.items() if after[n] != v},
            after={n: v for n, v in after.items() if before[n] != v},
        )
    return history.line("returned", event) if returned else None


def _keep_evidence(events: Sequence[QuasiEvent], evidence: Mapping[str, Evidence]) -> None:
    ids: list[uuid.UUID] = [event.pk for event in events]
    EvidenceRow.objects.filter(event_id__in=ids, continuation=None).delete()
    EvidenceRow.objects.bulk_create(
        (row for event in events for row in _rows(event, None, evidence.get(event.subject_id, {}))),
        batch_size=_BATCH,
    )


def _keep_rows(event: QuasiEvent, continuation: Continuation, evidence: Evidence) -> None:
    EvidenceRow.objects.bulk_create(_rows(event, continuation, evidence), batch_size=_BATCH)


def _rows(event: QuasiEvent, continuation: Continuation | None, evidence: Evidence) -> list[EvidenceRow]:
    return [
        EvidenceRow(event=event, continuation=continuation, table=table, position=position, row=row)
        for table, rows in evidence.items()
        for position, row in enumerate(rows)
    ]
