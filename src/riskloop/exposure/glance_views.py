"""Exposure at a glance: a part of the overview, and a page of its own without scripts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from riskloop.exposure import shown_figures
from riskloop.exposure.belonging import day_of, names_on
from riskloop.exposure.glance import Glance, Mover, glance
from riskloop.exposure.measures import Measures, shown
from riskloop.exposure.periods import Period
from riskloop.exposure.tables import PER, changed, counted, measured
from riskloop.organisation.functions import READ_EXPOSURE
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn

_KINDS = ("rer", "irer", "erer")


@needs(READ_EXPOSURE)
@require_safe
@vary_on_headers("HX-Request")
def exposure_glance(request: SignedIn) -> HttpResponse:
    """The newest exposure of the reader's highest units, its trend, and the units that moved it most."""
    found = glance(request.user)
    part = "HX-Request" in request.headers
    context = {"title": _("Exposure at a glance")} | ({} if found is None else _context(found))
    return render(request, "exposure/glance.html" if part else "exposure/glance_page.html", context)


def _context(found: Glance) -> dict[str, Any]:
    unit = found.tops[0].pk if len(found.tops) == 1 else ""
    name = names_on(day_of(found.period), [unit])[unit].name if unit else _("Your units together")
    names = {"rer": _("All risk events"), "irer": _("Internal"), "erer": _("External")}
    return {
        "name": name,
        "period": found.period,
        "url": _address(found.period, unit),
        "figures": [(names[kind], shown_figures.told(found.figures, kind)) for kind in _KINDS],
        "volume": shown_figures.told(found.figures, "volume"),
        "trend": [
            _line(period, measures, undecided, unit)
            for (period, measures), undecided in zip(found.trend, found.undecided, strict=True)
        ],
        "undecided": found.undecided[-1],
        "chart": _chart(found, unit),
        "movers": [_mover(mover, found.period) for mover in found.movers],
    }


def _address(period: Period, unit: str) -> str:
    given = {"first": str(period.first), "last": str(period.last)} | ({"unit": unit} if unit else {})
    return f"{reverse('exposure')}?{urlencode(given)}"


def _line(period: Period, of: Measures, undecided: int, unit: str) -> dict[str, Any]:
    return {
        "name": str(period),
        "url": _address(period, unit),
        "volume": counted(of.volume),
        "events": counted(of.events),
        "undecided": counted(undecided),
        "rates": [measured(getattr(of, kind), PER) for kind in _KINDS],
    }


def _chart(found: Glance, unit: str) -> dict[str, Any] | None:
    """An ECharts option: RER by period, internal and external one upon the other; None of one period."""
    if len(found.trend) < 2:  # noqa: PLR2004 — a trend needs two
        return None
    series = ((_("Internal"), "--rl-key-attention", "irer"), (_("External"), "--rl-new", "erer"))
    return {
        "xAxis": {"type": "category", "data": [str(period) for period, _of in found.trend]},
        "yAxis": {"type": "value", "name": _("RER per 10,000"), "nameTextStyle": {"align": "left"}},
        "links": [_address(period, unit) for period, _of in found.trend],
        "series": [
            {
                "type": "bar",
                "stack": "rer",
                "name": name,
                "color": colour,
                "barMaxWidth": 28,
                # Without volume there is no exposure, and no bar: null, not 0.
                "data": [
                    None if (v := shown(getattr(of, kind), PER)) is None else float(v)
                    for _p, of in found.trend
                ],
            }
            for name, colour, kind in series
        ],
    }


def _mover(mover: Mover, period: Period) -> dict[str, Any]:
    row = mover.row
    beyond = f"{shown(mover.beyond):+,}".replace("-", "\N{MINUS SIGN}")
    return {
        "name": _("its own") if row.own else row.name or row.key,
        "key": row.key,
        "url": "" if row.own else _address(period, row.key),
        "up": mover.beyond > 0,
        "before": measured(row.figures.previous.rer, PER),
        "now": measured(row.measures.rer, PER),
        "change": changed(row.figures.on_previous("rer")),
        "beyond": beyond,
    }
