"""A bulletin as a Word document, written as the evidence files are, with the charts of the Excel file.

A chart is the part that XlsxWriter writes for the same table, with the table's own workbook behind it: Word
draws it from the figures, and "Edit data" shows them.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from django.utils.translation import gettext as _
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part, XmlPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, nsmap, qn
from docx.shared import Cm

from riskloop.bulletin import excel
from riskloop.bulletin.blocks import Bulletin, Section, Table, Words
from riskloop.bulletin.page import chart_of
from riskloop.loop.evidence import blocks as told
from riskloop.loop.evidence import word

_WIDE, _HIGH = Cm(16), Cm(7)
_FIRST = 1000
"""Numbers of drawings, apart from any that the document has."""


def written(bulletin: Bulletin) -> bytes:
    """The bulletin as .docx."""
    sections = [told.Section(section.title, list(_blocks(section))) for section in bulletin.sections]
    made = told.Facts(bulletin.facts, _("About this bulletin"))
    text = word.written(told.EvidenceFile(bulletin.title, bulletin.about, made, sections))
    tables = [block for s in bulletin.sections for block in s.blocks if isinstance(block, Table)]
    return _with_charts(text, tables)


def _blocks(section: Section) -> Iterator[told.Block]:
    for block in section.blocks:
        match block:
            case Words(text):
                yield told.Words(text)
            case Table():
                rows = [[str(cell) for cell in row] for row in block.rows]
                yield told.Table(block.columns, rows, block.title, numbers=block.numbers)


def _with_charts(text: bytes, tables: list[Table]) -> bytes:
    """The document with a chart above each table that has one; its first table is what it is about."""
    document: Any = docx.Document(io.BytesIO(text))
    for number, (table, drawn) in enumerate(zip(tables, document.tables[1:], strict=True), start=1):
        if chart_of(table) is not None:
            relation = document.part.relate_to(_part(document, table, number), RELATIONSHIP_TYPE.CHART)
            drawn._tbl.addprevious(_drawing(relation, number, table.title))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _part(document: Any, table: Table, number: int) -> Part:
    """The chart, which has its figures with it, and the workbook from which they are."""
    workbook = excel.alone(table)
    with zipfile.ZipFile(io.BytesIO(workbook)) as book:
        space = parse_xml(book.read("xl/charts/chart1.xml"))
    for settings in space.findall(qn("c:printSettings")):
        space.remove(settings)
    package = document.part.package
    data = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), CONTENT_TYPE.SML_SHEET, workbook, package)
    part = XmlPart(PackURI(f"/word/charts/chart{number}.xml"), CONTENT_TYPE.DML_CHART, space, package)
    behind, update = OxmlElement("c:externalData"), OxmlElement("c:autoUpdate")
    behind.set(qn("r:id"), part.relate_to(data, RELATIONSHIP_TYPE.PACKAGE))
    update.set("val", "0")
    behind.append(update)
    space.append(behind)
    return part


def _drawing(relation: str, number: int, title: str) -> Any:
    """A paragraph that shows the chart, on one sheet with the beginning of its table."""
    chart = f'<c:chart r:id="{relation}"/>'
    paragraph = parse_xml(
        f"""<w:p {nsdecls("w", "wp", "a", "c", "r")}><w:pPr><w:keepNext/></w:pPr><w:r><w:drawing>
<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{_WIDE}" cy="{_HIGH}"/>
<wp:docPr id="{_FIRST + number}" name="Chart {number}"/><wp:cNvGraphicFramePr/>
<a:graphic><a:graphicData uri="{nsmap["c"]}">{chart}</a:graphicData></a:graphic>
</wp:inline></w:drawing></w:r></w:p>"""
    )
    paragraph.find(f".//{qn('wp:docPr')}").set("descr", title)
    return paragraph
