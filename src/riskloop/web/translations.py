"""What the pages say, gathered from code and templates, and the Chinese catalogue brought up to date.

`python -m riskloop.web.translations` writes new messages into the catalogue, empty, and drops those
that nothing says any more; a test names every message that then still lacks its Chinese.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).parents[1]
CHINESE = Path(__file__).parent / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
HEADER = """\
# What the pages say, in Chinese. Brought up to date by `python -m riskloop.web.translations`.
msgid ""
msgstr ""
"Language: zh_Hans\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
KEYWORDS: Mapping[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def extract_template(
    fileobj: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Any
) -> Iterator[Any]:
    """A Babel extractor for Django's templates, by Django's own rewriting of them into calls."""
    calls = templatize(fileobj.read().decode())
    # What is no call is blanked out, but its indentation would mean something to Python.
    flat = "\n".join(line.strip() for line in calls.splitlines())
    yield from extract_python(io.BytesIO(flat.encode()), keywords, comment_tags, options)


def extract_code(
    fileobj: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Any
) -> Iterator[Any]:
    """A Babel extractor for code: its calls, and what the operations of the API say of themselves.

    The page of the API shows their docstrings, as the schema has them (`Operations`).
    """
    code = fileobj.read()
    yield from extract_python(io.BytesIO(code), keywords, comment_tags, options)
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef) and any(map(_enters, node.decorator_list)):
            yield node.lineno, "gettext", " ".join((ast.get_docstring(node) or "").split()), []


def _enters(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in {"reads", "hands_out", "does"}
    )


def extract(package: Path = PACKAGE) -> Catalog:
    """Every message of the package's code and templates, with the files that say it."""
    catalog = Catalog(charset="utf-8")
    # Babel takes a function as well as the name of an extractor; its types know the name alone.
    methods: Any = [("**.py", extract_code), ("**/templates/**.*", extract_template)]
    for name, _line, message, comments, context in sorted(
        extract_from_dir(package, methods, keywords=KEYWORDS), key=lambda found: found[:2]
    ):
        catalog.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return catalog


def load(path: Path = CHINESE) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans", domain="django")


def update(path: Path = CHINESE) -> None:
    """Brings the catalogue up to date with what the pages say; what has its Chinese keeps it."""
    catalog = load(path)
    catalog.update(extract(), no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    with path.open("wb") as file:
        file.write(HEADER.encode())
        # Babel's own header would bear the moment of writing: a change that is none.
        write_po(file, catalog, width=100, include_lineno=False, sort_output=True, omit_header=True)


if __name__ == "__main__":
    update()
