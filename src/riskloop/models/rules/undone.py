"""Entries that undo others, by kind: reversals (反交易) and corrections (冲正)."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from riskloop.bank.bank import Bank, Relation

Kind = Literal["reversal", "correction"]


def undone(bank: Bank, kind: Kind) -> Relation:
    """Entries of the day of one kind: their sides and amount are those of the entries that they undo."""
    journal = bank.today("journal")
    return journal.filter(journal.kind == kind)


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
