"""A request as the pages receive it."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from riskloop.organisation.models import User


def by_itself(request: HttpRequest) -> bool:
    """Whether an open page asks by itself: that is no sign of the person."""
    return "X-By-Itself" in request.headers


class SignedIn(HttpRequest):
    """Someone who has signed in asks: `LoginRequiredMiddleware` lets nobody else through.

    `htmx` is true when a part of the page asks for its own new content.
    """

    user: User  # pyright: ignore[reportIncompatibleVariableOverride] — never anonymous here
    htmx: HtmxDetails
