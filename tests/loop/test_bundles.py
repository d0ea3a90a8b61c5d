"""Hits that share an object on a day are one bundle, graded by what they have in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from riskloop.loop import actions
from riskloop.loop.bundles import bundle_day
from riskloop.loop.grades import features_for_key_attention
from riskloop.loop.models import GradeRule, ModelGrade, QuasiEvent
from riskloop.organisation.models import History, User
from tests.loop.conftest import DAY, found
from tests.loop.working import determine

Person = Callable[..., User]
APART = {"entry_id": None, "account_id": None, "customer_id": None, "teller_id": None, "authoriser_id": None}


def hit(code: str, subject_id: str, *, day: dt.date = DAY, evidence: Any = None, **row: Any) -> None:
    """A hit that names nothing but its subject and what is given."""
    found(APART | {"subject_id": subject_id} | row, code=code, day=day, evidence=evidence)


def groups() -> list[list[str]]:
    """The models of each bundle, and of each event alone."""
    found: dict[Any, list[str]] = {}
    for event in QuasiEvent.objects.order_by("model", "subject_id"):
        found.setdefault(event.bundle or event.pk, []).append(event.model)
    return sorted(found.values())


@pytest.mark.parametrize("shared", [{"entry_id": "E1"}, {"customer_id": "K1"}])
def test_what_is_shared_joins(bank: None, shared: dict[str, str]) -> None:
    hit("A11", "E1", **shared)
    hit("A10", "P1", **shared)
    hit("B09", "E9")
    bundle_day(DAY)
    assert groups() == [["A10", "A11"], ["B09"]]


def test_a_customers_account_joins_and_the_banks_own_does_not(bank: None) -> None:
    for account, customer in (("P1", "K1"), ("N1", None)):
        rows = {"accounts": [{"account_id": account, "customer_id": customer}]}
        for number, code in enumerate(("A11", "B09")):
            subject = f"{account}-{number}"
            hit(code, subject, account_id=account, evidence={subject: rows})
        bundle_day(DAY)
        assert groups() == ([["A11", "B09"]] if customer else [["A11"], ["B09"]])
        QuasiEvent.objects.all().delete()


def test_a_teller_alone_joins_nothing(bank: None) -> None:
    hit("A11", "E1", teller_id="T1")
    hit("B09", "E2", teller_id="T1")
    bundle_day(DAY)
    assert groups() == [["A11"], ["B09"]]


def test_objects_join_from_hit_to_hit(bank: None) -> None:
    hit("A11", "E1", customer_id="K1")
    hit("A10", "P2", customer_id="K1", entry_id="E2")
    hit("B09", "E2", entry_id="E2")
    bundle_day(DAY)
    assert groups() == [["A10", "A11", "B09"]]


def test_another_day_is_another_bundle(bank: None) -> None:
    hit("A11", "E1", customer_id="K1")
    hit("B09", "E2", customer_id="K1", day=DAY + dt.timedelta(1))
    for day in (DAY, DAY + dt.timedelta(1)):
        bundle_day(day)
    assert groups() == [["A11"], ["B09"]]


def grades() -> dict[str, str]:
    return dict(QuasiEvent.objects.values_list("model", "grade"))


def test_three_features_are_of_key_attention_and_two_are_not(bank: None) -> None:
    hit("A11", "E1", customer_id="K1")
    hit("A10", "P1", customer_id="K1")
    bundle_day(DAY)
    assert grades() == {"A11": "general", "A10": "attention"}
    hit("B09", "E2", customer_id="K1")
    bundle_day(DAY)
    assert set(grades().values()) == {"key_attention"}
    line = History.objects.get(action="bundled", after__grade="key_attention", before__grade="general")
    assert line.actor is None


def test_two_hits_of_one_model_are_one_feature(bank: None) -> None:
    found(
        *(APART | {"subject_id": f"E{n}", "customer_id": "K1"} for n in range(3)),
        code="A11",
    )
    bundle_day(DAY)
    assert groups() == [["A11", "A11", "A11"]]
    assert grades() == {"A11": "general"}


def test_a_tellers_own_business_raises_the_whole(bank: None) -> None:
    hit("A11", "E1", entry_id="E1")
    hit("B14", "E1", entry_id="E1")
    bundle_day(DAY)
    assert set(grades().values()) == {"key_attention"}


def test_a_bundle_that_falls_apart_is_graded_back(bank: None) -> None:
    for code in ("A11", "A10", "B09"):
        hit(code, "E1", customer_id="K1")
    bundle_day(DAY)
    found(code="B09")
    bundle_day(DAY)
    assert grades() | {"B09": ""} == {"A11": "general", "A10": "attention", "B09": ""}


def test_what_a_person_graded_stays(bank: None, person: Person) -> None:
    hit("A11", "E1", customer_id="K1")
    bundle_day(DAY)
    event, monitor = QuasiEvent.objects.get(), person("monitor")
    actions.take(event, monitor)
    determine(event, monitor, "external", "E3", "attention", "…")
    for code in ("A10", "B09"):
        hit(code, "P1", customer_id="K1")
    bundle_day(DAY)
    event.refresh_from_db()
    assert event.grade == "attention"
    assert event.bundle is not None


def test_again_changes_nothing(bank: None) -> None:
    for code in ("A11", "A10", "B09"):
        hit(code, "E1", customer_id="K1")
    bundle_day(DAY)
    before = list(QuasiEvent.objects.order_by("pk").values()), History.objects.count()
    bundle_day(DAY)
    assert (list(QuasiEvent.objects.order_by("pk").values()), History.objects.count()) == before


def test_a_situation_that_goes_on_keeps_its_bundle(bank: None) -> None:
    hit("A10", "P1", customer_id="K1")
    hit("A11", "E1", customer_id="K1")
    bundle_day(DAY)
    next_day = DAY + dt.timedelta(1)
    hit("A10", "P1", customer_id="K1", day=next_day)
    hit("B09", "E2", customer_id="K1", day=next_day)
    bundle_day(next_day)
    assert groups() == [["A10", "A11", "B09"]]


def test_grades_are_dated(bank: None) -> None:
    ModelGrade.objects.create(model="A11", grade="attention", effective_from=DAY)
    hit("A11", "E1", day=DAY - dt.timedelta(1))
    hit("A11", "E1")
    assert list(QuasiEvent.objects.order_by("booked_on").values_list("grade", flat=True)) == [
        "general",
        "attention",
    ]
    GradeRule.objects.create(features=2, effective_from=DAY)
    assert [features_for_key_attention(d) for d in (DAY - dt.timedelta(1), DAY)] == [3, 2]
