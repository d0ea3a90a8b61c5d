"""How personal data is shown, and that no column is forgotten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskloop.bank.derived import DERIVED
from riskloop.bank.tables import TABLES
from riskloop.models.catalogue import catalogue
from riskloop.organisation.masking import (
    COMPARED,
    OPEN,
    PERSONAL,
    Kind,
    kind_of,
    masked,
    masked_compared,
    masked_row,
    masked_subject,
    masked_text,
)

TEXTS = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=40)
NUMBERS_OF_CUSTOMERS = {
    "account_id",
    "card_no",
    "counterparty_account",
    "debit_account_id",
    "credit_account_id",
}
INTERNAL = {"entry_id", "event_id", "customer_id", "unit_id", "teller_id", "staff_id"}


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (Kind.NAME, "张三", "张*"),
        (Kind.NAME, "张小明", "张**"),
        (Kind.NAME, "张", "*"),
        (Kind.NAME, "江南贸易有限公司", "江*****公司"),
        (Kind.NAME, "公司", "公*"),
        (Kind.IDENTITY, "110101199003071234", "110*************34"),
        (Kind.IDENTITY, "E1234567", "******67"),
        (Kind.PHONE, "13800138000", "138****8000"),
        (Kind.PHONE, "88881234", "******34"),
        (Kind.ADDRESS, "江北市人民路一号院二单元", "江北市人民路******"),
        (Kind.ADDRESS, "江北市人民路一号", "江北市人****"),
        (Kind.ADDRESS, "江", "*"),
        (Kind.NUMBER, "6222000000000017", "6222********0017"),
        (Kind.NUMBER, "622200000017", "6222****0017"),
        (Kind.NUMBER, "62220000017", "*********17"),
        (Kind.NUMBER, "P12", "**2"),
        (Kind.NUMBER, "7", "*"),
        (Kind.BIRTHDAY, "1990-03-07", "1990-**-**"),
    ],
)
def test_each_kind_has_its_own_way(kind: Kind, value: str, shown: str) -> None:
    assert masked(value, kind) == shown


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_stays_nothing(kind: Kind, nothing: str | None) -> None:
    assert masked(nothing, kind) == nothing


@given(TEXTS, st.sampled_from([k for k in Kind if k is not Kind.BIRTHDAY]))
def test_the_hidden_middle_is_never_shown(value: str, kind: Kind) -> None:
    shown = masked(value, kind)
    assert len(shown) == len(value)
    hidden = [place for place, sign in enumerate(shown) if sign == "*"]
    assert hidden, "never the whole"
    assert hidden == list(range(hidden[0], hidden[-1] + 1)), "one stretch"
    assert len(hidden) >= min(4, -(-len(value) // 2))
    first, last = hidden[0], hidden[-1] + 1
    assert (shown[:first], shown[last:]) == (value[:first], value[last:]), "its ends are what they were"
    assert masked(shown, kind) == shown or kind is Kind.NAME


@given(st.text("0123456789", min_size=16, max_size=19), st.text("0123456789", min_size=16, max_size=19))
def test_what_differs_at_its_ends_can_be_told_apart(one: str, other: str) -> None:
    same = (one[:4], one[-4:], len(one)) == (other[:4], other[-4:], len(other))
    assert (masked(one, Kind.NUMBER) == masked(other, Kind.NUMBER)) is same


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_every_column_is_personal_data_or_said_to_be_none(table: object) -> None:
    name, columns = table.name, {c.name for c in table.columns}  # type: ignore[attr-defined]
    personal, none = set(PERSONAL[name]), OPEN[name]
    assert personal | none == columns
    assert not personal & none


def test_there_are_no_tables_that_do_not_exist() -> None:
    assert set(PERSONAL) == set(OPEN) == set(TABLES)


def test_numbers_of_customers_are_masked_and_internal_keys_are_not() -> None:
    for table in TABLES.values():
        for column in table.columns:
            kind = kind_of(table.name, column.name)
            if column.name in NUMBERS_OF_CUSTOMERS:
                assert kind is Kind.NUMBER, (table.name, column.name)
            if column.name in INTERNAL or column.refers_to in {"units", "staff", "tellers", "customers"}:
                assert kind is None, (table.name, column.name)
            if column.refers_to == "accounts":
                assert kind is Kind.NUMBER, (table.name, column.name)


def test_names_on_duty_are_shown_and_names_of_customers_are_not() -> None:
    assert kind_of("staff", "name") is None
    assert kind_of("units", "name") is None
    assert kind_of("customers", "name") is Kind.NAME
    assert kind_of("journal", "counterparty_name") is Kind.NAME
    assert kind_of("journal", "purpose") is None


def test_of_a_column_beyond_the_contract_its_name_decides() -> None:
    assert kind_of("a bank's own", "account_id") is Kind.NUMBER
    assert kind_of("a bank's own", "name") is Kind.NAME
    assert kind_of("journal", "phone") is Kind.PHONE
    assert kind_of("journal", "colour") is None


def test_derived_tables_are_masked_by_the_names_of_their_columns() -> None:
    hidden = {(t, c.name) for t, d in DERIVED.items() for c in d.table.columns if kind_of(t, c.name)}
    assert {c for _table, c in hidden} <= NUMBERS_OF_CUSTOMERS
    assert ("account_days", "account_id") in hidden


def test_a_row_is_masked_column_by_column() -> None:
    row = {"customer_id": "K1", "name": "张小明", "kind": "personal", "phone": None}
    shown = {"customer_id": "K1", "name": "张**", "kind": "personal", "phone": None}
    assert masked_row("customers", row) == shown


@pytest.mark.parametrize(
    ("kind", "subject", "shown"),
    [
        ("account", "6222000000000017", "6222********0017"),
        ("card", "6222000000000017", "6222********0017"),
        ("customer", "K0000000000000017", "K0000000000000017"),
        ("entry", "E00000000000001", "E00000000000001"),
        ("event", "maintenance_events:V000000000001", "V000000000001"),
        ("item", "suspense_items:I0000000000001", "I0000000000001"),
        ("teller", "T1", "T1"),
        ("outlet", "1111", "1111"),
    ],
)
def test_a_subject_known_by_a_customers_number_is_masked(kind: str, subject: str, shown: str) -> None:
    assert masked_subject(kind, subject) == shown


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("counterparty", "6222000000000017", "6222********0017"),
        ("first_card", "622200000017", "6222****0017"),
        ("anything", "6222000000000017", "6222********0017"),
        ("anything", "N123456789", "********89"),
        ("anything", ["N123456789", "of nobody"], ["********89", "of nobody"]),
        ("limit", "500000.00", "500000.00"),
        ("opened_on", "2024-03-29", "2024-03-29"),
        ("flagged", True, True),
        ("times", 12345678901234, 12345678901234),
    ],
)
def test_compared_values_are_masked_where_they_are_personal(name: str, value: object, shown: object) -> None:
    assert masked_compared(name, value, ["N123456789"]) == shown


def test_no_model_compares_an_account_or_a_card_under_a_name_that_is_not_known() -> None:
    """By what the labels say: a new model that compares one must be entered in `COMPARED`."""
    telling = ("account", "card", "phone", "address")
    # Yes or no, amounts, days and numbers of them: the label names an account, the value is none.
    known = {
        "to_personal", "to_card", "to_corporate", "status", "paid_out", "debits_it", "credits_it", "limit",
        "limit_of_account", "active_cards", "replaced", "reset_on", "run", "repeats", "opened_on", "to_whom",
        "put_in",
    }  # fmt: skip
    strange = {
        (m.code, name)
        for m in catalogue().values()
        for name, label in m.compared.items()
        if any(word in label.en.lower() for word in telling) and name not in COMPARED and name not in known
    }
    assert strange == set()


def test_a_long_number_in_a_text_is_masked() -> None:
    assert masked_text("text=6222000000000017 state=open") == "text=6222********0017 state=open"
    assert masked_text("first=2024-03-29") == "first=2024-03-29"
