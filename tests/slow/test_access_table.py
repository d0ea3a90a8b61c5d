"""The walk over all cells: every operation × 14 roles × 5 levels × {own unit, below, beside, above}."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from django.test import Client

from riskloop.loop import actions
from riskloop.loop.models import Measure, QuasiEvent
from riskloop.models.catalogue import model_of, parameters_of
from riskloop.models.hits import to_hits
from riskloop.organisation.action import Refused
from riskloop.organisation.actions import assign_role, create_user
from riskloop.organisation.functions import FUNCTIONS
from riskloop.organisation.models import History, Role, RoleDecision, Unit, User
from riskloop.organisation.sync import sync_organisation
from tests.loop.conftest import found, unit
from tests.slow.access_table import LEVELS, OPEN_TO_ALL, OPERATIONS, WHO, WORKERS, At, Operation
from tests.web import addresses

PASSWORD = "a long enough password"  # noqa: S105 — of people who exist in tests only
DAY = dt.date(2024, 3, 15)
FORBIDDEN, NOT_THERE = 403, 404
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


@pytest.fixture
def stage(tree: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, At]:
    """By unit an event that is determined, with a measure, and two people who do what nobody tries here."""
    views = "riskloop.loop.statistics_views"
    monkeypatch.setattr(f"{views}.kept_hit", lambda _home, _code, _day, subject_id: hit_of(subject_id))
    monkeypatch.setattr(f"{views}.gather_for", lambda *_about: {})
    monitor, verifier = person("R04", "HO", "first"), person("R09", "HO", "second")
    stood: dict[str, At] = {}
    for unit_id in Unit.objects.values_list("pk", flat=True):
        found({"subject_id": f"E-{unit_id}", "unit_id": unit_id}, code="A11", day=DAY)
        event = QuasiEvent.objects.get(subject_id=f"E-{unit_id}")
        actions.take(event, monitor)
        actions.determine(event, monitor, "internal", "P1", "general", "…")
        measure = actions.set_measure(event, monitor, "…", verifier, dt.date(2024, 4, 1))
        # Withdrawn by the next unit's run of the same day; here it is to stay.
        stood[unit_id] = At(unit_id, event, measure)
    QuasiEvent.objects.update(withdrawn_on=None)
    return stood


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
        reached = not operation.of_unit or position in {"own", "below"}
        yield Cell(operation, role, level, position, held and reached)


def call(client: Client, operation: Operation, at: At, owner: User) -> Any:
    if operation.given is None:
        return client.get(operation.address(at), headers=dict(operation.headers))
    values = {"%o": owner.pk, "%u": at.unit_id}
    given = {
        name.replace("%m", str(at.measure.pk)): values.get(value, value)
        for name, value in operation.given.items()
    }
    return client.post(operation.address(at), given, headers=dict(operation.headers))


def refused(answer: Any) -> bool:
    """Whether the answer is that he may not: not there for him, or not by his role.

    Being told that the event is not his to conclude, or not ready, means that his role allowed it.
    """
    if answer.status_code == NOT_THERE:
        return True
    told = answer.headers.get("X-Refused")
    return told == "role" or (answer.status_code == FORBIDDEN and told is None)


PAIRS = [(role, level) for role, levels in WORKERS.items() for level in levels]
ELSEWHERE = [(role, level) for role in WORKERS for level in LEVELS if (role, level) not in PAIRS]


@pytest.mark.parametrize(("role", "level"), ELSEWHERE)
def test_a_role_is_not_given_where_it_does_not_exist(tree: None, role: str, level: str) -> None:
    with pytest.raises(Refused) as refusal:
        person(role, LINE[LEVELS.index(level)], "tried")
    assert refusal.value.code == "level"


@pytest.mark.parametrize(("role", "level"), PAIRS, ids=[f"{role}-{level}" for role, level in PAIRS])
def test_all_cells(stage: dict[str, At], role: str, level: str) -> None:
    reader = person(role, LINE[LEVELS.index(level)], "tried")
    owner = User.objects.get(username="second")
    client = Client()
    client.force_login(reader, backend="allauth.account.auth_backends.AuthenticationBackend")
    wrong: list[str] = []
    for cell in cells(role, level):
        at = stage[place(level, cell.position) or ""]
        before = History.objects.count(), Measure.objects.count()
        answer = call(client, cell.operation, at, owner)
        assert answer.status_code < 500, (cell.operation.name, answer.status_code)
        if refused(answer) == cell.allowed:
            wrong.append(f"{cell.operation.name} {cell.position}: {answer.status_code}")
        if not cell.allowed and (History.objects.count(), Measure.objects.count()) != before:
            wrong.append(f"{cell.operation.name} {cell.position}: refused, and something was written")
    assert wrong == []


def test_no_operation_is_missing() -> None:
    listed = {operation.name.partition(":")[0] for operation in OPERATIONS} | OPEN_TO_ALL
    assert set(addresses.names()) - listed == set()
    assert listed - set(addresses.names()) == set()


def test_the_roles_of_the_table_are_those_in_force(db: None) -> None:
    """The other way round too: the application allows nothing that the table does not know."""
    decided = {(d.role_id, d.level): set(d.functions) for d in RoleDecision.objects.filter(approved=True)}
    table = {
        (role, level): {f for f, roles in WHO.items() if level in roles.get(role, ())}
        for role, levels in WORKERS.items()
        for level in levels
    }
    assert decided == table
    assert set(FUNCTIONS) == set(WHO)
    assert set(Role.objects.values_list("pk", flat=True)) == set(WORKERS)
