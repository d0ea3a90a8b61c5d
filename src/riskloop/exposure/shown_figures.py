"""A unit's figures as its page shows them: the nine measures and the controllable ones, compared."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from riskloop.exposure.asked import Asked
from riskloop.exposure.behind import Narrowed
from riskloop.exposure.measures import Explained, shown
from riskloop.exposure.report import Compared
from riskloop.exposure.tables import PER, changed, counted, measured

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_KINDS = (
    ("", "events", "rr", "degree", "rer"),
    ("internal", "internal_events", "irr", "ird", "irer"),
    ("external", "external_events", "err", "erd", "erer"),
    ("controllable", "controllable_events", "crr", "crd", "crer"),
)


@dataclass(frozen=True)
class Line:
    """One figure with its changes, as text: on the period before (环比) and on the year before (同比)."""

    value: str
    previous: str
    year_before: str


@dataclass(frozen=True)
class Kind:
    """All events, the internal, the external or the controllable ones: number, RR, degree, RER."""

    name: str
    outcome: str
    number: int
    figures: tuple[Line, ...]


def told(of: Compared, measure: str) -> Line:
    """One figure of a unit; ratios by 10,000."""
    value = of.now.value(measure)
    if value is not None and (measure == "volume" or measure.endswith("events")):
        text = counted(int(value))
    else:
        text = measured(
            None if value is None else Fraction(value),
            1 if measure in {"degree", "ird", "erd", "crd"} else PER,
        )
    return Line(text, changed(of.on_previous(measure)), changed(of.on_year_before(measure)))


def summary(of: Compared) -> list[Kind]:
    """The nine measures and the controllable ones, one line a kind of event."""
    names = {
        "": _("All risk events"),
        "internal": _("Internal"),
        "external": _("External"),
        "controllable": _("Controllable"),
    }
    return [
        Kind(names[outcome], outcome, getattr(of.now, measures[0]), tuple(told(of, m) for m in measures))
        for outcome, *measures in _KINDS
    ]


@dataclass(frozen=True)
class Reason:
    """Why RER has changed on a period: score by 10,000 items, in all, by frequency and by severity."""

    on: StrOrPromise
    total: str
    frequency: str
    severity: str


def reasons(of: Compared) -> list[Reason]:
    """The change of RER on the period before and on the year before; only where there is one to explain."""
    named = zip((_("Previous period"), _("Same period last year")), of.explained(), strict=True)
    return [_reason(on, found) for on, found in named if found is not None]


def _reason(on: str, found: Explained) -> Reason:
    total, frequency, severity = (
        f"{shown(value, PER):+,}".replace("-", "\N{MINUS SIGN}")
        for value in (found.total, found.frequency, found.severity)
    )
    return Reason(on, total, frequency, severity)


def carried(found: Asked, narrowed: Narrowed) -> str:
    """The address of the same figure, without its period."""
    given = {"on": str(found.tree_day)} | ({"unit": found.unit.pk} if found.unit else {})
    if narrowed.teller:
        given["teller"] = narrowed.teller
    if narrowed.business is not None:
        given["business"] = narrowed.business
    if narrowed.driver is not None:
        given["driver"] = narrowed.driver
    if narrowed.told is not None:
        given |= {"told": narrowed.told[0], "value": narrowed.told[1]}
    if narrowed.own:
        given["own"] = "1"
    return urlencode(given)
