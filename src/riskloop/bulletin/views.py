"""The page of bulletins, and the one from which a bulletin is taken away as a file."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from riskloop.bulletin.asked import BulletinForm
from riskloop.bulletin.handing_out import Form, bulletin_for, handed_out, may_take
from riskloop.bulletin.page import drawn
from riskloop.exposure.asked import Asked
from riskloop.exposure.periods import KINDS, Period, around
from riskloop.loop.evidence.views import EvidenceForm
from riskloop.organisation.action import Refused
from riskloop.organisation.forms import CONFLICT, FORBIDDEN, OK, UNPROCESSABLE
from riskloop.organisation.functions import EXPORT, READ_EXPOSURE
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn
from riskloop.organisation.scope import units_of

MOST_UNITS = 500
"""Of the units that are offered; any other is named by its number."""


class FileForm(EvidenceForm):
    """In which form the file is wanted, and why."""

    def __init__(self, given: Any, form: str) -> None:
        super().__init__(given, initial={"form": form})
        cast("forms.ChoiceField", self.fields["form"]).choices = Form.choices


@needs(READ_EXPOSURE)
@require_safe
def bulletin(request: SignedIn) -> HttpResponse:
    """The bulletin of a unit and a period; without either of the highest unit and the newest month."""
    asked = BulletinForm(request.GET.dict(), request.user)
    context: dict[str, Any] = {"title": _("Bulletins"), "form": asked, "units": _offered(asked)}
    status = OK
    if not asked.is_valid():
        status = UNPROCESSABLE
    else:
        context |= _about(request, asked)
        try:
            found = bulletin_for(asked)
            context |= {"bulletin": found, "sections": drawn(found)}
            context |= {"may_take": may_take(asked), "forms": Form.choices}
        except Refused as refused:
            context["problem"] = str(refused)
            status = CONFLICT
    # Who asked for nothing yet is told what to choose.
    return render(request, "bulletin/page.html", context, status=status if request.GET else OK)


@needs(EXPORT)
@require_http_methods(["GET", "POST"])
def bulletin_file(request: SignedIn) -> HttpResponse:
    """Asks for a reason; then the bulletin as a file, in the language of the page."""
    asked = BulletinForm(request.GET.dict(), request.user)
    form = FileForm(request.POST or None, request.GET.get("form", Form.WORD.value))
    context: dict[str, Any] = {"title": _("Bulletin as a file"), "form": form, "asked": asked}
    status = UNPROCESSABLE if form.is_bound else OK
    if not asked.is_valid():
        status = UNPROCESSABLE if request.GET else OK
        return render(request, "bulletin/take.html", context | {"problems": asked.errors}, status=status)
    context |= _about(request, asked)
    try:
        if request.method == "POST" and form.is_valid():
            return handed_out(asked, form.cleaned_data["form"], form.cleaned_data["why"])
    except Refused as refused:
        messages.error(request, _("Not done: %(reason)s") % {"reason": refused})
        status = FORBIDDEN if refused.who else CONFLICT
    return render(request, "bulletin/take.html", context, status=status)


def _about(request: SignedIn, asked: BulletinForm) -> dict[str, Any]:
    """The unit and the period of the page, and where its links lead."""
    period, unit = asked.period, asked.chosen
    way = Asked(request, period, unit, ()).way() if unit else []
    return {
        "unit_id": asked.cleaned_data["unit"],
        "unit_name": way[-1][1] if way else asked.cleaned_data["unit"],
        "way": way,
        "period": period,
        "periods": _periods(period),
    }


def _periods(period: Period) -> list[tuple[str, str, bool]]:
    """The calendar's periods in which the last day lies: name, text, whether it is the one shown."""
    names = {"month": _("Month"), "quarter": _("Quarter"), "half": _("Half-year"), "year": _("Year")}
    day = min(period.last, max(period.first, timezone.localdate()))
    return [(names[kind], str(around(kind, day)), period.kind == kind) for kind in KINDS]


def _offered(asked: BulletinForm) -> list[tuple[str, str]]:
    """Number and name of the highest units, and of those directly below the chosen one."""
    number = asked.data.get("unit", "")
    near = Q(pk__in=[top.pk for top in asked.tops]) | Q(parent_id=number) | Q(pk=number)
    units = units_of(asked.reader, READ_EXPOSURE).filter(near, merged_into=None).order_by("path")
    return list(units.values_list("unit_id", "name")[:MOST_UNITS])
