"""Rankings of units and tellers that say what the figures bear (`exposure.ranking`)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
from django.utils.translation import gettext as _

from riskloop.bulletin.blocks import Section, Table, Told, Words
from riskloop.bulletin.cells import Book, Kind, Ratio
from riskloop.bulletin.sources import Sources
from riskloop.exposure.ranking import HIGHER, LOWER, rank

ROWS = 10
"""So many of each ranking are printed."""


def sections(of: Sources, book: Book) -> list[Section]:
    units = {key: (found[0].volume, found[0].events) for key, found in of.below.items()}
    if not of.volume_known[0].measures:
        return [
            Section(
                _("Rankings"),
                [Words(_("Without the volume of the period nothing can be ranked."))],
            )
        ]
    blocks = [
        _ranked(book, "unit", _("Units directly below"), _("Unit"), units, of.names),
        _ranked(book, "teller", _("Tellers"), _("Teller"), of.tellers, {}),
    ]
    said = Words(
        _(
            "In order of the estimate, which draws a rate to that of the peers as far as its own volume"
            " leaves open. Higher or lower than its peers is said only where the whole interval is."
        )
    )
    return [Section(_("Rankings"), [said, *blocks])]


def _ranked(
    book: Book,
    kind: str,
    title: str,
    heading: str,
    found: Mapping[str, tuple[int, int]],
    names: Mapping[str, str],
) -> Table | Words:
    """`found`: by key volume and risk events."""
    keys = [key for key, figures in found.items() if any(figures)]
    if not keys:
        return Words(_("No figures by {heading}.").format(heading=heading.lower()))
    ranking = rank([float(found[k][1]) for k in keys], [float(found[k][0]) for k in keys])
    rows: list[list[Told]] = []
    for place in ranking.order()[:ROWS]:
        at = int(place)
        key, name = keys[at], f"rank.{kind}.{keys[at]}"
        items, count = found[key]
        events = book.put(f"{name}.events", count)
        volume = book.put(f"{name}.volume", items or None)
        raw = book.follow(f"{name}.rr", Kind.PER_10000, Ratio(f"{name}.events", f"{name}.volume"))
        estimates = [
            book.put(f"{name}.{told}", _exact(values[at]), Kind.PER_10000)
            for told, values in (
                ("estimate", ranking.estimate),
                ("low", ranking.low),
                ("high", ranking.high),
            )
        ]
        rows.append([names.get(key, key), volume, events, raw, *estimates, _verdict(ranking.verdict[at])])
    columns = [
        heading,
        _("Online volume"),
        _("Risk events"),
        _("RR per 10,000"),
        _("Estimate"),
        _("Interval from"),
        _("Interval to"),
        _("Verdict"),
    ]
    return Table(title, columns, rows, chart=(3, 4))


def _exact(value: np.float64) -> Fraction | None:
    """The number that was worked out, exactly as the machine has it."""
    return Fraction(float(value)) if np.isfinite(value) else None


def _verdict(said: np.int8) -> str:
    return {HIGHER: _("Higher than its peers"), LOWER: _("Lower than its peers")}.get(
        int(said), _("Cannot be told")
    )
