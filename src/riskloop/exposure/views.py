"""The exposure pages: units, tellers and businesses of a period, and what is behind each figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from riskloop.exposure import beside, report, shown_figures
from riskloop.exposure.asked import LISTS, Asked, asked
from riskloop.exposure.behind import Narrowed, events_behind, facts_behind, volumes_behind
from riskloop.exposure.dimensions import ONE, SEVERAL
from riskloop.exposure.drivers.forms import BY
from riskloop.exposure.drivers.naming import driver_name, names_of
from riskloop.exposure.drivers.queries import By
from riskloop.exposure.figures import ORDERS
from riskloop.exposure.forms import PeriodForm
from riskloop.exposure.measures import shown as rounded
from riskloop.exposure.peers import Peers
from riskloop.exposure.periods import KINDS, around
from riskloop.exposure.report import HIGHEST_FIRST, Compared, Row, Subject
from riskloop.exposure.samples.forms import DrawInspectionForm
from riskloop.exposure.tables import PER, ExposureTable
from riskloop.loop.visibility import visible_to
from riskloop.organisation.functions import DRAW_INSPECTIONS, READ_EVENTS, READ_EXPOSURE
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn
from riskloop.organisation.scope import holds, may

ROWS = 50
BARS = 12


@needs(READ_EXPOSURE)
@require_safe
@vary_on_headers("HX-Request")
def exposure(request: SignedIn) -> HttpResponse:
    """A unit's figures, and the units below it, its tellers or its businesses; HTMX gets these alone."""
    found, form = asked(request)
    context: dict[str, Any] = {"title": _("Risk exposure"), "form": form}
    if found is not None:
        context |= _page(request, found, _offered(request, found))
    part = "HX-Request" in request.headers
    return render(request, "exposure/result.html" if part else "exposure/page.html", context)


def shown(request: SignedIn, found: Asked, drawing: DrawInspectionForm, status: int) -> HttpResponse:
    """The whole page again, with a sample that was not made."""
    context = {"title": _("Risk exposure"), "form": found.form} | _page(request, found, drawing)
    return render(request, "exposure/page.html", context, status=status)


def drawing(request: SignedIn, found: Asked, given: QueryDict | None = None) -> DrawInspectionForm | None:
    """The form that makes a sample of the list; None where it is of more than one unit."""
    if found.unit is None:
        return None
    besides = found.show == beside.PEERS
    order = _order(request, beside_peers=besides)
    return DrawInspectionForm(
        request.user, found.unit, _listed(request, found), order, given, beside_peers=besides
    )


def _offered(request: SignedIn, found: Asked) -> DrawInspectionForm | None:
    allowed = found.unit is not None and may(request.user, DRAW_INSPECTIONS, found.unit.pk)
    return drawing(request, found) if allowed else None


def _listed(request: SignedIn, found: Asked) -> beside.ListAsked:
    return beside.ListAsked(
        request.user,
        LISTS[found.by],
        found.period,
        found.roots,
        found.level,
        tops=found.unit is None,
        rest=found.unit is not None and found.unit.parent_id is None,
    )


def _page(request: SignedIn, found: Asked, sampling: DrawInspectionForm | None) -> dict[str, Any]:
    listed = _listed(request, found)
    peers = listed.peers() if found.show == beside.PEERS else None
    rows, table, whole = _list(request, found, listed, peers, sampling)
    context: dict[str, Any] = {
        "asked": found,
        "by": found.by,
        "way": found.way(),
        "table": table,
        **({"chart": _chart(rows)} if peers is None else beside.charts(found, peers)),
        "periods": _periods(found),
        "known_up_to": _known_up_to(found),
        "is_cut": any(row.is_cut for row in rows),
        "drawing": sampling,
        "draw_address": _draw_address(found, sampling) if sampling else "",
    }
    if found.unit is not None:
        if whole is None:
            whole = report.exposure_of(request.user, [found.unit.pk], found.period)
        name = context["way"][-1][1]
        context |= {
            "title": _("Risk exposure: %(unit)s") % {"unit": name},
            "unit_name": name,
            "summary": shown_figures.summary(whole),
            "volume": shown_figures.told(whole, "volume"),
            "explained": shown_figures.reasons(whole),
            "is_cut": context["is_cut"] or whole.is_cut,
            "changes": report.taken_in(found.unit.pk, found.period),
        }
    return context


def _draw_address(found: Asked, sampling: DrawInspectionForm) -> str:
    given = found.links | {"by": found.by, "level": found.level, "sort": sampling.order}
    return f"{reverse('draw_inspection')}?{urlencode(given)}"


def _list(
    request: SignedIn,
    found: Asked,
    listed: beside.ListAsked,
    peers: Peers | None,
    sampling: DrawInspectionForm | None,
) -> tuple[Sequence[Row], ExposureTable, Compared | None]:
    order = _order(request, beside_peers=peers is not None)
    number = request.GET.get("page", "1")
    offset = (int(number) - 1) * ROWS if number.isdigit() and int(number) > 0 else 0
    page = beside.page_of(listed, order, ROWS, offset, peers)
    if not page.rows and offset:
        # Beyond the last page: how many there are is told by the first.
        total = page.total or beside.page_of(listed, order, ROWS, 0, peers).total
        offset = max(0, (total - 1) // ROWS * ROWS)
        page = beside.page_of(listed, order, ROWS, offset, peers)
    rows = list(page.rows)
    at_the_top = found.by == "units" and not found.level and found.unit in found.tops
    # Where the units of the tree have all there is, none has to be looked for outside it.
    if not offset and at_the_top and (page.rest is None or not page.rest.is_nothing):
        rows += report.exposure_of_strangers(request.user, found.period).rows
    boxes = sampling.keys_name if sampling else ""
    table = ExposureTable(rows, LISTS[found.by], found.show, found.links, boxes=boxes, order_by=[order])
    table.paginator = Paginator(range(page.total), ROWS)
    table.page = table.paginator.get_page(offset // ROWS + 1)
    return rows, table, page.whole


def _order(request: SignedIn, *, beside_peers: bool) -> str:
    highest = f"-{beside.ESTIMATE}" if beside_peers else HIGHEST_FIRST
    asked_for = request.GET.get("sort", highest)
    known = {*ORDERS, beside.ESTIMATE} if beside_peers else ORDERS
    return asked_for if asked_for.removeprefix("-") in known else highest


def _periods(found: Asked) -> list[tuple[str, str, bool]]:
    """The calendar's periods in which the last day lies: name, text, whether it is the one shown."""
    names = {
        "day": _("Day"),
        "week": _("Week"),
        "month": _("Month"),
        "quarter": _("Quarter"),
        "half": _("Half-year"),
        "year": _("Year"),
    }
    # Of a period that is over its last day; of one that is not, today's.
    day = min(found.period.last, max(found.period.first, timezone.localdate()))
    return [
        (names[kind], str(around(kind, day)), found.period.kind == kind) for kind in ("day", "week", *KINDS)
    ]


def _known_up_to(found: Asked) -> dt.date | None:
    """The newest day with volume, where the period goes on after it."""
    newest = report.latest_day()
    return newest if newest and found.period.first <= newest < found.period.last else None


def _chart(rows: Sequence[Row]) -> dict[str, Any] | None:
    """An ECharts option: the highest exposures of the list, internal and external; None without any."""
    highest = sorted((r for r in rows if r.measures.rer), key=lambda r: r.measures.rer or 0, reverse=True)[
        :BARS
    ]
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
        "data": [float(rounded(value, PER) or 0) for value in values],
    }


def _name(row: Row) -> str:
    if row.subject is Subject.BUSINESS:
        return row.key or _("without an entry")
    if row.own:
        return _("its own")
    return (row.name or row.key) if row.subject is Subject.UNIT else f"{row.name} {row.key}".strip()


# ── what is behind ──


@needs(READ_EVENTS)
@require_safe
def events(request: SignedIn) -> HttpResponse:
    """The risk events that a figure counts, each leading to its own page."""
    found, narrowed, of = _narrowed(request)
    page, offset = _place(request)
    ids, total = events_behind(found.units(own=bool(narrowed.own)), found.period, narrowed, of, ROWS, offset)
    seen = {e.pk: e for e in visible_to(request.user).filter(pk__in=ids).select_related("unit")}
    return render(
        request,
        "exposure/events.html",
        {
            "title": _("Risk events behind a figure"),
            "events": [seen[event_id] for event_id in ids if event_id in seen],
            "hidden": len(ids) - len(seen),
            "total": total,
            "outcome": of,
            **_behind(found, narrowed, total, page),
        },
    )


@needs(READ_EXPOSURE)
@require_safe
def volumes(request: SignedIn) -> HttpResponse:
    """The volumes that a figure sums up: by month, by day, and of one day as they were handed in."""
    found, narrowed, _of = _narrowed(request)
    page, offset = _place(request)
    units = found.units(own=bool(narrowed.own))
    behind = volumes_behind(units, found.period, narrowed)
    context = _behind(found, narrowed, 0, page) | {
        "title": _("Online volume behind a figure"),
        "parts": [(str(part), volume, part.first, part.last) for part, volume in behind.parts],
        "total": behind.whole,
        "is_cut": behind.is_cut,
    }
    if found.period.days == 1:
        facts, number = facts_behind(units, found.period.first, narrowed, ROWS, offset)
        context |= {"facts": facts, "table": _Pager(number, page), "parts": []}
    return render(request, "exposure/volumes.html", context)


class _Pager:
    """What the pager of a table needs, without the table."""

    hx_target = ""
    prefixed_page_field = "page"

    def __init__(self, total: int, page: int) -> None:
        self.paginator = Paginator(range(total), ROWS)
        self.page = self.paginator.get_page(page)


def _place(request: SignedIn) -> tuple[int, int]:
    number = request.GET.get("page", "1")
    page = int(number) if number.isdigit() and 0 < int(number) < report.FURTHEST else 1
    return page, (page - 1) * ROWS


def _narrowed(request: SignedIn) -> tuple[Asked, Narrowed, str]:
    found, _form = asked(request)
    if found is None:
        raise Http404
    given = request.GET
    own = found.unit.pk if found.unit and given.get("own") else ""
    dimension = given.get("told", "")
    told = (dimension, given.get("value", "")) if dimension in {*ONE, *SEVERAL} else None
    narrowed = Narrowed(given.get("teller", ""), given.get("business"), own, given.get("driver"), told)
    return found, narrowed, given.get("outcome", "")


def _told(found: Asked, narrowed: Narrowed) -> list[tuple[Any, str]]:
    """By what else the events are narrowed: what it is called, and its value."""
    told: list[tuple[Any, str]] = []
    if narrowed.driver is not None:
        told.append((BY[By.DRIVER], driver_name(narrowed.driver)))
    if narrowed.told is not None:
        by, value = By(narrowed.told[0]), narrowed.told[1]
        told.append((BY[by], names_of(by, [value], found)[value]))
    return told


def _behind(found: Asked, narrowed: Narrowed, total: int, page: int) -> dict[str, Any]:
    return {
        "asked": found,
        "way": found.way(),
        "narrowed": narrowed,
        "told": _told(found, narrowed),
        "table": _Pager(total, page),
        "links": shown_figures.carried(found, narrowed),
        "may_read_events": holds(found.user.user, READ_EVENTS),
    }


__all__ = ["PeriodForm", "events", "exposure", "volumes"]
