"""What a page shows, read from the page itself: its tables, and the filters in force.

So a file has exactly what the reader sees, masked as he sees it, whatever page it is.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from xml.etree.ElementTree import Element

from riskloop.web.workbook import Cell

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNSAID = {"script", "style", "form", "details", "button", "svg", "noscript", "template", "datalist"}
"""What is on a page to be used, not to be read."""
NUMBER = re.compile(r"[-+\u2212]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?")
MINUS = "\u2212"


@dataclass
class SeenTable:
    """One table of a page."""

    name: str
    headings: list[list[str]]
    rows: list[list[Cell]] = field(default_factory=list[list[Cell]])


@dataclass(frozen=True)
class SeenPage:
    """A page: its heading, the filters in force by their labels, its tables, and where its next part is."""

    title: str
    filters: list[tuple[str, str]]
    tables: list[SeenTable]
    next_query: str | None


def read_page(html: str) -> SeenPage:
    """Reads a whole page."""
    tree = _Reader.tree_of(html)
    content = next((e for e in tree.iter("main")), tree)
    heading = next((said(e) for e in tree.iter("h1")), "")
    onward = next((e.get("href", "") for e in content.iter("a") if e.get("data-key") == "]"), None)
    filters = [pair for form in content.iter("form") if _has(form, "filters") for pair in _filters(form)]
    query = None if onward is None else onward.partition("?")[2]
    return SeenPage(heading, filters, list(_tables(content, heading)), query)


def said(element: Element) -> str:
    """What an element says to a reader, in one line."""
    return " ".join("".join(_texts(element)).split())


def _texts(element: Element) -> Iterator[str]:
    if element.tag in UNSAID or _has(element, "visually-hidden"):
        return
    if element.tag in {"br", "div", "p", "li"}:
        yield " "
    yield element.text or ""
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


def _has(element: Element, name: str) -> bool:
    return name in element.get("class", "").split()


def _tables(content: Element, title: str) -> Iterator[SeenTable]:
    parents = {child: parent for parent in content.iter() for child in parent}
    for table in content.iter("table"):
        found = _table(table, _heading(table, parents) or title)
        if found.rows:
            yield found


def _heading(table: Element, parents: dict[Element, Element]) -> str:
    """The caption, or what the card around the table is headed by."""
    caption = table.find("caption")
    if caption is not None:
        return " ".join("".join(caption.itertext()).split())
    around = parents.get(table)
    while around is not None:
        title = next((said(e) for e in around.iter("h2")), "")
        if title or _has(around, "card"):
            return title
        around = parents.get(around)
    return ""


def _table(table: Element, name: str) -> SeenTable:
    headings = [[said(e) for e in _wide(row)] for row in table.iterfind("./thead/tr")]
    bodies = [*table.iterfind("./tbody/tr"), *table.iterfind("./tfoot/tr"), *table.iterfind("./tr")]
    rows = [[_cell(e) for e in _wide(row)] for row in bodies if not _is_empty_note(row)]
    return SeenTable(name, headings, rows)


def _is_empty_note(row: Element) -> bool:
    return any(_has(cell, "empty-note") for cell in row)


def _wide(row: Element) -> Iterator[Element]:
    """The cells; one that spans columns is followed by empty ones."""
    for cell in row:
        if cell.tag in {"td", "th"}:
            yield cell
            span = cell.get("colspan", "1")
            for _more in range(int(span) - 1 if span.isdigit() else 0):
                yield Element("td")


def _cell(cell: Element) -> Cell:
    text = said(cell)
    if _has(cell, "num") and NUMBER.fullmatch(text):
        plain = text.replace(",", "").replace(MINUS, "-")
        return float(plain) if "." in plain else int(plain)
    try:
        if DAY.fullmatch(text):
            return dt.date.fromisoformat(text)
        if MOMENT.fullmatch(text):
            return dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return text


def _filters(form: Element) -> Iterator[tuple[str, str]]:
    """What was chosen in the form above a list, by the names that the page gives it."""
    labels = {label.get("for"): said(label) for label in form.iter("label")}
    for element in form.iter():
        name = labels.get(element.get("id"), element.get("name", ""))
        if element.tag == "select":
            for option in element.iter("option"):
                if "selected" in option.attrib and option.get("value"):
                    yield name, said(option)
        elif element.tag == "input" and element.get("value"):
            kind = element.get("type", "text")
            if kind != "hidden" and (kind not in {"radio", "checkbox"} or "checked" in element.attrib):
                yield name, element.get("value", "")


class _Reader(HTMLParser):
    """HTML as our templates write it, as a tree. What stays open is closed by what is around it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("html")
        self.open = [self.root]

    @classmethod
    def tree_of(cls, html: str) -> Element:
        reader = cls()
        reader.feed(html)
        reader.close()
        return reader.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self.open) - 1, 0, -1):
            if self.open[at].tag == tag:
                del self.open[at:]
                return

    def handle_data(self, data: str) -> None:
        around = self.open[-1]
        if len(around):
            around[-1].tail = (around[-1].tail or "") + data
        else:
            around.text = (around.text or "") + data
