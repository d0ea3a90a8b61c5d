"""Derived tables: what several readers share, defined once as pure functions of the canonical tables.

Each is local to its key and made day by day: the rows of a day depend on the facts of that day alone, so
an engine may keep them per day and make a day anew when its facts change. To a model they are tables like
any other. Entries that undo others are left out, as everywhere where movements are summed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from riskloop.bank.tables import TABLES, Column, Table

Relation = Any
Tables = Mapping[str, Relation]
Needs = Mapping[str, tuple[str, ...]]
"""Tables with the columns read of them."""


@dataclass(frozen=True)
class Derived:
    """One derived table.

    Attributes:
        table: its name, key, columns and day, described as a canonical table is.
        needs: the tables of facts and their columns that it is made of.
        where_given: further columns, null where the bank does not hand them over.
        rows: from whole canonical tables, any number of days, to the derived rows of those days.
    """

    table: Table
    needs: Needs
    rows: Callable[[Tables], Relation]
    where_given: Needs = field(default_factory=dict[str, tuple[str, ...]])


def _account_days(tables: Tables) -> Relation:
    # The sides are summed apart and put together: half as much to hold as both sides under one another.
    paid, received = (_side_of_account_days(tables["journal"], side) for side in ("debit", "credit"))
    both = paid.outer_join(
        received, (paid.account_id == received.account_id) & (paid.booked_on == received.booked_on)
    )
    return both.select(
        account_id=paid.account_id.coalesce(received.account_id),
        booked_on=paid.booked_on.coalesce(received.booked_on),
        debits=paid.number.fill_null(0),
        debit_sum=paid.total.fill_null(0),
        debit_max=paid.largest.fill_null(0),
        credits=received.number.fill_null(0),
        credit_sum=received.total.fill_null(0),
        credit_max=received.largest.fill_null(0),
    )


def _side_of_account_days(journal: Relation, side: str) -> Relation:
    account_id = journal[f"{side}_account_id"]
    moved = journal.filter(journal.kind == "normal", account_id.notnull()).select(
        "booked_on", "amount_cny", account_id=account_id
    )
    return moved.group_by("account_id", "booked_on").aggregate(
        number=moved.count(),
        total=moved.amount_cny.sum().cast("decimal(18, 2)"),
        largest=moved.amount_cny.max(),
    )


def _counterparty_days(tables: Tables) -> Relation:
    journal = tables["journal"]
    paid = journal.filter(journal.kind == "normal", journal.debit_account_id.notnull()).select(
        "booked_on",
        "amount_cny",
        account_id=journal.debit_account_id,
        counterparty=counterparty_of(journal),
    )
    known = paid.filter(paid.counterparty.notnull())
    return known.group_by("account_id", "counterparty", "booked_on").aggregate(
        payments=known.count(), payment_sum=known.amount_cny.sum().cast("decimal(18, 2)")
    )


def counterparty_of(journal: Relation) -> Relation:
    """Whom an entry pays: the account that the bank noted as the counterparty's, else the one credited."""
    return journal.counterparty_account.coalesce(journal.credit_account_id)


def _teller_days(tables: Tables) -> Relation:
    events = tables["teller_events"]
    changes = events.filter(events.event == "identity_changed")
    return changes.group_by("teller_id", "booked_on").aggregate(identity_changes=changes.count())


def _outlet_days(tables: Tables) -> Relation:
    events = tables["ebank_events"]
    registered = events.filter(
        events.event == "registered", events.channel == "internet", events.unit_id.notnull()
    )
    return registered.group_by("unit_id", "booked_on").aggregate(registered=registered.count())


def _volumes(tables: Tables) -> Relation:
    journal = tables["journal"]
    started = journal.filter(journal.kind == "normal", ~journal.automatic)
    return started.group_by("unit_id", "teller_id", "code", "booked_on").aggregate(volume=started.count())


def _table(name: str, key: tuple[str, ...], *columns: Column) -> Table:
    return Table(name, (*key, "booked_on"), (*columns, Column("booked_on", "date")), "booked_on")


_ALL = (
    Derived(
        # An account's day: its normal entries by side, counted, summed, and the largest.
        _table(
            "account_days",
            ("account_id",),
            Column("account_id", "id", refers_to="accounts"),
            Column("debits", "int"),
            Column("debit_sum", "money"),
            Column("debit_max", "money"),
            Column("credits", "int"),
            Column("credit_sum", "money"),
            Column("credit_max", "money"),
        ),
        needs={"journal": ("booked_on", "kind", "debit_account_id", "credit_account_id", "amount_cny")},
        rows=_account_days,
    ),
    Derived(
        # An account and counterparty's day: what the account paid to it.
        _table(
            "counterparty_days",
            ("account_id", "counterparty"),
            Column("account_id", "id", refers_to="accounts"),
            Column("counterparty", "text"),
            Column("payments", "int"),
            Column("payment_sum", "money"),
        ),
        needs={"journal": ("booked_on", "kind", "debit_account_id", "credit_account_id", "amount_cny")},
        rows=_counterparty_days,
        where_given={"journal": ("counterparty_account",)},
    ),
    Derived(
        # A teller's day: how often he changed his identity.
        _table(
            "teller_days",
            ("teller_id",),
            Column("teller_id", "id", refers_to="tellers"),
            Column("identity_changes", "int"),
        ),
        needs={"teller_events": ("booked_on", "teller_id", "event")},
        rows=_teller_days,
    ),
    Derived(
        # An outlet's day: customers registered for the personal internet bank.
        _table(
            "outlet_days",
            ("unit_id",),
            Column("unit_id", "id", refers_to="units"),
            Column("registered", "int"),
        ),
        needs={"ebank_events": ("booked_on", "unit_id", "event", "channel")},
        rows=_outlet_days,
    ),
    Derived(
        # Online volume (联机业务量) of a unit and teller's day by transaction code; the teller is null where
        # none took part.
        # Counted are normal entries that a person or a customer started: reversals and corrections undo
        # work, and automatic postings are nobody's operation. No public definition was found; this is ours.
        _table(
            "volumes",
            ("unit_id", "teller_id", "code"),
            Column("unit_id", "id", refers_to="units"),
            Column("teller_id", "id", nullable=True, refers_to="tellers"),
            Column("code", "text"),
            Column("volume", "int"),
        ),
        needs={"journal": ("booked_on", "unit_id", "teller_id", "code", "kind", "automatic")},
        rows=_volumes,
    ),
)

DERIVED: Mapping[str, Derived] = MappingProxyType({d.table.name: d for d in _ALL})


DEFINITION = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]
"""Of this file: days that an engine keeps are made anew when a definition here may have changed."""


def described(name: str) -> Table:
    """The description of a table, canonical or derived."""
    return TABLES[name] if name in TABLES else DERIVED[name].table


def sources(name: str) -> tuple[str, ...]:
    """The canonical tables behind a table: itself, or those it is derived from."""
    return (name,) if name in TABLES else tuple(DERIVED[name].needs)


def canonical(needs: Needs, *, optional: bool = False) -> dict[str, tuple[str, ...]]:
    """Tables with the columns read, the derived ones replaced by what they are made of.

    Args:
        optional: with what a derived table reads where it is given.
    """
    found: dict[str, dict[str, None]] = {}
    for name, of in needs.items():
        if name in TABLES:
            found.setdefault(name, {}).update(dict.fromkeys(of))
            continue
        for source, read in DERIVED[name].needs.items():
            more = DERIVED[name].where_given.get(source, ()) if optional else ()
            found.setdefault(source, {}).update(dict.fromkeys((*read, *more)))
    return {name: tuple(of) for name, of in found.items()}


def windows(days: Mapping[str, int]) -> dict[str, int]:
    """Days read by canonical table, from days read by table: of two readers the longer."""
    found: dict[str, int] = {}
    for name, number in days.items():
        for source in sources(name):
            found[source] = max(number, found.get(source, 0))
    return found
