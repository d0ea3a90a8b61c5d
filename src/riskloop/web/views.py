"""The pages that belong to no one app: overview, models, runs, and the pages of what went wrong."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from riskloop.governance.trials.running import open_trial_cells
from riskloop.governance.visibility import ASKERS
from riskloop.loop.changes import live
from riskloop.loop.models import Grade
from riskloop.loop.scores import drivers_in_force
from riskloop.models.catalogue import catalogue
from riskloop.organisation.functions import (
    PROPOSE_MODELS,
    READ_EVENTS,
    READ_EXPOSURE,
    READ_MODELS,
    READ_RUNS,
)
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn
from riskloop.organisation.scope import holds
from riskloop.web import catalogue_pages
from riskloop.web.kept_words import words_of
from riskloop.web.overview import Overview
from riskloop.web.runs import Runs, lacking, open_cells

GAPS_SHOWN = 200
LAST_RUNS = 5


@needs()
@require_safe
def overview(request: SignedIn) -> HttpResponse:
    """Where the loop stands and what waits for the reader; without a part in it, where his roles lead."""
    reads_exposure = holds(request.user, READ_EXPOSURE)
    if not holds(request.user, READ_EVENTS):
        return render(request, "web/landing.html", {"title": _("Overview"), "reads_exposure": reads_exposure})
    keeping_up = live()
    seen = Overview(request.user)
    runs = Runs(settings.HOME)
    context = {
        "title": _("Overview"),
        "reads_exposure": reads_exposure,
        "stages": seen.stages(),
        "withdrawn": seen.withdrawn(),
        "tasks": seen.tasks(),
        "mine": seen.mine(),
        "models": seen.models(),
        "chart": seen.by_day({g.value: str(g.label) for g in Grade}),
        "last_runs": [(day, runs.states([day])) for day in reversed(runs.days[-LAST_RUNS:])],
    }
    return render(request, "web/overview.html", keeping_up | context)


@needs(READ_MODELS)
@require_safe
def models(request: SignedIn) -> HttpResponse:
    """The catalogue, by class."""
    categories = catalogue_pages.by_category(Runs(settings.HOME))
    context = {
        "title": _("Supervision models"),
        "categories": categories,
        "total": sum(len(entries) for _category, entries in categories),
        "coverage": catalogue_pages.coverage(),
    }
    return render(request, "web/models.html", context)


@needs(READ_MODELS)
@require_safe
def model(request: SignedIn, code: str) -> HttpResponse:
    """All that a model's file says of it."""
    found = catalogue().get(code)
    if found is None:
        raise Http404
    language = get_language()
    drivers = {d.code: d.name.in_language(language) for d in drivers_in_force(dt.date.max)}
    ran = Runs(settings.HOME)
    context = catalogue_pages.about_model(found, drivers) | {
        "entry": catalogue_pages.entry(found, ran),
        "chart": catalogue_pages.hits_over_time(found.code, ran),
        "rate": ran.per_ten_thousand(found.code),
        "may_propose": holds(request.user, PROPOSE_MODELS),
        "may_ask": any(holds(request.user, function) for function in ASKERS),
    }
    return render(request, "web/model.html", context)


@needs(READ_RUNS)
@require_safe
def runs(request: SignedIn) -> HttpResponse:
    """The ledger: which model ran on which day, what it read and found; and what was imported."""
    ledger = Runs(settings.HOME)
    only = request.GET.get("model", "")
    sheet = ledger.sheet(_day(request.GET.get("last")))
    day = _day(request.GET.get("day"))
    chosen = ledger.cell(request.GET.get("cell", ""), day) if day else None
    context = {
        "title": _("Runs and imports"),
        "days": sheet,
        "months": [(month, len(list(days))) for month, days in groupby(sheet, lambda d: d.replace(day=1))],
        "grid": ledger.grid(sheet, only),
        "only": only,
        "earlier_later": ledger.around(sheet),
        "legend": ledger.states(sheet),
        "imports": ledger.imports(),
        "chosen": chosen,
        "lacking": lacking(chosen) if chosen else [],
    }
    return render(request, "web/cell.html" if request.htmx else "web/runs.html", context)


@needs(READ_RUNS)
@require_safe
def gaps(request: SignedIn) -> HttpResponse:
    """The cells that are missing, stale or failed. Looks into every file of the lake: asked for apart."""
    found = open_cells(settings.HOME)
    tried = open_trial_cells(settings.HOME)
    context = {
        "gaps": found[:GAPS_SHOWN],
        "total": len(found),
        "trial_gaps": tried[:GAPS_SHOWN],
        "trial_total": len(tried),
    }
    return render(request, "web/gaps.html", context)


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return None


def _error(request: HttpRequest, status: int, title: str, explanation: str) -> HttpResponse:
    context = {"status": status, "title": title, "explanation": explanation, "words": words_of(request)}
    return render(request, "web/error.html", context, status=status)


def session_ended(request: HttpRequest, sign_in: str) -> HttpResponse:
    """For who has written something meanwhile; `sign_in` leads back to where he was."""
    explanation = _("Nothing was done: your session has ended. Sign in again and repeat.")
    context = {"status": 403, "title": _("Not done"), "explanation": explanation, "sign_in": sign_in}
    return render(request, "web/error.html", context | {"words": words_of(request)}, status=403)


@login_not_required
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 — Django's form
    return _error(request, 403, _("Not allowed"), _("None of your roles allows this."))


@login_not_required
def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 — Django's form
    """A form without the token of its session: most often a page left open since before a sign-in."""
    explanation = _("This page is out of date. Nothing was done; open it again and repeat.")
    return _error(request, 403, _("Not done"), explanation)


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 — Django's form
    explanation = _("There is nothing at this address, or it is outside the units that you may see.")
    return _error(request, 404, _("Not found"), explanation)


@login_not_required
def failure(request: HttpRequest) -> HttpResponse:
    explanation = _("The fault is ours. Nothing was saved; the operator finds the reason in the log.")
    return _error(request, 500, _("Something broke"), explanation)
