"""A list beside its peers, as its page and the API show it: in order of the estimates, with both charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from riskloop.exposure import report
from riskloop.exposure.asked import LISTS, Asked
from riskloop.exposure.belonging import Grouping, grouping, names_on
from riskloop.exposure.figures import Subject
from riskloop.exposure.months import months_of
from riskloop.exposure.peer_charts import beyond, funnel_chart, months_chart, said_of
from riskloop.exposure.peers import FEWEST, Peers, peers
from riskloop.exposure.periods import Period
from riskloop.exposure.report import Page
from riskloop.exposure.tables import estimated
from riskloop.organisation.scope import Person

PEERS = "peers"
"""The columns by which a list is shown beside its peers (`forms.VIEWS`)."""
ESTIMATE = "estimate"
"""The order by what a list beside its peers begins with, the highest first."""


@dataclass(frozen=True)
class ListAsked:
    """Which list of `report` is asked for.

    Attributes:
        level: of units those of a level below the roots; "": those directly below.
        tops: of units without a level the roots themselves, in their order.
        rest: whether of units directly below what belongs to none of them is told beside them.
    """

    user: Person
    subject: Subject
    period: Period
    roots: Sequence[str]
    level: str = ""
    tops: bool = False
    rest: bool = False

    def peers(self) -> Peers:
        """All of the list, each beside the others."""
        return peers(*self.together, self.period)

    @property
    def together(self) -> tuple[Subject, Grouping]:
        """What the list is of, and how its units are put together."""
        return self.subject, self._grouping()

    def _grouping(self) -> Grouping:
        if self.subject is not Subject.UNIT or (self.tops and not self.level):
            return grouping(self.user, self.roots, self.period)
        return grouping(self.user, self.roots, self.period, "level" if self.level else "children", self.level)

    def rows(self, order: str, limit: int | None, offset: int, keys: Sequence[str] | None = None) -> Page:
        """Rows in order of a measure, or those of `keys`."""
        if self.subject is Subject.UNIT:
            return report.exposure_of_units(
                self.user, self.period, self.roots, self.level, order, limit, offset, keys, rest=self.rest
            )
        of = report.exposure_of_tellers if self.subject is Subject.TELLER else report.exposure_of_businesses
        return of(self.user, self.period, self.roots, order, limit, offset, keys)


def page_of(asked: ListAsked, order: str, limit: int, offset: int, peers: Peers | None) -> Page:
    """A page of the list, beside its peers where they are given; then `order` may be by their estimates."""
    if asked.subject is Subject.UNIT and asked.tops and not asked.level:
        found = report.exposure_of_tops(asked.user, asked.period, asked.roots)
        found = replace(found, rows=found.rows[offset : offset + limit])
    elif peers is not None and order.removeprefix("-") == ESTIMATE:
        keys = peers.by_estimate(down=order.startswith("-"))[offset : offset + limit]
        found = replace(asked.rows(report.HIGHEST_FIRST, None, 0, keys), total=peers.total)
    else:
        found = asked.rows(order, limit, offset)
    return _standing(found, peers)


def of_keys(asked: ListAsked, keys: Sequence[str], peers: Peers | None) -> Page:
    """These rows of the list, in this order."""
    return _standing(asked.rows(report.HIGHEST_FIRST, None, 0, keys), peers)


def _standing(found: Page, peers: Peers | None) -> Page:
    if peers is None:
        return found
    standings = peers.standings([row.key for row in found.rows if not row.own])
    return replace(found, rows=[replace(row, standing=standings.get(row.key)) for row in found.rows])


# ── the page ──


def charts(found: Asked, of: Peers) -> dict[str, Any]:
    """What the page shows beside the list: the funnel plot, and the months of what is looked at."""
    drawn = [of.keys[place] for place in of.funnel.peers.tolist()]
    inner, outer = of.funnel.outside
    return {
        "funnel": funnel_chart(of, _names(found, drawn), {key: _link(found, key) for key in drawn}),
        "funnel_told": {
            "peers": of.told,
            "few": of.told < FEWEST,
            "fewest": FEWEST,
            "inner": inner,
            "outer": outer,
            "hidden": of.funnel.hidden,
            "beyond": beyond(of),
        },
        **_months(found),
    }


def _months(found: Asked) -> dict[str, Any]:
    of = months_of(found.user.user, found.roots, found.period)
    shown = [
        {
            "name": str(month.period),
            "volume": month.volume,
            "events": month.events,
            "figures": [_text(value) for value in (month.rate, month.low, month.high)],
            "said": said_of(month),
            "link": _events(found, month.period, {}),
        }
        for month in of.months
    ]
    return {
        "months": shown,
        "months_chart": months_chart(of, [str(month["link"]) for month in shown]),
        "usual": _text(of.usual),
        "baseline": of.baseline,
        "widened": of.widening > 1,
    }


def _text(rate: float | None) -> str:
    return "—" if rate is None else estimated(rate)


def _names(found: Asked, keys: Sequence[str]) -> dict[str, str]:
    subject = LISTS[found.by]
    if subject is Subject.UNIT:
        return {key: unit.name for key, unit in names_on(found.tree_day, keys).items()}
    if subject is Subject.TELLER:
        return {key: f"{name} {key}".strip() for key, name in report.people_names(keys).items()}
    return {key: key or _("without an entry") for key in keys}


def _link(found: Asked, key: str) -> str:
    """A unit leads to its own figures, a teller and a business to the events."""
    if found.by == "units":
        return f"{reverse('exposure')}?{urlencode(found.links | {'unit': key})}"
    return _events(found, found.period, {LISTS[found.by].value: key})


def _events(found: Asked, period: Period, more: dict[str, str]) -> str:
    days = {"first": str(period.first), "last": str(period.last), "on": str(found.tree_day)}
    return f"{reverse('exposure_events')}?{urlencode(found.links | days | more)}"
