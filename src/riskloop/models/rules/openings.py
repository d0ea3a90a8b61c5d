"""Who opened the transfer function of an e-banking channel lately."""

from __future__ import annotations

from riskloop.bank.bank import Bank, Relation


def openers(bank: Bank, channel: str, days: int, customers: Relation) -> Relation:
    """Of these customers those with transfers opened on the channel within the window, one row each.

    Args:
        days: calendar days that end on the business day.
        customers: by `customer_id`; further columns are handed on.

    Returns:
        What `outflow` counts from: when first and last, where and by which tellers.
    """
    events = bank.window("ebank_events", days)
    openings = events.filter(events.event == "transfer_opened", events.channel == channel)
    opened = openings.group_by("customer_id").aggregate(
        began_on=openings.booked_on.min(),
        last_began_on=openings.booked_on.max(),
        unit_id=openings.unit_id.min(),
        teller_ids=openings.teller_id.collect(),
    )
    return opened.inner_join(customers, "customer_id")
