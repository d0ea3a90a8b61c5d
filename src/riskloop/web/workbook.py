"""Tables as an Excel workbook: a head sheet that says what they are, then one sheet a table.

Text is written as text, whatever it begins with: no cell is ever a formula or a link.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

Cell = str | int | float | Decimal | dt.date | dt.datetime | None
LONGEST_CELL = 32_767
"""Characters, by Excel's own limit."""
EXACT_DIGITS = 15
"""More digits Excel would round: such a number is written as text."""
LONGEST_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}


class TooLong(Exception):
    """What was to be written does not fit: it is refused, never cut without a word."""


@dataclass(frozen=True)
class Sheet:
    """One table: its name, its headings (one row or several), and its rows."""

    name: str
    headings: Sequence[Sequence[str]]
    rows: Iterable[Sequence[Cell]]


def workbook(head: Sequence[tuple[str, Cell]], sheets: Iterable[Sheet]) -> IO[bytes]:
    """A temporary file at its beginning, written row by row in constant memory.

    Args:
        head: what the first sheet says, by name.

    Raises:
        TooLong: a text does not fit into a cell.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 — the answer closes it
    try:
        _fill(file, head, sheets)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _fill(file: IO[bytes], head: Sequence[tuple[str, Cell]], sheets: Iterable[Sheet]) -> None:
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        formats = _formats(book)
        about = book.add_worksheet(_("About this file"))
        about.set_column(0, 1, 40)
        for at, line in enumerate(head):
            _write(about, at, line, formats)
        taken = {_("About this file").lower()}
        for sheet in sheets:
            page = book.add_worksheet(_name(sheet.name, taken))
            page.set_column(0, 30, 18)
            for at, headings in enumerate(sheet.headings):
                for column, heading in enumerate(headings):
                    page.write_string(at, column, heading, bold)
            page.freeze_panes(len(sheet.headings), 0)
            for at, row in enumerate(sheet.rows, start=len(sheet.headings)):
                _write(page, at, row, formats)


def _formats(book: Workbook) -> dict[str, Format]:
    shapes = {"day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss", "money": "#,##0.00", "whole": "#,##0"}
    return {name: book.add_format({"num_format": shape}) for name, shape in shapes.items()}


def _write(page: Worksheet, at: int, row: Sequence[Cell], formats: dict[str, Format]) -> None:
    for column, value in enumerate(row):
        match value:
            case None | "":
                pass
            case dt.datetime():
                page.write_datetime(at, column, value.replace(tzinfo=None), formats["moment"])
            case dt.date():
                midnight = dt.datetime.combine(value, dt.time.min)
                page.write_datetime(at, column, midnight, formats["day"])
            case int() | float() | Decimal() if _exact(value):
                shape = "whole" if value == int(value) and not isinstance(value, Decimal) else "money"
                page.write_number(at, column, float(value), formats[shape])
            case _:
                text = str(value)
                if len(text) > LONGEST_CELL:
                    raise TooLong
                page.write_string(at, column, text)


def _exact(number: Any) -> bool:
    return Decimal(str(number)).is_finite() and len(Decimal(str(number)).as_tuple().digits) <= EXACT_DIGITS


def _name(given: str, taken: set[str]) -> str:
    """A name that Excel accepts and that no other sheet has."""
    name = base = _FORBIDDEN.sub(" ", given).strip("' ")[:LONGEST_NAME] or "1"
    number = 2
    while name.lower() in taken:
        name = f"{base[: LONGEST_NAME - len(str(number)) - 1]} {number}"
        number += 1
    taken.add(name.lower())
    return name
