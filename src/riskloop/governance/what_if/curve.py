"""The curve of a sweep: what comes of each value of a parameter, and which value is in force."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from riskloop.governance.models import WhatIfQuestion
from riskloop.models.catalogue import catalogue


def curve(question: WhatIfQuestion, answer: dict[str, Any], links: Sequence[str]) -> dict[str, Any]:
    """An ECharts option: hits and bundles on the left, confirmed events still found on the right.

    Args:
        links: by alternative, where a click on its points leads.
    """
    estimates = answer["alternatives"]
    at = [float(step) for step in question.steps]
    in_force = answer["values"].get(question.swept)
    shown = at if in_force is None else [*at, float(in_force)]

    def drawn(name: str, values: list[int], **more: Any) -> dict[str, Any]:
        points = [list(point) for point in zip(at, values, strict=True)]
        return {"type": "line", "name": name, "symbolSize": 9, "data": points, **more}

    series = [drawn(_("Hits"), [one["hits"] for one in estimates], markLine=_mark(in_force, shown))]
    model = catalogue().get(question.model)
    if model is None or model.handling == "itemised":
        bundles = [one["bundles"] for one in estimates]
        series.append(drawn(_("Bundles, all models"), bundles, lineStyle={"type": "dashed"}))
    found = [one["recall"]["of"] for one in estimates]
    series.append(drawn(_("Confirmed events still found"), found, yAxisIndex=1, color="--rl-closed"))
    return {
        "grid": {"left": 8, "right": 8, "top": 56, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "value", "scale": True, "min": min(shown), "max": max(shown)},
        "yAxis": [
            {"type": "value", "minInterval": 1, "name": _("Hits"), "min": 0},
            {
                "type": "value",
                "minInterval": 1,
                "name": _("Confirmed events"),
                "nameTextStyle": {"align": "right"},
                "min": 0,
                "splitLine": {"show": False},
            },
        ],
        "series": series,
        "links": list(links),
    }


def _mark(in_force: Any, shown: Sequence[float]) -> dict[str, Any]:
    """A line at the value in force, its words inside the chart on the side where there is room."""
    if in_force is None:
        return {"data": []}
    said = _("In force: %(value)s") % {"value": f"{Decimal(str(in_force)):,f}"}
    on_the_right = float(in_force) > (min(shown) + max(shown)) / 2
    return {
        "silent": True,
        "symbol": "none",
        "label": {
            "formatter": said,
            "color": "inherit",
            "textBorderWidth": 0,
            "position": "insideEndTop" if on_the_right else "insideEndBottom",
        },
        "data": [{"xAxis": float(in_force)}],
    }
