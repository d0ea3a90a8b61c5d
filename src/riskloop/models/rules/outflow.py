"""What left a customer's accounts on one channel since something began with him."""

from __future__ import annotations

from decimal import Decimal

from riskloop.bank.bank import Bank, Relation


def outflow(bank: Bank, channel: str, days: int, begun: Relation, least: Decimal) -> Relation:
    """What these customers sent on the channel since it began, told on a day that brings something new.

    Counted are normal debits of all their accounts, not in cash, and not to an account of their own.

    Args:
        days: calendar days that end on the business day.
        begun: one row a customer: `customer_id`; `began_on` and `last_began_on`, days of the window, the
            first and the last; `unit_id` and `teller_ids` behind it. Further columns are handed on.
        least: nobody is looked at whose accounts paid less in all; CNY.

    Returns:
        Hits on customers, with `began_on`: the caller compares `amount` with its limit. A day with neither
        a beginning nor an outflow has none.
    """
    out = _sent(bank, channel, days, _accounts(bank, days, begun, least))
    sums = out.group_by("customer_id").aggregate(
        amount=out.amount_cny.sum(),
        count=out.count(),
        entry_ids=out.entry_id.collect(),
        account_ids=out.account_id.collect(),
        account_unit=out.account_unit.min(),
        last_out_on=out.booked_on.max(),
    )
    known = sums.inner_join(begun, "customer_id")
    news = known.filter((known.last_began_on == bank.day) | (known.last_out_on == bank.day))
    units = news.unit_id.fill_null(news.account_unit)
    return news.mutate(subject_id=news.customer_id, unit_id=units).drop(
        "account_unit", "last_out_on", "last_began_on"
    )


def _accounts(bank: Bank, days: int, begun: Relation, least: Decimal) -> Relation:
    """The accounts of those customers whose debits of all kinds reach `least` in the window."""
    accounts = bank.standing("accounts")
    theirs = bank.few(
        accounts.inner_join(begun, accounts.customer_id == begun.customer_id).select(
            account_id=accounts.account_id,
            customer_id=accounts.customer_id,
            account_unit=accounts.unit_id,
            began_on=begun.began_on,
        )
    )
    paid = bank.window("account_days", days).inner_join(theirs, "account_id")
    sums = paid.group_by("customer_id").aggregate(paid=paid.debit_sum.sum())
    return bank.few(theirs.semi_join(sums.filter(sums.paid >= least), "customer_id"))


def _sent(bank: Bank, channel: str, days: int, own: Relation) -> Relation:
    """The entries of these accounts, each with the customer who sent it and the unit of his account."""
    journal = bank.window("journal", days)
    transfers = journal.filter(journal.kind == "normal", journal.channel == channel, ~journal.cash)
    to = own.view()
    paid = transfers.inner_join(own, transfers.debit_account_id == own.account_id).left_join(
        to, transfers.credit_account_id == to.account_id
    )
    return paid.filter(
        transfers.booked_on >= own.began_on,
        to.customer_id.isnull() | (to.customer_id != own.customer_id),
    ).select(
        customer_id=own.customer_id,
        account_id=own.account_id,
        account_unit=own.account_unit,
        entry_id=transfers.entry_id,
        booked_on=transfers.booked_on,
        amount_cny=transfers.amount_cny,
    )
