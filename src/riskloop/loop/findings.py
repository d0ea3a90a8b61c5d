"""What a model found, ready to be read: values compared, values in force, the rows behind the event."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from riskloop.bank.tables import TABLES
from riskloop.bank.text import Text
from riskloop.loop.models import QuasiEvent
from riskloop.loop.personal import clear_for
from riskloop.models.catalogue import AnyModel, catalogue
from riskloop.organisation.masking import masked_compared
from riskloop.organisation.models import User

ORDER = ("journal", "ebank_events", "card_events", "maintenance_events", "accounts", "customers", "tellers")
"""What happened first, then with what, by whom."""
AMOUNT = Text("金额（元）", "Amount, CNY")
COUNT = Text("涉及笔数", "Facts behind it")
FIRST_READ = {
    "journal": (
        "entry_id",
        "posted_at",
        "debit_account_id",
        "credit_account_id",
        "currency",
        "amount",
        "kind",
        "channel",
        "teller_id",
        "authoriser_id",
        "counterparty_name",
        "counterparty_account",
        "purpose",
    )
}
"""The columns that a verifier reads before the others, which follow in the order of the contract."""


@dataclass(frozen=True)
class Value:
    """A value with its label, and for a parameter its unit of measure."""

    label: Text
    value: Any
    unit: str = ""


@dataclass(frozen=True)
class EvidenceTable:
    """Rows of one canonical table, without the columns that are empty in all of them."""

    name: str
    columns: list[str]
    rows: list[list[tuple[str, Any]]]
    total: int


def compared_values(event: QuasiEvent, reader: User) -> list[Value]:
    """What was found and what it was held against, in the order of the model's file.

    What a newer file no longer labels comes last, under its own name. Personal data among it is masked,
    unless the reader sees this event in clear.
    """
    clear = clear_for(event, reader) is not None
    model = catalogue().get(event.model)
    labels: Mapping[str, Text] = model.compared if model else {}
    names = [n for n in labels if n in event.evidence] + [n for n in event.evidence if n not in labels]
    found = [Value(COUNT, event.count)]
    if event.amount is not None:
        found.insert(0, Value(AMOUNT, event.amount))
    values = event.evidence if clear else _masked(event.evidence, event.account_ids)
    return found + [Value(labels.get(n) or Text(n, n), values[n]) for n in names]


def compared(model: AnyModel, hit: Mapping[str, Any]) -> list[tuple[Text, Any]]:
    """The values of a hit that is no event, by their labels, from the JSON that the hit carries: masked."""
    values = _masked(json.loads(hit["evidence"]), hit["account_ids"])
    return [(label, values[name]) for name, label in model.compared.items() if name in values]


def _masked(values: Mapping[str, Any], numbers: Collection[str]) -> dict[str, Any]:
    return {name: masked_compared(name, value, numbers) for name, value in values.items()}


def values_in_force(event: QuasiEvent) -> list[Value]:
    """The parameters that the event was found with."""
    model = catalogue().get(event.model)
    about = model.about() if model else {}
    return [
        Value(about[n].name, v, about[n].unit) if n in about else Value(Text(n, n), v)
        for n, v in event.parameters.items()
    ]


def evidence_tables(
    event: QuasiEvent, kept: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[EvidenceTable]:
    """The rows behind the event by table, what happened before what it happened to."""
    names = [n for n in ORDER if n in kept] + [n for n in kept if n not in ORDER]
    return [_table(name, kept[name], event) for name in names]


def _table(name: str, rows: Sequence[Mapping[str, Any]], event: QuasiEvent) -> EvidenceTable:
    known = [c.name for c in TABLES[name].columns] if name in TABLES else []
    own = [column for row in rows for column in row if column not in known]
    listed = dict.fromkeys([*FIRST_READ.get(name, ()), *known, *own])
    columns = [c for c in listed if any(row.get(c) not in (None, "") for row in rows)]
    total = max(len(rows), len(event.entry_ids)) if name == "journal" else len(rows)
    return EvidenceTable(name, columns, [[(c, row.get(c)) for c in columns] for row in rows], total)
