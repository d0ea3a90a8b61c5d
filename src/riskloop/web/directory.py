"""Signing in with the password of the bank's LDAP directory, for accounts that exist here already.

The extra `ldap` (django-python3-ldap) does the talking; its own backend would make an account for whoever the
directory knows, so ours asks the directory for nothing but whether the password is right.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from riskloop.organisation.models import User


class Directory(ModelBackend):
    """Asks the directory whether this is the password of an account that is open here."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002 — Django's form
        username: str | None = None,
        password: str | None = None,
        **_rest: Any,
    ) -> User | None:
        """An empty password never reaches the directory: many take it for an anonymous visit, and let in."""
        user = User.objects.filter(username__iexact=username or "").first()
        if user is None or not password or not self.user_can_authenticate(user):
            return None
        from django_python3_ldap import ldap

        name = user.get_username()
        with ldap.connection(username=name, password=password) as directory:
            known = directory is not None and directory.has_user(username=name)
        return user if known else None
