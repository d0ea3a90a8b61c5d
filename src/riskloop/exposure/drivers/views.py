"""The page of drivers: a Pareto of risk events by what drove them, or by where, who, what and when."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from riskloop.exposure import asked as exposure_asked
from riskloop.exposure.belonging import names_on
from riskloop.exposure.drivers.forms import BY, LEVEL1, MEASURES, OF, WEEKDAYS
from riskloop.exposure.drivers.queries import (
    SEVERAL,
    Asked,
    By,
    Line,
    Pareto,
    driver_names,
    pareto,
    units_for,
)
from riskloop.exposure.measures import shown
from riskloop.exposure.periods import parse
from riskloop.exposure.report import people_names
from riskloop.exposure.tables import measured
from riskloop.organisation.functions import READ_EVENTS, READ_EXPOSURE
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn
from riskloop.organisation.scope import holds

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
    names = names_of(by, result, found)
    leads = holds(request.user, READ_EVENTS)
    rows = [
        {
            "name": names[line.key],
            "key": line.key,
            "narrow": _address(kept | {"by": "unit", "driver": line.key})
            if by in {By.DRIVER, By.LEVEL1}
            else "",
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
    }


def _address(given: dict[str, str]) -> str:
    return f"{reverse('exposure_drivers')}?{urlencode(given)}"


def _choices(kept: dict[str, str], name: str, of: Any) -> list[tuple[str, str, bool]]:
    return [(text, _address(kept | {name: value}), kept[name] == value) for value, text in of.items()]


def percent(value: Any) -> str:
    """An exact share as per cent to two decimals; a dash where there is none."""
    return "—" if value is None else f"{shown(value, 100):.2f} %"


def driver_name(code: str) -> str:
    """A driver of the catalogue, or a first level of it, with its name."""
    if not code:
        return _("Not told")
    if code in LEVEL1:
        return f"{code} {LEVEL1[code]}"
    names = driver_names().get(code, ("", ""))
    return f"{code} {names[0 if (get_language() or '').startswith('zh') else 1]}".strip()


def names_of(by: By, of: Pareto, found: exposure_asked.Asked) -> dict[str, str]:
    """By key of a line what it is called."""
    keys = [line.key for line in of.lines]
    if by is By.UNIT:
        known = names_on(found.tree_day, keys)
        own = {found.unit.pk: _("its own")} if found.unit else {}
        return {key: own.get(key) or (known[key].name if key in known else key) for key in keys}
    if by is By.TELLER:
        known_people = people_names([key for key in keys if key])
        return {key: f"{known_people[key]} {key}".strip() if key else _("Not told") for key in keys}
    if by in {By.DRIVER, By.LEVEL1}:
        return {key: driver_name(key) for key in keys}
    if by is By.WEEKDAY:
        return {key: str(WEEKDAYS[int(key) - 1]) for key in keys}
    empty = _("without an entry") if by is By.BUSINESS else _("Not told")
    return {key: key or empty for key in keys}


def _events(found: exposure_asked.Asked, by: By, line: Line, of: str, driver: str | None) -> str:
    """The events of a line; "" of a weekday and a model, whose events are not listed by themselves."""
    given = {name: value for name, value in found.links.items() if name != "show"}
    given |= {"on": str(found.tree_day), "outcome": of}
    if driver is not None:
        given["driver"] = driver
    if by in {By.DRIVER, By.LEVEL1}:
        given["driver"] = line.key
    elif by is By.UNIT:
        given |= {"unit": line.key} | ({"own": "1"} if found.unit and found.unit.pk == line.key else {})
    elif by is By.TELLER and line.key:
        given["teller"] = line.key
    elif by is By.BUSINESS:
        given["business"] = line.key
    elif by is By.MONTH:
        month = parse(line.key)
        first, last = max(month.first, found.period.first), min(month.last, found.period.last)
        given |= {"first": str(first), "last": str(last)}
    else:
        return ""
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
