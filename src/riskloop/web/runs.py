"""The ledger of runs as the pages read it: a grid of days and models, and what was imported."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from riskloop.bank.errors import BadInput
from riskloop.bank.home import Home
from riskloop.detection.ledger import Ledger, Row
from riskloop.governance.in_force import InForce

DAYS_SHOWN = 31
HITS_SHOWN = 60
RECENT = dt.timedelta(days=30)
IMPORTS_SHOWN = 20
LACKING = re.compile(r"\b(?:table|column) (\w+)(?:\.(\w+))?")


@dataclass(frozen=True)
class Line:
    """One line of the grid: a model and its cell on each day shown, None where it has not run."""

    code: str
    cells: list[tuple[dt.date, Row | None]]


class Runs:
    """What has run in one home. Reads the ledger once; where nothing has run it is empty."""

    def __init__(self, home: Home) -> None:
        self._home = home

    @cached_property
    def _by_model(self) -> dict[str, dict[dt.date, Row]]:
        found: dict[str, dict[dt.date, Row]] = {}
        for row in Ledger(self._home).rows():
            found.setdefault(row.model, {})[row.day] = row
        return found

    @cached_property
    def days(self) -> list[dt.date]:
        """The business days that the ledger knows, in order."""
        return sorted({day for rows in self._by_model.values() for day in rows})

    def last(self, model: str) -> Row | None:
        """The model's run of its newest day."""
        rows = self._by_model.get(model)
        return rows[max(rows)] if rows else None

    def recent_hits(self, model: str) -> int:
        """The model's hits on the last 30 days of the ledger."""
        if not self.days:
            return 0
        first = self.days[-1] - RECENT
        return sum(row.hits for day, row in self._by_model.get(model, {}).items() if day > first)

    def hits_by_day(self, model: str) -> list[tuple[dt.date, int | None]]:
        """The model's hits on each of the newest days of the ledger; None where it did not run."""
        rows = self._by_model.get(model, {})
        days = self.days[-HITS_SHOWN:]
        done = {day: row.hits for day, row in rows.items() if row.state == "done"}
        return [(day, done.get(day)) for day in days]

    def per_ten_thousand(self, model: str) -> float | None:
        """The model's hits per 10,000 entries of the journal on these days; None where none was read."""
        counted = [day for day, hits in self.hits_by_day(model) if hits is not None]
        entries = sum(
            row.rows_read for day in counted if (row := self._by_model.get("VOLUME", {}).get(day)) is not None
        )
        hits = sum(self._by_model[model][day].hits for day in counted)
        return hits * 10_000 / entries if entries else None

    def cell(self, model: str, day: dt.date) -> Row | None:
        return self._by_model.get(model, {}).get(day)

    def cells(self, first: dt.date, last: dt.date, model: str = "", state: str = "") -> list[Row]:
        """The cells from `first` to `last`, of one model and state or of all; the newest first."""
        found = [
            row
            for code, rows in self._by_model.items()
            for day, row in rows.items()
            if first <= day <= last and model in {"", code} and state in {"", row.state}
        ]
        return sorted(found, key=lambda row: (-row.day.toordinal(), row.model))

    def sheet(self, last: dt.date | None) -> list[dt.date]:
        """The days of one sheet of the grid: the newest, or those that end with `last`."""
        return [day for day in self.days if last is None or day <= last][-DAYS_SHOWN:]

    def around(self, sheet: list[dt.date]) -> tuple[dt.date | None, dt.date | None]:
        """The last days of the sheets before and after this one."""
        if not sheet:
            return None, None
        first, last = self.days.index(sheet[0]), self.days.index(sheet[-1])
        later = self.days[min(last + DAYS_SHOWN, len(self.days) - 1)]
        return (self.days[first - 1] if first else None), (later if later > sheet[-1] else None)

    def grid(self, days: list[dt.date], only: str = "") -> list[Line]:
        """A line for every model that the ledger knows, or for one alone."""
        return [
            Line(code, [(day, rows.get(day)) for day in days])
            for code, rows in sorted(self._by_model.items())
            if only in {"", code}
        ]

    def states(self, days: list[dt.date]) -> list[tuple[str, int]]:
        """How many cells of these days stand in which state; `missing` are those without a run."""
        rows = [rows.get(day) for rows in self._by_model.values() for day in days]
        return Counter("missing" if row is None else row.state for row in rows).most_common()

    def imports(self) -> list[dict[str, Any]]:
        """The latest loads, newest first. A line torn by a crash of the writer says nothing."""
        path = self._home.runs / "imports.jsonl"
        if not path.exists():
            return []
        lines = path.read_text(encoding="utf-8").splitlines()[-IMPORTS_SHOWN:]
        return [record for line in reversed(lines) if (record := _record(line)) is not None]


def open_cells(home: Home) -> list[Row]:
    """The cells that are missing, stale or failed. Looks into every file of the lake."""
    # The engines come along with it, which no other page needs.
    from riskloop.detection.run import gaps

    try:
        return gaps(home, InForce())
    except BadInput:
        # A home without a lake has nothing to run, and so nothing open.
        return []


def lacking(row: Row) -> list[tuple[str, str]]:
    """The tables and columns for want of which a cell is not applicable, as (table, column or "")."""
    return [(table, column) for table, column in LACKING.findall(row.note)]


def _record(line: str) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except json.JSONDecodeError:
        return None
    return record | {"at": dt.datetime.fromisoformat(record["at"])}
