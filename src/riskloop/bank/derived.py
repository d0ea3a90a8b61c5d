"""What is computed once from the canonical tables and shared: pure functions, local to their key."""

from __future__ import annotations

from riskloop.bank.bank import Bank, Relation


def online_volume(bank: Bank) -> Relation:
    """Online volume (联机业务量) of the business day: columns unit_id, teller_id (null where no teller
    took part) and volume.

    Counted are normal entries that a person or a customer started: reversals and corrections undo work,
    and automatic postings are nobody's operation. No public definition was found; this one is ours.
    """
    journal = bank.today("journal")
    started = journal.filter(journal.kind == "normal", ~journal.automatic)
    return started.group_by(["unit_id", "teller_id"]).agg(volume=started.count())
