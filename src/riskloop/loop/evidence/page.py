"""An evidence file as one HTML file that loads nothing, to be read, printed and kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string

from riskloop.loop.evidence.blocks import Block, EvidenceFile, Facts, Table, Words

KINDS: dict[type[Block], str] = {Facts: "facts", Words: "words", Table: "table"}
MEDIA_TYPE = "text/html"
HEADERS = {
    # Its style stands in it; nothing in it runs, and nothing is loaded.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; sandbox"
    ),
}


def written(file: EvidenceFile) -> bytes:
    """The file as HTML in UTF-8."""
    sections = [
        {"title": section.title, "blocks": [_block(block) for block in section.blocks]}
        for section in file.sections
    ]
    return render_to_string("loop/evidence_file.html", {"file": file, "sections": sections}).encode()


def _block(block: Block) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": KINDS[type(block)], "block": block}
    if isinstance(block, Table):
        told["columns"] = _cells(block, block.columns)
        told["rows"] = [_cells(block, row) for row in block.rows]
    return told


def _cells(table: Table, texts: Sequence[str]) -> list[tuple[str, bool]]:
    """Each text, and whether it stands to the right."""
    return [(text, place in table.numbers) for place, text in enumerate(texts)]
