"""What Spark would say otherwise than DuckDB, were it not mended: asked of both."""

from __future__ import annotations

from decimal import Decimal

import ibis

from riskloop.bank.bank import Bank, Relation


def of_entries(bank: Bank) -> Relation:
    """One row an entry of the day."""
    journal = bank.today("journal")
    amount, nothing = journal.amount_cny, journal.amount_cny - journal.amount_cny
    morning, years_ago = ibis.timestamp("2024-01-24T08:00:30"), ibis.date(2020, 3, 31)
    return journal.select(
        "entry_id",
        product=amount * Decimal("0.85"),
        compared=amount * Decimal("0.333") >= amount - 1,
        quotient=amount / Decimal("0.7"),
        by_itself=amount / (amount + 3),
        by_zero=amount / nothing,
        below_zero=-amount / nothing,
        zero_by_zero=nothing / nothing,
        times=amount // Decimal("0.7"),
        whole=(amount / 7).cast("int64"),
        whole_yuan=amount.cast("int64"),
        rounded=(amount / 7).round(2),
        text=amount.cast("string"),
        second=journal.posted_at.second(),
        seconds=journal.posted_at.delta(morning, unit="second"),
        minutes=journal.posted_at.delta(morning, unit="minute"),
        hours=journal.posted_at.delta(morning, unit="hour"),
        days=bank.day.delta(years_ago, unit="day"),
        months=bank.day.delta(years_ago, unit="month"),
        years=bank.day.delta(years_ago, unit="year"),
        a_month_ago=(bank.day - ibis.interval(months=1)).cast("date"),
        weekday=journal.booked_on.day_of_week.index(),
        both=ibis.array([journal.teller_id, journal.authoriser_id]),
        nobody=ibis.null(),
        mean_of_unit=amount.mean().over(group_by=journal.unit_id),
        large_of_unit=journal.entry_id.collect(where=amount > 10**5).over(group_by=journal.unit_id).length(),
        before=journal.entry_id.lag().over(group_by=journal.teller_id, order_by=journal.entry_id),
        so_far=amount.sum().over(
            ibis.cumulative_window(group_by=journal.teller_id, order_by=journal.entry_id)
        ),
    )


def of_tellers(bank: Bank) -> Relation:
    """One row a teller, null the one of entries without."""
    journal = bank.window("journal", 3)
    amount = journal.amount_cny
    return journal.group_by("teller_id").aggregate(
        total=amount.sum(),
        half=amount.sum() * Decimal("0.5"),
        mean=amount.mean(),
        mean_of_cash=amount.mean(where=journal.cash),
        share=amount.sum(where=journal.cash) / amount.sum(),
        authorised=journal.count(where=journal.authoriser_id == "nobody"),
        large=journal.count(where=amount > 10**5),
        units=journal.unit_id.nunique(where=amount > 1000),
        listed=journal.entry_id.collect(where=amount > 10**5).length(),
        all_small=(amount < 10**6).all(),
        first_at=journal.posted_at.min(),
        minutes=journal.posted_at.minute().mean(),
    )
