"""A bulletin as one HTML file that needs nothing else: to read, to print, to send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string

from riskloop.bulletin.blocks import Block, Bulletin, Table
from riskloop.bulletin.cells import Cell

_BAR, _GAP, _LEFT, _ACROSS, _VALUE = 14, 10, 230, 380, 110
"""Height of a bar, space between groups; width of names, of the longest bar, and of its figure."""
_COLOURS = ("#1f4e79", "#9db8d2", "#c9a227")
"""Of a file; a page has its own by the series' number."""
_LONGEST = 16


@dataclass(frozen=True)
class Bar:
    y: int
    width: int
    series: int
    text: str

    @property
    def colour(self) -> str:
        return _COLOURS[self.series]

    @property
    def text_x(self) -> int:
        return _LEFT + self.width + 6

    @property
    def text_y(self) -> int:
        return self.y + _BAR - 3


@dataclass(frozen=True)
class Series:
    """A column of the table in the chart."""

    number: int
    name: str

    @property
    def colour(self) -> str:
        return _COLOURS[self.number]


@dataclass(frozen=True)
class Group:
    name: str
    y: int
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Chart:
    """Bars beside each other as SVG; all their figures stand in the table under it."""

    title: str
    groups: Sequence[Group]
    legend: Sequence[Series]
    height: int
    left: int = _LEFT
    bar: int = _BAR
    width: int = _LEFT + _ACROSS + _VALUE


def chart_of(table: Table) -> Chart | None:
    """The chart of the table, if it has one and there is anything to show."""
    rows = [row for row in table.charted if all(isinstance(row[c], Cell) for c in table.chart)]
    values = [
        float(cell.number or 0) for row in rows for c in table.chart if isinstance(cell := row[c], Cell)
    ]
    highest = max(values, default=0)
    if not table.chart or highest <= 0:
        return None
    groups: list[Group] = []
    y = 4
    for row in rows:
        bars: list[Bar] = []
        for n, column in enumerate(table.chart):
            cell = row[column]
            number = float(cell.number or 0) if isinstance(cell, Cell) else 0.0
            width = round(number / highest * _ACROSS)
            bars.append(Bar(y + n * _BAR, width, n % len(_COLOURS), str(cell)))
        name = str(row[0])
        short = name if len(name) <= 2 * _LONGEST else name[: 2 * _LONGEST] + "…"
        groups.append(Group(short, y + len(bars) * _BAR // 2 + 4, bars))
        y += len(bars) * _BAR + _GAP
    legend = [Series(n % len(_COLOURS), table.columns[c]) for n, c in enumerate(table.chart)]
    return Chart(table.title, groups, legend, y)


Drawn = Sequence[tuple[str, Sequence[tuple[Block, Chart | None]]]]


def drawn(bulletin: Bulletin) -> Drawn:
    """Each section's title and blocks, every table with its chart."""
    return [
        (s.title, [(b, chart_of(b) if isinstance(b, Table) else None) for b in s.blocks])
        for s in bulletin.sections
    ]


def written(bulletin: Bulletin) -> bytes:
    """The bulletin as .html, UTF-8."""
    context = {"bulletin": bulletin, "sections": drawn(bulletin)}
    return render_to_string("bulletin/file.html", context).encode()
