"""A bulletin as a Word document, written as the evidence files are."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from riskloop.bulletin.blocks import Bulletin, Section, Table, Words
from riskloop.loop.evidence import blocks as told
from riskloop.loop.evidence import word


def written(bulletin: Bulletin) -> bytes:
    """The bulletin as .docx; a chart's figures stand in its table."""
    sections = [told.Section(section.title, list(_blocks(section))) for section in bulletin.sections]
    made = told.Facts(bulletin.facts, _("About this bulletin"))
    return word.written(told.EvidenceFile(bulletin.title, bulletin.about, made, sections))


def _blocks(section: Section) -> Iterator[told.Block]:
    for block in section.blocks:
        match block:
            case Words(text):
                yield told.Words(text)
            case Table():
                rows = [[str(cell) for cell in row] for row in block.rows]
                yield told.Table(block.columns, rows, block.title, numbers=block.numbers)
