"""Every request is measured, and has its line in the log: which view, how it went, whose account."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import empty

from riskloop.outgoing.logs import request_id
from riskloop.outgoing.metrics import observe

log = logging.getLogger("riskloop.request")
HEADER = "X-Request-ID"
NOWHERE, FILE = "nowhere", "static"


def observed(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Measures the answer and logs it; the request's number goes with the answer, for people to name it."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        begun = time.perf_counter()
        number = uuid.uuid4().hex
        token = request_id.set(number)
        try:
            response = get_response(request)
            seconds = time.perf_counter() - begun
            view, method = _view(request), request.method or ""
            observe(view, method, response.status_code, seconds)
            told = {"view": view, "method": method, "status": response.status_code}
            told |= {"seconds": round(seconds, 4), "account": _account(request)}
            log.log(logging.DEBUG if view == FILE else logging.INFO, "request", extra=told)
            response.headers[HEADER] = number
            return response
        finally:
            request_id.reset(token)

    return answer


def _view(request: HttpRequest) -> str:
    """The name of the view; of what is none, one word: an address may name what it is about."""
    match = request.resolver_match
    if match is not None:
        return match.view_name or NOWHERE
    return FILE if request.path_info.startswith(settings.STATIC_URL) else NOWHERE


def _account(request: HttpRequest) -> int | None:
    """The number of the account, where the answer needed it: for the log alone it is not looked up."""
    user = request.__dict__.get("user")
    if getattr(user, "_wrapped", None) is empty:
        return None
    return getattr(user, "pk", None)
