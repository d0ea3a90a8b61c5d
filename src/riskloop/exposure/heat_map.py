"""The heat map of the unit tree: a tile for each unit directly below, by volume and by how it stands.

A tile's area is the unit's online volume, its colour how far a measure lies from what is usual of the units
beside it. Of risk ratios that is the shrunken estimate beside the mean of the peers (`ranking`); of exposure,
which is not drawn to peers, the value beside that of the whole unit. Colour never stands alone: the tile, its
tip and the table say the same in words and numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from riskloop.exposure.asked import Asked
from riskloop.exposure.measures import Measures
from riskloop.exposure.peers import FEWEST, Verdict
from riskloop.exposure.ranking import HIGHER, LOWER, rank
from riskloop.exposure.report import Row, exposure_of_units
from riskloop.exposure.tables import PER, VERDICTS, counted, estimated, measured

_KINDS = ("events", "internal_events", "external_events", "controllable_events")
RATIOS: Mapping[str, str] = MappingProxyType(dict(zip(("rr", "irr", "err", "crr"), _KINDS, strict=True)))
"""By risk ratio the events that it counts: of these there are honest estimates."""
MEASURES: Mapping[str, str] = MappingProxyType(
    RATIOS | dict(zip(("rer", "irer", "erer", "crer"), _KINDS, strict=True))
)
"""What a map may show, by the events that it is of."""
MOST = 400
"""Tiles at most, those of the greatest volume: more could not be told apart."""
STEPS = (
    (0.5, "lowest", gettext_lazy("less than half of the usual")),
    (0.8, "low", gettext_lazy("below the usual")),
    (1.25, "usual", gettext_lazy("about the usual")),
    (2.0, "high", gettext_lazy("above the usual")),
    (math.inf, "highest", gettext_lazy("more than twice the usual")),
)
"""Up to which multiple of the usual, the name of the colour (`--rl-heat-…`), and what it says."""
_MARKS = {Verdict.HIGHER: "▲ ", Verdict.LOWER: "▼ "}


@dataclass(frozen=True)
class Tile:
    """A unit of the map; `step` is the place in `STEPS`, None where nothing is usual or it has no value.

    `value`: by item, of a risk ratio its estimate. `times`: by what multiple of the usual.
    """

    row: Row
    value: float | None
    times: float | None
    verdict: Verdict | None

    @property
    def step(self) -> int | None:
        if self.times is None:
            return None
        return next(n for n, (limit, _name, _said) in enumerate(STEPS) if self.times <= limit)


@dataclass(frozen=True)
class HeatMap:
    """All units below in order of their multiples; `drawn` those with a tile.

    `usual`: what the colours compare with, by item; None where there is nothing to compare with.
    """

    tiles: Sequence[Tile]
    measure: str
    usual: float | None

    @property
    def drawn(self) -> Sequence[Tile]:
        sized = [tile for tile in self.tiles if tile.row.measures.value("volume")]
        sized.sort(key=lambda tile: -tile.row.measures.volume)
        return sized[:MOST]


def heat_map(found: Asked, measure: str) -> HeatMap:
    """The units directly below the one looked at, and its own.

    Args:
        measure: one of `MEASURES`.
    """
    page = exposure_of_units(found.user.user, found.period, found.roots, order="key")
    tiles, usual = (_estimates if measure in RATIOS else _values)(page.rows, measure)
    tiles.sort(key=lambda tile: -1.0 if tile.times is None else tile.times, reverse=True)
    return HeatMap(tiles, measure, usual)


def _estimates(rows: Sequence[Row], measure: str) -> tuple[list[Tile], float | None]:
    """What is a unit's own is no peer of the units below it."""
    peers = [row for row in rows if not row.own]
    volumes = [0 if row.measures.cut else row.measures.volume for row in peers]
    of = rank([getattr(row.measures, RATIOS[measure]) for row in peers], volumes)
    told = sum(volume > 0 for volume in volumes) >= FEWEST
    usual = None if math.isnan(of.centre) or not of.centre else of.centre
    verdicts = {HIGHER: Verdict.HIGHER, LOWER: Verdict.LOWER}
    tiles: list[Tile] = []
    for n, row in enumerate(peers):
        estimate = None if math.isnan(of.estimate[n]) else float(of.estimate[n])
        verdict = verdicts.get(int(of.verdict[n]), Verdict.UNTOLD) if told else Verdict.FEW
        times = None if estimate is None or usual is None else estimate / usual
        tiles.append(Tile(row, estimate, times, None if estimate is None else verdict))
    return tiles + [Tile(row, _number(row.measures, measure), None, None) for row in rows if row.own], usual


def _values(rows: Sequence[Row], measure: str) -> tuple[list[Tile], float | None]:
    usual = _number(sum((row.measures for row in rows), Measures()), measure)
    tiles: list[Tile] = []
    for row in rows:
        value = _number(row.measures, measure)
        tiles.append(Tile(row, value, value / usual if value is not None and usual else None, None))
    return tiles, usual


def _number(measures: Measures, measure: str) -> float | None:
    value = measures.value(measure)
    return None if value is None else float(value)


# ── the page ──


def chart(found: Asked, of: HeatMap) -> dict[str, Any] | None:
    """An ECharts option: a treemap whose tiles lead down; None without any tile."""
    tiles = [_tile(found, of, tile) for tile in of.drawn]
    if not tiles:
        return None
    return {
        "tooltip": {"trigger": "item"},
        "series": [
            {
                "type": "treemap",
                "roam": False,
                "nodeClick": False,
                "breadcrumb": {"show": False},
                "left": 0,
                "top": 0,
                "right": 0,
                "bottom": 0,
                "label": {"color": "--tblr-body-color", "overflow": "truncate", "lineHeight": 18},
                "itemStyle": {"borderColor": "--tblr-border-color", "borderWidth": 1, "gapWidth": 1},
                "emphasis": {"itemStyle": {"borderColor": "--tblr-body-color", "borderWidth": 3}},
                "data": tiles,
            }
        ],
    }


def _tile(found: Asked, of: HeatMap, tile: Tile) -> dict[str, Any]:
    told = row_of(found, of, tile)
    name = f"{told['name']}\n{_MARKS.get(tile.verdict, '') if tile.verdict else ''}{told['value']}"
    said = [told["name"], f"{_('Online volume')} {told['volume']}", told["shown"], told["said"]]
    step = "none" if tile.step is None else STEPS[tile.step][1]
    return {
        "name": name,
        "value": tile.row.measures.volume,
        "itemStyle": {"color": f"--rl-heat-{step}"},
        "tooltip": {"formatter": "\n".join(str(line) for line in said if line)},
        "link": told["link"],
    }


def row_of(found: Asked, of: HeatMap, tile: Tile) -> dict[str, Any]:
    """A tile as the table tells it: `said` in words how it stands, `link` to the map of what is below."""
    row, cut = tile.row, tile.row.measures.cut
    value = "—" if tile.value is None else estimated(tile.value)
    return {
        "key": row.key,
        "name": _("its own") if row.own else (row.name or row.key),
        "own": row.own,
        "volume": measured(None) if cut else counted(row.measures.volume),
        "events": counted(getattr(row.measures, MEASURES[of.measure])),
        "raw": measured(getattr(row.measures, of.measure), PER),
        "value": value,
        "shown": f"{value} {_('per 10,000')}",
        "times": "—" if tile.times is None else f"{tile.times:,.2f} ×",
        "said": _said(tile),
        "link": "" if row.own else _down(found, of.measure, row.key),
    }


def _said(tile: Tile) -> str:
    step = "" if tile.step is None else str(STEPS[tile.step][2])
    verdict = str(VERDICTS[tile.verdict]) if tile.verdict else ""
    pattern = _("%(step)s; %(verdict)s") if step and verdict else "%(step)s%(verdict)s"
    return pattern % {"step": step, "verdict": verdict}


def _down(found: Asked, measure: str, key: str) -> str:
    given = {
        "first": str(found.period.first),
        "last": str(found.period.last),
        "measure": measure,
        "unit": key,
    }
    return f"{reverse('exposure_map')}?{urlencode(given)}"


LEGEND: Sequence[tuple[str, Any]] = [(name, said) for _limit, name, said in STEPS]


def links_of(found: Asked, measure: str) -> Mapping[str, str]:
    """What the address of another map of the same unit and period carries on."""
    return {**{k: v for k, v in found.links.items() if k != "show"}, "measure": measure}
