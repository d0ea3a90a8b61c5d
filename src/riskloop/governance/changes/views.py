"""The pages of changes of the models: what waits, what was decided, asking for one and deciding on it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from riskloop.governance.changes.actions import CHANGE, decision_on
from riskloop.governance.changes.forms import (
    ON_CHANGE,
    ChangeForm,
    DecideChangeForm,
    WithdrawChangeForm,
)
from riskloop.governance.in_force import InForce
from riskloop.governance.inputs import VALUE, branches_of, known_model
from riskloop.governance.models import Asked, ChangeState, Kind, ModelChange, Trial
from riskloop.governance.visibility import READERS, changes_seen_by, trials_seen_by
from riskloop.models.catalogue import AnyModel, catalogue
from riskloop.models.hits import plain_values
from riskloop.organisation.forms import OK, ActionForm, answer
from riskloop.organisation.functions import PROPOSE_MODELS, READ_EVENTS
from riskloop.organisation.gate import needs
from riskloop.organisation.models import Unit
from riskloop.organisation.request import SignedIn
from riskloop.organisation.role_actions import head_office
from riskloop.organisation.scope import holds, may
from riskloop.organisation.telling import history_of, told

SHOWN = 200
"""So many decided changes, the latest, are listed."""
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


@dataclass(frozen=True)
class FormPage:
    """The page that asks for something of a model, for the whole bank or for one branch."""

    request: SignedIn
    model: AnyModel
    template: str
    title: str
    branches: list[Unit]
    whole_bank: bool

    def __call__(self, form: ActionForm, status: int = OK) -> HttpResponse:
        context = {
            "title": self.title % {"model": self.model.code},
            "model": self.model,
            "form": form,
            "branches": self.branches,
            "whole_bank": self.whole_bank,
            "chosen": form["branch"].value() or "",
        }
        return render(self.request, self.template, context, status=status)

    def chosen(self) -> str:
        """The branch that the address names; "" for the whole bank."""
        first = "" if self.whole_bank or not self.branches else self.branches[0].pk
        asked = self.request.GET.get("branch", first)
        return asked if asked in {branch.pk for branch in self.branches} else ""


def form_page(request: SignedIn, model: AnyModel, template: str, title: str) -> FormPage:
    """With the branches for which the reader may ask."""
    whole_bank = may(request.user, PROPOSE_MODELS, head_office())
    return FormPage(
        request, model, template, title, list(branches_of(request.user, PROPOSE_MODELS)), whole_bank
    )


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
    found = get_object_or_404(changes_seen_by(request.user), pk=change_id)
    if action not in ON_CHANGE:
        raise Http404
    if request.method != "POST":
        return redirect("model_change", found.pk)
    form = ON_CHANGE[action](request.user, found, request.POST)
    return answer(
        request,
        form,
        lambda form, status: _page(
            request, get_object_or_404(changes_seen_by(request.user), pk=change_id), form, status
        ),
        lambda: reverse("model_change", args=[change_id]),
    )


def _named(found: list[ModelChange]) -> list[dict[str, Any]]:
    return [{"change": one, "model": catalogue().get(one.model)} for one in found]


def _page(
    request: SignedIn, found: ModelChange, given: ActionForm | None = None, status: int = OK
) -> HttpResponse:
    waits = found.state == str(ChangeState.PROPOSED)
    own = found.proposed_by_id == request.user.pk
    forms: dict[str, ActionForm] = {}
    if waits and own and holds(request.user, PROPOSE_MODELS):
        forms["withdraw"] = WithdrawChangeForm(request.user, found)
    if waits and not own and may(request.user, decision_on(found).function, found.unit_id or head_office()):
        forms["decide"] = DecideChangeForm(request.user, found)
    if given is not None and given.name in forms:
        forms[given.name] = given
    model = catalogue().get(found.model)
    context = {
        "title": f"{found.model} {Kind(found.kind).label}",
        "change": found,
        "model": model,
        "values": compared_values(model, found) if model and found.kind == Kind.VALUES else [],
        "forms": forms,
        "reads_events": holds(request.user, READ_EVENTS),
        "lines": told(history_of(CHANGE, found.pk)),
    }
    return render(request, "governance/change.html", context, status=status)


def compared_values(model: AnyModel, found: Asked) -> list[dict[str, Any]]:
    """By parameter that is named: the value in force on the day before, and the one asked for."""
    before = found.effective_from - dt.timedelta(days=1)
    there = plain_values(InForce().parameters(model, before, found.unit_id))
    return [
        {"code": name, "about": about, "before": there[name], "after": found.values[name]}
        for name, about in model.about().items()
        if name in found.values
    ]
