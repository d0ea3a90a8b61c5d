"""Small feeds, written as a bank would."""

from __future__ import annotations

from pathlib import Path

ACCOUNTS = (
    "account_id,kind,customer_id,unit_id,currency,opened_on,status,special,auto_only,zero_at_close,"
    "overdraft_allowed\n"
    "P1,personal_settlement,K1,U1,CNY,2020-01-01,normal,0,0,0,0\n"
    "P2,personal_settlement,K2,U1,CNY,2020-01-01,normal,false,FALSE,f,true\n"
)
JOURNAL_COLUMNS = (
    "entry_id",
    "booked_on",
    "posted_at",
    "unit_id",
    "channel",
    "code",
    "kind",
    "debit_account_id",
    "currency",
    "amount",
    "amount_cny",
    "cash",
    "remote",
    "automatic",
    "purpose",
)


def entry(key: str, day: str = "2024-03-15", **changed: str) -> str:
    """One line of `journal.csv`."""
    plain = {
        "entry_id": key,
        "booked_on": day,
        "posted_at": f"{day} 10:00:00",
        "unit_id": "U1",
        "channel": "counter",
        "code": "01",
        "kind": "normal",
        "debit_account_id": "P1",
        "currency": "CNY",
        "amount": "10.00",
        "amount_cny": "10.00",
        "cash": "0",
        "remote": "0",
        "automatic": "0",
        "purpose": "",
    }
    return ",".join((plain | changed)[name] for name in JOURNAL_COLUMNS)


def write_journal(folder: Path, *lines: str, encoding: str = "utf-8", name: str = "journal.csv") -> Path:
    """A feed with a journal of these lines."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([",".join(JOURNAL_COLUMNS), *lines, ""]), encoding=encoding)
    return folder
