"""The page of the heat map."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from riskloop.exposure.asked import asked
from riskloop.exposure.heat_map import LEGEND, MEASURES, MOST, RATIOS, chart, heat_map, row_of
from riskloop.exposure.names import MEASURE_NAMES
from riskloop.exposure.tables import estimated
from riskloop.organisation.functions import READ_EXPOSURE
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn


@needs(READ_EXPOSURE)
@require_safe
def exposure_map(request: SignedIn) -> HttpResponse:
    """The units below one as tiles, each leading to those below it, and as a table."""
    found, form = asked(request)
    measure = request.GET.get("measure", "")
    measure = measure if measure in MEASURES else "rr"
    context: dict[str, Any] = {
        "title": _("Heat map"),
        "form": form,
        "measure": measure,
        "measures": [(name, MEASURE_NAMES[name]) for name in MEASURES],
    }
    if found is not None:
        of = heat_map(found, measure)
        drawn = of.drawn
        context |= {
            "asked": found,
            "way": found.way(),
            "unit_name": "",
            "chart": chart(found, of),
            "legend": LEGEND,
            "rows": [row_of(found, of, tile) for tile in of.tiles],
            "usual": None if of.usual is None else estimated(of.usual),
            "is_estimate": measure in RATIOS,
            "measure_name": MEASURE_NAMES[measure],
            "is_cut": any(tile.row.measures.cut for tile in of.tiles),
            "hidden": len(of.tiles) - len(drawn),
            "most": MOST,
        }
        if found.unit is not None:
            context["title"] = _("Heat map: %(unit)s") % {"unit": context["way"][-1][1]}
    return render(request, "exposure/map.html", context)
