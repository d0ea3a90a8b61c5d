"""Entries that undo others, by kind: reversals (反交易) and corrections (冲正)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

import ibis

from riskloop.bank.bank import Bank, Relation

Kind = Literal["reversal", "correction"]


def undone(bank: Bank, kind: Kind) -> Relation:
    """Entries of the day of one kind: their sides and amount are those of the entries that they undo."""
    journal = bank.today("journal")
    return journal.filter(journal.kind == kind)


def as_hits(bank: Bank, found: Relation, **compared: Any) -> Relation:
    """Entries as subjects with all that a hit tells of them: tellers, both accounts, whose these are.

    Args:
        compared: the evidence of every hit, by name.
    """
    accounts = bank.standing("accounts")
    debit, credit = accounts.view(), accounts.view()
    known = found.left_join(debit, found.debit_account_id == debit.account_id).left_join(
        credit, found.credit_account_id == credit.account_id
    )
    return known.select(
        subject_id=found.entry_id,
        unit_id=found.unit_id,
        amount=found.amount_cny,
        entry_id=found.entry_id,
        teller_id=found.teller_id,
        authoriser_id=found.authoriser_id,
        account_ids=ibis.array([found.debit_account_id, found.credit_account_id]),
        customer_ids=ibis.array([debit.customer_id, credit.customer_id]),
        **compared,
    )


def small_ones_by_teller(bank: Bank, kind: Kind, below: Decimal, times: int) -> Relation:
    """Tellers with so many or more such entries of less than `below` on the day, whatever they sum up to."""
    entries = undone(bank, kind)
    small = entries.filter(entries.amount_cny < below, entries.teller_id.notnull())
    tellers = small.group_by("teller_id").aggregate(
        unit_id=small.unit_id.min(),
        amount=small.amount_cny.sum(),
        count=small.count(),
        entry_ids=small.entry_id.collect(),
        authoriser_ids=small.authoriser_id.collect(),
    )
    repeated = tellers.filter(tellers["count"] >= times)
    return repeated.select(
        "unit_id",
        "amount",
        "count",
        "entry_ids",
        "authoriser_ids",
        subject_id=repeated.teller_id,
        teller_id=repeated.teller_id,
        limit=below,
        times=times,
    )
