"""Statistical hits are counted, seen by those whose units they are, and opened as findings by people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from riskloop.loop import actions
from riskloop.loop.intake import open_finding
from riskloop.loop.models import DailyStatistic, EvidenceRow, QuasiEvent
from riskloop.loop.statistics import (
    hits_by_day,
    record_statistics,
    statistics_for,
    tellers_ranked,
    units_ranked,
)
from riskloop.models.catalogue import model_of, parameters_of
from riskloop.models.hits import HIT_SCHEMA
from riskloop.organisation.models import History, User
from tests.loop.conftest import DAY, found

Person = Callable[..., User]


def hit(unit_id: str | None = "O1", *tellers: str, amount: str | None = "10.00") -> dict[str, Any]:
    return {"unit_id": unit_id, "teller_ids": tellers, "amount": amount and Decimal(amount)}


@pytest.fixture
def counted(bank: None) -> None:
    """Two days in O1, one in O2, and one hit in a unit that the bank does not know."""
    record_statistics(DAY, "C12", [hit("O1", "T1", "T2"), hit("O1", "T1"), hit("O2"), hit("nowhere")])
    record_statistics(DAY + dt.timedelta(1), "C12", [hit("O1", "T1", amount=None), hit(None)])


def test_a_hit_counts_once_for_its_unit_and_for_each_teller(counted: None, person: Person) -> None:
    seen = statistics_for(person("all"))
    assert hits_by_day(seen.filter(teller_id="")) == {DAY: 4, DAY + dt.timedelta(1): 2}
    first = units_ranked(seen.filter(teller_id=""))[0]
    assert (first.id, first.hits, first.days, first.amount) == ("O1", 3, 2, 20)
    assert [(t.id, t.name, t.hits) for t in tellers_ranked(seen)] == [
        ("T1", "person G1", 3),
        ("T2", "person G2", 1),
    ]


def test_running_again_counts_anew(counted: None) -> None:
    record_statistics(DAY, "C12", [hit("O2")])
    day = DailyStatistic.objects.filter(booked_on=DAY)
    assert list(day.values_list("unit_id", "teller_id", "hits")) == [("O2", "", 1)]


def test_a_reader_sees_his_own_units(counted: None, person: Person) -> None:
    assert set(statistics_for(person("one", unit_id="B1")).values_list("unit_id", flat=True)) == {"O1"}
    everything = statistics_for(person("all")).values_list("unit_id", flat=True)
    assert set(everything) == {"O1", "O2", "nowhere", None}
    assert not statistics_for(person("none", role="R01")).exists()


def row(**more: Any) -> dict[str, Any]:
    plain = dict.fromkeys(HIT_SCHEMA.names) | {
        "model": "C12",
        "subject_kind": "account",
        "subject_id": "P1",
        "booked_on": DAY,
        "unit_id": "O1",
        "count": 1,
        "evidence": '{"closing": "-5"}',
        "parameter_version": "v",
    }
    lists = {name: [] for name in HIT_SCHEMA.names if name.endswith("_ids")}
    return plain | lists | more


def opened(user: User, why: str = "同一柜员多次", **more: Any) -> QuasiEvent:
    model = model_of("C12")
    evidence = {"accounts": [{"account_id": "P1"}]}
    return open_finding(user, model, parameters_of(model), row(**more), evidence, why)


def test_a_person_opens_a_finding(bank: None, person: Person) -> None:
    monitor = person("monitor")
    event = opened(monitor)
    assert (event.state, event.evidence, event.unit_id) == ("new", {"closing": "-5"}, "O1")
    assert EvidenceRow.objects.get().table == "accounts"
    line = History.objects.get(object_type="quasi_event")
    assert (line.action, line.actor, line.reason) == ("opened", monitor, "同一柜员多次")
    actions.take(event, monitor)


@pytest.mark.parametrize(
    ("role", "unit_id", "why", "code"),
    [("R04", "B2", "…", "role"), ("R14", "HO", "…", "role"), ("R04", "HO", "  ", "why")],
)
def test_what_may_not_be_opened(
    bank: None, person: Person, role: str, unit_id: str, why: str, code: str
) -> None:
    with pytest.raises(actions.Refused) as refused:
        opened(person("someone", role=role, unit_id=unit_id), why)
    assert refused.value.code == code
    assert not QuasiEvent.objects.exists()


def test_nothing_is_opened_twice(bank: None, person: Person) -> None:
    monitor = person("monitor")
    opened(monitor)
    with pytest.raises(actions.Refused) as refused:
        opened(monitor)
    assert refused.value.code == "opened"


def test_a_run_neither_opens_findings_nor_loses_them(bank: None, person: Person) -> None:
    hits = {"subject_id": "P1", "entry_id": None}
    found(hits, hits | {"subject_id": "P2"}, code="C12")
    assert not QuasiEvent.objects.exists()
    assert DailyStatistic.objects.get(teller_id="").hits == 2
    event = opened(person("monitor"))
    found(hits, code="C12")
    event.refresh_from_db()
    assert event.withdrawn_on is None
    found(code="C12")
    event.refresh_from_db()
    assert event.withdrawn_on is not None
