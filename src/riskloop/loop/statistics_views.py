"""The pages of the statistical models: all; one with trend, ranking and rows; opening a finding."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from riskloop.loop import statistics
from riskloop.loop.actions import Refused
from riskloop.loop.statistic_hits import hit_within_reach, open_on, rows_of, trace_rows
from riskloop.models.catalogue import AnyModel, catalogue
from riskloop.organisation.functions import READ_STATISTICS
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn

DAYS = 30
ROWS = 100
"""So many hits are listed; a period, a unit or a teller narrows them down."""


class PeriodForm(forms.Form):
    """Which days, and where: a unit with all below it, or a teller."""

    first = forms.DateField(label=gettext_lazy("From day"))
    last = forms.DateField(label=gettext_lazy("To day"))
    unit = forms.CharField(label=gettext_lazy("Unit and below"), required=False)
    teller = forms.CharField(label=gettext_lazy("Teller"), required=False)

    def __init__(self, given: Any) -> None:
        super().__init__(given)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control form-control-sm"
        for name in ("first", "last"):
            self.fields[name].widget.input_type = "date"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and first > last:
            self.add_error("last", _("The last day lies before the first."))
        return given


@needs(READ_STATISTICS)
@require_safe
def index(request: SignedIn) -> HttpResponse:
    """Every statistical model with its hits of the newest 30 days."""
    seen = statistics.statistics_for(request.user)
    last = statistics.newest_day(seen)
    lines: list[dict[str, Any]] = []
    recent: dict[str, int] = {}
    newest: dict[str, int] = {}
    if last is not None:
        recent = statistics.hits_by_model(seen.filter(booked_on__gt=last - dt.timedelta(days=DAYS)))
        newest = statistics.hits_by_model(seen.filter(booked_on=last))
    lines = [
        {"model": m, "recent": recent.get(m.code, 0), "newest": newest.get(m.code, 0)}
        for m in catalogue().values()
        if m.handling == "statistical"
    ]
    context = {"title": _("Statistical monitoring"), "lines": lines, "last": last}
    return render(request, "loop/statistics.html", context)


@needs(READ_STATISTICS)
@require_safe
def of_model(request: SignedIn, code: str) -> HttpResponse:
    """One statistical model: its trend, its units and tellers, its rows."""
    model = _statistical(code)
    seen = statistics.statistics_for(request.user).filter(model=model.code)
    last = statistics.newest_day(statistics.statistics_for(request.user)) or timezone.localdate()
    usual = {"first": str(last - dt.timedelta(days=DAYS - 1)), "last": str(last)}
    form = PeriodForm(usual | request.GET.dict())
    context: dict[str, Any] = {"title": model.name, "model": model, "form": form}
    if form.is_valid():
        given = form.cleaned_data
        context |= _found(request, model, seen, given)
    return render(request, "loop/statistic.html", context, status=200 if form.is_valid() else 422)


def _found(request: SignedIn, model: AnyModel, seen: Any, given: dict[str, Any]) -> dict[str, Any]:
    first, last, teller = given["first"], given["last"], given["teller"].strip()
    within = seen.filter(booked_on__range=(first, last))
    if given["unit"]:
        within = within.filter(statistics.below(given["unit"].strip()))
    counted = within.filter(teller_id=teller)
    by_day = statistics.hits_by_day(counted)
    hits = rows_of(request.user, model, first, last, given["unit"].strip(), teller.strip())
    rows = list(itertools.islice(hits, ROWS + 1))
    trace_rows(request.user, model, given["unit"].strip(), rows[:ROWS], request.GET.urlencode())
    return {
        "chart": _chart(first, last, by_day),
        "total": sum(by_day.values()),
        "units": statistics.units_ranked(counted),
        "tellers": statistics.tellers_ranked(within.filter(teller_id=teller) if teller else within),
        "rows": rows[:ROWS],
        "more": len(rows) > ROWS,
    }


def _chart(first: dt.date, last: dt.date, by_day: dict[dt.date, int]) -> dict[str, Any]:
    days = [first + dt.timedelta(days=n) for n in range(min((last - first).days + 1, 366))]
    return {
        "xAxis": {"type": "category", "data": [f"{day:%m-%d}" for day in days]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {"type": "bar", "name": _("Hits"), "barMaxWidth": 22, "data": [by_day.get(d, 0) for d in days]}
        ],
    }


@needs(READ_STATISTICS)
@require_POST
def open_one(request: SignedIn, code: str) -> HttpResponse:
    """Opens a finding on one hit, and leads to it."""
    model = _statistical(code)
    try:
        day = dt.date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise Http404 from None
    hit = hit_within_reach(request.user, model, day, request.POST.get("hit", ""))
    if hit is None:
        raise Http404
    try:
        event = open_on(request.user, model, day, hit, request.POST.get("why", ""))
    except Refused as refused:
        messages.error(request, _("Not done: %(reason)s") % {"reason": refused})
        answer = redirect("statistic", model.code)
        answer.headers["X-Refused"] = refused.code
        return answer
    messages.success(request, _("The finding is open. Take it to examine and conclude it."))
    return redirect("event", event.pk)


def _statistical(code: str) -> AnyModel:
    model = catalogue().get(code)
    if model is None or model.handling != "statistical":
        raise Http404
    return model
