"""The usual behaviour of an event's objects against its day, as its page and the API show it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from riskloop.bank.home import Home
from riskloop.detection.usual import Usual, usual_of
from riskloop.loop.models import QuasiEvent
from riskloop.loop.personal import clear_for
from riskloop.models.labels import column_name
from riskloop.organisation.masking import Kind, masked
from riskloop.organisation.models import User

MOST = 3
"""So many objects of a kind are shown; the files of every day are read for each."""
FADED = 0.45
_DRAWN = {"account": ("debit_sum", "credit_sum"), "teller": ("volume",), "unit": ("volume",)}


@dataclass(frozen=True)
class Behaviour:
    """What one object usually does, and what it did on the day of the event.

    Attributes:
        kind: `account`, `teller` or `unit`.
        name: its id as the reader sees it.
        figures: empty where no data are kept for the object.
        left_out: of the last object of a kind, how many more there are.
        place: which of its kind it is, from 1.
    """

    kind: str
    name: str
    figures: Sequence[Usual]
    left_out: int = 0
    place: int = 0

    @property
    def script(self) -> str:
        """The id under which the page keeps the chart."""
        return f"usual-{self.kind}-{self.place}"

    @property
    def days_before(self) -> int:
        """How many days before the event's day say what is usual."""
        figure = self.figures[0]
        return len(figure.days) - (figure.today is not None)

    @property
    def chart(self) -> dict[str, Any]:
        """The ECharts option of the figures that are drawn."""
        drawn = [f for f in self.figures if f.name in _DRAWN[self.kind]]
        return {
            "xAxis": {"type": "category", "data": [f"{day:%m-%d}" for day in drawn[0].days]},
            "yAxis": {"type": "value"},
            "series": [_series(figure) for figure in drawn],
        }


def behaviour_of(home: Home, event: QuasiEvent, reader: User) -> list[Behaviour]:
    """Of the accounts, then the tellers, then the unit of the event."""
    clear = clear_for(event, reader) is not None
    accounts, tellers = sorted(event.account_ids), sorted({*event.teller_ids, *event.authoriser_ids})
    opened = _opened(event)
    objects = (("account", accounts), ("teller", tellers), ("unit", [event.unit_id] if event.unit_id else []))
    found: list[Behaviour] = []
    for kind, ids in objects:
        for place, one in enumerate(ids[:MOST], start=1):
            name = one if clear or kind != "account" else str(masked(one, Kind.NUMBER))
            left_out = len(ids) - MOST if place == MOST else 0
            figures = usual_of(home, kind, one, event.booked_on, since=opened.get(one))
            found.append(Behaviour(kind, name, figures, max(left_out, 0), place))
    return found


def _opened(event: QuasiEvent) -> dict[str, dt.date]:
    """By account the day of its opening: before it nothing is usual."""
    kept = event.evidence_rows.filter(table="accounts").values_list("row", flat=True)
    return {
        row["account_id"]: dt.date.fromisoformat(row["opened_on"]) for row in kept if row.get("opened_on")
    }


def _series(figure: Usual) -> dict[str, Any]:
    days = len(figure.values) - 1
    series: dict[str, Any] = {
        "type": "bar",
        "name": column_name("", figure.name).in_language(get_language()),
        "barMaxWidth": 12,
        # The day of the event stands last, and stands out.
        "data": [
            {"value": float(value), "itemStyle": {"opacity": FADED if place < days else 1}}
            for place, value in enumerate(figure.values)
        ],
    }
    if figure.low is not None and figure.high is not None and figure.median is not None:
        series["markArea"] = {
            "silent": True,
            "itemStyle": {"opacity": 0.18},
            "data": [[{"yAxis": float(figure.low)}, {"yAxis": float(figure.high)}]],
        }
        series["markLine"] = {
            "silent": True,
            "symbol": "none",
            "label": {"show": False},
            "data": [{"yAxis": float(figure.median), "name": _("Median")}],
        }
    return series
