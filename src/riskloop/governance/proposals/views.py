"""What the pages of changes and of trials of the models have in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from riskloop.governance.in_force import InForce
from riskloop.governance.inputs import branches_of
from riskloop.governance.models import Asked, ChangeState
from riskloop.governance.proposals.actions import decides, scope_of
from riskloop.governance.proposals.forms import OnAskedForms
from riskloop.models.catalogue import AnyModel
from riskloop.models.hits import plain_values
from riskloop.organisation.forms import OK, ActionForm, answer
from riskloop.organisation.functions import PROPOSE_MODELS
from riskloop.organisation.models import Unit, User
from riskloop.organisation.request import SignedIn
from riskloop.organisation.role_actions import head_office
from riskloop.organisation.scope import may

A = TypeVar("A", bound=Asked)
SHOWN = 200
"""So many that are decided or have ended, the latest, are listed."""


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
    branches = list(branches_of(request.user, PROPOSE_MODELS))
    return FormPage(request, model, template, title, branches, whole_bank)


def act_on(
    request: SignedIn,
    seen_by: Callable[[User], QuerySet[A]],
    number: int,
    form_of: Callable[[User, A, QueryDict], ActionForm] | None,
    address: str,
    page: Callable[[SignedIn, A, ActionForm, int], HttpResponse],
) -> HttpResponse:
    """Decides on it, or takes it back; whoever only looks here is led to its page.

    Args:
        form_of: the form of what is to be done; None: nothing of that name can be.
        address: the name of its page's address.
    """
    found = get_object_or_404(seen_by(request.user), pk=number)
    if form_of is None:
        raise Http404
    if request.method != "POST":
        return redirect(address, found.pk)

    def again(form: ActionForm, status: int) -> HttpResponse:
        return page(request, get_object_or_404(seen_by(request.user), pk=number), form, status)

    form = form_of(request.user, found, request.POST)
    return answer(request, form, again, lambda: reverse(address, args=[number]))


def forms_on(
    user: User, found: Asked, forms: OnAskedForms, given: ActionForm | None, *, withdraws: bool
) -> dict[str, ActionForm]:
    """The forms of what he can do with it, by name; one that was refused as it was given.

    Args:
        withdraws: whether he may take it back.
    """
    waits, own = found.state == str(ChangeState.PROPOSED), found.proposed_by_id == user.pk
    there: dict[str, ActionForm] = {}
    if withdraws:
        there["withdraw"] = forms["withdraw"](user, found)
    if waits and not own and may(user, decides(found), scope_of(found)):
        there["decide"] = forms["decide"](user, found)
    if given is not None and given.name in there:
        there[given.name] = given
    return there


def compared_values(model: AnyModel, found: Asked) -> list[dict[str, Any]]:
    """By parameter that is named: the value in force on the day before, and the one asked for."""
    before = found.effective_from - dt.timedelta(days=1)
    there = plain_values(InForce().parameters(model, before, found.unit_id))
    return [
        {"code": name, "about": about, "before": there[name], "after": found.values[name]}
        for name, about in model.about().items()
        if name in found.values
    ]
