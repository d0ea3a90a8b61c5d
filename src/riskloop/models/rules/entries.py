"""Entries of the journal: looked at from each of their sides, and as the subjects of hits."""

from __future__ import annotations

from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation

TOLD = ("entry_id", "unit_id", "teller_id", "authoriser_id", "amount_cny")
"""What a hit tells of an entry, besides its accounts."""


def touching(bank: Bank, entries: Relation, accounts: Relation, *columns: str) -> Relation:
    """The entries that debit or credit one of these few accounts, one row each.

    Returns:
        Both accounts, further `columns`, and on which side such an account stands: `debited`, `credited`.
    """
    few = bank.few(accounts.select("account_id"))
    # Both sides in one pass: a journal is long, and each pass over it has its price.
    either = entries.filter(
        entries.debit_account_id.isin(few.account_id) | entries.credit_account_id.isin(few.account_id)
    )
    found = bank.few(either.select("debit_account_id", "credit_account_id", *columns))
    debit, credit = few.view(), few.view()
    known = found.left_join(debit, found.debit_account_id == debit.account_id).left_join(
        credit, found.credit_account_id == credit.account_id
    )
    return known.select(found, debited=debit.account_id.notnull(), credited=credit.account_id.notnull())


def by_side(entries: Relation, *columns: str) -> Relation:
    """Entries once for each of their two sides: `side`, its `account_id`, and these columns."""
    sides = [
        entries.select(*columns, account_id=entries[f"{side}_account_id"], side=ibis.literal(side))
        for side in ("debit", "credit")
    ]
    return sides[0].union(sides[1])


def as_hits(bank: Bank, found: Relation, **compared: Any) -> Relation:
    """Entries as subjects with all that a hit tells of them: tellers, both accounts, whose these are.

    Args:
        found: few entries.
        compared: the evidence of every hit, by name: expressions of `found`.
    """
    few = bank.few(found.select("debit_account_id", "credit_account_id", *TOLD, **compared))
    accounts = bank.standing("accounts").semi_join(by_side(few), "account_id")
    own = bank.few(accounts.select("account_id", "customer_id"))
    debit, credit = own.view(), own.view()
    known = few.left_join(debit, few.debit_account_id == debit.account_id).left_join(
        credit, few.credit_account_id == credit.account_id
    )
    return known.select(
        few.entry_id,
        few.unit_id,
        few.teller_id,
        few.authoriser_id,
        *(few[name] for name in compared),
        subject_id=few.entry_id,
        amount=few.amount_cny,
        account_ids=ibis.array([few.debit_account_id, few.credit_account_id]),
        customer_ids=ibis.array([debit.customer_id, credit.customer_id]),
    )
