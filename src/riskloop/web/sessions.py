"""How long a sign-in lasts: at the latest so many hours, so many minutes without a request, so many at once.

When it began and was last seen stands in the session itself; a session without a beginning is nobody's.
Beside it stands a row of allauth's (`UserSession`), for people to see where they are signed in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from allauth.account.adapter import get_adapter
from allauth.account.signals import password_changed
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from riskloop.organisation.models import User
from riskloop.organisation.request import SignedIn, by_itself
from riskloop.web.sign_in_events import note

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
SEEN_EVERY = 60
"""Seconds: a request is written down no more often, so that reading a page is not a write each time."""


def connect() -> None:
    """Listens to Django and allauth; called once, when Django has loaded the applications."""
    user_logged_in.connect(_begin)
    password_changed.connect(_end_others)


def signed_in_at(request: HttpRequest) -> float | None:
    """When the person of this session signed in, in seconds since 1970."""
    return request.session.get(SIGNED_IN_AT)


def end_sessions(
    user: User, request: HttpRequest | None = None, keep: str | None = None, reason: str = "ended"
) -> int:
    """Ends all sessions of a person but the one whose key is `keep`; says how many it were."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=keep or "")
    return _end(rows, request, reason)


def _end(rows: Iterable[UserSession], request: HttpRequest | None, reason: str) -> int:
    ended = 0
    for row in rows:
        # The row of a session that signed out by itself ends nothing any more.
        if row.exists():
            ended += 1
            note("session_ended", row.user, request, reason=reason)
        row.end()
    return ended


def _begin(request: HttpRequest, user: User, **_rest: object) -> None:
    request.session[SIGNED_IN_AT] = time.time()
    if "REMOTE_ADDR" in request.META:
        _see(request, user)


def _end_others(request: HttpRequest, user: User, **_rest: object) -> None:
    end_sessions(user, request, keep=request.session.session_key, reason="password changed")
    # The session that stays has been given another key.
    _see(request, user)


def _see(request: HttpRequest, user: User) -> None:
    """Writes down that this session is there. With a new one the person's oldest beyond the limit end."""
    request.session[SEEN_AT] = time.time()
    # allauth looks at what is stored when it sorts out which rows are of sessions that are still there.
    request.session.save()
    row, new = UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={"last_seen_at": timezone.now()},
        create_defaults={
            "user": user,
            "ip": get_adapter(request).get_client_ip(request),
            "user_agent": request.headers.get("User-Agent", "")[:200],
            "created_at": datetime.fromtimestamp(request.session[SIGNED_IN_AT], UTC),
        },
    )
    if new:
        others = [other for other in UserSession.objects.purge_and_list(user) if other.pk != row.pk]
        _end(sorted(others, key=_newest_first)[settings.SESSIONS_AT_ONCE - 1 :], request, "too many at once")


class SessionLimits:
    """Ends a session that is too old, or was left alone too long, before its request does anything."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if isinstance(request.user, User):
            reason = self._over(request, request.user)
            if reason:
                note("session_ended", request.user, request, reason=reason)
                UserSession.objects.filter(session_key=request.session.session_key).delete()
                request.session.flush()
                request.user = AnonymousUser()
                messages.info(request, _("Your session has ended. Sign in again to go on."))
        return self.get_response(request)

    def _over(self, request: HttpRequest, user: User) -> str:
        """Why the session ends; empty while it goes on."""
        since, now = signed_in_at(request), time.time()
        if since is None:
            return "no beginning"
        if now - since > settings.SESSION_HOURS * 3600:
            return "too old"
        seen = request.session.get(SEEN_AT, 0)
        if seen and now - seen > settings.IDLE_MINUTES * 60:
            return "left alone"
        try:
            if now - seen > SEEN_EVERY and not by_itself(request):
                _see(request, user)
        except UpdateError:
            return "ended meanwhile"
        return ""


@require_http_methods(["GET", "POST"])
def my_sessions(request: SignedIn) -> HttpResponse:
    """Where the reader is signed in; he ends one of them, or all others."""
    here = request.session.session_key
    others = UserSession.objects.filter(user=request.user).exclude(session_key=here)
    if request.method == "POST":
        chosen = request.POST.get("session", "")
        ended = (
            others if chosen == "others" else others.filter(pk=int(chosen) if chosen.isdecimal() else None)
        )
        _end(ended, request, "by the person")
        return redirect("my_sessions")
    rows = sorted(UserSession.objects.purge_and_list(request.user), key=_newest_first)
    context = {"title": _("My sessions"), "rows": rows, "here": here}
    return render(request, "account/sessions.html", context)


def _newest_first(row: UserSession) -> float:
    return -row.created_at.timestamp()
