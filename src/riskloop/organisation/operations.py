"""What every operation of the API has in common: who comes in, which function opens it, how it refuses.

Each app brings a router of operations (`api.py`); `riskloop.web.api` puts them together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema
from ninja.security import APIKeyCookie, HttpBearer

from riskloop.bank.text import Text
from riskloop.organisation.action import Refused
from riskloop.organisation.models import User
from riskloop.organisation.scope import holds, narrowing

FUNCTIONS = "x-functions"
"""Under this name the schema says which functions open an operation; without any, whoever has signed in."""
MOST = 500
"""Rows of a page at most."""
FURTHEST = 1_000_000
LONG = 2000
"""Characters of what a person says, at most: as in the forms."""

T = TypeVar("T")
V = TypeVar("V", bound=Callable[..., Any])
Words = Annotated[str, Field(max_length=LONG)]
Id = Annotated[str, Field(min_length=1, max_length=64)]
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
Limit = Annotated[int, Field(ge=1, le=MOST)]
Offset = Annotated[int, Field(ge=0, le=FURTHEST)]


class Problem(Schema):
    """Why an operation was not done. `code` is for programs, `detail` for people in their language."""

    code: str
    detail: str


class Label(Schema):
    """A text in both languages."""

    zh: str
    en: str


class PersonRef(Schema):
    """Somebody's account."""

    id: int
    name: str


class WhyIn(Schema):
    """A reason, where nothing else is asked."""

    why: Words


def label(text: Text) -> Label:
    return Label(zh=text.zh, en=text.en)


def person_ref(user: User | None) -> PersonRef | None:
    return None if user is None else PersonRef(id=user.pk, name=str(user))


def exact(number: Decimal | None) -> str | None:
    """A number as decimal digits, without an exponent."""
    return None if number is None else f"{number:f}"


class Page(Schema, Generic[T]):
    """Rows from `offset` on, at most `limit`, of `total`."""

    total: int
    limit: int
    offset: int
    items: list[T]


class BadValue(Exception):
    """Something given cannot be used; `field` names it."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")


def require_valid(form: Any) -> None:
    """Refuses what a page's form refuses, with its words."""
    for name, problems in form.errors.items():
        raise BadValue(name, " ".join(problems))


def paged(rows: Any, limit: int, offset: int, form: Callable[[Any], T]) -> dict[str, Any]:
    """One page of a list or of a queryset, as `Page` has it."""
    total = len(rows) if isinstance(rows, Sequence) else rows.count()
    items = [form(row) for row in rows[offset : offset + limit]]
    return {"total": total, "limit": limit, "offset": offset, "items": items}


def day_of(field: str, given: dt.date | None, usual: dt.date) -> dt.date:
    """A day that calendars and counting can bear."""
    day = given or usual
    if not _FIRST <= day <= _LAST:
        raise BadValue(field, _("Give a day between 1900 and 2199."))
    return day


_FIRST, _LAST = dt.date(1900, 1, 1), dt.date(2199, 12, 31)


def _opened(request: HttpRequest, functions: Sequence[str]) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101 — both doors see to it
    if functions and not any(holds(user, function) for function in functions):
        raise Refused("function", _("None of your roles allows this."), who=True)
    return user


class ByToken(HttpBearer):
    """A token; the middleware has looked it up and narrowed its person's authority to it."""

    def __init__(self, functions: Sequence[str]) -> None:
        super().__init__()
        self.functions = functions

    def authenticate(self, request: HttpRequest, token: str) -> User | None:  # noqa: ARG002 — known already
        return None if narrowing() is None else _opened(request, self.functions)


class BySession(APIKeyCookie):
    """The session of a page: what changes something bears its CSRF token."""

    param_name = "sessionid"

    def __init__(self, functions: Sequence[str]) -> None:
        super().__init__(csrf=True)
        self.functions = functions

    def __call__(self, request: HttpRequest) -> User | None:
        if not request.user.is_authenticated:
            return None
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, key: str | None) -> User:  # noqa: ARG002 — Django has read it
        return _opened(request, self.functions)


class Operations(Router):
    """The operations of one app. Each names the functions with any of which it opens, and its form."""

    def reads(self, path: str, *functions: str, answers: Any, refuses: bool = False) -> Callable[[V], V]:
        """An operation that changes nothing. It may be one that `refuses` where it cannot answer honestly."""
        states = (401, 403, 404, 409, 422) if refuses else (401, 403, 404, 422)
        return self._enter("GET", path, functions, answers, states)

    def hands_out(self, path: str, *functions: str, media_types: Sequence[str]) -> Callable[[V], V]:
        """An operation that answers with a file, of one of these kinds."""
        content = {
            one: {"schema": {"type": "string"} | ({} if one.startswith("text/") else {"format": "binary"})}
            for one in media_types
        }
        file = {200: {"content": content}}
        return self._enter("GET", path, functions, None, (401, 403, 404, 409, 422), responses=file)

    def does(self, path: str, *functions: str, answers: Any) -> Callable[[V], V]:
        """An operation that does an action."""
        return self._enter("POST", path, functions, answers, (401, 403, 404, 409, 422))

    def _enter(
        self,
        method: str,
        path: str,
        functions: Sequence[str],
        answers: Any,
        problems: Sequence[int],
        **told: Any,
    ) -> Callable[[V], V]:
        def enter(view: V) -> V:
            said = " ".join((view.__doc__ or "").split())
            self.add_api_operation(
                path,
                [method],
                view,
                auth=[ByToken(functions), BySession(functions)],
                response={200: answers} | dict.fromkeys(problems, Problem),
                operation_id=view.__name__,
                url_name=f"api_{view.__name__}",
                summary=said.partition(". ")[0].rstrip("."),
                description=said,
                openapi_extra={FUNCTIONS: list(functions)} | told,
            )
            return view

        return enter


def signed_in(request: HttpRequest) -> User:
    """The person who asks: the doors let nobody else in."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user
