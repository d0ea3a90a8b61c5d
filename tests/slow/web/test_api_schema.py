"""Schemathesis at every operation of the API: no failure of ours, and no answer outside the schema.

Monitor, administrator, viewer and overseer come by token with what they may do, and bring what the schema
allows and what it does not: half of the ids are the bank's own, so that the calls also reach what is there.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.http import HttpResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from riskloop.loop.models import Measure, QuasiEvent
from riskloop.organisation.account_actions import create_user
from riskloop.organisation.assignment_actions import assign_role
from riskloop.organisation.models import History, RoleAssignment, RoleDecision, Token, Unit, User
from riskloop.web.api import schema
from tests.web.api_cases import overseer
from tests.web.calling import API, operations, secret_of
from tests.web.stage import People

EXAMPLES = int(os.environ.get("RISKLOOP_API_EXAMPLES", "8"))
"""Of each operation and kind of input; the four take turns."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The calls play in the test's transaction, which the end of a request must not close."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def callers(bank: People) -> list[User]:
    viewer = create_user(
        username="wu", password=None, display_name="吴悠", staff_id="", unit=Unit.objects.get(pk="HO")
    )
    assign_role(viewer, "R14", Unit.objects.get(pk="12"))
    return [bank.monitor, bank.administrator, viewer, overseer()]


@cache
def loaded() -> Any:
    """The schema as Schemathesis reads it, once for all operations."""
    found = schemathesis.openapi.from_dict(schema())
    found.app = get_wsgi_application()
    return found


def known() -> dict[str, list[Any]]:
    """Ids of the bank by the names of path parameters."""

    def keys(rows: Any) -> list[Any]:
        return list(rows.order_by("pk").values_list("pk", flat=True)[:5])

    return {
        "event_id": [
            str(QuasiEvent.objects.filter(state=s).earliest("pk").pk) for s in ("new", "determined")
        ],
        "measure_id": keys(Measure.objects),
        "unit_id": keys(Unit.objects),
        "person_id": keys(User.objects),
        "assignment_id": keys(RoleAssignment.objects),
        "decision_id": keys(RoleDecision.objects),
        "token_id": keys(Token.objects),
        "line_id": keys(History.objects),
        "code": ["A10", "C12"],
    }


@pytest.mark.parametrize("mode", MODES, ids=["allowed", "not allowed"])
@pytest.mark.parametrize("name", operations())
def test_every_answer_is_as_the_schema_says(callers: list[User], name: str, mode: GenerationMode) -> None:
    told = operations()[name]
    operation = loaded()[API + told["address"]][told["method"]]
    secrets = itertools.cycle([secret_of(user) for user in callers])
    ids = known()
    tried: list[int] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def ask(case: Any, data: Any) -> None:
        for parameter in case.path_parameters or {}:
            if parameter in ids and data.draw(st.booleans()):
                case.path_parameters[parameter] = data.draw(st.sampled_from(ids[parameter]))
        # No operation takes a header of its own, and what a strange Host gets is not the API's to say.
        case.headers = {}
        headers = {"Authorization": f"Bearer {next(secrets)}"}
        with transaction.atomic():
            answer = case.call_and_validate(headers=headers, checks=CHECKS)
            transaction.set_rollback(True)
        tried.append(answer.status_code)

    ask()
    assert tried
    assert 401 not in tried


def test_a_failure_of_ours_would_be_seen(callers: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards the checks themselves: against a failure, and against an answer outside the schema."""
    headers = {"Authorization": f"Bearer {secret_of(callers[0])}"}
    case = loaded()[f"{API}/drivers"]["get"].Case()
    for broken in (lambda _day: 1 / 0, lambda _day: HttpResponse("[1]", content_type="application/json")):
        monkeypatch.setattr("riskloop.loop.api.lists.drivers_in_force", broken)
        with pytest.raises(FailureGroup):
            case.call_and_validate(headers=headers, checks=CHECKS)
