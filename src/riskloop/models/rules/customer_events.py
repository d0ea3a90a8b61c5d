"""Events that a customer asks for, e-banking or reconciliation: each one is a subject of its own."""

from __future__ import annotations

from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.bank.subjects import subject_of


def as_hits(bank: Bank, table: str, found: Relation, events: Relation | None = None, **told: Any) -> Relation:
    """Events as subjects with what each names, and a unit even where the customer did it himself.

    Args:
        table: where the events are from.
        found: the events with all that is told of them.
        events: the same events before anything was joined to them, so that the look for their units does
            not compute the joins a second time; `found` itself where nothing was joined.
        told: what else a hit says, expressions of `found`: the evidence, or more of the standard columns.
    """
    units = _units(bank, found if events is None else events)
    known = found.left_join(units, found.event_id == units.event_id)
    return known.select(
        subject_id=ibis.literal(subject_of(table, "")) + found.event_id,
        unit_id=ibis.coalesce(found.unit_id, units.of_account, units.of_customer),
        teller_id=found.teller_id,
        account_id=found.account_id,
        customer_id=found.customer_id,
        **told,
    )


def _units(bank: Bank, events: Relation) -> Relation:
    """By event, the unit of the account that it names, and the lowest of all accounts of the customer."""
    accounts = bank.standing("accounts")
    owned = events.inner_join(accounts, events.customer_id == accounts.customer_id).select(
        event_id=events.event_id,
        unit_id=accounts.unit_id,
        named=(events.account_id == accounts.account_id).fill_null(False),
    )
    return owned.group_by("event_id").aggregate(
        of_account=owned.unit_id.min(where=owned.named), of_customer=owned.unit_id.min()
    )
