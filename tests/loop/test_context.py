"""Earlier events on the same objects: by account, customer, teller and model, within reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from riskloop.loop import context
from riskloop.loop.context import earlier_of
from riskloop.loop.models import Continuation, EventObject, QuasiEvent
from riskloop.organisation.models import User
from riskloop.organisation.row_security import reach_of, reading
from tests.loop.conftest import DAY, found

Person = Callable[..., User]
NOTHING_SHARED = {
    "unit_id": "O2",
    "account_id": "P9",
    "customer_id": "K9",
    "teller_id": "T9",
    "authoriser_id": "T8",
}


def hit(subject: str, back: int = 1, code: str = "B09", **row: Any) -> None:
    """A hit of another model that shares nothing with the event but what is given."""
    found(NOTHING_SHARED | {"subject_id": subject} | row, code=code, day=DAY - dt.timedelta(days=back))


def seen(event: QuasiEvent, user: User) -> dict[str, list[str]]:
    return {way.kind: [e.subject_id for e in way.events] for way in earlier_of(event, user)}


def test_each_kind_of_object_joins(event: QuasiEvent, person: Person) -> None:
    hit("none")
    hit("account", account_id="P1")
    hit("customer", customer_id="K1")
    hit("teller", teller_id="T1")
    hit("authoriser", 2, authoriser_id="T1")
    hit("model", code="A11", unit_id="O1")
    assert seen(event, person("monitor")) == {
        "account": ["account"],
        "customer": ["customer"],
        "teller": ["teller", "authoriser"],
        "model": ["model"],
    }


def test_later_events_are_no_earlier_ones(event: QuasiEvent, person: Person) -> None:
    hit("later", -1, account_id="P1")
    hit("today", 0, account_id="P1")
    assert seen(event, person("monitor"))["account"] == ["today"]


def test_events_out_of_reach_are_neither_shown_nor_counted(event: QuasiEvent, person: Person) -> None:
    hit("beyond", account_id="P1")
    hit("near", 2, account_id="P1", unit_id="O1")
    reader = person("near", unit_id="B1")
    account = earlier_of(event, reader)[0]
    assert [e.subject_id for e in account.events] == ["near"]
    assert (account.count, account.more) == (1, False)
    with reading(reach_of(reader)):
        assert seen(event, reader)["account"] == ["near"]


def test_of_many_the_newest_are_shown(event: QuasiEvent, person: Person, monkeypatch: Any) -> None:
    monkeypatch.setattr(context, "SHOWN", 1)
    monkeypatch.setattr(context, "COUNTED", 2)
    for back in (1, 2, 3):
        hit(f"S{back}", back, account_id="P1")
    account = earlier_of(event, person("monitor"))[0]
    assert ([e.subject_id for e in account.events], account.count, account.more) == (["S1"], 2, True)


def test_what_a_continuation_names_is_found_too(event: QuasiEvent, person: Person) -> None:
    hit("goes on", 3)
    other = QuasiEvent.objects.get(subject_id="goes on")
    day = DAY - dt.timedelta(days=1)
    Continuation.objects.create(
        event=other, booked_on=day, count=1, evidence={}, parameter_version="1", account_ids=["P1"]
    )
    assert seen(event, person("monitor"))["account"] == ["goes on"]


def test_the_objects_follow_the_event(event: QuasiEvent) -> None:
    event.account_ids = ["P2"]
    event.save()
    assert set(EventObject.objects.filter(kind="account").values_list("object_id", flat=True)) == {"P2"}
    QuasiEvent.objects.filter(evidence_rows=None).delete()
    event.evidence_rows.all().delete()
    event.delete()
    assert not EventObject.objects.exists()
