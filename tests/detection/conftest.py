"""A home with two days of a very small bank, and a sink that remembers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.bank.memory import arrow_table

FRIDAY = dt.date(2024, 3, 15)
SATURDAY = dt.date(2024, 3, 16)


@dataclass
class Remembered:
    """A sink for tests: what was handed to it."""

    taken: list[tuple[dt.date, str, list[str]]] = field(default_factory=list)
    evidence: dict[str, Any] = field(default_factory=dict)
    finished: list[dt.date] = field(default_factory=list)
    volumes: dict[dt.date, list[Mapping[str, Any]]] = field(default_factory=dict)

    def take(self, day: dt.date, model: Any, values: Any, hits: pa.Table, evidence: Any) -> None:
        self.taken.append((day, model.code, hits["subject_id"].to_pylist()))
        self.evidence.update(evidence)

    def finish_day(self, day: dt.date) -> None:
        self.finished.append(day)

    def take_volumes(self, day: dt.date, rows: Sequence[Mapping[str, Any]]) -> None:
        self.volumes[day] = sorted(rows, key=lambda r: (r["unit_id"], r["teller_id"] or ""))


def entries(day: dt.date, *rows: dict[str, Any]) -> pa.Table:
    plain = {"posted_at": dt.datetime.combine(day, dt.time(10)), "unit_id": "U1", "teller_id": "T1"}
    return arrow_table("journal", [plain | row for row in rows], day)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """P1 pays 600,000 on Friday and 700,000 on Saturday; C1 is a card."""
    home = Home(tmp_path)
    lake = Lake(home)
    accounts = [
        {"account_id": "P1", "kind": "personal_settlement", "customer_id": "K1", "unit_id": "U1"},
        {"account_id": "C1", "kind": "card", "customer_id": "K1", "unit_id": "U1"},
    ]
    lake.write_standing("accounts", FRIDAY, arrow_table("accounts", accounts, FRIDAY))
    customers = [{"customer_id": "K1", "kind": "personal", "name": "王伟"}]
    lake.write_standing("customers", FRIDAY, arrow_table("customers", customers, FRIDAY))
    lake.write_facts(
        "journal",
        FRIDAY,
        entries(
            FRIDAY,
            {"entry_id": "E1", "debit_account_id": "P1", "amount": Decimal(600_000)},
            {"entry_id": "E2", "debit_account_id": "C1", "amount": Decimal(600_000)},
            {"entry_id": "E3", "debit_account_id": "P1", "amount": Decimal(5), "automatic": True},
            {"entry_id": "E4", "debit_account_id": "P1", "amount": Decimal(5), "kind": "reversal"},
        ),
    )
    lake.write_facts(
        "journal",
        SATURDAY,
        entries(SATURDAY, {"entry_id": "E5", "debit_account_id": "P1", "amount": Decimal(700_000)}),
    )
    return home
