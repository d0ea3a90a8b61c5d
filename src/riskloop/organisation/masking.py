"""How personal data is shown to whoever has not asked for it in clear, and where it is.

Masked the same wherever it stands: two accounts can be told apart, and one be followed from row to row.
Internal keys (entry, customer, unit, teller, staff) are no personal data: they say nothing outside the bank.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from riskloop.bank.subjects import fact_of


class Kind(StrEnum):
    """The kinds of personal data, each with its own way of being masked."""

    NAME = "name"
    IDENTITY = "identity"
    PHONE = "phone"
    ADDRESS = "address"
    NUMBER = "number"
    """Of an account or a card."""
    BIRTHDAY = "birthday"


HIDDEN = "*"
COMPANY = "公司"
ADDRESS_SHOWN = 6
LEAST_HIDDEN = 4
"""Ends are shown of a number long enough to hide at least so much between them; of a shorter one its tail."""
TAIL = 2
ENDS: Mapping[Kind, tuple[int, int]] = MappingProxyType(
    {Kind.IDENTITY: (3, 2), Kind.PHONE: (3, 4), Kind.NUMBER: (4, 4)}
)
"""How many characters are shown at the beginning and at the end."""


def masked(value: Any, kind: Kind) -> Any:
    """A value as it is shown; nothing stays nothing."""
    if value is None or value == "":
        return value
    text = str(value)
    if kind is Kind.NAME:
        return _name(text)
    if kind is Kind.ADDRESS:
        shown = min(ADDRESS_SHOWN, len(text) // 2)
        return text[:shown] + HIDDEN * (len(text) - shown)
    if kind is Kind.BIRTHDAY:
        return text[:4] + re.sub(r"\d", HIDDEN, text[4:])
    return _number(text, *ENDS[kind])


def _name(text: str) -> str:
    """张*; of a company also what it is: 江****公司."""
    if len(text) == 1:
        return HIDDEN
    is_company = text.endswith(COMPANY) and len(text) > len(COMPANY) + 1
    end = COMPANY if is_company else ""
    return text[0] + HIDDEN * (len(text) - 1 - len(end)) + end


def _number(text: str, head: int, tail: int) -> str:
    if len(text) >= head + tail + LEAST_HIDDEN:
        return text[:head] + HIDDEN * (len(text) - head - tail) + text[-tail:]
    shown = min(TAIL, len(text) // 2)
    return HIDDEN * (len(text) - shown) + text[len(text) - shown :]


# ── where it is ──

_PERSONAL: dict[str, dict[Kind, str]] = {
    "units": {},
    "staff": {Kind.PHONE: "phone"},
    "staff_customers": {},
    "tellers": {},
    "customers": {
        Kind.NAME: "name",
        Kind.IDENTITY: "id_no",
        Kind.BIRTHDAY: "born_on",
        Kind.PHONE: "phone",
        Kind.ADDRESS: "address",
    },
    "accounts": {Kind.NUMBER: "account_id"},
    "hosted_accounts": {Kind.NUMBER: "account_id"},
    "suspense_items": {Kind.NUMBER: "account_id"},
    "calendar": {},
    "journal": {
        Kind.NUMBER: "debit_account_id credit_account_id counterparty_account",
        Kind.NAME: "counterparty_name",
    },
    "balances": {Kind.NUMBER: "account_id"},
    "ebank_events": {Kind.NUMBER: "account_id card_no"},
    "card_events": {Kind.NUMBER: "card_no account_id"},
    "maintenance_events": {Kind.NUMBER: "account_id"},
    "reconciliation_events": {Kind.NUMBER: "account_id"},
    "reserve_positions": {},
    "draft_register": {Kind.NUMBER: "account_id"},
    "cash_boxes": {},
    "teller_cards": {Kind.NUMBER: "card_no"},
    "teller_events": {},
    "attendance": {},
    "ebank_operators": {},
    "authorisations": {},
}
PERSONAL: Mapping[str, Mapping[str, Kind]] = MappingProxyType(
    {
        table: MappingProxyType({name: kind for kind, names in columns.items() for name in names.split()})
        for table, columns in _PERSONAL.items()
    }
)
"""By canonical table the columns with personal data, and of which kind it is."""

_OPEN = {
    "units": "unit_id name level parent_id opened_on closed_on",
    # Who was on duty is what an event is about: names of staff are shown.
    "staff": "staff_id name unit_id post joined_on left_on",
    "staff_customers": "staff_id customer_id relation",
    "tellers": "teller_id staff_id unit_id from_on to_on",
    "customers": "customer_id kind id_type segment",
    "accounts": "kind customer_id unit_id currency opened_on opened_by opening_amount effective_on closed_on"
    " closed_by status status_since special auto_only zero_at_close overdraft_allowed suspense_max_days",
    "hosted_accounts": "hosting_id grantor_id administrator_id started_on ended_on",
    "suspense_items": "item_id opened_on amount cleared_on",
    "calendar": "on working",
    # What the customer wrote as the purpose is read by whoever judges the entry.
    "journal": "entry_id booked_on posted_at value_on unit_id teller_id authoriser_id channel code kind"
    " original_entry_id currency amount amount_cny cash remote automatic counterparty_bank purpose",
    "balances": "as_of closing",
    "ebank_events": "event_id booked_on at customer_id unit_id teller_id channel event",
    "card_events": "event_id booked_on at customer_id unit_id teller_id channel event",
    "maintenance_events": "event_id booked_on at subject event amount unit_id teller_id authoriser_id",
    "reconciliation_events": "event_id booked_on at customer_id event unit_id teller_id",
    "reserve_positions": "as_of upper_unit_id lower_unit_id upper_balance lower_balance",
    "draft_register": "as_of unit_id outstanding",
    "cash_boxes": "as_of box_id unit_id teller_id closing ceiling",
    "teller_cards": "as_of teller_id status",
    "teller_events": "event_id booked_on at teller_id event identity",
    "attendance": "staff_id on state",
    "ebank_operators": "as_of operator_id staff_id status last_used_on",
    "authorisations": "item_id booked_on submitted_at queued_s handled_s unit_id teller_id authoriser_id"
    " channel code outcome reason",
}
OPEN: Mapping[str, frozenset[str]] = MappingProxyType(
    {table: frozenset(names.split()) for table, names in _OPEN.items()}
)
"""By canonical table the columns that hold no personal data. A new column must be entered here or above."""

BY_NAME: Mapping[str, Kind] = MappingProxyType(
    {name: kind for columns in PERSONAL.values() for name, kind in columns.items()}
)
"""Of a column that the contract does not know, its name decides."""

SUBJECTS = frozenset({"account", "card"})
"""The kinds of subjects that are known by a customer's number; the others by an internal key."""
COMPARED: Mapping[str, Kind] = MappingProxyType(
    {"counterparty": Kind.NUMBER, "first_card": Kind.NUMBER, "last_card": Kind.NUMBER} | BY_NAME
)
"""Of the values that models compare, by name, those that are personal data."""
LONG_NUMBER = re.compile(r"\d{13,}")
"""So many digits are no quantity: an account or a card, wherever they stand."""


def kind_of(table: str, column: str) -> Kind | None:
    """Which personal data a column holds; None if it holds none."""
    if column in OPEN.get(table, ()):
        return None
    return PERSONAL.get(table, {}).get(column) or BY_NAME.get(column)


def masked_row(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a canonical or derived table as it is shown."""
    return {
        column: value if (kind := kind_of(table, column)) is None else masked(value, kind)
        for column, value in row.items()
    }


def masked_subject(subject_kind: str, subject_id: str) -> str:
    """The key of what a hit is about as it is shown, without the table's name before it."""
    _table, key = fact_of(subject_id)
    return masked(key, Kind.NUMBER) if subject_kind in SUBJECTS else key


def masked_compared(name: str, value: Any, numbers: Collection[str] = ()) -> Any:
    """A value that a model compared as it is shown.

    Args:
        numbers: the accounts behind the hit: masked under whatever name they stand.
    """
    if isinstance(value, list | tuple):
        return [masked_compared(name, one, numbers) for one in value]
    if name in COMPARED:
        return masked(value, COMPARED[name])
    if isinstance(value, str) and (value in numbers or LONG_NUMBER.fullmatch(value)):
        return masked(value, Kind.NUMBER)
    return value


def masked_change(values: Mapping[str, Any]) -> dict[str, Any]:
    """One side of a line of the history (`before` or `after`) as it is shown."""
    numbers = values.get("account_ids") or ()
    shown = dict(values)
    if isinstance(shown.get("account_ids"), list):
        shown["account_ids"] = [masked(number, Kind.NUMBER) for number in numbers]
    if isinstance(shown.get("evidence"), Mapping):
        shown["evidence"] = {n: masked_compared(n, v, numbers) for n, v in shown["evidence"].items()}
    return shown


def masked_text(text: str) -> str:
    """A text with the long numbers in it masked."""
    return LONG_NUMBER.sub(lambda found: masked(found[0], Kind.NUMBER), text)
