"""Every event of signing in, gathered from Django, allauth and axes, and written down by one function.

Passwords, codes and tokens never come here: a detail is a name, an address or a reason.
"""

from __future__ import annotations

import logging
from contextlib import nullcontext
from typing import Any

from allauth.account.signals import password_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from riskloop.organisation import history
from riskloop.organisation.models import User
from riskloop.organisation.origin import coming_from

log = logging.getLogger("riskloop.sign_in")
NAME_SHOWN = 150
"""Longer than any user name: what somebody typed into the field is not kept whole."""


BY_THE_PERSON = frozenset(
    {
        "signed_in",
        "signed_out",
        "password_changed",
        "second_factor_added",
        "second_factor_removed",
        "second_factor_renewed",
    }
)
"""What only the person himself does; all else befalls his account."""


def note(action: str, user: User | None, request: HttpRequest | None, **details: object) -> None:
    """Writes one event down.

    Args:
        action: signed_in, sign_in_failed, locked, unlocked, signed_out, session_ended, password_changed,
            second_factor_added, second_factor_removed or second_factor_renewed.
        user: whose account it is about; None where no account has the name that was given.
        request: None for what the command line does.
    """
    where = request.META.get("REMOTE_ADDR", "") if request else ""
    _log(action, user, where, details)
    by_himself = action in BY_THE_PERSON and details.get("by") != "administrator"
    with coming_from("page", where) if request else nullcontext():
        line = history.line(
            action,
            "user",
            user.pk if user else "",
            unit_id=user.unit_id if user else None,
            actor=user if by_himself else None,
            after=details,
        )
        history.record([line])


def _log(action: str, user: User | None, where: str, details: dict[str, object]) -> None:
    name = user.get_username() if user else ""
    # Of the words the log's own lines tell none: they name people (`outgoing.logs`).
    told = {"event": action, "account": user.pk if user else None}
    log.info("%s user=%r from=%r %s", action, name, where, details, extra=told)


def connect() -> None:
    """Listens to the libraries; called once, when Django has loaded the applications."""
    user_logged_in.connect(_signed_in)
    user_logged_out.connect(_signed_out)
    user_login_failed.connect(_failed)
    user_locked_out.connect(_locked)
    authentication_failed.connect(_wrong_code)
    password_changed.connect(_password_changed)
    authenticator_added.connect(_factor_added)
    authenticator_removed.connect(_factor_removed)
    authenticator_reset.connect(_factor_renewed)


def _named(username: str) -> User | None:
    return User.objects.filter(username__iexact=username).first()


def _signed_in(request: HttpRequest, user: User, **_rest: Any) -> None:
    records: list[dict[str, Any]] = request.session.get("account_authentication_methods", [])
    note("signed_in", user, request, by=[record.get("type") or record["method"] for record in records])


def _signed_out(request: HttpRequest, user: User | None, **_rest: Any) -> None:
    if user is not None:
        note("signed_out", user, request)


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_rest: Any) -> None:
    username = str(credentials.get("username") or "")[:NAME_SHOWN]
    step = credentials.get("step", "password")
    note("sign_in_failed", _named(username), request, username=username, step=step)


def _locked(request: HttpRequest, username: str, **_rest: Any) -> None:
    note("locked", _named(username), request, username=username[:NAME_SHOWN])


def _wrong_code(request: HttpRequest, user: User, **_rest: Any) -> None:
    """A wrong code is a failed attempt at the account: it counts towards the lock like a wrong password."""
    credentials = {"username": user.get_username(), "step": "second factor"}
    user_login_failed.send(sender=__name__, credentials=credentials, request=request)


def _password_changed(request: HttpRequest, user: User, **_rest: Any) -> None:
    note("password_changed", user, request)


def _factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_rest: Any) -> None:
    note("second_factor_added", user, request, kind=authenticator.type)


def _factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_rest: Any) -> None:
    note("second_factor_removed", user, request, kind=authenticator.type)


def _factor_renewed(request: HttpRequest, user: User, authenticator: Authenticator, **_rest: Any) -> None:
    note("second_factor_renewed", user, request, kind=authenticator.type)
