"""Random small banks in which a model finds something: its own examples, and rows that meet them.

Ids come from small pools that the examples share with the random rows, so that joins happen; amounts,
days and codes come from the examples too, which stand around the model's limits. The same seed makes the
same bank.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import cycle
from random import Random
from string import ascii_letters
from typing import Any

from riskloop.bank.memory import Row, complete
from riskloop.bank.subjects import ENTRIES, subject_of
from riskloop.bank.tables import TABLES, Column, Table
from riskloop.models.api import Example, Parameters
from riskloop.models.catalogue import AnyModel, parameters_of
from riskloop.models.testing.running import columns_behind

Bank = dict[str, list[Row]]
STRANGERS = ("x", "y")
"""Objects that no example knows."""
_PLURAL = {"card_no": "cards"}
_OBJECTS = {
    "account": "accounts",
    "card": "cards",
    "customer": "customers",
    "outlet": "units",
    "teller": "tellers",
}


@dataclass(frozen=True)
class Case:
    """A bank, and with which parameters a model looks at it on which day."""

    parameters: Parameters
    day: dt.date
    rows: Bank


def case(model: AnyModel, random: Random) -> Case:
    """A few of the model's examples with one set of parameters, moved apart, among random rows."""
    lead = random.choice([e for e in model.examples if e.subject_id] * 2 + list(model.examples))
    fellows = [e for e in model.examples if (e.settings, e.day) == (lead.settings, lead.day)]
    chosen = [lead, *random.choices(fellows, k=random.randint(0, 2))]
    parameters = parameters_of(model, lead.settings)
    bank = _merged(_moved(example, suffix) for suffix, example in zip("abc", chosen, strict=False))
    pools = _Pools(model, bank, lead.day, model.days_read(parameters))
    rows = {
        name: [*bank.get(name, ()), *pools.rows(TABLES[name], columns, random)]
        for name, columns in columns_behind(model).items()
    }
    return Case(parameters, lead.day, {name: _distinct(TABLES[name], table) for name, table in rows.items()})


def together(model: AnyModel) -> list[Case]:
    """All of the model's examples, those of one day and one set of parameters moved apart in one bank."""
    groups: list[list[Example]] = []
    for example in model.examples:
        fellows = (g for g in groups if (g[0].settings, g[0].day) == (example.settings, example.day))
        group = next(fellows, None)
        if group is None:
            groups.append([example])
        else:
            group.append(example)
    cases: list[Case] = []
    for group in groups:
        # Two that bear one letter meet each other: of the bank that they make two engines say the same.
        bank = _merged(_moved(e, suffix) for suffix, e in zip(cycle(ascii_letters), group, strict=False))
        rows = {name: _distinct(TABLES[name], table) for name, table in bank.items()}
        cases.append(Case(parameters_of(model, group[0].settings), group[0].day, rows))
    return cases


def subjects(model: AnyModel, rows: Mapping[str, Sequence[Row]]) -> list[str]:
    """Everything in a bank that could be a subject of the model, sorted."""
    if model.subject in _OBJECTS:
        wanted = _OBJECTS[model.subject]
        found = {
            row[column.name]
            for name, table in rows.items()
            for column in TABLES[name].columns
            if _object(TABLES[name], column) == wanted
            for row in table
            if row.get(column.name) is not None
        }
        return sorted(found)
    facts = [
        TABLES[name] for name in rows if TABLES[name].key in {("entry_id",), ("event_id",), ("item_id",)}
    ]
    prefixed = model.subject in {"entry", "event", "item"}
    return sorted(
        subject_of(table.name, row[table.key[0]]) if prefixed else row[table.key[0]]
        for table in facts
        for row in rows[table.name]
    )


class _Pools:
    """What random rows are drawn from: what stands in the examples, and a little besides."""

    def __init__(self, model: AnyModel, bank: Bank, day: dt.date, lookback: int) -> None:
        self.bank, self.day = bank, day
        self.days = [day, day, day, day - dt.timedelta(days=1), day - dt.timedelta(days=lookback)]
        self.days += [day - dt.timedelta(days=lookback - 1), day + dt.timedelta(days=1)]
        numbers = [v for v in vars(model.parameters()).values() if isinstance(v, Decimal)]
        self.amounts = [v + step for v in numbers or [Decimal(100)] for step in _STEPS if v + step >= 0]
        self.objects: dict[str, set[str]] = {}
        for name, table in bank.items():
            for column in TABLES[name].columns:
                if kind := _object(TABLES[name], column):
                    found = {row[column.name] for row in table if row[column.name] is not None}
                    self.objects.setdefault(kind, set(STRANGERS)).update(found)

    def rows(self, table: Table, columns: Iterable[str], random: Random) -> list[Row]:
        """A few rows of a table, of whose columns those that are read are drawn."""
        least, most = _ROWS[table.is_facts]
        drawn = dict.fromkeys((*columns, *table.key))
        values = {name: self._values(table, table.by_name[name]) for name in drawn}
        return [
            complete(table.name, {name: random.choice(among) for name, among in values.items()}, self.day)
            for _ in range(random.randint(least, most))
        ]

    def _values(self, table: Table, column: Column) -> Sequence[Any]:
        seen = [row[column.name] for row in self.bank.get(table.name, ())]
        kind = _object(table, column)
        if kind == table.name and table.is_facts and column.name in table.key:
            return _Numbered(table.name[0])
        if kind:
            seen = sorted(self.objects.get(kind, set(STRANGERS)))
        elif column.codes:
            seen += column.codes
        elif column.kind == "date":
            seen = [v for v in seen if v is not None] + self.days
        elif column.kind in {"money", "signed_money"}:
            seen = [v for v in seen if v is not None] + self.amounts
        elif column.kind == "flag":
            seen += [True, False]
        return seen + [None] * column.nullable or [None]


class _Numbered(Sequence[str]):
    """A million ids, each its letter and a number."""

    def __init__(self, letter: str) -> None:
        self.letter = letter

    def __len__(self) -> int:
        return 10**6

    def __getitem__(self, number: Any) -> Any:
        return f"{self.letter}{number}"


_ROWS = {True: (3, 12), False: (0, 6)}
"""How many random rows there are at least and at most, of a table of facts and of standing data."""
_STEPS = (Decimal(0), Decimal("0.01"), Decimal("-0.01"))


def _object(table: Table, column: Column) -> str | None:
    """The kind of object that a column names, its own row included."""
    if column.name in _PLURAL:
        return _PLURAL[column.name]
    if column.name == "original_entry_id":
        return ENTRIES
    if column.refers_to:
        return column.refers_to
    return table.name if table.key == (column.name,) and column.kind == "id" else None


def _moved(example: Example, suffix: str) -> Bank:
    """The example's rows, whole, with ids that no other example has."""
    return {
        name: [_renamed(TABLES[name], complete(name, row, example.day), suffix) for row in table]
        for name, table in example.rows.items()
    }


def _renamed(table: Table, row: Row, suffix: str) -> Row:
    named = {c.name for c in table.columns if _object(table, c)}
    return {c: _marked(c, v, suffix) if c in named and v is not None else v for c, v in row.items()}


def _marked(column: str, value: str, suffix: str) -> str:
    """Of cards, digits stay digits, as where cases are planted: consecutive ones stay consecutive."""
    digits = column == "card_no" and value.isdigit()
    return f"{ord(suffix) % 10}{value}" if digits else f"{value}{suffix}"


def _merged(banks: Iterable[Bank]) -> Bank:
    merged: Bank = {}
    for bank in banks:
        for name, rows in bank.items():
            merged.setdefault(name, []).extend(rows)
    return merged


def _distinct(table: Table, rows: Iterable[Row]) -> list[Row]:
    """The first row of each key, as the gate would leave them."""
    first: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        first.setdefault(tuple(row[k] for k in table.key), row)
    return list(first.values())
