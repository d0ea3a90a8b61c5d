"""The small bank and the people of the loop's tests, with events and volumes put where a test wants them."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.utils import timezone

from riskloop.exposure.actions import record_volumes
from riskloop.loop.models import EvidenceRow, Outcome, QuasiEvent, State
from tests.loop.conftest import DAY, bank, person

__all__ = ["bank", "person"]

Determined = Callable[..., QuasiEvent]


@pytest.fixture
def determined(bank: None) -> Determined:
    """Puts a determined event into a unit, without the way there."""
    number = itertools.count()

    def make(
        unit_id: str | None = "O1",
        outcome: str = Outcome.INTERNAL,
        score: str = "1",
        day: dt.date = DAY,
        tellers: tuple[str, ...] = ("T1",),
        withdrawn: bool = False,
        controllable: bool | None = None,
        businesses: tuple[str, ...] = (),
    ) -> QuasiEvent:
        event = QuasiEvent(
            id=uuid.uuid4(),
            model="A11",
            model_version=1,
            parameter_version="1",
            parameters={},
            subject_kind="entry",
            subject_id=f"E{next(number)}",
            booked_on=day,
            last_on=day,
            unit_id=unit_id,
            count=1,
            teller_ids=list(tellers),
            evidence={},
            found_at=timezone.now(),
            withdrawn_on=timezone.now() if withdrawn else None,
            state=State.DETERMINED if outcome else State.NEW,
            outcome=outcome,
            grade="general",
            score=Decimal(score),
            controllable=controllable,
        )
        said = event.outcome
        event.outcome = ""
        event.save()
        rows = [{"entry_id": f"{event.subject_id}{n}", "code": code} for n, code in enumerate(businesses)]
        EvidenceRow.objects.bulk_create(
            EvidenceRow(event=event, table="journal", position=n, row=row) for n, row in enumerate(rows)
        )
        event.outcome = said
        event.save()
        return event

    return make


def volume(*rows: tuple[str, str | None, int], day: dt.date = DAY, business: str = "1001") -> None:
    """Online volume of a day: unit, teller, number; all of one business."""
    record_volumes(day, [{"unit_id": u, "teller_id": t, "code": business, "volume": v} for u, t, v in rows])
