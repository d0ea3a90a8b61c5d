"""The pages that belong to no one app: overview, models, runs, and the pages of what went wrong."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from riskloop.models.catalogue import catalogue
from riskloop.web import catalogue_pages
from riskloop.web.runs import Runs


@require_safe
def models(request: HttpRequest) -> HttpResponse:
    """The catalogue, by class."""
    categories = catalogue_pages.by_category(Runs(settings.HOME))
    context = {
        "title": _("Models"),
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
    context = catalogue_pages.about_model(found, {}) | {
        "entry": catalogue_pages.entry(found, Runs(settings.HOME)),
    }
    return render(request, "web/model.html", context)
