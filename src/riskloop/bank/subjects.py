"""How a subject that is a fact is written: the id of an entry, or `TABLE:ID` for a fact of another table."""

from __future__ import annotations

from riskloop.bank.tables import TABLES

ENTRIES = "journal"


def subject_of(table: str, key: str) -> str:
    """The subject id of one fact. Ids of two tables may be equal, so all but the journal's bear the table."""
    return key if table == ENTRIES else f"{table}:{key}"


def fact_of(subject_id: str) -> tuple[str, str]:
    """The table and the key of the fact that a subject id names; the journal's where it names no table."""
    table, colon, key = subject_id.partition(":")
    return (table, key) if colon and table in TABLES else (ENTRIES, subject_id)
