"""A situation that goes on extends the open event; a concluded one is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from riskloop.loop import actions
from riskloop.loop.models import Continuation, EvidenceRow, QuasiEvent
from riskloop.models.catalogue import model_of
from riskloop.organisation.models import History, User
from tests.loop.conftest import DAY, found

Person = Callable[..., User]


def hit(ago: int = 0, amount: int = 1_000_000, evidence: Any = None, **row: Any) -> None:
    """A hit of A10 (five days) on account P1, so many days after DAY."""
    plain = {"subject_id": "P1", "amount": Decimal(amount), "entry_id": f"E{ago}"}
    found(plain | row, day=DAY + dt.timedelta(days=ago), code="A10", evidence=evidence)


def differing(ago: int, since: int) -> None:
    """A hit of A13 on unit L1, so many days after DAY, whose books have differed since a day."""
    compared = dict.fromkeys(model_of("A13").compared, 0) | {"since": DAY + dt.timedelta(since)}
    found({"subject_id": "L1"} | compared, day=DAY + dt.timedelta(ago), code="A13")


@pytest.fixture
def open_event(bank: None) -> QuasiEvent:
    hit(evidence={"P1": {"accounts": [{"account_id": "P1", "customer_id": "K1"}]}})
    return QuasiEvent.objects.get()


def test_the_next_hit_of_the_window_extends_the_event(open_event: QuasiEvent) -> None:
    hit(4, amount=1_200_000, evidence={"P1": {"journal": [{"entry_id": "E4"}]}})
    (event,) = QuasiEvent.objects.all()
    assert (event.booked_on, event.last_on, event.amount) == (DAY, DAY + dt.timedelta(4), 1_000_000)
    (continuation,) = event.continuations.all()
    assert (continuation.amount, continuation.entry_ids) == (1_200_000, ["E4"])
    assert sorted(EvidenceRow.objects.values_list("table", flat=True)) == ["accounts", "journal"]
    assert History.objects.get(action="continued").after["last_on"] == str(DAY + dt.timedelta(4))


def test_the_windows_reach_from_hit_to_hit(open_event: QuasiEvent) -> None:
    hit(4)
    hit(8)
    assert QuasiEvent.objects.get().last_on == DAY + dt.timedelta(8)


def test_a_hit_after_the_window_opens_an_event(open_event: QuasiEvent) -> None:
    hit(5)
    assert QuasiEvent.objects.count() == 2
    assert not Continuation.objects.exists()


def test_a_situation_that_still_stands_extends_the_event(bank: None) -> None:
    differing(0, since=0)
    differing(3, since=0)
    assert QuasiEvent.objects.get().last_on == DAY + dt.timedelta(3)


def test_a_situation_that_began_anew_opens_an_event(bank: None) -> None:
    differing(0, since=0)
    differing(3, since=2)
    assert QuasiEvent.objects.count() == 2
    assert not Continuation.objects.exists()


def test_running_again_changes_nothing(open_event: QuasiEvent) -> None:
    hit(1)
    before = list(Continuation.objects.values()), History.objects.count()
    hit(1)
    assert (list(Continuation.objects.values()), History.objects.count()) == before


def test_what_people_did_does_not_matter_to_what_was_continued(
    open_event: QuasiEvent, person: Person
) -> None:
    hit(1)
    monitor = person("monitor")
    actions.take(open_event, monitor)
    actions.exclude(open_event, monitor, "genuine")
    hit(1, amount=3_000_000)
    assert Continuation.objects.get().amount == 1_000_000


def test_a_concluded_event_is_not_extended(open_event: QuasiEvent, person: Person) -> None:
    monitor = person("monitor")
    actions.take(open_event, monitor)
    actions.exclude(open_event, monitor, "genuine")
    hit(1)
    assert sorted(QuasiEvent.objects.values_list("state", flat=True)) == ["excluded", "new"]


def test_a_continuation_that_is_no_more_is_withdrawn_and_returns(open_event: QuasiEvent) -> None:
    hit(1)
    found(day=DAY + dt.timedelta(1), code="A10")
    event = QuasiEvent.objects.get()
    assert (event.last_on, event.withdrawn_on) == (DAY, None)
    assert Continuation.objects.get().withdrawn_on is not None
    assert History.objects.filter(action="discontinued").count() == 1
    hit(1)
    assert Continuation.objects.get().withdrawn_on is None
    assert QuasiEvent.objects.get().last_on == DAY + dt.timedelta(1)


def test_an_event_that_goes_on_is_not_withdrawn(open_event: QuasiEvent) -> None:
    hit(1)
    found(code="A10")
    assert QuasiEvent.objects.get().withdrawn_on is None


def test_a_model_of_single_entries_extends_nothing(bank: None) -> None:
    found({})
    found({}, day=DAY + dt.timedelta(1))
    assert QuasiEvent.objects.count() == 2


def test_who_had_a_hand_in_a_continuation_does_not_handle_the_event(
    open_event: QuasiEvent, person: Person
) -> None:
    QuasiEvent.objects.update(teller_ids=[], authoriser_ids=[])
    hit(1, teller_id="T1", authoriser_id=None)
    with pytest.raises(actions.Refused) as refused:
        actions.take(open_event, person("teller", staff_id="G1"))
    assert refused.value.code == "recusal"
