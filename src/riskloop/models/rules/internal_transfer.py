"""Large transfers between an internal account and an account of one kind: the models differ in the kind."""

from __future__ import annotations

from decimal import Decimal

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.rules.entries import TOLD, touching


def internal_transfers(bank: Bank, other_kind: str, amount: Decimal) -> Relation:
    """Manual normal entries of the day, of `amount` or more, between an internal account and another.

    Args:
        other_kind: the kind of the account on the other side; the direction does not matter.

    Returns:
        Hits on entries; `to_other` tells whether the money left the internal account.
    """
    found = _transfers(bank, other_kind, amount)
    return found.select(
        "unit_id",
        "entry_id",
        "teller_id",
        "authoriser_id",
        "customer_id",
        "to_other",
        subject_id=found.entry_id,
        amount=found.amount_cny,
        account_ids=ibis.array([found.debit_account_id, found.credit_account_id]),
        limit=amount,
    )


def _transfers(bank: Bank, other_kind: str, amount: Decimal) -> Relation:
    """These entries, each with the other account's customer and `to_other`."""
    journal = bank.today("journal")
    accounts = bank.standing("accounts")
    large = journal.filter(journal.kind == "normal", ~journal.automatic, journal.amount_cny >= amount)
    internal = accounts.filter(accounts.kind == "internal")
    # A bank has few internal accounts and many others: these are looked up for the entries found first.
    moved = touching(bank, large, internal, *TOLD).rename(to_other="debited")
    other_id = ibis.ifelse(moved.to_other, moved.credit_account_id, moved.debit_account_id)
    others = accounts.filter(accounts.kind == other_kind)
    return moved.inner_join(others, other_id == others.account_id).select(moved, others.customer_id)
