"""A filter that somebody forgot shows nothing rather than everything: the database itself keeps rows back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from riskloop.bulletin.models import ListedEvent, ListedQuasiEvents, ListedVolume
from riskloop.exposure.models import (
    BusinessVolume,
    DailyVolume,
    InspectionSample,
    RiskEvent,
    SampledRow,
    Sum,
    TellerVolume,
    UnitEvents,
    UnitVolume,
)
from riskloop.loop import actions
from riskloop.loop.models import (
    Attachment,
    Continuation,
    DailyStatistic,
    Determination,
    EventObject,
    EvidenceRow,
    ExceptionReport,
    Measure,
    Objection,
    QuasiEvent,
    Query,
    QueryRound,
    Responsible,
    SampleItem,
    SamplingPlan,
)
from riskloop.organisation.functions import READ_EVENTS, REVIEW_TRACES
from riskloop.organisation.models import Look, LookKind, RoleAssignment, RoleDecision, User
from riskloop.organisation.row_security import NOTHING, SECURED, Reach, reach_of, reading, unsecured
from riskloop.organisation.scope import within
from riskloop.organisation.sync import sync_organisation
from riskloop.organisation.traces import trace
from tests.loop.conftest import found, unit
from tests.loop.working import finding

Person = Callable[..., User]
DAY = dt.date(2024, 3, 15)
LOOKS = "organisation_look"
TABLES = (
    ListedEvent,
    ListedQuasiEvents,
    ListedVolume,
    QuasiEvent,
    EventObject,
    EvidenceRow,
    ExceptionReport,
    Continuation,
    Determination,
    Determination.other_drivers.through,
    Responsible,
    SampleItem,
    SamplingPlan,
    Measure,
    Objection,
    Query,
    QueryRound,
    Attachment,
    DailyStatistic,
    BusinessVolume,
    DailyVolume,
    RiskEvent,
    TellerVolume,
    UnitEvents,
    UnitVolume,
    InspectionSample,
    SampledRow,
    Look,
)


@pytest.fixture
def rows(bank: None, person: Person) -> None:
    """In each of two outlets, and in a unit that the bank does not know, one row of every kind."""
    monitor, verifier = person("monitor"), person("verifier", "R09")
    for unit_id in ("O1", "O2", "nowhere"):
        named = {"customer_id": None, "teller_id": None, "authoriser_id": None}
        subject = {"subject_id": f"E-{unit_id}", "unit_id": unit_id} | named
        found(subject, evidence={f"E-{unit_id}": {"journal": [{"entry_id": "E1"}]}}, code="A10")
        event = QuasiEvent.objects.get(subject_id=f"E-{unit_id}")
        actions.take(event, monitor)
        actions.pass_on(event, monitor, "rule_broken", "…")
        actions.determine(event, monitor, finding(other_drivers=("P2",)))
        actions.set_measure(event, monitor, "2_management", "…", verifier, DAY)
        event.objections.create(kind="appeal", words="…", made_by=verifier, made_at=timezone.now())
        plan = SamplingPlan.objects.create(
            unit_id=unit_id,
            month=DAY.replace(day=1),
            confidence=0.95,
            margin=0.05,
            expected=0.05,
            seed=1,
            population=1,
            drawn_by=verifier,
            drawn_at=timezone.now(),
        )
        plan.items.create(
            event=event, part="random", outcome="excluded", concluded_by=monitor, concluded_at=timezone.now()
        )
        event.exception_reports.create(words="…", known_on=DAY, made_by=verifier, made_at=timezone.now())
        query = event.queries.create(number=1, unit_id="O1", asked_by=monitor, asked_at=timezone.now())
        query.rounds.create(number=1, sent_by=monitor, sent_at=timezone.now())
        Continuation.objects.create(event=event, booked_on=DAY, count=1, evidence={}, parameter_version="1")
        marks = {"name": "a.pdf", "size": 1, "sha256": "0" * 64, "uploaded_by": monitor}
        Attachment.objects.create(
            event=event, purpose="event", object_id=event.pk, uploaded_at=timezone.now(), **marks
        )
        DailyStatistic.objects.create(model="C12", booked_on=DAY, unit_id=unit_id, hits=1)
        DailyVolume.objects.create(day=DAY, unit_id=unit_id, teller_id="T1", volume=1)
        listed = {"first": DAY, "months": 0, "unit_id": unit_id}
        ListedVolume.objects.create(**listed, volume=1)
        ListedQuasiEvents.objects.create(**listed, handling="itemised", count=1)
        ListedEvent.objects.create(event_id=event.pk, number="1", unit_id=unit_id, booked_on=DAY)
        sample = InspectionSample.objects.create(
            unit_id=unit_id, first=DAY, last=DAY, total=1, made_by=monitor, reason="…"
        )
        SampledRow.objects.create(
            sample=sample,
            place=1,
            internal_events=1,
            external_events=0,
            controllable_events=0,
            internal_score=1,
            external_score=0,
            controllable_score=0,
        )
        about = {"kind": LookKind.LOOK, "object_type": "quasi_event", "object_id": event.pk}
        Look.objects.create(at=timezone.now(), user=monitor, unit_id=unit_id, **about)
        found(code="A10", day=DAY + dt.timedelta(days=1))
    for unit_id in ("O1", "O2", "nowhere"):
        # The hit of each unit has withdrawn that of the one before, which counts no more.
        about = {"event_id": uuid.uuid4(), "booked_on": DAY, "internal": True, "controllable": True}
        if not RiskEvent.objects.filter(unit_id=unit_id).exists():
            RiskEvent.objects.create(unit_id=unit_id, score=1, **about)


def counts() -> dict[str, int]:
    """Of every table how many rows are seen without any filter."""
    return {table._meta.db_table: _rows_of(table).count() for table in TABLES}


def _rows_of(table: type[Any]) -> QuerySet[Any]:
    """Of the sums over months, quarters and years those over months."""
    every = table._default_manager.all()
    return every.filter(months=1) if issubclass(table, Sum) else every


def seen(rows: int, looks: int) -> dict[str, int]:
    """So many of every kind of row, and so many looks."""
    return dict.fromkeys(SECURED, rows) | {LOOKS: looks}


def test_every_table_with_rows_that_only_some_may_read_is_secured(db: None) -> None:
    assert {table._meta.db_table for table in TABLES} == set(SECURED)
    assert unsecured() == []


def test_who_told_the_database_nothing_reads_nothing(rows: None) -> None:
    with reading(NOTHING):
        assert counts() == dict.fromkeys(SECURED, 0)


def test_the_system_reads_everything(rows: None) -> None:
    assert counts() == dict.fromkeys(SECURED, 3)


@pytest.mark.parametrize(
    ("role", "unit_id", "expected", "looks"),
    [
        ("R04", "HO", 3, 0),
        ("R04", "B", 2, 0),
        ("R04", "B1", 1, 0),
        ("R06", "HO", 3, 3),
        ("R06", "B", 2, 2),
        ("R06", "B1", 1, 1),
        ("R08", "S2", 1, 0),
        ("R07", "O1", 1, 0),
        ("R01", "HO", 0, 0),
        ("R02", "HO", 0, 0),
        ("R11", "B2", 1, 0),
    ],
)
def test_a_person_reads_his_subtrees(
    rows: None, person: Person, role: str, unit_id: str, expected: int, looks: int
) -> None:
    """Looks only where he reviews them."""
    reader = person("reader", role, unit_id)
    with reading(reach_of(reader)):
        assert counts() == seen(expected, looks)


def test_who_may_only_review_reads_looks_and_nothing_else(rows: None, person: Person) -> None:
    RoleDecision.objects.filter(role="R06").update(functions=[REVIEW_TRACES])
    for unit_id, looks in (("HO", 3), ("B1", 1)):
        with reading(reach_of(person(f"of-{unit_id}", "R06", unit_id))):
            assert counts() == seen(0, looks)


@pytest.mark.parametrize("roots", [("HO",), ("HO", "HO2")])
@pytest.mark.parametrize("places", [("HO",), ("HO2",), ("HO", "HO2"), ("B",), ("B1", "HO2"), ()])
def test_the_database_shows_of_looks_what_the_gate_lets_through(
    person: Person, roots: tuple[str, ...], places: tuple[str, ...]
) -> None:
    """Also in a bank of two trees, and of looks that belong to no unit or to none that the bank knows."""
    sync_organisation(
        units=[unit("HO2", "head_office", None if "HO2" in roots else "HO"), unit("X", "outlet", "HO2")],
        staff=[],
        tellers=[],
    )
    reviewer = person("reviewer")
    for unit_id in places:
        RoleAssignment.objects.create(user=reviewer, role_id="R06", unit_id=unit_id, from_on=DAY)
    for unit_id in (None, "nowhere", "X", "HO", "HO2", "B", "S1"):
        Look.objects.create(
            at=timezone.now(), user=reviewer, unit_id=unit_id, kind=LookKind.LOOK, object_type="queue"
        )
    let_through = set(Look.objects.filter(within(reviewer, REVIEW_TRACES)).values_list("pk", flat=True))
    assert bool(let_through) == bool(places)
    with reading(reach_of(reviewer)):
        assert set(Look.objects.values_list("pk", flat=True)) == let_through


def test_whoever_looks_leaves_his_line_and_does_not_see_it(rows: None, person: Person) -> None:
    reader, before = person("reader", "R07", "O1"), Look.objects.count()
    with reading(reach_of(reader)):
        trace(reader, LookKind.LOOK, READ_EVENTS, "quasi_event", "one", "O1")
        assert counts() == seen(1, 0)
    assert Look.objects.count() == before + 1


def test_a_unit_whose_number_begins_alike_is_not_below(rows: None) -> None:
    with reading(Reach("HO/B/B1/S", "HO/B/B1/S")):
        assert counts() == seen(0, 0)


def test_nothing_is_changed_out_of_reach(rows: None) -> None:
    with reading(Reach("HO/B/B1", "")):
        assert QuasiEvent.objects.update(grade="general") == 1
    with reading(NOTHING), transaction.atomic():
        assert DailyVolume.objects.all().delete() == (0, {})


def test_the_reach_comes_back_also_after_a_failure(rows: None) -> None:
    def broken() -> None:
        with reading(NOTHING), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    with pytest.raises(DatabaseError):
        broken()
    assert counts() == dict.fromkeys(SECURED, 3)
    with pytest.raises(KeyError), reading(NOTHING):
        raise KeyError
    assert counts() == dict.fromkeys(SECURED, 3)


def test_a_failed_transaction_leaves_the_reach_as_it_was(rows: None) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), reading(NOTHING), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    assert counts() == dict.fromkeys(SECURED, 3)


def test_the_application_is_no_superuser_and_owns_its_tables(db: None) -> None:
    """Forced row-level security binds an owner, and no superuser."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
