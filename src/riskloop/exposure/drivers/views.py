"""The page of drivers: a Pareto of risk events by what drove them, or by where, who, what and when."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from riskloop.exposure import asked as exposure_asked
from riskloop.exposure import report
from riskloop.exposure.drivers.changes import moved
from riskloop.exposure.drivers.forms import BY, MEASURES, OF
from riskloop.exposure.drivers.naming import driver_name, names_of
from riskloop.exposure.drivers.queries import (
    SEVERAL,
    Asked,
    By,
    Line,
    Pareto,
    pareto,
    units_for,
)
from riskloop.exposure.measures import shown
from riskloop.exposure.periods import parse
from riskloop.exposure.tables import PER, measured
from riskloop.organisation.functions import READ_EVENTS, READ_EXPOSURE
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn
from riskloop.organisation.scope import holds

OF_DRIVERS = frozenset({By.DRIVER, By.LEVEL1})
LINES = 50
BARS = 12


@needs(READ_EXPOSURE)
@require_safe
@vary_on_headers("HX-Request")
def drivers(request: SignedIn) -> HttpResponse:
    """Risk events of a unit and period by driver, unit, teller, business or time; HTMX gets these alone."""
    found, form = exposure_asked.asked(request)
    context: dict[str, Any] = {"title": _("Risk drivers"), "form": form}
    if found is not None:
        context |= _page(request, found)
    part = "HX-Request" in request.headers
    return render(request, "exposure/drivers_result.html" if part else "exposure/drivers.html", context)


def _page(request: SignedIn, found: exposure_asked.Asked) -> dict[str, Any]:
    given = request.GET
    by = By(given["by"]) if given.get("by") in {one.value for one in By} else By.DRIVER
    of = given.get("of", "") if given.get("of") in OF else ""
    measure = given.get("measure", "") if given.get("measure") in MEASURES else "events"
    driver = given.get("driver")
    units = units_for(request.user, found.roots, found.period, by)
    result = pareto(Asked(units, found.period, of, driver), by, measure, LINES)
    kept = {name: value for name, value in found.links.items() if name != "show"}
    kept |= {"by": by.value, "of": of, "measure": measure} | ({} if driver is None else {"driver": driver})
    names = names_of(by, [line.key for line in result.lines], found)
    leads = holds(request.user, READ_EVENTS)
    rows = [
        {
            "name": names[line.key],
            "key": line.key,
            "narrow": _address(kept | {"by": "unit", "driver": line.key}) if by in OF_DRIVERS else "",
            "url": _events(found, by, line, of, driver) if leads else "",
            "line": line,
            "score": measured(line.score),
            "share": percent(line.share),
            "cumulative": percent(line.cumulative),
        }
        for line in result.lines
    ]
    return {
        "asked": found,
        "way": found.way(),
        "by": by.value,
        "heading": BY[by],
        "of": of,
        "of_name": OF[of],
        "measure": measure,
        "driver": driver,
        "driver_name": None if driver is None else driver_name(driver),
        "without_driver": _address({name: value for name, value in kept.items() if name != "driver"}),
        "by_links": _choices(kept, "by", {one.value: name for one, name in BY.items()}),
        "of_links": _choices(kept, "of", OF),
        "measure_links": _choices(kept, "measure", MEASURES),
        "rows": rows,
        "result": result,
        "together_score": measured(result.counted_score),
        "hidden": result.total - len(rows),
        "several": by in SEVERAL,
        "chart": _chart(rows, measure),
        "changes": _changes(request, found, by, of, result) if driver is None and by in OF_DRIVERS else [],
        "repeats": _repeats(found) if leads else "",
    }


def _changes(
    request: SignedIn, found: exposure_asked.Asked, by: By, of: str, now: Pareto
) -> list[dict[str, Any]]:
    """Against the period before and the year before, as far as there is a change to explain."""
    whole = report.exposure_of(request.user, found.roots, found.period)
    asked = Asked(units_for(request.user, found.roots, found.period, by), found.period, of)
    compared = (
        (_("Previous period"), found.period.previous, whole.previous),
        (_("Same period last year"), found.period.year_before, whole.year_before),
    )
    told: list[dict[str, Any]] = []
    known = now.lines if now.total <= LINES else None
    for name, period, then in compared:
        lines = moved(asked, by, period, whole.now, then, known)
        if lines:
            named = names_of(by, [line.key for line in lines], found)
            total = sum((line.added for line in lines), Fraction(0))
            rows = [
                (named[line.key], line, measured(line.score_then), measured(line.score), _signed(line.added))
                for line in lines
            ]
            told.append({"on": name, "period": period, "rows": rows, "total": _signed(total)})
    return told


def _signed(value: Fraction) -> str:
    """Score per 10,000 items, with its sign."""
    return f"{shown(value, PER):+,}".replace("-", "\N{MINUS SIGN}") if value else "0"


def _repeats(found: exposure_asked.Asked) -> str:
    """The queue of the repeat offences of the unit and period, by the rule of the loop."""
    given = {
        "first": str(found.period.first),
        "last": str(found.period.last),
        "repeat": "yes",
        "withdrawn": "no",
    }
    return f"{reverse('events')}?{urlencode(given | ({'unit': found.unit.pk} if found.unit else {}))}"


def _address(given: dict[str, str]) -> str:
    return f"{reverse('exposure_drivers')}?{urlencode(given)}"


def _choices(kept: dict[str, str], name: str, of: Any) -> list[tuple[str, str, bool]]:
    return [(text, _address(kept | {name: value}), kept[name] == value) for value, text in of.items()]


def percent(value: Any) -> str:
    """An exact share as per cent to two decimals; a dash where there is none."""
    return "—" if value is None else f"{shown(value, 100):.2f} %"


def _events(found: exposure_asked.Asked, by: By, line: Line, of: str, driver: str | None) -> str:
    """The page of the events of a line."""
    given = {name: value for name, value in found.links.items() if name != "show"}
    given |= {"on": str(found.tree_day), "outcome": of}
    if driver is not None:
        given["driver"] = driver
    if by in OF_DRIVERS:
        # The first level of a chosen driver holds what the driver has, and no more.
        given["driver"] = line.key if by is By.DRIVER or driver is None else driver
    elif by is By.UNIT:
        given |= {"unit": line.key} | ({"own": "1"} if found.unit and found.unit.pk == line.key else {})
    elif by is By.MONTH:
        month = parse(line.key)
        first, last = max(month.first, found.period.first), min(month.last, found.period.last)
        given |= {"first": str(first), "last": str(last)}
    else:
        given |= {"told": by.value, "value": line.key}
    return f"{reverse('exposure_events')}?{urlencode(given)}"


def _chart(rows: list[dict[str, Any]], measure: str) -> dict[str, Any] | None:
    """An ECharts option: bars of the greatest lines, and above them the cumulative share."""
    drawn = rows[:BARS]
    if not drawn:
        return None
    return {
        "grid": {"left": 8, "right": 8, "top": 36, "bottom": 4, "containLabel": True},
        "xAxis": {
            "type": "category",
            "data": [row["name"] for row in drawn],
            "axisLabel": {"interval": 0, "width": 90, "overflow": "truncate"},
        },
        "yAxis": [
            {"type": "value", "name": str(MEASURES[measure]), "nameTextStyle": {"align": "left"}},
            {
                "type": "value",
                "max": 100,
                "axisLabel": {"formatter": "{value} %"},
                "splitLine": {"show": False},
            },
        ],
        "links": [row["narrow"] or row["url"] for row in drawn],
        "series": [
            {
                "type": "bar",
                "name": str(MEASURES[measure]),
                "color": "--rl-new",
                "barMaxWidth": 36,
                "data": [float(getattr(row["line"], measure)) for row in drawn],
            },
            {
                "type": "line",
                "name": _("Cumulative share"),
                "color": "--rl-key-attention",
                "yAxisIndex": 1,
                "data": [
                    None if (value := shown(row["line"].cumulative, 100)) is None else float(value)
                    for row in drawn
                ],
            },
        ],
    }
