"""Who may handle a finding, and if not, why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from riskloop.loop import actions
from riskloop.loop.actions import Refused
from riskloop.loop.models import QuasiEvent
from riskloop.organisation.models import StaffCustomer, User
from riskloop.organisation.recusal import Finding, Ground, Task, recused, sentence

Person = Callable[..., User]
FREE = Finding("O2", handled_by=("T9",), authorised_by=("T8",), customer_ids=("K9",))


@pytest.fixture
def colleague(person: Person) -> User:
    """Works in O1, is behind teller T1, and is related to customer K2; K1 is himself."""
    StaffCustomer.objects.create(staff_id="G1", customer_id="K1", relation="self")
    StaffCustomer.objects.create(staff_id="G1", customer_id="K2", relation="relative")
    return person("colleague", "R04", "HO", staff_id="G1")


def finding(colleague: User, **given: Any) -> Finding:
    return Finding(
        **{"unit_id": "O2"} | {k: [colleague.pk] if v == "himself" else v for k, v in given.items()}
    )


@pytest.mark.parametrize("task", list(Task))
@pytest.mark.parametrize(
    ("given", "ground"),
    [
        ({"handled_by": ["T9", "T1"]}, Ground.HANDLED),
        ({"authorised_by": ["T1"]}, Ground.AUTHORISED),
        ({"customer_ids": ["K1"]}, Ground.OWN_BUSINESS),
        ({"customer_ids": ["K9", "K2"]}, Ground.RELATIVE),
        ({"customer_ids": ["K2", "K1"]}, Ground.OWN_BUSINESS),
    ],
)
def test_an_interest_in_the_transaction_bars_from_every_task(
    colleague: User, task: Task, given: dict[str, Any], ground: Ground
) -> None:
    assert recused(colleague, finding(colleague, **given), task) == ground


@pytest.mark.parametrize(
    ("task", "given", "ground"),
    [
        (Task.JUDGE, {"unit_id": "O1"}, Ground.OWN_UNIT),
        (Task.REVIEW, {"unit_id": "O1"}, Ground.OWN_UNIT),
        (Task.ANSWER, {"unit_id": "O1"}, None),
        (Task.JUDGE, {"planned_by": "himself"}, None),
        (Task.REVIEW, {"planned_by": "himself"}, Ground.PLANNED),
        (Task.JUDGE, {"found_by": "himself"}, None),
        (Task.REVIEW, {"found_by": "himself"}, Ground.FOUND),
        (Task.REVIEW, {"unit_id": None}, None),
    ],
)
def test_his_own_unit_and_his_own_finding(
    colleague: User, task: Task, given: dict[str, Any], ground: Ground | None
) -> None:
    assert recused(colleague, finding(colleague, **given), task) == ground


@pytest.mark.parametrize("task", list(Task))
def test_who_has_no_interest_is_free(colleague: User, task: Task) -> None:
    assert recused(colleague, FREE, task) is None


def test_an_account_without_a_person_is_free(person: Person, colleague: User) -> None:
    stranger = person("stranger")
    assert recused(stranger, finding(colleague, customer_ids=["K1"], handled_by=["T1"]), Task.JUDGE) is None


@pytest.mark.parametrize("ground", list(Ground))
def test_every_ground_is_said(ground: Ground) -> None:
    assert sentence(ground).endswith((".", "。"))


def test_a_relatives_event_is_not_taken(event: QuasiEvent, person: Person) -> None:
    """The event's customer is K1; neither the person's own units nor his hands are in it."""
    StaffCustomer.objects.create(staff_id="G7", customer_id="K1", relation="relative")
    monitor = person("monitor", staff_id="G7")
    with pytest.raises(Refused) as refusal:
        actions.take(event, monitor)
    assert (refusal.value.code, refusal.value.who) == ("recusal", True)


def test_a_monitor_of_the_outlets_own_staff_does_not_judge_it(event: QuasiEvent, person: Person) -> None:
    event.teller_ids, event.authoriser_ids, event.customer_ids = ["T9"], [], []
    event.save()
    with pytest.raises(Refused) as refusal:
        actions.take(event, person("monitor", staff_id="G1"))
    assert refusal.value.code == "recusal"
