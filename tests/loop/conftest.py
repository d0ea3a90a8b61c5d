"""A small bank's people, and events that came in as hits do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from riskloop.detection.plan import Ruled, Set
from riskloop.loop.intake import LoopSink
from riskloop.loop.models import QuasiEvent
from riskloop.models.catalogue import model_of, parameters_of
from riskloop.models.hits import HIT_SCHEMA, to_hits
from riskloop.organisation.account_actions import create_user
from riskloop.organisation.assignment_actions import assign_role
from riskloop.organisation.models import Unit, User
from riskloop.organisation.sync import sync_organisation

DAY = dt.date(2024, 3, 15)
PASSWORD = "a long enough password"  # noqa: S105


def unit(unit_id: str, level: str, parent_id: str | None) -> dict[str, Any]:
    return {
        "unit_id": unit_id,
        "name": f"unit {unit_id}",
        "level": level,
        "parent_id": parent_id,
        "opened_on": None,
        "closed_on": None,
    }


@pytest.fixture
def bank(db: None) -> None:
    """Two second-level branches, each with a sub-branch and an outlet; a teller and an authoriser in O1."""
    sync_organisation(
        units=[
            unit("HO", "head_office", None),
            unit("B", "tier1_branch", "HO"),
            unit("B1", "tier2_branch", "B"),
            unit("B2", "tier2_branch", "B"),
            unit("S1", "sub_branch", "B1"),
            unit("S2", "sub_branch", "B2"),
            unit("O1", "outlet", "S1"),
            unit("O2", "outlet", "S2"),
        ],
        staff=[
            {"staff_id": s, "name": f"person {s}", "unit_id": "O1", "post": "teller"} for s in ("G1", "G2")
        ],
        tellers=[
            {"teller_id": "T1", "staff_id": "G1", "unit_id": "O1"},
            {"teller_id": "T2", "staff_id": "G2", "unit_id": "O1"},
        ],
    )


@pytest.fixture
def person(bank: None) -> Callable[..., User]:
    """Makes a person with one role over one unit."""

    def make(username: str, role: str = "R04", unit_id: str = "HO", staff_id: str = "") -> User:
        user = create_user(
            username=username, password=PASSWORD, display_name=username.title(), staff_id=staff_id
        )
        assign_role(user, role, Unit.objects.get(pk=unit_id))
        return user

    return make


def found(*rows: dict[str, Any], day: dt.date = DAY, code: str = "A11", evidence: Any = None) -> None:
    """Runs hits of one model and day into the loop, as detection does."""
    model = model_of(code)
    parameters = parameters_of(model)
    plain = [
        {
            "subject_id": "E1",
            "unit_id": "O1",
            "amount": Decimal("600000.00"),
            "entry_id": "E1",
            "teller_id": "T1",
            "authoriser_id": "T2",
            "account_id": "P1",
            "customer_id": "K1",
            **({"limit": Decimal(500_000)} if "limit" in model.compared else {}),
        }
        | row
        for row in rows
    ]
    hits = to_hits(model, parameters, day, pa.Table.from_pylist(plain)) if plain else None
    sink = LoopSink(take_volumes=lambda day, rows: None)
    values = Ruled(Set(model, parameters)).values
    sink.take(day, model, values, HIT_SCHEMA.empty_table() if hits is None else hits, evidence or {})


@pytest.fixture
def event(bank: None) -> QuasiEvent:
    """One event in O1, handled by T1 and authorised by T2."""
    found({}, evidence={"E1": {"journal": [{"entry_id": "E1", "amount": "600000.00"}]}})
    return QuasiEvent.objects.get()
