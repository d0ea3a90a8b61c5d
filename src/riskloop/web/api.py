"""The API: the operations of all apps under one roof, one form of problem, and the schema of it all."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache, wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from riskloop.bulletin.api import router as bulletins
from riskloop.exposure.api import router as exposure
from riskloop.exposure.drivers.api import router as drivers
from riskloop.exposure.samples.api import router as inspections
from riskloop.governance.changes.api import router as changes_of_models
from riskloop.governance.health.api import router as health_of_models
from riskloop.governance.trials.api import router as trials_of_models
from riskloop.governance.what_if.api import router as what_ifs
from riskloop.loop.api import ROUTERS as LOOP
from riskloop.organisation.action import Refused
from riskloop.organisation.api import router as organisation
from riskloop.organisation.api_looks import router as looks
from riskloop.organisation.api_people import router as people
from riskloop.organisation.api_roles import router as roles
from riskloop.organisation.api_tokens import router as tokens
from riskloop.organisation.operations import BadValue, Operations
from riskloop.outgoing.api import router as notices
from riskloop.outgoing.api_webhooks import router as webhooks
from riskloop.web.api_catalogue import router as models_and_runs
from riskloop.web.api_history import router as history

VERSION = "1"
DESCRIPTION = (
    "Everything that the pages of riskloop do, for programs: the same actions, the same rules. Every"
    " operation names under x-functions what opens it (any of them; none: whoever has signed in); what of it"
    " one then sees is what one's roles reach. An id out of reach is answered as one that is not there."
)
UNAUTHENTICATED, FORBIDDEN, MISSING, NOT_ALLOWED, CONFLICT, UNPROCESSABLE = 401, 403, 404, 405, 409, 422


class Strict(Parser):
    """JSON that the database can keep: no NUL, no half of a surrogate pair, no number that is none."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        body = json.loads(request.body, parse_constant=_no_number)
        _require_text(body)
        return body

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        _require_text({name: data.getlist(name) for name in data})
        return super().parse_querydict(data, list_fields, request)


def _no_number(constant: str) -> Any:
    raise BadValue("body", constant)


def _require_text(value: Any, field: str = "body") -> None:
    """Refuses text that PostgreSQL cannot keep, wherever it stands; names the field."""
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise BadValue(field, _("This text has characters that cannot be kept."))
    elif isinstance(value, dict):
        for name, item in cast("dict[str, Any]", value).items():
            _require_text(name, field)
            _require_text(item, name)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            _require_text(item, field)


API = NinjaAPI(
    title="riskloop",
    version=VERSION,
    description=DESCRIPTION,
    openapi_url=None,
    docs_url=None,
    parser=Strict(),
)
ROUTERS: tuple[Operations, ...] = (
    organisation,
    people,
    roles,
    tokens,
    history,
    looks,
    *LOOP,
    exposure,
    bulletins,
    inspections,
    drivers,
    notices,
    webhooks,
    models_and_runs,
    changes_of_models,
    what_ifs,
    trials_of_models,
    health_of_models,
)
for _router in ROUTERS:
    API.add_router("", _router)


@cache
def schema() -> dict[str, Any]:
    """The API in OpenAPI 3.1."""
    return dict(API.get_openapi_schema(path_prefix="/api/v1/"))


_own = Operations(tags=["schema"])


@_own.reads("/openapi.json", answers=dict[str, Any])
def get_schema(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 — ninja's form
    """This schema."""
    return schema()


API.add_router("", _own)


# ── problems ──


def problem(status: int, code: str, detail: str) -> HttpResponse:
    """The one form of everything that was not done."""
    said = json.dumps({"code": code, "detail": detail}, ensure_ascii=False)
    return HttpResponse(said, status=status, content_type="application/json; charset=utf-8")


@API.exception_handler(Refused)
def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:  # noqa: ARG001 — ninja's form
    return problem(FORBIDDEN if refused.who else CONFLICT, refused.code, str(refused))


@API.exception_handler(PermissionDenied)
def _denied(request: HttpRequest, denied: Exception) -> HttpResponse:  # noqa: ARG001
    return problem(FORBIDDEN, "function", _("None of your roles allows this."))


@API.exception_handler(Http404)
def _missing(request: HttpRequest, missing: Exception) -> HttpResponse:  # noqa: ARG001
    detail = _("There is nothing at this address, or it is outside the units that you may see.")
    return problem(MISSING, "missing", detail)


@API.exception_handler(BadValue)
def _bad_value(request: HttpRequest, bad: BadValue) -> HttpResponse:  # noqa: ARG001
    return problem(UNPROCESSABLE, "input", str(bad))


@API.exception_handler(ValidationError)
def _invalid(request: HttpRequest, invalid: ValidationError) -> HttpResponse:  # noqa: ARG001
    said = [f"{_field(error['loc'])}: {error['msg']}" for error in invalid.errors]
    return problem(UNPROCESSABLE, "input", "; ".join(said))


def _field(location: Sequence[Any]) -> str:
    """The name as the caller gave it, without the name of our own parameter around it."""
    return ".".join(str(step) for step in location[1:] if step not in {"given", "query", "period"}) or "body"


@API.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == UNAUTHENTICATED:
        answer = problem(UNAUTHENTICATED, "nobody", _("Sign in, or bring a token."))
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    if error.status_code == FORBIDDEN:
        return problem(FORBIDDEN, "csrf", _("A session's call bears its CSRF token."))
    # Whatever the reading of a body meets, ninja calls a bad request.
    cause = error.__cause__ or error.__context__
    if isinstance(cause, BadValue):
        return _bad_value(request, cause)
    return problem(UNPROCESSABLE, "input", f"body: {_('This is no JSON that can be read.')}")


@API.exception_handler(DataError)
def _beyond(request: HttpRequest, error: DataError) -> HttpResponse:  # noqa: ARG001
    return problem(UNPROCESSABLE, "input", _("A value is too long or too large to be kept."))


@API.exception_handler(IntegrityError)
def _at_once(request: HttpRequest, error: IntegrityError) -> HttpResponse:  # noqa: ARG001
    return problem(CONFLICT, "at_once", _("Somebody did the same at this moment; look and try again."))


# ── addresses ──


def urls() -> tuple[list[URLPattern], str, str]:
    """The operations' addresses; who comes in is asked there, not before."""
    patterns, app, namespace = API.urls
    operations = [
        path(str(p.pattern), _door(p.callback), name=p.name)
        for p in patterns
        if isinstance(p, URLPattern) and p.name != "api-root"
    ]
    return [*operations, path("<path:rest>", _nothing, name="api_nothing")], app, namespace


View = Callable[..., HttpResponseBase]


def _door(view: View) -> View:
    @login_not_required
    @csrf_exempt
    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            _require_text(request.path_info, "address")
        except BadValue as bad:
            return problem(UNPROCESSABLE, "input", str(bad))
        answer = view(request, *args, **kwargs)
        if not isinstance(answer, HttpResponseNotAllowed):
            return answer
        other = problem(NOT_ALLOWED, "method", _("This address does not do that."))
        other.headers["Allow"] = answer.headers["Allow"]
        return other

    return door


@login_not_required
@csrf_exempt
def _nothing(request: HttpRequest, rest: str) -> HttpResponseBase:  # noqa: ARG001 — Django's form
    return _missing(request, Http404())
