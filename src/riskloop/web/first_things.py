"""What a person does before anything else: a password of his own, a second factor where one is required."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from riskloop.organisation.request import SignedIn
from riskloop.organisation.scope import narrowing
from riskloop.web.kept_words import words_of
from riskloop.web.middleware import of_api
from riskloop.web.second_factor import is_lacking
from riskloop.web.views import session_ended


@dataclass(frozen=True)
class FirstThing:
    """A page that comes first, and what else may be opened until it is done."""

    page: str
    open: frozenset[str]


ALWAYS_OPEN = frozenset({"account_logout"})
OWN_PASSWORD = FirstThing("account_change_password", ALWAYS_OPEN | {"account_change_password"})
ENROLMENT = FirstThing(
    "mfa_index",
    ALWAYS_OPEN
    | {"account_reauthenticate", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_reauthenticate"},
)


def first_thing(request: SignedIn) -> FirstThing | None:
    """What this person must do now; None when nothing is left."""
    if request.user.must_change_password and _came_by_local_password(request):
        return OWN_PASSWORD
    return ENROLMENT if is_lacking(request.user) else None


def _came_by_local_password(request: SignedIn) -> bool:
    """Who came by single sign-on or LDAP does not know the password that somebody set for him here."""
    records: list[dict[str, Any]] = request.session.get("account_authentication_methods", [])
    elsewhere = any(record["method"] == "socialaccount" for record in records)
    return not elsewhere and request.session.get(BACKEND_SESSION_KEY) != settings.LDAP_BACKEND


def _lead(request: HttpRequest, address: str) -> HttpResponse:
    """To another page as a whole: a part that HTMX asked for must not be filled with it."""
    return HttpResponseClientRedirect(address) if "HX-Request" in request.headers else redirect(address)


class FirstThingsFirst:
    """Leads to what comes first, and lets nothing else pass."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self,
        request: SignedIn,
        view: Callable[..., HttpResponse],
        args: Any,  # noqa: ARG002 — Django's form
        kwargs: Any,  # noqa: ARG002
    ) -> HttpResponse | None:
        """Pages that need no signing in (language, sign-in) stay open."""
        if not request.user.is_authenticated or narrowing() is not None:
            # A token's program has no password to change and no second factor to set up.
            return None
        api = of_api(request)
        if not api and not getattr(view, "login_required", True):
            return None
        first = first_thing(request)
        match = request.resolver_match
        if first is None or (match and match.view_name in first.open):
            return None
        if api:
            detail = _("Open the pages first: something is asked of you there.")
            return JsonResponse({"code": "first", "detail": detail}, status=403)
        return _lead(request, reverse(first.page))


class SignedInOnly(LoginRequiredMiddleware):
    """Django's, but a part of a page asked for after the session ended leads to sign-in as a whole page, and
    what was written into a form meanwhile is shown once more.
    """

    def handle_no_permission(  # pyright: ignore[reportIncompatibleMethodOverride] — more than a redirect
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        answer = super().handle_no_permission(request, view_func)
        if "HX-Request" not in request.headers:
            return session_ended(request, answer.headers["Location"]) if words_of(request) else answer
        shown = request.headers.get("HX-Current-URL", "")
        return HttpResponseClientRedirect(_sign_in_again(request, shown))


def _sign_in_again(request: HttpRequest, shown: str) -> str:
    """The sign-in page that leads back to the page that was shown, not to the part of it."""
    parts = urlsplit(shown)
    if parts.netloc != request.get_host():
        return reverse("account_login")
    back = parts.path + (f"?{parts.query}" if parts.query else "")
    return f"{reverse('account_login')}?{urlencode({'next': back})}"
