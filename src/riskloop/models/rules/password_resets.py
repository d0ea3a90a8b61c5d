"""Who had both keys of his internet bank renewed on one day: the login password, and the token's part."""

from __future__ import annotations

from riskloop.bank.bank import Bank, Relation
from riskloop.models.rules.outflow import outflow
from riskloop.models.rules.persons import persons

CHANNEL = "internet"


def outflow_since_resets(bank: Bank, token_event: str, days: int) -> Relation:
    """Persons who reset the login password and had `token_event` on one day, with what they sent since.

    Args:
        token_event: the event that must come on the same day as the login password's reset.
        days: calendar days that end on the business day, for the events and for the entries.

    Returns:
        As `outflow`, with the first such day as `reset_on`.
    """
    since = outflow(bank, CHANNEL, days, _both_on_one_day(bank, token_event, days))
    return since.rename(reset_on="began_on")


def _both_on_one_day(bank: Bank, token_event: str, days: int) -> Relation:
    """What `outflow` counts from: the days of the window that saw both, and who handled the events."""
    events = bank.window("ebank_events", days)
    keys = ("login_password_reset", token_event)
    either = events.filter(events.channel == CHANNEL, events.event.isin(keys)).semi_join(
        persons(bank), "customer_id"
    )
    by_day = either.group_by("customer_id", "booked_on").aggregate(kinds=either.event.nunique())
    both = either.semi_join(by_day.filter(by_day.kinds == len(keys)), ["customer_id", "booked_on"])
    return both.group_by("customer_id").aggregate(
        began_on=both.booked_on.min(),
        last_began_on=both.booked_on.max(),
        unit_id=both.unit_id.min(),
        teller_ids=both.teller_id.collect(),
    )
