"""The part of a bank that reaches one subject: what a model may look at to judge it.

A model is local to its subject when it says the same of it on the whole bank and on this part alone.
That allows sharding, exact runs again after late data, and decisions online with a bank as small as this.

What reaches a subject:

1. **The subject's objects.** An account, a card, a customer, a teller or an outlet is its own object. An
   entry or an event has the objects that it names: its accounts, tellers, customer and card, itself, and
   the entry that it undoes; not its unit, whose whole day would come with it.
2. **Facts** come in when they name one of these objects; what belongs to one (a customer's or an outlet's
   accounts, an outlet's tellers and staff); or, by his own number, the person behind one (the customer
   of an account, the person of a teller).
3. **Standing data** comes in when it names one of these objects or what belongs to them, and where the
   facts and rows taken in lead: an entry to its accounts, their customers, its teller, the teller's
   person, its unit and the units above; then the relations of all these (a person's own customers,
   hostings, suspense items). A table that names no object, the calendar, comes in whole.

So what has only an outlet, or only a day, in common with the subject never comes in: a model that compares
with that has another subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from riskloop.bank.memory import Row, Rows
from riskloop.bank.subjects import ENTRIES, fact_of
from riskloop.bank.tables import STANDING, TABLES, Table

Thing = tuple[str, str]
"""An object of the bank: the table that defines it (or "cards", which none does), and its id."""

_OBJECT_OF_KIND = {
    "account": "accounts",
    "customer": "customers",
    "teller": "tellers",
    "outlet": "units",
    "card": "cards",
}
_NAMES_BESIDES = {"card_no": "cards", "original_entry_id": ENTRIES}
_PERSON = {"accounts": "customer_id", "tellers": "staff_id"}
_BELONGS = {"accounts": ("customer_id", "unit_id"), "tellers": ("unit_id",), "staff": ("unit_id",)}


def _naming_columns(table: Table) -> Mapping[str, str]:
    """Columns that name an object, with the object's table; a row's own key names the row."""
    naming = {c.name: c.refers_to for c in table.columns if c.refers_to}
    naming |= {name: kind for name, kind in _NAMES_BESIDES.items() if name in table.by_name}
    if len(table.key) == 1 and table.key[0] not in naming and table.by_name[table.key[0]].kind == "id":
        naming[table.key[0]] = table.name
    return naming


_NAMING = {name: _naming_columns(table) for name, table in TABLES.items()}
_RELATIONS = tuple(
    t.name for t in STANDING if t.name not in {c.refers_to for o in TABLES.values() for c in o.columns}
)
"""Standing tables that nothing refers to: they relate objects that others define."""


def slice_of(rows: Rows, subject_kind: str, subject_id: str) -> dict[str, list[Row]]:
    """The rows of a bank that reach one subject, as the module describes.

    Args:
        rows: canonical rows by table.
        subject_kind, subject_id: as a hit names them.

    Returns:
        The same tables with fewer rows, in the order given.
    """
    bank = {name: list(table) for name, table in rows.items()}
    objects = _objects(bank, subject_kind, subject_id)
    near = objects | _belonging(bank, objects)
    facts = _facts(bank, near | _persons(bank, objects))
    standing = _standing(bank, near, facts)
    return {
        name: facts[name] if name in facts else [row for row in table if id(row) in standing]
        for name, table in bank.items()
    }


def _objects(bank: Mapping[str, list[Row]], kind: str, subject_id: str) -> set[Thing]:
    if kind in _OBJECT_OF_KIND:
        return {(_OBJECT_OF_KIND[kind], subject_id)}
    table, key = fact_of(subject_id)
    # An event or an item that names no table may be of any that bears such ids.
    tables = (table,) if kind == "entry" or table != ENTRIES else tuple(bank.keys() - {ENTRIES})
    found = {
        thing
        for name in tables
        for row in bank.get(name, ())
        if (name, key) in _named(name, row)
        for thing in _named(name, row)
    }
    return {thing for thing in found if thing[0] != "units"}


def _belonging(bank: Mapping[str, list[Row]], objects: set[Thing]) -> set[Thing]:
    """What belongs to these customers and units: accounts, tellers, staff."""
    owners = {"customer_id": "customers", "unit_id": "units"}
    return {
        (name, row[TABLES[name].key[0]])
        for name, columns in _BELONGS.items()
        for row in bank.get(name, ())
        if any((owners[column], row.get(column)) in objects for column in columns)
    }


def _persons(bank: Mapping[str, list[Row]], objects: set[Thing]) -> set[Thing]:
    """The customers of these accounts and the people of these tellers."""
    return {
        (_NAMING[name][column], row[column])
        for name, column in _PERSON.items()
        for row in bank.get(name, ())
        if (name, row[TABLES[name].key[0]]) in objects and row.get(column) is not None
    }


def _facts(bank: Mapping[str, list[Row]], reaching: set[Thing]) -> dict[str, list[Row]]:
    return {
        name: [row for row in table if _named(name, row) & reaching]
        for name, table in bank.items()
        if TABLES[name].is_facts
    }


def _standing(
    bank: Mapping[str, list[Row]], near: set[Thing], facts: Mapping[str, Iterable[Row]]
) -> set[int]:
    """The identities (`id`) of the standing rows that come in."""
    standing = {name: table for name, table in bank.items() if not TABLES[name].is_facts}
    taken = {id(row) for name, table in standing.items() for row in table if not _NAMING[name]}
    reached = near | {thing for name, table in facts.items() for row in table for thing in _named(name, row)}
    taken |= _take(standing, reached, near)
    _follow(standing, reached, taken)
    taken |= _take({name: standing[name] for name in _RELATIONS if name in standing}, reached, set(reached))
    _follow(standing, reached, taken)
    return taken


def _take(standing: Mapping[str, list[Row]], reached: set[Thing], naming: set[Thing]) -> set[int]:
    """The rows that name one of these objects; what else they name is reached by them."""
    taken: set[int] = set()
    for name, table in standing.items():
        for row in table:
            named = _named(name, row)
            if named & naming:
                taken.add(id(row))
                reached |= named
    return taken


def _follow(standing: Mapping[str, list[Row]], reached: set[Thing], taken: set[int]) -> None:
    """Takes the rows that define what is reached, and what those name, and so on upwards."""
    defining = {
        (name, row[TABLES[name].key[0]]): row
        for name, table in standing.items()
        if len(TABLES[name].key) == 1
        for row in table
    }
    new = set(reached)
    while new:
        rows = [(thing[0], defining[thing]) for thing in new if thing in defining]
        taken |= {id(row) for _, row in rows}
        new = {thing for name, row in rows for thing in _named(name, row)} - reached
        reached |= new


def _named(table: str, row: Mapping[str, Any]) -> set[Thing]:
    return {(kind, row[column]) for column, kind in _NAMING[table].items() if row.get(column) is not None}
