"""An evidence file as a Word document."""

from __future__ import annotations

import io
import unicodedata
from typing import Any

import docx
from django.utils import timezone
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from riskloop.loop.evidence.blocks import Block, EvidenceFile, Facts, Section, Table, Words

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LATIN, BODY, HEADINGS = "Times New Roman", "宋体", "黑体"
"""Fonts that every office of a bank has."""
MARGIN, SHEET = Cm(2), (Cm(21), Cm(29.7))
ACROSS = SHEET[0] - 2 * MARGIN
SMALL = Pt(9)
NAMES = 26
"""Per cent of the width that the names of facts have."""
_KEPT = frozenset("\n\t")


def written(file: EvidenceFile) -> bytes:
    """The file as .docx."""
    document = docx.Document()
    _prepare(document, file)
    document.add_heading(file.title, level=0)
    document.add_paragraph(_clean(file.about))
    _facts(document, file.made)
    for section in file.sections:
        _section(document, section)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _prepare(document: Any, file: EvidenceFile) -> None:
    """A4, fonts for Chinese and Latin, the file's name in its properties, a number at the foot of a sheet."""
    sheet = document.sections[0]
    sheet.page_width, sheet.page_height = SHEET
    sheet.left_margin = sheet.right_margin = sheet.top_margin = sheet.bottom_margin = MARGIN
    _set_font(document.styles["Normal"], BODY)
    for name in ("Title", "Heading 1", "Heading 2"):
        _set_font(document.styles[name], HEADINGS)
    document.styles["Normal"].font.size = Pt(10.5)
    told = document.core_properties
    told.title, told.subject, told.author, told.comments = file.title, _clean(file.about), "riskloop", ""
    told.created = told.modified = timezone.now().replace(tzinfo=None)
    foot = sheet.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _page_number(foot.add_run())


def _set_font(style: Any, eastern: str) -> None:
    style.font.name = LATIN
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    # A theme's font would win over the named one.
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), eastern)


def _page_number(run: Any) -> None:
    """A field that Word fills in."""
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)


def _section(document: Any, section: Section) -> None:
    document.add_heading(_clean(section.title), level=1)
    for block in section.blocks:
        _block(document, block)


def _block(document: Any, block: Block) -> None:
    match block:
        case Facts():
            _facts(document, block)
        case Words():
            document.add_paragraph(_clean(block.text))
        case Table():
            _table(document, block)


def _facts(document: Any, facts: Facts) -> None:
    if facts.title:
        document.add_heading(_clean(facts.title), level=2)
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for pair in facts.pairs:
        cells = table.add_row().cells
        _say(cells[0], pair[0], bold=True)
        _say(cells[1], pair[1])
    _set_widths(table, (NAMES, 100 - NAMES))
    document.add_paragraph()


def _table(document: Any, block: Table) -> None:
    if block.title:
        document.add_heading(_clean(block.title), level=2)
    table = document.add_table(rows=1, cols=len(block.columns), style="Table Grid")
    head = table.rows[0]
    # On every sheet that the table goes on to.
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for place, (cell, text) in enumerate(zip(head.cells, block.columns, strict=True)):
        _say(cell, text, bold=True, right=place in block.numbers)
    for row in block.rows:
        for place, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            _say(cell, text, right=place in block.numbers)
    if block.widths:
        _set_widths(table, block.widths)
    document.add_paragraph()


def _set_widths(table: Any, shares: Any) -> None:
    table.autofit = False
    for column, share in zip(table.columns, shares, strict=True):
        width = int(ACROSS * share / sum(shares))
        for cell in column.cells:
            cell.width = width


def _say(cell: Any, text: str, *, bold: bool = False, right: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = paragraph.add_run(_clean(text))
    run.bold = bold
    run.font.size = SMALL


def _clean(text: str) -> str:
    """Without what no XML can hold."""
    return "".join(c if c in _KEPT or unicodedata.category(c) not in {"Cc", "Cs"} else "\ufffd" for c in text)
