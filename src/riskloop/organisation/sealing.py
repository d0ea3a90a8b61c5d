"""Secrets that are read again: sealed by the installation's own key, so the database alone opens none."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet
from django.conf import settings


def box(purpose: str) -> Fernet:
    """What seals and opens the secrets of one purpose; those of another it cannot open."""
    digest = hashlib.sha256(f"riskloop {purpose}".encode() + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
