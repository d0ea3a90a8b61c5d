"""The pages of the models' health: all models of a period, and one with its days, branches and inputs."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from riskloop.governance.health import charts
from riskloop.governance.health.figures import Health, Line, usual_period
from riskloop.governance.health.forms import HealthForm
from riskloop.governance.health.rows import READERS, Reach
from riskloop.loop.models import Continuation
from riskloop.loop.visibility import visible_to
from riskloop.models.catalogue import AnyModel, catalogue
from riskloop.organisation.functions import READ_EVENTS, READ_RUNS, READ_STATISTICS
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn
from riskloop.organisation.scope import below, holds

OK, UNPROCESSABLE = 200, 422
ROWS = 200
"""So many events behind a day are listed."""


@needs(*READERS)
@require_safe
def models(request: SignedIn) -> HttpResponse:
    """Every model under supervision with its figures of a period and its marks; the others apart."""
    form, health = _asked(request)
    context: dict[str, Any] = _shell(request, form) | {"title": _("Model health")}
    if health is not None:
        lines = health.lines()
        context |= {
            "health": health,
            "lines": lines,
            "outside": health.outside,
            "marked": sum(bool(line.marks) for line in lines),
        }
    return render(request, "governance/healths.html", context, status=OK if health else UNPROCESSABLE)


@needs(*READERS)
@require_safe
def model(request: SignedIn, code: str) -> HttpResponse:
    """One model: its days against the usual ones, its months, its branches, what it reads."""
    found = catalogue().get(code)
    if found is None:
        raise Http404
    form, health = _asked(request)
    shell = _shell(request, form)
    context: dict[str, Any] = shell | {"title": found.name, "model": found}
    if health is not None:
        context |= _about(request, found, health, f"{request.path}?{shell['period']}")
    return render(request, "governance/health.html", context, status=OK if health else UNPROCESSABLE)


def _asked(request: SignedIn) -> tuple[HealthForm, Health | None]:
    """The form, and what it asks for where it is valid."""
    first, last = usual_period(settings.HOME)
    usual = {"first": str(first), "last": str(last)}
    form = HealthForm(request.user, usual | {k: v for k, v in request.GET.dict().items() if v})
    if not form.is_valid():
        return form, None
    given = form.cleaned_data
    reach = Reach(request.user, form.chosen)
    return form, Health(settings.HOME, reach, given["first"], given["last"])


def _shell(request: SignedIn, form: HealthForm) -> dict[str, Any]:
    given = form.cleaned_data if form.is_valid() else {}
    period = {name: str(given[name]) for name in ("first", "last", "unit") if given.get(name)}
    return {
        "form": form,
        "period": urlencode(period),
        "reads_events": holds(request.user, READ_EVENTS),
        "reads_statistics": holds(request.user, READ_STATISTICS),
        "reads_runs": holds(request.user, READ_RUNS),
    }


def _about(request: SignedIn, found: AnyModel, health: Health, address: str) -> dict[str, Any]:
    line = health.one(found)
    days = charts.days_of(health, found)
    months = health.months(found)
    context: dict[str, Any] = {
        "health": health,
        "line": line,
        "supervised": health.decided.supervised(found.code, health.last),
        "days": days,
        "hits_chart": charts.hits_chart(days, address),
        "months": months,
        "share_chart": charts.share_chart(months),
        "branches": health.branches(found),
    }
    day = _day(request.GET.get("day"))
    if day is not None and holds(request.user, READ_EVENTS):
        context |= {"day": day, "rows": _behind(request, found, health, day)}
    return context | _column(health, line, request.GET.get("column", ""))


def _behind(request: SignedIn, found: AnyModel, health: Health, day: dt.date) -> list[dict[str, Any]]:
    """The events behind the hits of a day: what was opened on it, and what a hit of it extended."""
    seen = visible_to(request.user).filter(model=found.code, withdrawn_on=None).select_related("unit")
    if health.reach.unit is not None:
        seen = seen.filter(unit_id__in=below(health.reach.unit).values("unit_id"))
    extended = Continuation.objects.filter(booked_on=day, withdrawn_on=None).values("event")
    opened = [
        {"event": e, "extended": False} for e in seen.filter(booked_on=day).order_by("unit_id", "pk")[:ROWS]
    ]
    later = seen.filter(pk__in=extended).exclude(booked_on=day).order_by("unit_id", "pk")[:ROWS]
    return [*opened, *({"event": e, "extended": True} for e in later)]


def _column(health: Health, line: Line, named: str) -> dict[str, Any]:
    """What is shown of one column that the reader chose, as `table.column`."""
    for table in line.inputs or ():
        for column in table.columns:
            if f"{table.table}.{column.column}" == named:
                return {
                    "column": column,
                    "column_chart": charts.column_chart(column),
                    "column_classes": charts.classes_of(column),
                    "column_days": charts.column_days(health, column),
                }
    return {}


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return None
