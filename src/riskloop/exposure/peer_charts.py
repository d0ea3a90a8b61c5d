"""The charts of a list beside its peers, as ECharts options: a funnel plot, and a control chart of months."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from riskloop.exposure.months import Month, Months
from riskloop.exposure.peers import Peers
from riskloop.exposure.tables import PER

_WITHIN, _INNER, _OUTER = "--rl-new", "--rl-attention", "--rl-key-attention"
_LINE = "--tblr-secondary"
_HIGHEST = 4
"""The axis ends at so many times the upper outer line of a peer of middling volume."""
_RATES: Mapping[str, Any] = {"type": "value", "min": 0, "nameTextStyle": {"align": "left"}}


def funnel_chart(of: Peers, names: Mapping[str, str], links: Mapping[str, str]) -> dict[str, Any] | None:
    """Risk ratio per 10,000 by online volume, and the lines; None where nobody has volume.

    Args:
        names, links: by key, of the points that are drawn.
    """
    plot = of.funnel
    if not len(plot.peers):
        return None
    top = _top(of)
    points: dict[int, list[dict[str, Any]]] = {0: [], 1: [], 2: []}
    for place, volume, rate, level in zip(
        plot.peers.tolist(),
        plot.point_volumes.tolist(),
        plot.point_rates.tolist(),
        plot.point_levels.tolist(),
        strict=True,
    ):
        key = of.keys[place]
        said = _("%(name)s: %(events)s events, volume %(volume)s, RR %(rate)s") % {
            "name": names.get(key, key),
            "events": f"{of.events[place]:,}",
            "volume": f"{of.volumes[place]:,}",
            "rate": f"{rate * PER:,.2f}",
        }
        one = {"value": [volume, min(rate * PER, top)], "name": said}
        points[abs(level)].append(one | ({"link": links[key]} if key in links else {}))
    lines = [
        (_("Peers together"), [plot.rate] * len(plot.volumes), "solid"),
        (_("Inner lines (95 %)"), plot.inner_low.tolist(), "dashed"),
        (_("Inner lines (95 %)"), plot.inner_high.tolist(), "dashed"),
        (_("Outer lines (99.8 %)"), plot.outer_low.tolist(), "dotted"),
        (_("Outer lines (99.8 %)"), plot.outer_high.tolist(), "dotted"),
    ]
    return {
        "grid": {"left": 8, "right": 24, "top": 32, "bottom": 22, "containLabel": True},
        "xAxis": {
            "type": "log",
            "name": _("Online volume"),
            "nameLocation": "middle",
            "nameGap": 26,
            # A log axis would begin at a whole power of ten, and leave most of the chart empty.
            "min": _rounded(float(plot.volumes[0]) * 0.95, math.floor, 2),
            "max": _rounded(float(plot.volumes[-1]) * 1.05, math.ceil, 2),
        },
        "yAxis": {**_RATES, "name": _("RR per 10,000"), "max": top},
        "tooltip": {"trigger": "item", "formatter": "{b}"},
        "series": [
            *(_line(name, plot.volumes.tolist(), rates, kind) for name, rates, kind in lines),
            _scatter(_("Within the lines"), _WITHIN, points[0]),
            _scatter(_("Outside the inner lines"), _INNER, points[1]),
            _scatter(_("Outside the outer lines"), _OUTER, points[2]),
        ],
    }


def _top(of: Peers) -> float:
    """Where the axis of rates ends: one peer with an event and hardly any volume would flatten all others."""
    plot = of.funnel
    middling = float(np.median([volume for volume in of.volumes if volume]))
    usual = float(np.interp(middling, plot.volumes, plot.outer_high))
    highest = max(float(plot.point_rates.max()), float(plot.outer_high[-1]), plot.rate)
    return _rounded(min(highest * 1.1, usual * _HIGHEST) * PER, math.ceil) or 1.0


def _rounded(value: float, to: Callable[[float], int], digits: int = 1) -> float:
    if value <= 0:
        return 0.0
    unit = 10.0 ** (math.floor(math.log10(value)) - digits + 1)
    return to(value / unit) * unit


def beyond(of: Peers) -> int:
    """How many points lie above the end of the axis, and are drawn at it."""
    return int((of.funnel.point_rates * PER > _top(of)).sum()) if len(of.funnel.peers) else 0


def _line(name: str, volumes: Sequence[float], rates: Sequence[float], kind: str) -> dict[str, Any]:
    return {
        "type": "line",
        "name": name,
        "color": _LINE,
        "symbol": "none",
        "silent": True,
        "lineStyle": {"type": kind, "width": 1},
        "data": [[volume, rate * PER] for volume, rate in zip(volumes, rates, strict=True)],
    }


def _scatter(name: str, colour: str, points: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "scatter", "name": name, "color": colour, "symbolSize": 8, "data": points}


def months_chart(of: Months, links: Sequence[str]) -> dict[str, Any] | None:
    """Risk ratio per 10,000 by month within its limits; None of fewer than two months.

    Args:
        links: where a click on each month leads.
    """
    if len(of.months) < 2:  # noqa: PLR2004 - one month beside nothing
        return None
    usual = None if of.usual is None else of.usual * PER
    marked = [_per(m.rate) if m.out or m.run else None for m in of.months]
    return {
        "xAxis": {"type": "category", "data": [str(month.period) for month in of.months]},
        "yAxis": {**_RATES, "name": _("RR per 10,000")},
        "links": list(links),
        "series": [
            _steps(_("Usual"), [usual] * len(of.months), "solid"),
            _steps(_("Lower limit"), [_per(month.low) for month in of.months], "dashed"),
            _steps(_("Upper limit"), [_per(month.high) for month in of.months], "dashed"),
            {
                "type": "line",
                "name": _("Risk ratio (RR)"),
                "color": _WITHIN,
                "symbolSize": 7,
                "data": [_per(month.rate) for month in of.months],
            },
            {
                "type": "scatter",
                "name": _("Changed"),
                "color": _OUTER,
                "symbolSize": 12,
                "z": 3,
                "data": marked,
            },
        ],
    }


def _steps(name: str, values: Sequence[float | None], kind: str) -> dict[str, Any]:
    return {
        "type": "line",
        "step": "middle",
        "name": name,
        "color": _LINE,
        "symbol": "none",
        "lineStyle": {"type": kind, "width": 1},
        "data": values,
    }


def _per(value: float | None) -> float | None:
    return None if value is None else round(value * PER, 2)


def said_of(month: Month) -> str:
    """What a month's place says, in words; "" where it says nothing."""
    if month.out:
        return _("above the upper limit") if month.out > 0 else _("below the lower limit")
    if month.run:
        return _("too long above the usual") if month.run > 0 else _("too long below the usual")
    return ""
