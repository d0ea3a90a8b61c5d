"""What a special account (特殊账户) is: the models of one payment and of several days share it."""

from __future__ import annotations

import ibis

from riskloop.bank.bank import Bank, Relation

SPECIAL_STATES = ("dormant", "special_dormant", "credit_only", "blocked")


def special_accounts(bank: Bank, recent_days: int) -> Relation:
    """Accounts that the bank flags as special, that rest or are restricted, or were just reactivated.

    Args:
        recent_days: calendar days, ending on the business day, in which a reactivation is recent.
    """
    accounts = bank.standing("accounts")
    first = (bank.day - ibis.interval(days=recent_days - 1)).cast("date")
    # Without a date nobody knows that a reactivation is recent: the account is judged by its flag then.
    just_reactivated = (accounts.status == "reactivated") & accounts.status_since.between(first, bank.day)
    return accounts.filter(accounts.special | accounts.status.isin(SPECIAL_STATES) | just_reactivated)
