"""What an evidence file is made of. It is described once; `page` and `word` write it down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Facts:
    """Names with their values, in the order in which they are read."""

    pairs: Sequence[tuple[str, str]]
    title: str = ""


@dataclass(frozen=True)
class Words:
    """Running text; its lines are kept."""

    text: str


@dataclass(frozen=True)
class Table:
    """Rows under headings.

    Args:
        widths: the columns' shares of the whole width; none: as the content asks for.
        numbers: the places of the columns that hold quantities, and stand to the right.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    widths: Sequence[int] = ()
    numbers: frozenset[int] = frozenset()


Block = Facts | Words | Table


@dataclass(frozen=True)
class Section:
    """A part of the file under its own title."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class EvidenceFile:
    """The whole file: what it is called, of which event, who had it made and when, and its sections."""

    title: str
    about: str
    made: Facts
    sections: Sequence[Section]
