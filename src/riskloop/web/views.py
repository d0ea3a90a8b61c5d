"""The pages that belong to no one app: overview, models, runs, and the pages of what went wrong."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from riskloop.loop.models import Grade
from riskloop.loop.scores import drivers_in_force
from riskloop.models.catalogue import catalogue
from riskloop.web import catalogue_pages
from riskloop.web.overview import Overview
from riskloop.web.runs import Runs


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Where the loop stands, and what waits for the reader."""
    seen = Overview(request.user)
    runs = Runs(settings.HOME)
    context = {
        "title": _("Overview"),
        "stages": seen.stages(),
        "withdrawn": seen.withdrawn(),
        "tasks": seen.tasks(),
        "mine": seen.mine(),
        "models": seen.models(),
        "chart": seen.by_day({g.value: str(g.label) for g in Grade}),
        "runs": runs,
    }
    return render(request, "web/overview.html", context)


@require_safe
def models(request: HttpRequest) -> HttpResponse:
    """The catalogue, by class."""
    categories = catalogue_pages.by_category(Runs(settings.HOME))
    context = {
        "title": _("Supervision models"),
        "categories": categories,
        "total": sum(len(entries) for _category, entries in categories),
    }
    return render(request, "web/models.html", context)


@require_safe
def model(request: HttpRequest, code: str) -> HttpResponse:
    """All that a model's file says of it."""
    found = catalogue().get(code)
    if found is None:
        raise Http404
    language = get_language()
    drivers = {d.code: d.name.in_language(language) for d in drivers_in_force(dt.date.max)}
    context = catalogue_pages.about_model(found, drivers) | {
        "entry": catalogue_pages.entry(found, Runs(settings.HOME)),
    }
    return render(request, "web/model.html", context)
