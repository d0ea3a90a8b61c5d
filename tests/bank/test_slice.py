"""What reaches a subject, and what stays out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from riskloop.bank.slice import slice_of

BANK: dict[str, list[dict[str, Any]]] = {
    "units": [
        {"unit_id": "U1", "parent_id": "B1"},
        {"unit_id": "U2", "parent_id": "B1"},
        {"unit_id": "B1", "parent_id": None},
        {"unit_id": "B2", "parent_id": None},
    ],
    "staff": [{"staff_id": "S1", "unit_id": "U1"}, {"staff_id": "S2", "unit_id": "U2"}],
    "staff_customers": [
        {"staff_id": "S1", "customer_id": "K9", "relation": "self"},
        {"staff_id": "S2", "customer_id": "K8", "relation": "self"},
    ],
    "tellers": [
        {"teller_id": "T1", "staff_id": "S1", "unit_id": "U1"},
        {"teller_id": "T2", "staff_id": "S2", "unit_id": "U2"},
    ],
    "customers": [{"customer_id": f"K{n}"} for n in range(1, 10)],
    "accounts": [
        {"account_id": "P1", "customer_id": "K1", "unit_id": "U1", "opened_by": "T1"},
        {"account_id": "P2", "customer_id": "K1", "unit_id": "U2", "opened_by": "T2"},
        {"account_id": "P3", "customer_id": "K3", "unit_id": "U1", "opened_by": None},
        {"account_id": "N1", "customer_id": None, "unit_id": "U1", "opened_by": None},
    ],
    "hosted_accounts": [
        {"hosting_id": "H1", "account_id": "P1", "grantor_id": "K1", "administrator_id": "K7"},
        {"hosting_id": "H3", "account_id": "P3", "grantor_id": "K3", "administrator_id": "K6"},
    ],
    "calendar": [{"on": dt.date(2024, 3, 15), "working": True}],
    "journal": [
        {"entry_id": "E1", "unit_id": "U1", "teller_id": "T1", "debit_account_id": "P1"},
        {"entry_id": "E2", "unit_id": "U1", "teller_id": "T1", "debit_account_id": "P3"},
        {"entry_id": "E3", "unit_id": "U1", "teller_id": None, "debit_account_id": "P3"},
        {"entry_id": "E4", "unit_id": "U2", "teller_id": "T2", "credit_account_id": "P1"},
        {"entry_id": "E5", "unit_id": "U2", "teller_id": None, "debit_account_id": "P2"},
        {"entry_id": "E6", "unit_id": "U2", "original_entry_id": "E3", "debit_account_id": "N1"},
    ],
    "ebank_events": [
        {"event_id": "E1", "customer_id": "K1", "teller_id": "T2", "unit_id": "U2", "card_no": "62"},
        {"event_id": "V2", "customer_id": "K3", "teller_id": None, "unit_id": None, "card_no": "63"},
    ],
    "attendance": [{"staff_id": "S1", "on": "15"}, {"staff_id": "S2", "on": "15"}],
}


def keys(part: dict[str, list[Any]], table: str, key: str) -> list[str]:
    return [row[key] for row in part[table]]


def entries(kind: str, subject_id: str) -> list[str]:
    return keys(slice_of(BANK, kind, subject_id), "journal", "entry_id")


def test_an_account_is_reached_by_the_facts_that_name_it() -> None:
    part = slice_of(BANK, "account", "P1")
    assert keys(part, "journal", "entry_id") == ["E1", "E4"]
    assert keys(part, "ebank_events", "event_id") == ["E1"]
    assert keys(part, "accounts", "account_id") == ["P1"]
    assert keys(part, "hosted_accounts", "hosting_id") == ["H1"]
    assert keys(part, "customers", "customer_id") == ["K1", "K7", "K8", "K9"]


def test_a_customer_is_reached_by_the_facts_of_all_his_accounts() -> None:
    assert entries("customer", "K1") == ["E1", "E4", "E5"]
    assert keys(slice_of(BANK, "customer", "K1"), "accounts", "account_id") == ["P1", "P2"]


def test_a_teller_is_reached_by_what_he_handled_and_by_his_person_s_facts() -> None:
    part = slice_of(BANK, "teller", "T1")
    assert keys(part, "journal", "entry_id") == ["E1", "E2"]
    assert keys(part, "attendance", "staff_id") == ["S1"]
    assert keys(part, "staff_customers", "customer_id") == ["K9"]


def test_an_entry_is_reached_by_the_facts_of_its_accounts_and_teller_not_of_its_outlet() -> None:
    assert entries("entry", "E1") == ["E1", "E2", "E4"]
    part = slice_of(BANK, "entry", "E1")
    assert keys(part, "tellers", "teller_id") == ["T1", "T2"]
    assert keys(part, "units", "unit_id") == ["U1", "U2", "B1"]


def test_a_reversal_is_reached_by_the_entry_that_it_undoes() -> None:
    assert entries("entry", "E6") == ["E3", "E6"]


def test_an_event_of_another_table_bears_its_name() -> None:
    part = slice_of(BANK, "entry", "ebank_events:E1")
    assert keys(part, "ebank_events", "event_id") == ["E1"]
    assert keys(part, "journal", "entry_id") == ["E1", "E4", "E5"]
    assert slice_of(BANK, "event", "E1") == part


def test_a_card_is_reached_by_the_events_that_name_it() -> None:
    part = slice_of(BANK, "card", "63")
    assert keys(part, "ebank_events", "event_id") == ["V2"]
    assert part["journal"] == []


def test_an_outlet_is_reached_by_its_own_entries_accounts_and_people() -> None:
    part = slice_of(BANK, "outlet", "U2")
    assert keys(part, "journal", "entry_id") == ["E4", "E5", "E6"]
    assert keys(part, "attendance", "staff_id") == ["S2"]


def test_the_calendar_reaches_everyone_and_an_unknown_subject_has_nothing_else() -> None:
    part = slice_of(BANK, "account", "P99")
    assert part.pop("calendar") == BANK["calendar"]
    assert not any(part.values())
