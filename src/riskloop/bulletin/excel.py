"""A bulletin as an Excel workbook: a sheet a section, native charts beside their tables, and every cell.

Text is written as text, whatever it begins with: no cell is ever a formula or a link.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from riskloop.bulletin.blocks import Bulletin, Section, Table, Words
from riskloop.bulletin.cells import Book, Cell, Kind

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_SHAPES = {
    Kind.COUNT: "#,##0",
    Kind.SCORE: "#,##0.00",
    Kind.PER_10000: "#,##0.00",
    Kind.SHARE: "0.00%",
    Kind.CHANGE: "+0.00%;\N{MINUS SIGN}0.00%;0.00%",
}
_IN_HUNDREDTHS = (Kind.SHARE, Kind.CHANGE)
_CHART_ROWS = 16
"""Rows of a sheet that a chart covers."""


def written(bulletin: Bulletin) -> bytes:
    """The bulletin as .xlsx."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        formats = _formats(book)
        head = book.add_worksheet(_("About this file"))
        head.set_column(0, 1, 40)
        head.write_string(0, 0, f"{bulletin.title} · {bulletin.about}", formats["title"])
        for at, (name, text) in enumerate(bulletin.facts, start=1):
            head.write_string(at, 0, name)
            head.write_string(at, 1, text)
        for section in bulletin.sections:
            _section(book, section, formats)
        _cells(book, bulletin.book, formats)
    return out.getvalue()


def alone(table: Table) -> bytes:
    """A workbook with one table and its chart alone."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        _table(book, book.add_worksheet(), table, 0, _formats(book))
    return out.getvalue()


def _formats(book: Any) -> dict[Any, Any]:
    formats: dict[Any, Any] = {kind: book.add_format({"num_format": s}) for kind, s in _SHAPES.items()}
    formats["bold"] = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    formats["title"] = book.add_format({"bold": True, "font_size": 14})
    return formats


def _section(book: Any, section: Section, formats: dict[Any, Any]) -> None:
    page = book.add_worksheet(section.title)
    page.set_column(0, 0, 40)
    page.set_column(1, 12, 16)
    at = 0
    for block in section.blocks:
        match block:
            case Words(text):
                page.write_string(at, 0, text)
                at += 1
            case Table():
                at = _table(book, page, block, at + 1, formats)


def _table(book: Any, page: Any, table: Table, at: int, formats: dict[Any, Any]) -> int:
    """Writes the table from row `at` on, its chart under it; the row after both."""
    page.write_string(at, 0, table.title, formats["title"])
    for column, heading in enumerate(table.columns):
        page.write_string(at + 1, column, heading, formats["bold"])
    first = at + 2
    for row, told in enumerate(table.rows, start=first):
        for column, cell in enumerate(told):
            if isinstance(cell, Cell):
                _figure(page, row, column, cell, formats)
            else:
                page.write_string(row, column, cell)
    last = first + len(table.rows) - 1
    if not table.chart or not table.rows:
        return last + 2
    page.insert_chart(
        last + 2, 0, _chart(book, page.get_name(), table, first, first + len(table.charted) - 1)
    )
    return last + 2 + _CHART_ROWS


def _figure(page: Any, row: int, column: int, cell: Cell, formats: dict[Any, Any]) -> None:
    number = cell.number
    if number is None:
        page.write_string(row, column, str(cell))
        return
    shown = float(number) / 100 if cell.kind in _IN_HUNDREDTHS else float(number)
    page.write_number(row, column, shown, formats[cell.kind])


def _chart(book: Any, sheet: str, table: Table, first: int, last: int) -> Any:
    chart = book.add_chart({"type": "column"})
    for column in table.chart:
        chart.add_series(
            {
                "name": [sheet, first - 1, column],
                "categories": [sheet, first, 0, last, 0],
                "values": [sheet, first, column, last, column],
            }
        )
    chart.set_title({"name": table.title})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 720, "height": 300})
    return chart


def _cells(book: Any, cells: Book, formats: dict[Any, Any]) -> None:
    """Every figure by name with its exact value and what it follows from."""
    page = book.add_worksheet(_("All figures"))
    page.set_column(0, 2, 44)
    headings: Sequence[str] = (_("Figure"), _("Exact value"), _("Follows from"))
    for column, heading in enumerate(headings):
        page.write_string(0, column, heading, formats["bold"])
    page.freeze_panes(1, 0)
    for row, cell in enumerate(cells, start=1):
        page.write_string(row, 0, cell.name)
        page.write_string(row, 1, "" if cell.value is None else str(cell.value))
        page.write_string(row, 2, "" if cell.formula is None else str(cell.formula))
