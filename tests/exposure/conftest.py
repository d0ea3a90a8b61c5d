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
from riskloop.loop.models import Outcome, QuasiEvent, State
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
    ) -> QuasiEvent:
        return QuasiEvent.objects.create(
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
        )

    return make


def volume(*rows: tuple[str, str | None, int], day: dt.date = DAY) -> None:
    """Online volume of a day: unit, teller, number."""
    record_volumes(day, [{"unit_id": u, "teller_id": t, "volume": v} for u, t, v in rows])
