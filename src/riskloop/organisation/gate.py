"""The gate before a page: which function opens it. What of it a person then sees, `scope.within` says."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase

from riskloop.organisation.request import SignedIn
from riskloop.organisation.scope import holds

View = Callable[..., HttpResponseBase]
V = TypeVar("V", bound=View)
_FUNCTIONS = "riskloop_functions"


def needs(*functions: str) -> Callable[[V], V]:
    """Lets in whoever holds one of the functions anywhere; without functions, whoever has signed in."""

    def guard(view: V) -> V:
        @wraps(view)
        def guarded(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if functions and not any(holds(request.user, function) for function in functions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        setattr(guarded, _FUNCTIONS, functions)
        return guarded  # pyright: ignore[reportReturnType] — `wraps` keeps the form of the view

    return guard


def functions_of(view: Any) -> tuple[str, ...] | None:
    """What the gate asks for; None for a view that has no gate."""
    return getattr(view, _FUNCTIONS, None)
