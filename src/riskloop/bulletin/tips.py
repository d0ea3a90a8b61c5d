"""Risk tips: what in the other sections asks to be looked at, said from their cells."""

from __future__ import annotations

from django.utils.translation import gettext as _

from riskloop.bulletin.blocks import Block, Section, Words
from riskloop.bulletin.cells import Book
from riskloop.bulletin.drivers import OF, name_of
from riskloop.bulletin.lookback import labels
from riskloop.bulletin.sources import Sources
from riskloop.exposure.ranking import HIGHER, rank

RISING = ("internal_events", "external_events", "controllable_events", "rer")


def section(of: Sources, book: Book) -> Section:
    told = [*_rising(of, book), *_drivers(of, book), *_higher(of, book)]
    if not told:
        told = [_("Nothing has risen, and no unit is higher than its peers.")]
    blocks: list[Block] = [Words(text) for text in told]
    return Section(_("Risk tips"), blocks)


def _rising(of: Sources, book: Book) -> list[str]:
    """Figures that have risen on a period that they are compared with."""
    told: list[str] = []
    for measure in RISING:
        for on in of.compared:
            changed = book[f"{measure}.change.{on.key}"].value
            if changed is not None and changed > 0:
                said = _("{name} rose: {on} by {change}, to {now}.")
                said = said.replace("{change}", f"{{{measure}.change.{on.key}}}")
                said = said.replace("{now}", f"{{{measure}.now}}")
                told.append(book.say(said, name=labels()[measure], on=on.within))
    return told


def _drivers(of: Sources, book: Book) -> list[str]:
    """The most frequent driver of controllable and of external events."""
    said = {
        "controllable": _("Of the controllable risk events {share} have the driver {driver}."),
        "external": _("Of the external risk events {share} have the driver {driver}."),
    }
    told: list[str] = []
    for kind, template in said.items():
        counts: dict[str, int] = {}
        for one in of.driven:
            if OF[kind](one) and one.driver:
                counts[one.driver] = counts.get(one.driver, 0) + one.count
        if counts:
            first = max(counts, key=lambda driver: (counts[driver], driver))
            cell = f"{{driver.{kind}.{first}.share}}"
            told.append(book.say(template.replace("{share}", cell), driver=name_of(of, first)))
    return told


def _higher(of: Sources, book: Book) -> list[str]:
    """Units whose figures bear that they are higher than their peers."""
    if not of.volume_known[0].measures:
        return []
    units = list(of.below)
    found = rank([of.below[u][0].events for u in units], [of.below[u][0].volume for u in units])
    told: list[str] = []
    for at in found.order():
        cell = f"rank.unit.{units[int(at)]}.rr"
        if found.verdict[at] == HIGHER and cell in book:
            said = _("{unit} is higher than its peers: RR {rr}.").replace("{rr}", f"{{{cell}}}")
            told.append(book.say(said, unit=of.names.get(units[int(at)], units[int(at)])))
    return told
