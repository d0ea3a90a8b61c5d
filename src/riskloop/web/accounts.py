"""How people come in: accounts are given by the administrator, never taken, and locked against guessing.

The lock is django-axes'. What it counts is the name that was typed, whether or not an account has it, so that
a locked name tells nothing; every way in ends at `ClosedDoor.login`, where a locked account is refused.
"""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ChangePasswordForm
from allauth.account.views import PasswordChangeView
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.base.forms import AuthenticateForm
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from riskloop.organisation.models import User
from riskloop.web.sessions import end_sessions, signed_in_at
from riskloop.web.sign_in_events import note

__all__ = ["ClosedDoor", "end_sessions", "is_locked", "unlock"]

HTTP_LOCKED = 429


def _request() -> HttpRequest:
    """The request that allauth is answering: not everything of its own is handed it."""
    if context.request is None:
        raise LookupError("no request is being answered")
    return context.request


def counted_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:  # noqa: ARG001 — axes' form
    """The name whose failures are counted: who types it in other letters gets no further attempts."""
    return str((credentials or {}).get("username") or "").strip().casefold()


def is_locked(request: HttpRequest, username: str) -> bool:
    """Whether too many attempts at this name have failed of late."""
    return not AxesProxyHandler.is_allowed(request, {"username": username})


def _refuse_locked(request: HttpRequest, username: str) -> bool:
    """Writes down that somebody tries a locked name; with the mark axes answers with the page of the lock."""
    if not is_locked(request, username):
        return False
    request.axes_locked_out = True  # pyright: ignore[reportAttributeAccessIssue]
    user = User.objects.filter(username__iexact=username).first()
    note("sign_in_failed", user, request, username=username, step="while locked")
    return True


def unlock(username: str, request: HttpRequest | None = None) -> bool:
    """Takes the lock off a name at once; false when nothing was counted against it."""
    counted = AxesProxyHandler.reset_attempts(username=username.strip().casefold())
    user = User.objects.filter(username__iexact=username.strip()).first()
    note("unlocked", user, request, username=username)
    return counted > 0


def locked_page(
    request: HttpRequest,
    response: HttpResponse | None = None,  # noqa: ARG001 — axes' form
    credentials: dict[str, Any] | None = None,  # noqa: ARG001
) -> HttpResponse:
    """What everyone reads whose attempts are refused, and whether there is such an account or not."""
    minutes = settings.LOCK_MINUTES
    explanation = ngettext(
        "Too many attempts with this user name have failed. It opens again after %(minutes)d minute; "
        "the system administrator can open it at once.",
        "Too many attempts with this user name have failed. It opens again after %(minutes)d minutes; "
        "the system administrator can open it at once.",
        minutes,
    )
    page = {"status": HTTP_LOCKED, "title": _("Locked"), "explanation": explanation % {"minutes": minutes}}
    return render(request, "web/error.html", page, status=HTTP_LOCKED)


class ClosedDoor(DefaultAccountAdapter):
    """Nobody signs himself up, and nobody comes in while his account is locked."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Asks for the lock before a password is looked at; an attempt on a locked name prolongs nothing."""
        if _refuse_locked(request, credentials.get("username", "")):
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """The last step of every way in: password, second factor, passkey, single sign-on."""
        if _refuse_locked(request, user.get_username()):
            raise ImmediateHttpResponse(locked_page(request))
        super().login(request, user)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Chosen by the person: whoever set it before no longer knows it."""
        if isinstance(user, User):
            user.must_change_password = False
        super().set_password(user, password)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Asks for the password anew, unless the person has only just signed in."""
        since = time.time() - (signed_in_at(_request()) or 0)
        return since > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT and super().is_reauthentication_required(
            app=app, **kwargs
        )


class AnotherPassword(ChangePasswordForm):
    """A change of the password that is none would leave it known to whoever set it."""

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        if self.user and self.user.check_password(password):
            raise ValidationError(gettext_lazy("The new password must differ from the present one."))
        return password


class ChangePassword(PasswordChangeView):
    """One's own password; who has none here reads where it is."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, User) and not request.user.has_usable_password():
            explanation = _("You sign in with the password of the bank's own directory; change it there.")
            return render(request, "web/note.html", {"title": _("Change password"), "note": explanation})
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"title": _("Change password")}

    def get_default_success_url(self) -> str:
        return reverse("overview")


class SecondFactor(AuthenticateForm):
    """A code is not looked at while the account is locked."""

    def clean_code(self) -> str:
        if _refuse_locked(_request(), self.user.get_username()):
            raise ValidationError(_("Locked"))
        return super().clean_code()
