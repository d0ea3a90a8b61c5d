"""Drivers: which of them the controllable, internal and external risk events had, with their shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from riskloop.bulletin.blocks import Block, Section, Table, Told
from riskloop.bulletin.cells import Book, Kind, Ratio, Sum
from riskloop.bulletin.facts import Driven
from riskloop.bulletin.sources import Sources

OF: dict[str, Callable[[Driven], bool]] = {
    "controllable": lambda d: d.controllable,
    "internal": lambda d: d.internal,
    "external": lambda d: not d.internal,
}


def section(of: Sources, book: Book) -> Section:
    titles = {
        "controllable": _("Drivers of controllable risk events"),
        "internal": _("Drivers of internal risk events"),
        "external": _("Drivers of external risk events"),
    }
    blocks: list[Block] = [_table(of, book, kind, title) for kind, title in titles.items()]
    return Section(_("Drivers"), blocks)


def _table(of: Sources, book: Book, kind: str, title: str) -> Table:
    """Every driver with its share, the most frequent first; together they are all events of the kind."""
    counts: Counter[str] = Counter()
    for one in of.driven:
        if OF[kind](one):
            counts[one.driver] += one.count
    parts = [f"driver.{kind}.{driver}" for driver, _count in counts.most_common()]
    rows: list[list[Told]] = []
    for part, (driver, count) in zip(parts, counts.most_common(), strict=True):
        book.put(part, count)
        share = book.follow(f"{part}.share", Kind.SHARE, Ratio(part, f"{kind}_events.now"))
        rows.append([name_of(of, driver), book[part], share])
    whole = of.measures[0]
    total = book.put(f"driver.{kind}", getattr(whole, f"{kind}_events"), formula=Sum(parts))
    every = book.follow(f"driver.{kind}.share", Kind.SHARE, Ratio(f"driver.{kind}", f"{kind}_events.now"))
    rows.append([_("Together"), total, every])
    return Table(
        title, [_("Driver"), _("Risk events"), _("Share")], rows, chart=(1,) if parts else (), total=True
    )


def name_of(of: Sources, driver: str) -> str:
    """A driver of the catalogue with its name, one of a list as it is written there."""
    if not driver:
        return _("Not told")
    chinese = (get_language() or "").startswith("zh")
    named = {one.driver: one.zh if chinese else one.en for one in of.driven}
    return f"{driver} {named.get(driver, '')}".strip()
