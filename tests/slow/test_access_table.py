"""The walk over all cells: every operation × 14 roles × 5 levels × {own unit, below, beside, above}."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.bank.memory import arrow_table
from riskloop.exposure.models import InspectionSample
from riskloop.governance.changes.actions import ProposeChange
from riskloop.governance.models import ModelChange, Trial, WhatIfQuestion
from riskloop.governance.trials.actions import ProposeTrial
from riskloop.governance.what_if.asking import AskWhatIf
from riskloop.loop import actions
from riskloop.loop.attachments.files import received
from riskloop.loop.models import (
    Attachment,
    ExceptionReport,
    Measure,
    Objection,
    QuasiEvent,
    Query,
    QueryRound,
    SampleItem,
    SamplingPlan,
)
from riskloop.models.catalogue import model_of, parameters_of
from riskloop.models.hits import event_id, to_hits
from riskloop.organisation.account_actions import create_user
from riskloop.organisation.action import Refused, do
from riskloop.organisation.assignment_actions import assign_role
from riskloop.organisation.functions import FUNCTIONS, READ_EVENTS
from riskloop.organisation.models import (
    History,
    Role,
    RoleAssignment,
    RoleDecision,
    Unit,
    UnitVersion,
    Unmasking,
    User,
)
from riskloop.organisation.role_actions import ProposeDecision
from riskloop.organisation.sync import sync_organisation
from riskloop.outgoing.models import Delivery, Endpoint
from riskloop.outgoing.signing import new_secret, seal
from tests.loop.attached import PDF
from tests.loop.conftest import found, unit
from tests.loop.working import determine
from tests.slow.access_table import API, LEVELS, OPEN_TO_ALL, OPERATIONS, OWN, PAGES, WHO, WORKERS, Operation
from tests.web import addresses
from tests.web.calling import operations

PASSWORD = "a long enough password"  # noqa: S105 — of people who exist in tests only
DAY = dt.date(2024, 3, 15)
FORBIDDEN, NOT_THERE, UNREADABLE, FAULT = 403, 404, 422, 500
LINE = ("HO", "A", "A1", "A1S", "A1SO")
"""A unit of each level, each below the one before; with an "x" behind, the one beside it."""
POSITIONS = ("own", "below", "beside", "above")


def place(level: str, position: str) -> str | None:
    """The unit at this position as seen from the line's unit of a level; None where there is none."""
    at = LEVELS.index(level)
    if position == "own":
        return LINE[at]
    if position == "below":
        return LINE[at + 1] if at + 1 < len(LINE) else None
    if position == "above":
        return LINE[at - 1] if at else None
    return f"{LINE[at]}x" if at else None


@pytest.fixture
def tree(db: None) -> None:
    """The units of the line, and beside each but the first another of its level."""
    units = [unit(LINE[0], LEVELS[0], None)]
    for n in range(1, len(LINE)):
        units += [unit(name, LEVELS[n], LINE[n - 1]) for name in (LINE[n], f"{LINE[n]}x")]
    sync_organisation(units=units, staff=[], tellers=[])


@dataclass(frozen=True)
class At:
    """What the operations are tried on in one unit, by the names that stand in braces in the table."""

    values: Mapping[str, Any]


@pytest.fixture
def stage(tree: None, monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: Path) -> dict[str, At]:
    """In every unit an event that is determined with a measure, a person with a role, a member of staff."""
    settings.HOME = Home(tmp_path)
    kept = "riskloop.loop.statistic_hits"
    hits = [hit_of(unit_id) for unit_id in Unit.objects.order_by("pk").values_list("pk", flat=True)]
    by_subject = {hit.to_pylist()[0]["subject_id"]: hit for hit in hits}
    monkeypatch.setattr(f"{kept}.kept_hits", lambda *_of, **_more: [h.to_pylist()[0] for h in hits])
    monkeypatch.setattr(f"{kept}.kept_hit", lambda _home, _code, _day, subject: by_subject[subject])
    monkeypatch.setattr(f"{kept}.gather_for", lambda *_about: {})
    monkeypatch.setattr(f"{kept}.kept_parameters", lambda _home, model, *_of: parameters_of(model))
    monitor, verifier = person("R04", "HO", "first"), person("R09", "HO", "second")
    shared = {
        "owner": verifier.pk,
        "monitor": monitor.pk,
        "decision": decision().pk,
        **changes_of_models(),
        "what_if": asked().pk,
        **given_up(),
        "day": DAY,
        "today": timezone.localdate(),
        "tomorrow": timezone.localdate() + dt.timedelta(days=1),
    }
    staff = [
        {"staff_id": f"S-{unit_id}", "name": "员工", "unit_id": unit_id, "post": "经办"}
        for unit_id in by_subject
    ]
    sync_organisation(units=[], staff=staff, tellers=[])
    return {unit_id: At(shared | in_unit(unit_id, monitor, verifier)) for unit_id in by_subject}


def in_unit(unit_id: str, monitor: User, verifier: User) -> dict[str, Any]:
    found({"subject_id": f"E-{unit_id}", "unit_id": unit_id}, code="A11", day=DAY)
    # The next unit's run of the same day withdraws it; here all are to stay.
    QuasiEvent.objects.update(withdrawn_on=None)
    event = QuasiEvent.objects.get(subject_id=f"E-{unit_id}")
    actions.take(event, monitor)
    determine(event, monitor, "internal", "P1", "general", "…")
    measure = actions.set_measure(event, monitor, "2_management", "…", verifier, DAY)
    query = event.queries.create(number=1, unit_id=unit_id, asked_by=monitor, asked_at=timezone.now())
    query.rounds.create(number=1, sent_by=monitor, sent_at=timezone.now())
    made = {"words": "…", "made_by": verifier, "made_at": timezone.now()}
    reported = made | {"known_on": DAY}
    item = sampled(event, unit_id, monitor)
    held = person("R14", unit_id, f"p-{unit_id}")
    return {
        "unit": unit_id,
        "event": event.pk,
        "measure": measure.pk,
        "query": query.pk,
        "sample": item.pk,
        "plan": item.plan_id,
        "exception": event.exception_reports.create(**reported).pk,
        "major": event.exception_reports.create(criterion_id="2", **reported).pk,
        "appeal": event.objections.create(kind="appeal", **made).pk,
        "reopening": event.objections.create(kind="reopening", **made).pk,
        "attachment": attachment_of(event, monitor).pk,
        "person": held.pk,
        "assignment": held.assignments.get().pk,
        "hit": event_id("C12", "account", unit_id, DAY),
        "inspection": InspectionSample.objects.create(
            unit_id=unit_id,
            listed="units",
            first=DAY,
            last=DAY,
            order="-rer",
            chosen="first",
            total=1,
            reason="…",
            made_by=monitor,
        ).pk,
        "line": History.objects.filter(object_id=str(event.pk)).earliest("id").pk,
    }


def sampled(event: QuasiEvent, unit_id: str, monitor: User) -> SampleItem:
    """The event, drawn as one that was excluded."""
    shares = dict.fromkeys(("confidence", "margin", "expected"), Decimal("0.05"))
    how = {"seed": 1, "population": 1, "drawn_by": monitor, "drawn_at": timezone.now()}
    plan = SamplingPlan.objects.create(unit_id=unit_id, month=DAY.replace(day=1), **shares, **how)
    first = {"concluded_by": monitor, "concluded_at": event.concluded_at}
    return plan.items.create(event=event, part="random", outcome="internal", **first)


def attachment_of(event: QuasiEvent, user: User) -> Attachment:
    with closing(received(settings.HOME, "凭证.pdf", [PDF], 20)) as incoming:
        return actions.attach(event, user, [incoming])[0]


def decision() -> RoleDecision:
    """Proposed by somebody of the head office, to be decided on."""
    proposer, role = person("R01", "HO", "third"), Role.objects.get(pk="R14")
    day = timezone.localdate() + dt.timedelta(days=2)
    return do(ProposeDecision(proposer, role, "outlet", [READ_EVENTS], day, "试行")).decision


def changes_of_models() -> dict[str, Any]:
    """Other values, an exit and trials of a model, proposed by somebody of the head office."""
    proposer, model, day = person("R02", "HO", "fourth"), model_of("A11"), timezone.localdate()
    on = day + dt.timedelta(days=2)
    values = do(ProposeChange(proposer, model, "values", on, "…", None, {"amount": "600000"})).asked
    leaving = do(ProposeChange(proposer, model, "exit", on, "…")).asked
    tried = do(ProposeTrial(proposer, model, "values", on, "…", None, {"amount": "600000"})).asked
    asked = {"model": "A11", "effective_from": on, "reason": "…", "proposed_by": proposer}
    admission = Trial.objects.create(kind="admit", **asked)
    return {"change": values.pk, "exit": leaving.pk, "trial": tried.pk, "admission": admission.pk}


def asked() -> WhatIfQuestion:
    """A what-if of the whole bank; there is a day of data to ask of again."""
    rows = [{"entry_id": "E1", "unit_id": "HO", "amount": Decimal(600_000)}]
    Lake(settings.HOME).write_facts("journal", DAY, arrow_table("journal", rows, DAY))
    asker = User.objects.get(username="fourth")
    return do(AskWhatIf(asker, model_of("A11"), {"amount": "600000"})).question


def given_up() -> dict[str, Any]:
    """A webhook with a message that was given up."""
    sealed = seal(new_secret())
    events = ["event.opened"]
    webhook = Endpoint.objects.create(name="…", url="https://x.bank.example/", events=events, sealed=sealed)
    delivery = webhook.deliveries.create(kind=events[0], body="{}", state="given_up", attempts=8, most=8)
    return {"webhook": webhook.pk, "delivery": delivery.pk}


def hit_of(unit_id: str) -> Any:
    """A statistical hit in a unit, as the lake keeps it; its subject is named after the unit."""
    model = model_of("C12")
    row = {"subject_id": unit_id, "unit_id": unit_id, "amount": None, "account_id": unit_id}
    rows = pa.Table.from_pylist([row | {name: Decimal(-5) for name in model.compared}])
    return to_hits(model, parameters_of(model), DAY, rows)


def person(role: str, unit_id: str, name: str) -> User:
    place = Unit.objects.get(pk=unit_id)
    user = create_user(username=name, password=PASSWORD, display_name=name, staff_id="", unit=place)
    assign_role(user, role, place)
    return user


@dataclass(frozen=True)
class Cell:
    """One cell of the table, and whether the table allows it."""

    operation: Operation
    role: str
    level: str
    position: str
    allowed: bool


def cells(role: str, level: str) -> Iterator[Cell]:
    """All cells of a role at a level."""
    for operation, position in itertools.product(OPERATIONS, POSITIONS):
        if place(level, position) is None or (not operation.of_unit and position != "own"):
            continue
        held = all(level in WHO[function].get(role, ()) for function in operation.needs)
        one_of = operation.one_of
        held &= not one_of or any(level in WHO[function].get(role, ()) for function in one_of)
        reached = position in {"own", "below"} if operation.of_unit else operation.at in {None, level}
        yield Cell(operation, role, level, position, held and reached)


def call(client: Client, operation: Operation, at: At) -> Any:
    path = operation.path.format(**at.values)
    if operation.given is None:
        return client.get(path)
    given = {name.format(**at.values): _filled(value, at) for name, value in operation.given.items()}
    if operation.name.startswith("api:") and "files" not in given:
        return client.post(path, json.dumps(given), content_type="application/json")
    return client.post(path, given)


def _filled(value: Any, at: At) -> Any:
    if callable(value):
        return value()
    if isinstance(value, list):
        return [_filled(one, at) for one in value]
    return value.format(**at.values) if isinstance(value, str) else value


def refused(answer: Any) -> bool:
    """Whether the answer is that he may not: not there for him, or not by his role.

    Being told that the event is not his to conclude, or not ready, means that his role allowed it.
    """
    if answer.status_code == NOT_THERE:
        return True
    if answer.headers["Content-Type"].startswith("application/json"):
        return answer.status_code == FORBIDDEN and answer.json()["code"] in {"role", "function"}
    told = answer.headers.get("X-Refused")
    return told == "role" or (answer.status_code == FORBIDDEN and told is None)


def written() -> tuple[int, ...]:
    """How much there is of what an operation could write; one question, for it is asked at every cell."""
    tables = (
        History,
        Measure,
        Objection,
        ExceptionReport,
        SamplingPlan,
        Query,
        QueryRound,
        Attachment,
        Unmasking,
        RoleAssignment,
        User,
        RoleDecision,
        ModelChange,
        Trial,
        UnitVersion,
        Endpoint,
        Delivery,
        InspectionSample,
    )
    counts = ", ".join(f"(SELECT count(*) FROM {table._meta.db_table})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        return cursor.fetchone()


ELSEWHERE = [(role, level) for role in WORKERS for level in LEVELS if level not in WORKERS[role]]


@pytest.mark.parametrize(("role", "level"), ELSEWHERE)
def test_a_role_is_not_given_where_it_does_not_exist(tree: None, role: str, level: str) -> None:
    with pytest.raises(Refused) as refusal:
        person(role, LINE[LEVELS.index(level)], "tried")
    assert refusal.value.code == "level"


@pytest.mark.parametrize("role", WORKERS)
def test_all_cells(stage: dict[str, At], role: str) -> None:
    wrong: list[str] = []
    for level in WORKERS[role]:
        with transaction.atomic():
            wrong += list(walked(stage, role, level))
            transaction.set_rollback(True)
    assert wrong == []


def walked(stage: dict[str, At], role: str, level: str) -> Iterator[str]:
    """The cells of a role at a level in which the application does not do what the table says."""
    reader = person(role, LINE[LEVELS.index(level)], "tried")
    client = Client()
    client.force_login(reader, backend="allauth.account.auth_backends.AuthenticationBackend")
    # The session is written down by its first request, and not anew in every cell.
    client.get("/")
    before = written()
    for cell in cells(role, level):
        name = f"{level} {cell.operation.name} {cell.position}"
        # Each cell finds the stage as it was set.
        with transaction.atomic():
            answer = call(client, cell.operation, stage[place(level, cell.position) or ""])
            if answer.status_code >= FAULT or answer.status_code == UNREADABLE:
                yield f"{name}: {answer.status_code}"
            if refused(answer) == cell.allowed:
                yield f"{name}: {answer.status_code} {answer.headers.get('X-Refused', '')}"
            if not cell.allowed and written() != before:
                yield f"{name}: refused, and something was written"
            transaction.set_rollback(True)


def test_no_operation_is_missing() -> None:
    listed = {operation.name.partition(":")[0] for operation in PAGES} | OPEN_TO_ALL
    assert listed == set(addresses.names())
    assert {operation.name.removeprefix("api:") for operation in API} | OWN == set(operations())


def test_the_roles_of_the_table_are_those_in_force(db: None) -> None:
    """The other way round too: the application allows nothing that the table does not know."""
    decided = {
        (d.role_id, d.level): set(d.functions)
        for d in RoleDecision.objects.filter(approved=True).order_by("effective_from")
    }
    table = {
        (role, level): {f for f, roles in WHO.items() if level in roles.get(role, ())}
        for role, levels in WORKERS.items()
        for level in levels
    }
    assert decided == table
    assert set(FUNCTIONS) == set(WHO)
    assert set(Role.objects.values_list("pk", flat=True)) == set(WORKERS)
