"""What every answer of the pages carries, and in which language it speaks."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_cache_control

from riskloop.organisation.origin import coming_from
from riskloop.organisation.row_security import reach_of, reading
from riskloop.organisation.scope import kept_authority
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


def as_the_person(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answers as the person who asks: what he may do is looked up once, the database shows him only what he
    reaches, and what he writes is known to come from here.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        settle_once_a_day()
        address = request.META.get("REMOTE_ADDR", "")
        with kept_authority(), coming_from("page", address), reading(reach_of(request.user)):
            return get_response(request)

    return answer


class ChosenLanguage(LocaleMiddleware):
    """Chinese until the reader switches: what his browser was installed in says nothing of him."""

    def process_request(self, request: HttpRequest) -> None:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = dict(settings.LANGUAGES)
        translation.activate(chosen if chosen in known else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()
