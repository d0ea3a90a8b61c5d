"""The pages of samples for inspection."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from riskloop.exposure import views
from riskloop.exposure.asked import asked
from riskloop.exposure.models import InspectionSample, InspectionState, Listed
from riskloop.exposure.samples.actions import CLOSED
from riskloop.exposure.samples.forms import DrawInspectionForm, MarkInspectionForm
from riskloop.exposure.samples.reading import choice_of, measures_of, samples_of
from riskloop.exposure.tables import PER, VERDICTS, counted, estimated, measured
from riskloop.organisation.forms import OK, answer
from riskloop.organisation.functions import DRAW_INSPECTIONS, READ_EXPOSURE
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn
from riskloop.organisation.scope import may

MOST_SAMPLES = 200
"""That the page lists; the API has all."""


@needs(READ_EXPOSURE)
@require_safe
def inspection_samples(request: SignedIn) -> HttpResponse:
    """The samples of the units whose exposure the reader reads."""
    state = request.GET.get("state", "")
    found = samples_of(request.user)
    if state in InspectionState.values:
        found = found.filter(state=state)
    shown = list(found[: MOST_SAMPLES + 1])
    context = {
        "title": _("Inspection samples"),
        "samples": [(one, choice_of(one, one.row_count)) for one in shown[:MOST_SAMPLES]],
        "more": len(shown) > MOST_SAMPLES,
        "most": MOST_SAMPLES,
        "states": [("", _("All")), *InspectionState.choices],
        "state": state,
    }
    return render(request, "exposure/samples.html", context)


@needs(DRAW_INSPECTIONS)
@require_POST
def draw_inspection(request: SignedIn) -> HttpResponse:
    """Turns the list of the exposure page with this address into a sample."""
    found, _form = asked(request)
    form = views.drawing(request, found, request.POST) if found else None
    if found is None or form is None:
        raise Http404

    def page(given: DrawInspectionForm, status: int) -> HttpResponse:
        return views.shown(request, found, given, status)

    return answer(request, form, page, lambda: reverse("inspection_sample", args=[form.sample.pk]))


@needs(READ_EXPOSURE)
@require_http_methods(["GET", "HEAD", "POST"])
def inspection_sample(request: SignedIn, number: int) -> HttpResponse:
    """One sample with its rows; whoever may draw samples marks it here."""
    sample = get_object_or_404(samples_of(request.user), pk=number)
    if request.method != "POST":
        return _page(request, sample, MarkInspectionForm(request.user, sample))
    form = MarkInspectionForm(request.user, sample, request.POST)
    return answer(
        request,
        form,
        lambda given, status: _page(request, sample, given, status),
        lambda: reverse("inspection_sample", args=[number]),
    )


def _page(
    request: SignedIn, sample: InspectionSample, form: MarkInspectionForm, status: int = OK
) -> HttpResponse:
    rows = [_row(sample, row) for row in sample.rows.order_by("place")]
    may_mark = sample.state not in CLOSED and may(request.user, DRAW_INSPECTIONS, sample.unit_id)
    context = {
        "title": _("Inspection sample %(number)s") % {"number": sample.pk},
        "sample": sample,
        "choice": choice_of(sample, len(rows)),
        "rows": rows,
        "beside_peers": any(row["verdict"] for row in rows),
        "form": form if may_mark else None,
    }
    return render(request, "exposure/sample.html", context, status=status)


def _row(sample: InspectionSample, row: Any) -> dict[str, Any]:
    of = measures_of(row)
    volume = of.value("volume")
    estimate = [None if v is None else estimated(v) for v in (row.estimate, row.low, row.high)]
    return {
        "row": row,
        "is_unit": sample.listed == Listed.UNITS,
        "volume": measured(None) if volume is None else counted(int(volume)),
        "counts": [counted(n) for n in (of.internal_events, of.external_events, of.controllable_events)],
        "ratios": [measured(of.rr, PER), measured(of.degree), measured(of.rer, PER)],
        "estimate": estimate,
        "verdict": VERDICTS[row.verdict] if row.verdict else "",
    }
