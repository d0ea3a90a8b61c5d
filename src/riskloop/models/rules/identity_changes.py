"""Tellers who change their identity (身份): what the models of a day, of days in a row and of weeks share."""

from __future__ import annotations

from riskloop.bank.bank import Bank, Relation


def as_subjects(bank: Bank, found: Relation) -> Relation:
    """Rows of tellers as subjects, with the unit of each; none where the standing data do not know him."""
    tellers = bank.standing("tellers")
    known = found.left_join(tellers, found.teller_id == tellers.teller_id)
    return known.select(found, subject_id=found.teller_id, unit_id=tellers.unit_id)
