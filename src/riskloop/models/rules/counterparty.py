"""Large payments of corporate accounts, and how often each counterparty was paid before."""

from __future__ import annotations

from decimal import Decimal

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.bank.derived import counterparty_of

_LONGEST_MONTH = 31


def days_of(months: int) -> int:
    """Calendar days that reach as far back as any `months` months, the business day included."""
    return months * _LONGEST_MONTH + 1


def large_payments(bank: Bank, amount: Decimal, months: int) -> Relation:
    """The day's normal debits, of `amount` or more, of corporate current accounts.

    Returns:
        Hits on entries, with `counterparty` (null where none is known) and `paid_before`: how often the
        account paid that counterparty within `months` months before the day.
    """
    paid = bank.few(_paid(bank, amount))
    before = _paid_before(bank, months, paid)
    known = paid.left_join(before, ["account_id", "counterparty"])
    return known.select(
        "unit_id",
        "entry_id",
        "teller_id",
        "authoriser_id",
        "customer_id",
        "counterparty",
        subject_id=known.entry_id,
        amount=known.amount_cny,
        account_ids=ibis.array([known.account_id, known.credit_account_id]),
        paid_before=known.payments.fill_null(0),
        limit=amount,
    )


def _paid(bank: Bank, amount: Decimal) -> Relation:
    """The payments themselves, one row an entry."""
    journal = bank.today("journal")
    accounts = bank.standing("accounts")
    large = journal.filter(journal.kind == "normal", journal.amount_cny >= amount)
    named = large.mutate(counterparty=counterparty_of(large))
    corporate = accounts.filter(accounts.kind == "corporate_current")
    paid = named.inner_join(corporate, named.debit_account_id == corporate.account_id)
    return paid.select(
        entry_id=named.entry_id,
        unit_id=named.unit_id,
        teller_id=named.teller_id,
        authoriser_id=named.authoriser_id,
        amount_cny=named.amount_cny,
        credit_account_id=named.credit_account_id,
        counterparty=named.counterparty,
        account_id=corporate.account_id,
        customer_id=corporate.customer_id,
    )


def _paid_before(bank: Bank, months: int, paid: Relation) -> Relation:
    """How often these accounts paid each counterparty in these months; the day itself does not count."""
    days = bank.window("counterparty_days", days_of(months))
    first = (bank.day - ibis.interval(months=months)).cast("date")
    earlier = days.filter(days.booked_on >= first, days.booked_on < bank.day)
    # Few accounts pay so much in a day: of half a year only their rows are summed.
    theirs = earlier.semi_join(paid, "account_id")
    return theirs.group_by("account_id", "counterparty").aggregate(
        payments=theirs.payments.sum().cast("int64")
    )
