"""Figures as named cells: exact values, and how each follows from others.

    book = Book()
    book.put("internal", 86)
    book.put("external", 1601)
    book.put("events", 1687, formula=Sum(("internal", "external")))
    book.check()
    book.say("{events} risk events, {internal} of them internal")

A sentence takes its numbers from the cells; a total that does not follow from its parts raises an error that
names the cells, so that it cannot be printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from riskloop.exposure.measures import change, shown

Number = int | Fraction
PER = 10_000
DASH = "—"
_NAMED = re.compile(r"\{([^{}]*)\}")


class Kind(Enum):
    """How a figure is read: a number of things, points, a share, a change, or by 10,000 items."""

    COUNT = "count"
    SCORE = "score"
    SHARE = "share"
    CHANGE = "change"
    PER_10000 = "per_10000"


class DoesNotFollow(Exception):
    """A figure is not what its formula makes of the other cells; the message names them all."""


@dataclass(frozen=True)
class Sum:
    """All parts together; unknown as soon as one is."""

    parts: Sequence[str]

    def of(self, book: Book) -> Number | None:
        values = [book[name].value for name in self.parts]
        known = [v for v in values if v is not None]
        return sum(known) if len(known) == len(values) else None

    def __str__(self) -> str:
        return " + ".join(self.parts) or "0"


@dataclass(frozen=True)
class Ratio:
    """A part of a whole; undefined without a whole."""

    part: str
    whole: str

    def of(self, book: Book) -> Number | None:
        part, whole = book[self.part].value, book[self.whole].value
        return None if part is None or not whole else Fraction(part) / whole

    def __str__(self) -> str:
        return f"{self.part} / {self.whole}"


@dataclass(frozen=True)
class Change:
    """By how much of what it was a figure has changed; undefined where it was nothing."""

    now: str
    then: str

    def of(self, book: Book) -> Number | None:
        return change(book[self.now].value, book[self.then].value)

    def __str__(self) -> str:
        return f"{self.now} / {self.then} - 1"


Formula = Sum | Ratio | Change


@dataclass(frozen=True)
class Cell:
    """One figure. `value` None: not known, or undefined."""

    name: str
    value: Number | None
    kind: Kind = Kind.COUNT
    formula: Formula | None = None

    @property
    def number(self) -> Decimal | int | None:
        """As it is shown, in the unit of its kind: per cent, by 10,000, or as it is."""
        if self.value is None or self.kind is Kind.COUNT:
            return None if self.value is None else int(self.value)
        per = {Kind.SHARE: 100, Kind.CHANGE: 100, Kind.PER_10000: PER}.get(self.kind, 1)
        return shown(Fraction(self.value), per)

    def __str__(self) -> str:
        number = self.number
        if number is None:
            return DASH
        if self.kind is Kind.CHANGE:
            return f"{number:+,} %".replace("-", "\N{MINUS SIGN}") if number else "0.00 %"
        return f"{number:,} %" if self.kind is Kind.SHARE else f"{number:,}"


class Book:
    """The cells of a report by name, each put in once."""

    def __init__(self) -> None:
        self._cells: dict[str, Cell] = {}

    def __getitem__(self, name: str) -> Cell:
        return self._cells[name]

    def __contains__(self, name: str) -> bool:
        return name in self._cells

    def __iter__(self) -> Iterator[Cell]:
        return iter(self._cells.values())

    def put(
        self, name: str, value: Number | None, kind: Kind = Kind.COUNT, formula: Formula | None = None
    ) -> Cell:
        """A figure that was read; with a formula, one that must also follow from others.

        Raises:
            ValueError: there is a cell of this name.
        """
        if name in self._cells:
            raise ValueError(f"there are two cells {name}")
        if isinstance(value, Fraction) and kind is Kind.COUNT and value.denominator != 1:
            raise ValueError(f"{name} counts things, and is {value}")
        self._cells[name] = Cell(name, value, kind, formula)
        return self._cells[name]

    def follow(self, name: str, kind: Kind, formula: Formula) -> Cell:
        """A figure made of others."""
        return self.put(name, formula.of(self), kind, formula)

    def check(self) -> None:
        """Works out anew every figure that has a formula.

        Raises:
            DoesNotFollow: one is another than its formula says.
        """
        for cell in self:
            if cell.formula is None:
                continue
            found = cell.formula.of(self)
            if found != cell.value:
                raise DoesNotFollow(
                    f"{cell.name} is {cell.value}, and {cell.formula} is {found}: it cannot be printed"
                )

    def say(self, template: str, **words: str) -> str:
        """A sentence with `{name}` for each number, and for each of `words`, such as a unit's name.

        Raises:
            ValueError: it states a number of its own.
            KeyError: there is no such cell.
        """
        if re.search(r"\d", _NAMED.sub("", template)):
            raise ValueError(f"a number that is in no cell: {template}")
        return _NAMED.sub(lambda found: words.get(found[1]) or str(self[found[1]]), template)
