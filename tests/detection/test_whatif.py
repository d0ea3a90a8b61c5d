"""What a what-if asks, and that it sees no more of a day than a run of that day did."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from riskloop.bank.errors import BadInput
from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.bank.memory import arrow_table
from riskloop.detection.plan import as_delivered
from riskloop.detection.whatif import MOST_STEPS, days_of, question
from tests.detection.conftest import FRIDAY, SATURDAY, entries


def settings(sweep: str, *held: str) -> list[dict[str, str]]:
    return [dict(one) for one in question(held, sweep).alternatives]


def hits(home: Home, *held: str, sweep: str = "") -> dict[dt.date, list[list[str]]]:
    asked = question(held, sweep)
    days = days_of(home, asked.model, asked.decisions(as_delivered), None, None, lambda *_done: None)
    return {day.day: [found["subject_id"].to_pylist() for found in day.hits] for day in days}


def test_values_that_are_asked_for_hold_together() -> None:
    asked = question(["A11.amount=300000", "A11.on_site=400000"])
    assert (asked.model.code, asked.swept) == ("A11", "")
    assert asked.alternatives == ({"amount": "300000", "on_site": "400000"},)


def test_a_sweep_makes_an_alternative_of_each_value() -> None:
    assert settings("A11.amount=1,2, 2") == [{"amount": "1"}, {"amount": "2"}]
    assert settings("A11.amount=100000..500000/3", "A11.on_site=7") == [
        {"on_site": "7", "amount": one} for one in ("100000", "300000", "500000")
    ]
    assert settings("A10.days=2..4/5") == [{"days": "2"}, {"days": "3"}, {"days": "4"}]
    assert len(settings(f"A11.amount=1..1000/{MOST_STEPS}")) == MOST_STEPS
    assert len(settings("A11.amount=1..1000")) == 10


@pytest.mark.parametrize(
    ("held", "sweep", "said"),
    [
        ([], "", "names none"),
        (["A11.amount=1", "A12.amount=1"], "", "names A11, A12"),
        (["A11.amount=1"], "A12.amount=1,2", "names A11, A12"),
        (["A11.amount"], "", "what is asked is A11.amount, and must be as"),
        (["A11.amount=many"], "", "A11.amount is many"),
        (["A11.amount=0"], "", "must be from 1 to"),
        (["A11.colour=1"], "", "no parameter colour"),
        (["Z99.amount=1"], "", "no model Z99"),
        ([], "A11.amount", "--sweep is A11.amount"),
        ([], "A11.colour=1,2", "no parameter colour"),
        ([], "A11.amount=5..1/3", "must rise"),
        ([], "A11.amount=1..5/1", "must rise"),
        ([], "A11.amount=1..Infinity/3", "must rise"),
        ([], "A11.amount=low..high/3", "and must be as"),
        ([], f"A11.amount=1..1000/{MOST_STEPS + 1}", "more than 50 values"),
        (["A11.amount=1"], "A11.amount=1,2", "set to 1 as well"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_sentence(held: list[str], sweep: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        question(held, sweep)


def test_a_list_of_codes_is_no_number_to_vary() -> None:
    with pytest.raises(BadInput, match="is no number that could be varied"):
        question([], "B02.codes=1,2")


def test_each_day_says_what_every_set_of_values_hits(home: Home) -> None:
    found = hits(home, sweep="A11.amount=5,650000,800000")
    assert found == {FRIDAY: [["E1"], ["E1", "E3"], [], []], SATURDAY: [["E5"], ["E5"], ["E5"], []]}


def test_what_the_bank_came_to_know_later_reaches_no_day_before(home: Home) -> None:
    """A10 sums over days: a payment of Sunday is none of Saturday's, nor what the account became then."""
    before = hits(home, "A10.sum=600000")
    later = SATURDAY + dt.timedelta(days=1)
    lake = Lake(home)
    row = {"entry_id": "E6", "debit_account_id": "P1", "amount": Decimal(900_000)}
    lake.write_facts("journal", later, entries(later, row))
    card = [{"account_id": "P1", "kind": "card", "customer_id": "K1", "unit_id": "U1"}]
    lake.write_standing("accounts", later, arrow_table("accounts", card, later))
    after = hits(home, "A10.sum=600000")
    assert {day: after[day] for day in before} == before
    assert before[SATURDAY] == [["P1"], ["P1"]]


def test_a_model_that_the_bank_cannot_feed_is_named_with_what_lacks(home: Home) -> None:
    with pytest.raises(BadInput, match="B14 is not applicable: the bank hands over no table"):
        hits(home, "B14.relatives=false")
