"""Files for the tests of attachments, as real as they need to be."""

from __future__ import annotations

import io
import zipfile

import docx
import xlsxwriter

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj << >> endobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xd9"
TEXT = "客户,金额\n张三,500000.00\n"
PROGRAM = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + bytes(64)
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACRO_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"


def word() -> bytes:
    """A document as Word writes it."""
    out = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("经核实，凭证齐全。")
    document.save(out)
    return out.getvalue()


def excel() -> bytes:
    """A workbook as Excel writes it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet().write(0, 0, "流水")
    return out.getvalue()


def types_of(main: str = MAIN, *others: str, before: str = "") -> str:
    listed = "".join(
        f'<Override PartName="/{name}" ContentType="{of}"/>'
        for name, of in [("word/document.xml", main), *((f"word/o{n}", o) for n, o in enumerate(others))]
    )
    namespace = "http://schemas.openxmlformats.org/package/2006/content-types"
    return f'<?xml version="1.0"?>{before}<Types xmlns="{namespace}">{listed}</Types>'


def office(types: str | None = None, **parts: str) -> bytes:
    """An archive with these content types, and with parts of these names, "." written as "__"."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if types is not None:
            archive.writestr("[Content_Types].xml", types)
        for name, content in parts.items():
            archive.writestr(f"word/{name.replace('__', '.')}", content)
    return out.getvalue()
