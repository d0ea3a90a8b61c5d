"""The bank's own accounts (内部户 in the wide sense), as against those of customers."""

from __future__ import annotations

from riskloop.bank.bank import Relation

OWN_KINDS = ("internal", "reserve", "outward_remittance", "dormant_unclaimed", "suspense")


def bank_s_own(accounts: Relation) -> Relation:
    """The accounts that the bank keeps for itself."""
    return accounts.filter(accounts.kind.isin(OWN_KINDS))
