"""Signing in with the password of the bank's LDAP directory, for accounts that exist here already.

The extra `ldap` (django-python3-ldap) does the talking; its own backend would make an account for whoever the
directory knows, so ours asks the directory for nothing but whether the password is right.
"""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from riskloop.organisation.models import User

log = logging.getLogger(__name__)


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
        return user if _opens(user.get_username(), password) else None


def _opens(username: str, password: str) -> bool:
    """Whether the directory takes this password. One that cannot be asked takes none."""
    from django_python3_ldap import ldap
    from ldap3.core.exceptions import LDAPException

    try:
        with ldap.connection(username=username, password=password) as directory:
            return directory is not None and directory.has_user(username=username)
    except LDAPException:
        log.exception("the LDAP directory could not be asked")
        return False
