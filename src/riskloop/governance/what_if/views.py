"""The pages of what-ifs: what was asked, asking, and the answer with its curve."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from riskloop.bank.errors import BadInput
from riskloop.bank.lake import Lake
from riskloop.detection.plan import business_days
from riskloop.governance.inputs import VALUE, branches_of, known_model, shown
from riskloop.governance.models import WhatIfQuestion, WhatIfState
from riskloop.governance.visibility import ASKERS, what_ifs_seen_by
from riskloop.governance.what_if.asking import DAYS, QUESTION
from riskloop.governance.what_if.curve import curve
from riskloop.governance.what_if.forms import AskAgainForm, WhatIfForm
from riskloop.loop.visibility import visible_to
from riskloop.models.catalogue import catalogue
from riskloop.organisation.forms import OK, answer
from riskloop.organisation.functions import PROPOSE_MODELS
from riskloop.organisation.gate import needs
from riskloop.organisation.models import Unit
from riskloop.organisation.request import SignedIn
from riskloop.organisation.role_actions import head_office
from riskloop.organisation.scope import may
from riskloop.organisation.telling import history_of, told

SHOWN = 200
"""So many questions, the latest, are listed."""
DIGITS = re.compile("[0-9]{1,18}")
"""Of a number that the database can have."""


@needs(*ASKERS)
@require_safe
def what_ifs(request: SignedIn) -> HttpResponse:
    """What was asked, the latest first; with `ask`, on to the form of that model."""
    asked = request.GET.get("ask", "")
    if asked in catalogue():
        return redirect("ask_what_if", asked)
    found = what_ifs_seen_by(request.user).defer("answer").order_by("-asked_at", "-pk")[:SHOWN]
    language = get_language()
    context = {
        "title": _("What if"),
        "rows": [{"question": one, "model": catalogue().get(one.model)} for one in found],
        "models": [(code, of.name.in_language(language)) for code, of in catalogue().items()],
    }
    return render(request, "governance/what_ifs.html", context)


@needs(*ASKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedIn, code: str) -> HttpResponse:
    """Asks what other values of a model would have done; with `like`, as an earlier question was asked."""
    model, branches = known_model(code), list(branches_of(request.user, *ASKERS))
    whole_bank = any(may(request.user, function, head_office()) for function in ASKERS)
    days = _days()
    period = (days[-DAYS:][0], days[-1]) if days else None

    def page(form: WhatIfForm, status: int = OK) -> HttpResponse:
        context = {
            "title": _("What if: %(model)s") % {"model": code},
            "model": model,
            "form": form,
            "branches": branches,
            "whole_bank": whole_bank,
            "chosen": form["branch"].value() or "",
            "days": days,
        }
        return render(request, "governance/ask_what_if.html", context, status=status)

    if request.method == "POST":
        asked = request.POST.get(f"{WhatIfForm.name}-branch", "")
        form = WhatIfForm(request.user, model, request.POST, branch=_known(asked, branches), period=period)
        return answer(request, form, page, lambda: reverse("what_if", args=[form.made.pk]))
    earlier = request.GET.get("like", "")
    number = int(earlier) if DIGITS.fullmatch(earlier) else 0
    like = what_ifs_seen_by(request.user).filter(model=code, pk=number).first()
    usual = "" if whole_bank or not branches else branches[0].pk
    branch = like.unit_id or "" if like else _known(request.GET.get("branch", usual), branches)
    return page(WhatIfForm(request.user, model, branch=branch, period=period, like=like))


@needs(*ASKERS)
@require_safe
def what_if(request: SignedIn, question_id: int) -> HttpResponse:
    """One question with its answer; `at` is the number of the alternative that is told in full."""
    return _page(request, get_object_or_404(what_ifs_seen_by(request.user), pk=question_id))


@needs(*ASKERS)
@require_POST
def again(request: SignedIn, question_id: int) -> HttpResponse:
    """Asks the same once more: of the data and values as they are now."""
    found = get_object_or_404(what_ifs_seen_by(request.user), pk=question_id)
    form = AskAgainForm(request.user, found, request.POST)
    return answer(
        request,
        form,
        lambda _form, status: _page(request, found, status),
        lambda: reverse("what_if", args=[form.made.pk]),
    )


def _days() -> list[dt.date]:
    try:
        return business_days(Lake(settings.HOME), None, None)
    except BadInput:
        return []


def _known(branch: str, branches: list[Unit]) -> str:
    return branch if branch in {one.pk for one in branches} else ""


def _page(request: SignedIn, found: WhatIfQuestion, status: int = OK) -> HttpResponse:
    model = catalogue().get(found.model)
    context: dict[str, Any] = {
        "title": _("What if: %(model)s") % {"model": found.model},
        "question": found,
        "model": model,
        "swept": model.about().get(found.swept) if model else None,
        "lines": told(history_of(QUESTION, found.pk)),
        "may_propose": may(request.user, PROPOSE_MODELS, found.unit_id or head_office()),
    }
    if found.state == str(WhatIfState.DONE):
        context |= _answered(request, found, found.answer or {})
    return render(request, "governance/what_if.html", context, status=status)


def _answered(request: SignedIn, found: WhatIfQuestion, answered: dict[str, Any]) -> dict[str, Any]:
    estimates, address = answered["alternatives"], reverse("what_if", args=[found.pk])
    asked = {str(number): number for number in range(len(estimates))}
    at = asked.get(request.GET.get("at", ""), 0)
    rows: list[dict[str, Any]] = [
        {"estimate": one, "settings": _settings(one), "at": number, "link": f"{address}?at={number}#chosen"}
        for number, one in enumerate(estimates)
    ]
    chosen = estimates[at]
    ids = [event["id"] for event in chosen["missed"]]
    names = dict(Unit.objects.filter(pk__in=chosen["by_unit"]).values_list("pk", "name"))
    return {
        "answer": answered,
        "rows": rows,
        "chosen": rows[at],
        "by_unit": [(pk, names.get(pk, ""), changed) for pk, changed in chosen["by_unit"].items()],
        # The gate of the events, and no other, says which of them he may open.
        "opened": {
            str(pk) for pk in visible_to(request.user).filter(pk__in=ids).values_list("pk", flat=True)
        },
        "unnamed": chosen["missed_number"] - len(ids),
        "propose": _to_propose(found, chosen),
        "chart": curve(found, answered, [row["link"] for row in rows]) if found.swept else None,
    }


def _settings(estimate: dict[str, Any]) -> list[tuple[str, str]]:
    return list(estimate["settings"].items())


def _to_propose(found: WhatIfQuestion, chosen: dict[str, Any]) -> str:
    """The form of a change that begins with these values."""
    given = {VALUE + name: shown(value) for name, value in chosen["settings"].items()}
    given |= {"branch": found.unit_id} if found.unit_id else {"branch": ""}
    return f"{reverse('propose_model_change', args=[found.model])}?{urlencode(given)}"
