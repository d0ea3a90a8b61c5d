"""What every answer of the pages carries, and in which language it speaks."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from riskloop.organisation import tokens
from riskloop.organisation.origin import coming_from
from riskloop.organisation.row_security import reach_of, reading
from riskloop.organisation.scope import kept_authority, narrowed_to
from riskloop.organisation.timeline import settle_once_a_day

POLICY = "; ".join(
    (
        "default-src 'self'",
        # Tabler draws the arrows of its selects and the ticks of its boxes as data: pictures.
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


def content_security_policy(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Lets a page load from and send to this installation alone, and run no script of its own text."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return answer


def kept_nowhere(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Lets no browser and no proxy keep a page: it shows customers' affairs to one person, for now."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        patch_cache_control(response, private=True, no_store=True)
        return response

    return answer


API = "/api/v"
_BEARER = "bearer "


def of_api(request: HttpRequest) -> bool:
    """Whether a program asks, and not a page."""
    return request.path_info.startswith(API)


def by_token(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answers the API's callers as the person of the token that they bring, narrowed to what it carries.

    A token that lets nobody in is refused, whatever session comes with it. To pages no token leads.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("Authorization", "")
        if not of_api(request) or not given.lower().startswith(_BEARER):
            return get_response(request)
        if "Accept-Language" in request.headers:
            translation.activate(translation.get_language_from_request(request))
        token = tokens.person_of(given[len(_BEARER) :].strip())
        if token is None:
            problem = {"code": "token", "detail": _("The token is unknown, expired or revoked.")}
            return JsonResponse(problem, status=401, headers={"WWW-Authenticate": "Bearer"})
        request.user = token.user
        with narrowed_to(tokens.narrowing_of(token)):
            return get_response(request)

    return answer


def as_the_person(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answers as the person who asks: what he may do is looked up once, the database shows him only what he
    reaches, and what he writes is known to come from here.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        settle_once_a_day()
        address = request.META.get("REMOTE_ADDR", "")
        channel = "api" if of_api(request) else "page"
        with kept_authority(), coming_from(channel, address), reading(reach_of(request.user)):
            return get_response(request)

    return answer


class ChosenLanguage(LocaleMiddleware):
    """Chinese until the reader switches: what his browser was installed in says nothing of him."""

    def process_request(self, request: HttpRequest) -> None:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = dict(settings.LANGUAGES)
        translation.activate(chosen if chosen in known else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()
