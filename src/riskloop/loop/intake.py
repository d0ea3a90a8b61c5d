"""Hits of itemised models become quasi-events, by identity.

Running again duplicates nothing and touches nothing that people did. What the machine found is refreshed
only while an event is new; a hit that new data no longer supports is marked withdrawn, never deleted, and
comes back when it is found again.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.utils import timezone

from riskloop.detection.sinks import Evidence
from riskloop.loop import history
from riskloop.loop.models import EvidenceRow, History, QuasiEvent, State
from riskloop.models.api import Model, Parameters
from riskloop.models.hits import event_id, plain

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

    @transaction.atomic
    def take(
        self,
        day: dt.date,
        model: Model[Any],
        parameters: Parameters,
        hits: pa.Table,
        evidence: Mapping[str, Evidence],
    ) -> None:
        """All hits of one model on one day; those that were there and are no more are withdrawn."""
        if model.handling != "itemised":
            return
        found = {e.pk: e for e in (_event(model, parameters, row) for row in hits.to_pylist())}
        there = {
            e.pk: e for e in QuasiEvent.objects.select_for_update().filter(model=model.code, booked_on=day)
        }
        new = [event for pk, event in found.items() if pk not in there]
        lines = [history.line("found", event, after={"state": event.state}) for event in new]
        QuasiEvent.objects.bulk_create(new, batch_size=_BATCH)
        fresh = new[:]
        changed: list[QuasiEvent] = []
        for pk, event in there.items():
            line = _reconcile(event, found.get(pk))
            if line is None:
                continue
            lines.append(line)
            changed.append(event)
            if line.action == "refreshed":
                fresh.append(event)
        QuasiEvent.objects.bulk_update(changed, [*_FACTS, "withdrawn_on"], batch_size=_BATCH)
        _keep_evidence(fresh, evidence)
        history.record(lines)


def _event(model: Model[Any], parameters: Parameters, row: Mapping[str, Any]) -> QuasiEvent:
    return QuasiEvent(
        id=event_id(model.code, row["subject_kind"], row["subject_id"], row["booked_on"]),
        model=model.code,
        model_version=model.version,
        parameter_version=row["parameter_version"],
        parameters={k: plain(v) for k, v in asdict(parameters).items()},  # pyright: ignore[reportArgumentType]
        subject_kind=row["subject_kind"],
        subject_id=row["subject_id"],
        booked_on=row["booked_on"],
        unit_id=row["unit_id"],
        amount=row["amount"],
        count=row["count"],
        **{name: row[name] for name in _IDS},
        evidence=json.loads(row["evidence"]),
        grade=model.grade,
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
    EvidenceRow.objects.filter(event_id__in=ids).delete()
    EvidenceRow.objects.bulk_create(
        (
            EvidenceRow(event=event, table=table, position=position, row=row)
            for event in events
            for table, rows in evidence.get(event.subject_id, {}).items()
            for position, row in enumerate(rows)
        ),
        batch_size=_BATCH,
    )
