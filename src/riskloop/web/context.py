"""What the shell around every page shows: where one can go, and who is here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from riskloop.loop.queue import EVERYTHING_OPEN
from riskloop.organisation.functions import EXPORT
from riskloop.organisation.gate import functions_of
from riskloop.organisation.models import User
from riskloop.organisation.scope import holds, roles_of
from riskloop.outgoing.notices import unread_by
from riskloop.web.excel import PAGES


@dataclass(frozen=True)
class Place:
    """One entry of the main navigation."""

    name: str
    icon: str
    url: str
    here: bool


def shell(request: HttpRequest) -> dict[str, Any]:
    """Looked up only when a page draws the shell: the parts that HTMX asks for do without."""
    return {
        "single_sign_on": settings.SINGLE_SIGN_ON,
        "navigation": SimpleLazyObject(lambda: _navigation(request)),
        "to_excel": SimpleLazyObject(lambda: _to_excel(request)),
        "my_roles": SimpleLazyObject(lambda: _roles(request)),
        "unread": SimpleLazyObject(lambda: _unread(request)),
    }


def _navigation(request: HttpRequest) -> list[Place]:
    listed = (
        ("overview", _("Overview"), "ti-layout-dashboard", ""),
        ("events", _("Quasi-risk events"), "ti-list-check", f"?{EVERYTHING_OPEN}"),
        ("assignment", _("Assignment"), "ti-users-group", ""),
        ("queries", _("Queries to answer"), "ti-mail", ""),
        ("exceptions", _("Exception reports"), "ti-alert-triangle", ""),
        ("oversight", _("Oversight"), "ti-zoom-check", ""),
        ("calendar", _("Calendar and limits"), "ti-calendar-time", ""),
        ("statistics", _("Statistical monitoring"), "ti-chart-bar", ""),
        ("exposure", _("Risk exposure"), "ti-chart-histogram", ""),
        ("bulletin", _("Bulletins"), "ti-report-analytics", ""),
        ("inspection_samples", _("Inspection samples"), "ti-clipboard-list", ""),
        ("exposure_drivers", _("Risk drivers"), "ti-chart-arrows-vertical", ""),
        ("models", _("Supervision models"), "ti-radar-2", ""),
        ("model_changes", _("Model changes"), "ti-adjustments", ""),
        ("what_ifs", _("What if"), "ti-flask", ""),
        ("model_trials", _("Trials of models"), "ti-test-pipe", ""),
        ("model_healths", _("Model health"), "ti-heart-rate-monitor", ""),
        ("runs", _("Runs and imports"), "ti-calendar-stats", ""),
        ("history", _("History"), "ti-history", ""),
        ("people", _("People"), "ti-users", ""),
        ("roles", _("Roles"), "ti-shield", ""),
        ("units", _("Organisation"), "ti-sitemap", ""),
        ("traces", _("Looks at personal data"), "ti-eye-check", ""),
        ("webhooks", _("Webhooks"), "ti-webhook", ""),
    )
    places: list[Place] = []
    for view, name, icon, query in listed:
        url = reverse(view)
        needed = functions_of(resolve(url).func)
        if needed and not any(holds(request.user, function) for function in needed):
            continue
        # Drivers lie below exposure, and are a place of their own.
        within = url != "/" and request.path.startswith(url)
        inner = view == "exposure" and request.path.startswith(reverse("exposure_drivers"))
        here = request.path == url or (within and not inner)
        places.append(Place(name, icon, url + query, here))
    return places


def _to_excel(request: HttpRequest) -> str:
    """Where the page's tables become a file; "" where there are none, or the reader may not export."""
    match = request.resolver_match
    if match is None or match.url_name not in PAGES or not holds(request.user, EXPORT):
        return ""
    return f"{reverse('excel')}?{urlencode({'page': request.get_full_path()})}"


def _unread(request: HttpRequest) -> int:
    return unread_by(request.user) if isinstance(request.user, User) else 0


def _roles(request: HttpRequest) -> str:
    """What the reader is, and where: "Monitor (Head office)"."""
    language = get_language()
    pattern = _("%(role)s, %(unit)s")
    return " · ".join(
        pattern % {"role": held.role.name.in_language(language), "unit": held.unit.name}
        for held in roles_of(request.user)
    )
