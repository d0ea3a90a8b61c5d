"""The pages of the statistical models: all; one with trend, ranking and rows; opening a finding."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from riskloop.bank.text import Text
from riskloop.detection.evidence import gather_for
from riskloop.detection.kept import kept_hit, kept_hits
from riskloop.loop import statistics
from riskloop.loop.actions import Refused, require
from riskloop.loop.findings import compared
from riskloop.loop.intake import open_finding
from riskloop.loop.models import QuasiEvent
from riskloop.models.catalogue import AnyModel, catalogue, parameters_of
from riskloop.models.hits import event_id
from riskloop.organisation.functions import DISCRIMINATE, READ_STATISTICS
from riskloop.organisation.gate import needs
from riskloop.organisation.masking import masked_subject
from riskloop.organisation.models import LookKind, Unit
from riskloop.organisation.request import SignedIn
from riskloop.organisation.scope import below, may, units_of
from riskloop.organisation.traces import trace, widest_unit

STATISTIC = "statistic"
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


@dataclass(frozen=True)
class Row:
    """One hit as the page lists it."""

    hit: dict[str, Any]
    compared: list[tuple[Text, Any]]
    event: QuasiEvent | None
    may_open: bool

    @property
    def key(self) -> str:
        return masked_subject(self.hit["subject_kind"], self.hit["subject_id"])

    @property
    def id(self) -> uuid.UUID:
        """By which the page names the hit: its subject may be a customer's number."""
        return _id_of(self.hit)


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
    rows = list(itertools.islice(_rows(request, model, given), ROWS + 1))
    _trace(request, model, given["unit"].strip(), rows[:ROWS])
    return {
        "chart": _chart(first, last, by_day),
        "total": sum(by_day.values()),
        "units": statistics.units_ranked(counted),
        "tellers": statistics.tellers_ranked(within.filter(teller_id=teller) if teller else within),
        "rows": rows[:ROWS],
        "more": len(rows) > ROWS,
    }


def _trace(request: SignedIn, model: AnyModel, unit_id: str, rows: list[Row]) -> None:
    """Writes down which rows the reader sees: in the unit that he chose, else in all of his."""
    chosen = unit_id and may(request.user, READ_STATISTICS, unit_id)
    trace(
        request.user,
        LookKind.LOOK,
        READ_STATISTICS,
        STATISTIC,
        model.code,
        unit_id if chosen else widest_unit(request.user, READ_STATISTICS),
        customer_ids=[customer for row in rows for customer in row.hit["customer_ids"]],
        rows=len(rows),
        query=request.GET.urlencode(),
    )


def _rows(request: SignedIn, model: AnyModel, given: dict[str, Any]) -> Any:
    """The hits of the reader's units, lazily, the newest first."""
    units: set[str] | None = None
    if given["unit"] or not statistics.reaches_everything(request.user):
        reach = units_of(request.user, READ_STATISTICS)
        if given["unit"]:
            chosen = Unit.objects.filter(pk=given["unit"].strip()).first()
            reach = reach.filter(pk__in=below(chosen).values("pk")) if chosen else reach.none()
        units = set(reach.values_list("unit_id", flat=True))
    hits = kept_hits(
        settings.HOME,
        model.code,
        given["first"],
        given["last"],
        units=units,
        teller_id=given["teller"].strip(),
    )
    for hit in hits:
        event = QuasiEvent.objects.filter(pk=_id_of(hit)).first()
        may_open = event is None and may(request.user, DISCRIMINATE, hit["unit_id"])
        yield Row(hit, compared(model, hit), event, may_open)


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
    hit = _kept_hit(model.code, day, request.POST.get("hit", ""))
    if hit is None:
        raise Http404
    (row,) = hit.to_pylist()
    parameters = parameters_of(model)
    try:
        # Before the lake is read for it; the action itself asks again.
        allowed = may(request.user, DISCRIMINATE, row["unit_id"])
        require(allowed, "role", _("None of your roles allows this for this unit."), who=True)
        evidence = gather_for(settings.HOME, model, parameters, day, hit)
        event = open_finding(request.user, model, parameters, row, evidence, request.POST.get("why", ""))
    except Refused as refused:
        messages.error(request, _("Not done: %(reason)s") % {"reason": refused})
        return redirect("statistic", model.code)
    messages.success(request, _("The finding is open. Take it to examine and conclude it."))
    return redirect("event", event.pk)


def _id_of(hit: dict[str, Any]) -> uuid.UUID:
    return event_id(hit["model"], hit["subject_kind"], hit["subject_id"], hit["booked_on"])


def _kept_hit(code: str, day: dt.date, hit_id: str) -> Any:
    """The hit that the page named, as a table of one row; None when there is none."""
    for hit in kept_hits(settings.HOME, code, day, day):
        if str(_id_of(hit)) == hit_id:
            return kept_hit(settings.HOME, code, day, hit["subject_id"])
    return None


def _statistical(code: str) -> AnyModel:
    model = catalogue().get(code)
    if model is None or model.handling != "statistical":
        raise Http404
    return model
