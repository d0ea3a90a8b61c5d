"""What a bulletin is made of. It is described once; `page`, `word` and `excel` write it down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from riskloop.bulletin.cells import Book, Cell

Told = str | Cell


@dataclass(frozen=True)
class Words:
    """A sentence; what numbers it states came from cells."""

    text: str

    kind: ClassVar = "words"


@dataclass(frozen=True)
class Table:
    """Rows under headings: names as text, figures as cells.

    Attributes:
        chart: the places of the columns that a bar chart shows beside the first; none: no chart.
        total: whether the last row is the sum of the others, which a chart leaves out.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Told]]
    chart: Sequence[int] = ()
    total: bool = False

    kind: ClassVar = "table"

    @property
    def charted(self) -> Sequence[Sequence[Told]]:
        """The rows of the chart."""
        return self.rows[:-1] if self.total else self.rows

    @property
    def numbers(self) -> frozenset[int]:
        """The columns that hold figures."""
        return frozenset(n for row in self.rows for n, told in enumerate(row) if isinstance(told, Cell))


Block = Words | Table


@dataclass(frozen=True)
class Section:
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Bulletin:
    """The whole report: of which unit and period, what it says, and every figure in it.

    Attributes:
        facts: what it is of and how it was made, by name.
        language: `zh-hans` or `en`.
    """

    title: str
    about: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    book: Book
    language: str
