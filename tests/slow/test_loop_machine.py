"""Whatever many people do to one event in whatever order: what must hold holds."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from riskloop.loop.states import TRANSITIONS
from riskloop.organisation.models import User
from tests.loop.conftest import bank, person
from tests.loop.machine import BY_THE_SYSTEM, MAKE, ROLES, TheLoop

__all__ = ["bank", "person"]

FAR = {"take", "exclude", "pass_on", "ask", "answer", "determine", "approve"}
FAR |= {"set_measure", "report_done", "verify", "close", "appeal", "uphold_appeal"}
FAR |= {"ask_reopening", "reopen", "check_exclusion", "check_determination"}


def test_every_way_between_states_is_tried() -> None:
    assert set(MAKE) | BY_THE_SYSTEM == set(TRANSITIONS)


def test_no_order_of_actions_breaks_the_loop(person: Callable[..., User]) -> None:
    TheLoop.people = {name: person(name, *of) for name, of in ROLES.items()}
    TheLoop.succeeded = set()
    how = settings(
        max_examples=15,
        stateful_step_count=80,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(TheLoop, settings=how)
    # Guards the test itself: what never gets anywhere would break nothing.
    assert TheLoop.succeeded >= FAR, FAR - TheLoop.succeeded
