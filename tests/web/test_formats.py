"""How values look: nobody should have to count digits, and no id may lose one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from riskloop.bank.tables import TABLES
from riskloop.models.labels import CODE_NAMES, COLUMN_NAMES, TABLE_NAMES
from riskloop.web.templatetags import riskloop as tags


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("given", "shown"),
    [(None, "—"), ("1234567.8", "1,234,567.80"), (Decimal("-5"), "-5.00"), (0, "0.00")],
)
def test_money(given: Any, shown: str) -> None:
    assert tags.money(given) == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (None, "—"),
        (1000, "1,000"),
        (Decimal("1E+3"), "1,000"),
        ("2.50", "2.5"),
        ("100", "100"),
        (0.25, "0.25"),
    ],
)
def test_number(given: Any, shown: str) -> None:
    assert tags.number(given) == shown


@pytest.mark.parametrize(("given", "shown"), [(0, "0"), (999, "999"), (1234, "1.2k"), (34567, "34k")])
def test_short(given: int, shown: str) -> None:
    assert tags.short(given) == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (True, "yes"),
        (False, "no"),
        ("500000", "500,000"),
        (Decimal("660492.80"), "660,492.80"),
        ("CNY", "CNY"),
        ("token_password_reset", "Hardware-key password reset"),
        (["internet", "phone", "X1"], "Internet bank, Phone bank, X1"),
        ("2024-03-15", "2024-03-15"),
        ("0012", "0012"),
        ("6222000000000003", "6222000000000003"),
        (["1000", "x"], "1000, x"),
        ([], "—"),
        ("", "—"),
        (dt.datetime(2024, 3, 15, 9, 30), "2024-03-15 09:30:00"),  # noqa: DTZ001 — the bank's local time
    ],
)
def test_a_compared_value(given: Any, shown: str) -> None:
    assert tags.value(given) == shown


@pytest.mark.parametrize(
    ("table", "column", "given", "shown"),
    [
        ("journal", "amount", "1234.5", "1,234.50"),
        ("journal", "cash", True, "yes"),
        ("journal", "cash", "false", "no"),
        ("journal", "posted_at", "2024-03-15T09:30:00.123456", "2024-03-15 09:30:00"),
        ("journal", "debit_account_id", "000123456789012", "000123456789012"),
        ("journal", "channel", "smart_counter", "Smart counter"),
        ("journal", "code", "0000", "0000"),
        ("accounts", "suspense_max_days", 1000, "1,000"),
        ("a_banks_own", "column", "x", "x"),
    ],
)
def test_a_cell(table: str, column: str, given: Any, shown: str) -> None:
    assert tags.cell(table, column, given) == shown


def test_an_empty_cell_says_so() -> None:
    assert "—" in tags.cell("journal", "purpose", None)


def test_every_word_of_the_contract_has_its_label() -> None:
    lacking = [name for name in TABLES if name not in TABLE_NAMES]
    lacking += [c.name for t in TABLES.values() for c in t.columns if c.name not in COLUMN_NAMES]
    lacking += [
        f"{t.name}.{c.name}={code}"
        for t in TABLES.values()
        for c in t.columns
        for code in c.codes
        if code not in CODE_NAMES.get(c.name, {})
    ]
    assert lacking == []
