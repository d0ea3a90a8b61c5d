"""The past of `riskloop demo` is worked through by the same actions as everything else."""

from __future__ import annotations

from collections.abc import Callable

from riskloop.loop import actions
from riskloop.loop.models import QuasiEvent, State
from riskloop.organisation.models import User
from riskloop.web.demo import conclude
from tests.loop.conftest import found


def test_an_event_of_a_unit_without_staff_is_determined(person: Callable[..., User]) -> None:
    unnamed = {"unit_id": "HO", "teller_id": None, "authoriser_id": None}
    found(unnamed, code="A06")
    event = QuasiEvent.objects.get()
    roles = {"monitor": "R04", "approver": "R04", "verifier": "R09"}
    people = {name: person(name, role) for name, role in roles.items()}
    actions.take(event, people["monitor"])
    conclude(event, people)
    assert event.state == State.DETERMINED
