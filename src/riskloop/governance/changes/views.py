"""The pages of changes of the models: what waits, what was decided, asking for one and deciding on it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from riskloop.governance.changes.forms import ON_CHANGE, ChangeForm
from riskloop.governance.inputs import VALUE, known_model
from riskloop.governance.models import ChangeState, Kind, ModelChange, Trial
from riskloop.governance.notices import CHANGE
from riskloop.governance.proposals.views import SHOWN, act_on, compared_values, form_page, forms_on
from riskloop.governance.visibility import READERS, changes_seen_by, trials_seen_by
from riskloop.models.catalogue import AnyModel, catalogue
from riskloop.organisation.forms import OK, ActionForm, answer
from riskloop.organisation.functions import PROPOSE_MODELS, READ_EVENTS
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn
from riskloop.organisation.scope import holds
from riskloop.organisation.telling import history_of, told

LONGEST_NUMBER = 19
"""Digits that no number of a row has."""


@needs(*READERS)
@require_safe
def changes(request: SignedIn) -> HttpResponse:
    """What waits to be decided, and what was decided, the latest first."""
    seen = changes_seen_by(request.user)
    decided = seen.exclude(state=ChangeState.PROPOSED).order_by("-proposed_at", "-pk")
    context = {
        "title": _("Model changes"),
        "waiting": _named(list(seen.filter(state=ChangeState.PROPOSED).order_by("effective_from", "pk"))),
        "decided": _named(list(decided[:SHOWN])),
    }
    return render(request, "governance/changes.html", context)


@needs(PROPOSE_MODELS)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: SignedIn, code: str) -> HttpResponse:
    """Asks for other values of a model, or for its admission or exit; also for what a trial tried."""
    model = known_model(code)
    page = form_page(request, model, "governance/propose.html", _("Propose a change of %(model)s"))
    if request.method != "POST":
        trial = _trial(request, model)
        branch = page.chosen() if trial is None else trial.unit_id or ""
        wanted = {n: request.GET[VALUE + n] for n in model.about() if VALUE + n in request.GET}
        return page(ChangeForm(request.user, model, branch=branch, wanted=wanted, trial=trial))
    asked = request.POST.get(f"{ChangeForm.name}-branch", "")
    form = ChangeForm(request.user, model, request.POST, branch=asked)
    return answer(request, form, page, lambda: reverse("model_change", args=[form.made.pk]))


def _trial(request: SignedIn, model: AnyModel) -> Trial | None:
    """The trial that the address names, to be made real."""
    asked = request.GET.get("trial", "")
    if not asked:
        return None
    number = int(asked) if asked.isdecimal() and len(asked) < LONGEST_NUMBER else 0
    return get_object_or_404(trials_seen_by(request.user), pk=number, model=model.code)


@needs(*READERS)
@require_safe
def change(request: SignedIn, change_id: int) -> HttpResponse:
    """One change: what it would alter, who asked for it and why, and what was decided."""
    return _page(request, get_object_or_404(changes_seen_by(request.user), pk=change_id))


@needs(*READERS)
@require_http_methods(["GET", "POST"])
def act_on_change(request: SignedIn, change_id: int, action: str) -> HttpResponse:
    """Decides on a change, or takes it back; whoever only looks here is led to it."""
    return act_on(request, changes_seen_by, change_id, ON_CHANGE.get(action), "model_change", _page)


def _named(found: list[ModelChange]) -> list[dict[str, Any]]:
    return [{"change": one, "model": catalogue().get(one.model)} for one in found]


def _page(
    request: SignedIn, found: ModelChange, given: ActionForm | None = None, status: int = OK
) -> HttpResponse:
    user = request.user
    open_to_him = found.state == str(ChangeState.PROPOSED) and found.proposed_by_id == user.pk
    withdraws = open_to_him and holds(user, PROPOSE_MODELS)
    model = catalogue().get(found.model)
    context = {
        "title": f"{found.model} {Kind(found.kind).label}",
        "change": found,
        "model": model,
        "values": compared_values(model, found) if model and found.kind == Kind.VALUES else [],
        "forms": forms_on(user, found, ON_CHANGE, given, withdraws=withdraws),
        "reads_events": holds(request.user, READ_EVENTS),
        "lines": told(history_of(CHANGE, found.pk)),
    }
    return render(request, "governance/change.html", context, status=status)
