"""Hits become events once; what people did stays theirs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pyarrow as pa
import pytest

from riskloop.loop import actions
from riskloop.loop.intake import LoopSink
from riskloop.loop.models import EvidenceRow, QuasiEvent
from riskloop.models.catalogue import model_of, parameters_of
from riskloop.models.hits import HIT_SCHEMA, event_id
from riskloop.organisation.models import History, User
from tests.loop.conftest import DAY, found
from tests.loop.working import finding

Person = Callable[..., User]


def snapshot() -> list[dict[str, object]]:
    return list(QuasiEvent.objects.order_by("pk").values())


def test_an_event_has_the_identity_of_its_hit(event: QuasiEvent) -> None:
    assert event.pk == event_id("A11", "entry", "E1", DAY)
    assert event.evidence == {"limit": "500000"}
    assert event.parameters["amount"] == "500000"
    assert (event.grade, event.state, event.unit_id) == ("general", "new", "O1")
    assert EvidenceRow.objects.get().row["amount"] == "600000.00"


def test_running_again_changes_nothing(event: QuasiEvent) -> None:
    before, lines = snapshot(), History.objects.count()
    found({}, evidence={"E1": {"journal": [{"entry_id": "E1", "amount": "600000.00"}]}})
    assert snapshot() == before
    assert History.objects.count() == lines
    assert EvidenceRow.objects.count() == 1


def test_new_data_refreshes_what_nobody_touched(event: QuasiEvent) -> None:
    found({"amount": Decimal("700000.00")})
    event.refresh_from_db()
    assert event.amount == Decimal("700000.00")
    line = History.objects.get(action="refreshed")
    assert (line.before, line.after) == ({"amount": "600000.00"}, {"amount": "700000.00"})


def test_what_people_did_is_left_alone(event: QuasiEvent, person: Person) -> None:
    actions.take(event, person("monitor"))
    before = snapshot()
    found({"amount": Decimal("700000.00")})
    assert snapshot() == before


def test_a_hit_that_is_no_more_is_withdrawn_and_returns(event: QuasiEvent, person: Person) -> None:
    found()
    event.refresh_from_db()
    assert event.withdrawn_on is not None
    found()
    assert History.objects.filter(action="withdrawn").count() == 1
    found({})
    event.refresh_from_db()
    assert event.withdrawn_on is None
    assert History.objects.filter(action="returned").count() == 1


def test_a_withdrawn_event_can_only_be_let_go(event: QuasiEvent, person: Person) -> None:
    monitor = person("monitor")
    actions.take(event, monitor)
    found()
    with pytest.raises(actions.Refused) as determined:
        actions.determine(event, monitor, finding())
    with pytest.raises(actions.Refused) as closed:
        actions.close(event, monitor)
    assert (determined.value.code, closed.value.code) == ("withdrawn", "withdrawn")
    actions.exclude(event, monitor, "data", "")


def test_another_day_and_another_model_stay(event: QuasiEvent) -> None:
    found({}, day=DAY + dt.timedelta(days=1))
    found(code="A01")
    assert QuasiEvent.objects.filter(withdrawn_on=None).count() == 2


def test_statistical_hits_open_no_event(bank: None) -> None:
    model = model_of("C12")
    row = dict.fromkeys(HIT_SCHEMA.names) | {
        "model": "C12",
        "subject_kind": "account",
        "subject_id": "P1",
        "booked_on": DAY,
        "teller_ids": [],
        "evidence": "{}",
        "parameter_version": "1",
    }
    LoopSink(lambda day, rows: None).take(
        DAY, model, {"1": parameters_of(model)}, pa.Table.from_pylist([row], schema=HIT_SCHEMA), {}
    )
    assert not QuasiEvent.objects.exists()


def test_an_unknown_unit_is_kept(bank: None) -> None:
    found({"unit_id": "nowhere"}, {"subject_id": "E2", "unit_id": None})
    assert set(QuasiEvent.objects.values_list("unit_id", flat=True)) == {"nowhere", None}


def test_volumes_are_handed_on(bank: None) -> None:
    taken: list[object] = []
    LoopSink(lambda day, rows: taken.append((day, rows))).take_volumes(DAY, [{"volume": 3}])
    assert taken == [(DAY, [{"volume": 3}])]
