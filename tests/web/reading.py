"""What a page says to a reader: its texts, and the texts of its attributes."""

from __future__ import annotations

from html.parser import HTMLParser

SPOKEN = {"title", "aria-label", "placeholder", "alt"}
SILENT = {"script", "style"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Page(HTMLParser):
    """A parsed page. What is marked as being in another language than the page is set apart.

    Attributes:
        said: every text and spoken attribute in the page's own language.
        inline: scripts and styles that stand in the page itself, which the policy would refuse.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.inline: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        foreign = tag != "html" and "lang" in given
        if tag not in VOID:
            self._open.append((tag, foreign))
        if "style" in given or any(name.startswith("on") for name in given):
            self.inline.append(self.get_starttag_text() or tag)
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") is None):
            self.inline.append(self.get_starttag_text() or tag)
        if not foreign and not self._elsewhere():
            self.said += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._elsewhere():
            self.said.append(" ".join(data.split()))

    def _elsewhere(self) -> bool:
        return any(foreign or tag in SILENT for tag, foreign in self._open)
