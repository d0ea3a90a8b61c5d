"""The exposure page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from riskloop.exposure.forms import PeriodForm
from riskloop.exposure.measures import shown
from riskloop.exposure.report import (
    TellerExposure,
    UnitExposure,
    exposure_of_tellers,
    exposure_of_units,
    latest_day,
)
from riskloop.exposure.tables import PER, ExposureTable, TellerTable, UnitTable
from riskloop.organisation.functions import READ_EXPOSURE
from riskloop.organisation.gate import needs

DAYS = 30
"""The period unless the reader chooses another: so many days up to the newest with volume."""
ROWS = 50
BARS = 12


@needs(READ_EXPOSURE)
@require_safe
@vary_on_headers("HX-Request")
def exposure(request: HttpRequest) -> HttpResponse:
    """Units or tellers of a period by their measures; HTMX gets the table and chart alone."""
    by = "tellers" if request.GET.get("by") == "tellers" else "units"
    form = PeriodForm(_latest_period() | request.GET.dict())
    context: dict[str, Any] = {"title": _("Risk exposure"), "form": form, "by": by}
    if form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        table = _table(request, by, first, last, form.cleaned_data["level"])
        context |= {"table": table, "chart": _chart(table)}
    page = "exposure/result.html" if "HX-Request" in request.headers else "exposure/page.html"
    return render(request, page, context)


def _latest_period() -> dict[str, str]:
    last = latest_day() or timezone.localdate()
    return {"first": str(last - dt.timedelta(days=DAYS - 1)), "last": str(last), "level": ""}


def _table(request: HttpRequest, by: str, first: dt.date, last: dt.date, level: str) -> ExposureTable:
    order_by = request.GET.getlist("sort") or None
    if by == "tellers":
        table: ExposureTable = TellerTable(
            exposure_of_tellers(request.user, first, last), first, last, order_by=order_by
        )
    else:
        units = [u for u in exposure_of_units(request.user, first, last) if level in ("", u.level)]
        table = UnitTable(units, first, last, order_by=order_by)
    table.paginate(page=1, per_page=ROWS)
    table.page = table.paginator.get_page(request.GET.get("page"))
    return table


def _chart(table: ExposureTable) -> dict[str, Any] | None:
    """An ECharts option: the highest exposures of the table, internal and external; None without any."""
    exposed = [row for row in table.data if row.measures.rer]
    highest: Sequence[UnitExposure | TellerExposure] = sorted(
        exposed, key=lambda row: row.measures.rer, reverse=True
    )[:BARS]
    if not highest:
        return None
    return {
        "xAxis": {"type": "value"},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [_name(row) for row in highest],
            # Every bar has its name, however low the chart is.
            "axisLabel": {"interval": 0},
        },
        "tooltip": {"axisPointer": {"type": "shadow"}},
        "series": [
            _bars(_("Internal"), "--rl-key-attention", [row.measures.irer for row in highest]),
            _bars(_("External"), "--rl-new", [row.measures.erer for row in highest]),
        ],
    }


def _bars(name: str, colour: str, values: Sequence[Any]) -> dict[str, Any]:
    return {
        "type": "bar",
        "stack": "rer",
        "name": name,
        "color": colour,
        "barMaxWidth": 14,
        "data": [float(shown(value, PER) or 0) for value in values],
    }


def _name(row: UnitExposure | TellerExposure) -> str:
    if isinstance(row, UnitExposure):
        return row.name or row.unit_id
    return f"{row.name} {row.teller_id}".strip()
