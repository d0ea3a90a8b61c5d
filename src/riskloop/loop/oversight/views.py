"""The pages of oversight: the months' samples, and one of them with its error rates."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from riskloop.loop import actions
from riskloop.loop.detail import possible
from riskloop.loop.forms import EventForm
from riskloop.loop.forms.oversight import DrawForm
from riskloop.loop.models import QuasiEvent
from riskloop.loop.offers import offers_on
from riskloop.loop.oversight.reading import faults_of, items_of, items_on, plans_of, progress_of, rates_of
from riskloop.organisation.forms import OK, answer
from riskloop.organisation.functions import OVERSEE
from riskloop.organisation.gate import needs
from riskloop.organisation.models import User
from riskloop.organisation.request import SignedIn


@needs(OVERSEE)
@require_http_methods(["GET", "HEAD", "POST"])
def oversight(request: SignedIn) -> HttpResponse:
    """The samples of the units that the reader oversees, and the form that draws one."""
    if request.method != "POST":
        return _list(request, DrawForm(request.user))
    form = DrawForm(request.user, request.POST)
    return answer(
        request,
        form,
        lambda f, status: _list(request, f, status),
        lambda: reverse("sample", args=[form.plan.pk]),
    )


def _list(request: SignedIn, form: DrawForm, status: int = OK) -> HttpResponse:
    plans = list(plans_of(request.user)[:MOST])
    seen = items_of(request.user).filter(plan__in=plans).select_related("event")
    by_plan: dict[int, list[Any]] = {plan.pk: [] for plan in plans}
    for item in seen:
        by_plan[item.plan_id].append(item)
    context = {
        "title": _("Oversight"),
        "lines": [(plan, progress_of(by_plan[plan.pk])) for plan in plans],
        "form": form,
    }
    return render(request, "loop/oversight.html", context, status=status)


MOST = 60
"""Plans that the page lists: five years of one unit."""


@needs(OVERSEE)
@require_safe
def sample(request: SignedIn, number: int) -> HttpResponse:
    """One sample: the error rates, and every event that was drawn."""
    plan = get_object_or_404(plans_of(request.user), pk=number)
    found = (
        items_of(request.user).filter(plan=plan).select_related("event__unit", "concluded_by", "checked_by")
    )
    items = list(found.order_by("verdict", "part", "pk"))
    context = {
        "title": _("Sample of %(month)s, %(unit)s")
        % {"month": f"{plan.month:%Y-%m}", "unit": plan.unit.name},
        "plan": plan,
        "items": items,
        "progress": progress_of(items),
        "rates": rates_of(plan, items),
        "people": User.objects.filter(pk__in=plan.key_people),
    }
    return render(request, "loop/sample.html", context)


def checks_on(event: QuasiEvent, reader: User, given: EventForm | None) -> list[dict[str, Any]]:
    """The times that an event was drawn, with the form for whoever may look once more."""
    found: list[dict[str, Any]] = []
    for item in items_on(event, reader):
        item.event = event
        kind = actions.check_of(item)
        can = {} if item.verdict or item.lapsed else {kind.name: possible(kind(event, reader, item))}
        offers = offers_on("sample", item, can, event, reader, given)
        found.append({"item": item, "faults": faults_of(item), "offers": offers})
    return found
