"""The three files of figures alone, read and checked: every fault names its file, row and column."""

from __future__ import annotations

import csv
import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

from riskloop.bank.errors import BadInput
from riskloop.bulletin.models import KNOWN, ListedEvent, ListedQuasiEvents, ListedVolume
from riskloop.exposure.models import RiskEvent
from riskloop.exposure.periods import Period, parse

EVENTS, QUASI, VOLUMES = "risk_events.csv", "quasi_events.csv", "volumes.csv"
COLUMNS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    EVENTS: (
        ("event_id", "day", "unit_id", "class"),
        ("controllable", "driver", "score", "teller_id", "business"),
    ),
    QUASI: (("period", "unit_id"), ("handling", "count")),
    VOLUMES: (("period", "unit_id", "volume"), ("teller_id", "business")),
}
"""By file the columns that must be there, and those that may be."""
HANDLINGS = ("itemised", "statistical")
_NUMBERS = uuid.UUID("8c5f6e0e-6f0b-5d1c-9d53-2f1f0c1f5a51")
_MOST = 2**62
_T = TypeVar("_T")
_HIGHEST_SCORE = Decimal("9999999.99")


@dataclass(frozen=True)
class Lists:
    """What the files say; None: there is no such file."""

    events: Sequence[tuple[ListedEvent, RiskEvent]] | None
    quasi: Sequence[ListedQuasiEvents] | None
    volumes: Sequence[ListedVolume] | None


def read(folder: Path) -> Lists:
    """Raises BadInput where a file cannot be read or says what cannot be, or where there is none of them."""
    if not any((folder / name).is_file() for name in COLUMNS):
        raise BadInput(f"{folder} holds none of {', '.join(COLUMNS)}")
    return Lists(
        _read(folder / EVENTS, _events), _read(folder / QUASI, _quasi), _read(folder / VOLUMES, _volumes)
    )


@dataclass(frozen=True)
class _Row:
    """A row of a file: its number as an editor counts lines, and what its columns say, without blanks."""

    file: str
    number: int
    told: Mapping[str, str]

    def bad(self, column: str, must: str) -> BadInput:
        told = self.told.get(column, "")
        return BadInput(f"{self.file}, row {self.number}, column {column} is {told or 'empty'}, and {must}")

    def text(self, column: str) -> str:
        found = self.told.get(column, "")
        if not found:
            raise self.bad(column, "must not be empty")
        return found

    def one_of(self, column: str, choices: Sequence[str], default: str = "") -> str:
        found = self.told.get(column, "") or default
        if found not in choices:
            raise self.bad(column, f"must be one of {', '.join(choices)}")
        return found

    def whole(self, column: str, default: str = "") -> int:
        found = self.told.get(column, "") or default
        if not found.isascii() or not found.isdigit() or int(found) > _MOST:
            raise self.bad(column, "must be a whole number, 0 or more")
        return int(found)

    def day(self, column: str) -> dt.date:
        try:
            return dt.date.fromisoformat(self.text(column))
        except ValueError:
            raise self.bad(column, "must be a day as 2019-03-15") from None

    def period(self, column: str) -> Period:
        try:
            found = parse(self.text(column))
        except ValueError:
            found = None
        if found is None or _months(found) not in KNOWN or found.kind == "days":
            raise self.bad(column, "must be as 2019-03-15, 2019-03, 2019-Q1 or 2019")
        return found

    def score(self, column: str) -> Decimal:
        try:
            found = Decimal(self.told.get(column, "") or "0")
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or not 0 <= found <= _HIGHEST_SCORE or found != round(found, 2):
            raise self.bad(column, "must be a number, 0 or more, with at most two decimals")
        return found


def _months(period: Period) -> int:
    """0 of a day, else its months; −1 of what is neither."""
    return 0 if period.days == 1 else period.months or -1


def _read(path: Path, of: Callable[[Iterator[_Row]], Sequence[_T]]) -> Sequence[_T] | None:
    if not path.is_file():
        return None
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return of(_rows(path, csv.reader(file, strict=True)))
    except UnicodeDecodeError:
        raise BadInput(f"{path.name} is not UTF-8") from None
    except csv.Error as problem:
        raise BadInput(f"{path.name} is no CSV: {problem}") from None


def _rows(path: Path, lines: Iterator[list[str]]) -> Iterator[_Row]:
    must, may = COLUMNS[path.name]
    head = [name.strip() for name in next(lines, [])]
    for name in must:
        if name not in head:
            raise BadInput(f"{path.name}, row 1 has no column {name}")
    for name, times in Counter(head).items():
        if name not in (*must, *may) or times > 1:
            raise BadInput(f"{path.name}, row 1 has a column {name}, which is unknown or there twice")
    for number, line in enumerate(lines, start=2):
        if not any(cell.strip() for cell in line):
            continue
        if len(line) != len(head):
            raise BadInput(f"{path.name}, row {number} has {len(line)} columns, and must have {len(head)}")
        told = {name: cell.strip() for name, cell in zip(head, line, strict=True)}
        for column, cell in told.items():
            if "\0" in cell:
                raise BadInput(f"{path.name}, row {number}, column {column} holds a zero byte")
        yield _Row(path.name, number, told)


def _events(rows: Iterator[_Row]) -> Sequence[tuple[ListedEvent, RiskEvent]]:
    found: dict[str, tuple[ListedEvent, RiskEvent]] = {}
    for row in rows:
        number, internal = row.text("event_id"), row.one_of("class", ("internal", "external")) == "internal"
        if number in found:
            raise row.bad("event_id", "stands in an earlier row, too")
        controllable = row.one_of("controllable", ("yes", "no"), "no") == "yes"
        if controllable and not internal:
            raise row.bad("controllable", "an external event is never controllable")
        key, day, unit = uuid.uuid5(_NUMBERS, number), row.day("day"), row.text("unit_id")
        listed = ListedEvent(
            event_id=key, number=number, unit_id=unit, booked_on=day, driver=row.told.get("driver", "")
        )
        event = RiskEvent(
            event_id=key,
            booked_on=day,
            unit_id=unit,
            internal=internal,
            controllable=controllable,
            score=row.score("score"),
            teller_ids=[t] if (t := row.told.get("teller_id", "")) else [],
            businesses=[b] if (b := row.told.get("business", "")) else [],
            driver=listed.driver,
        )
        found[number] = listed, event
    return list(found.values())


def _quasi(rows: Iterator[_Row]) -> Sequence[ListedQuasiEvents]:
    """Rows of the same period, unit and handling are added up: a list is a row an event, without a count."""
    sums: Counter[tuple[dt.date, int, str, str]] = Counter()
    for row in rows:
        period = row.period("period")
        handling = row.one_of("handling", HANDLINGS, "itemised")
        sums[period.first, _months(period), row.text("unit_id"), handling] += row.whole("count", "1")
    return [
        ListedQuasiEvents(first=first, months=months, unit_id=unit, handling=handling, count=count)
        for (first, months, unit, handling), count in sums.items()
    ]


def _volumes(rows: Iterator[_Row]) -> Sequence[ListedVolume]:
    """Each row once, and no volume twice: a unit's month is not told beside its year."""
    found: dict[tuple[dt.date, int, str, str, str], ListedVolume] = {}
    spans: dict[tuple[str, int], int] = {}
    for row in rows:
        period, unit = row.period("period"), row.text("unit_id")
        teller, business = row.told.get("teller_id", ""), row.told.get("business", "")
        months, key = _months(period), (period.first, _months(period), unit, teller, business)
        if key in found:
            raise row.bad("period", "the same period, unit, teller and business stand in an earlier row, too")
        if spans.setdefault((unit, period.first.year), months) != months:
            raise row.bad("period", "another row tells the unit's volume of that year by other periods")
        found[key] = ListedVolume(
            first=period.first,
            months=months,
            unit_id=unit,
            teller_id=teller,
            business=business,
            volume=row.whole("volume"),
        )
    return list(found.values())
