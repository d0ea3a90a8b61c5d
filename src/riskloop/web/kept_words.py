"""What somebody wrote into a form that reaches nobody any more: shown once more, to be copied.

His session has ended, he has lost the role, the page is older than his sign-in: no page is left to show the
form again, and the words of an hour would be gone.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest

SECRETS = ("password", "csrf", "login", "code", "credential", "secret", "token")
"""Parts of the names of fields that are never shown."""


def words_of(request: HttpRequest) -> list[str]:
    """The texts that a form of ours has sent, in its order; numbers, days and what was chosen from a list are
    left out, for they are codes. Of a form that stands elsewhere nothing: a foreign text is not to stand on a
    page of ours.
    """
    if request.method != "POST" or urlsplit(request.headers.get("Origin", "")).netloc != request.get_host():
        return []
    texts = [
        text.strip()
        for name, several in request.POST.lists()
        if not any(secret in name.lower() for secret in SECRETS)
        for text in several
    ]
    return [text for text in texts if _is_said(text)]


def _is_said(text: str) -> bool:
    """Whether somebody said it in words: codes, numbers and days are ASCII without a space."""
    return not text.isascii() or len(text.split()) > 1
