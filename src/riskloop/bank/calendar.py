"""Working days, from the bank's own calendar."""

from __future__ import annotations

import ibis

from riskloop.bank.bank import Bank, Relation

LONGEST_CLOSURE = 30
"""Calendar days: no stretch of a bank's calendar without a working day is as long as this."""


def working_day_after(bank: Bank, count: int) -> Relation:
    """For every recent day up to the business day, the `count`-th working day after it.

    A day that the calendar does not list is a working day from Monday to Friday: many banks hand over
    the exceptions alone (holidays, and the weekends worked for them), and no calendar reaches far ahead.

    Returns:
        `on` date, `due` date: one row for each day that is recent enough for `due` to lie in the
        future still, and some more. A day that is not there has had its `count` working days.
    """
    reach = 2 * count + LONGEST_CLOSURE
    spread: Relation = ibis.range(-reach, reach + 1).unnest().name("shift").as_table()
    days: Relation = spread.select(on=(bank.day + spread.shift.as_interval("D")).cast("date"))
    listed = bank.standing("calendar")
    weekday = days.on.day_of_week.index() < 5  # noqa: PLR2004  (0 is Monday)
    known: Relation = days.left_join(listed, days.on == listed.on).select(
        on=days.on, working=listed.working.fill_null(weekday)
    )
    so_far = ibis.window(order_by=known.on, preceding=None, following=0)
    numbered: Relation = known.mutate(number=known.working.cast("int64").sum().over(so_far))
    due = numbered.filter(numbered.working).select(due="on", number="number").view()
    past = numbered.filter(numbered.on <= bank.day).select(on=numbered.on, number=numbered.number + count)
    return past.inner_join(due, "number").select("on", "due")
