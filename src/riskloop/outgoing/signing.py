"""Messages signed by the convention of Standard Webhooks (standardwebhooks.com), version 1."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping

from riskloop.organisation.sealing import box

MARK = "whsec_"
BYTES = 32
_PURPOSE = "webhooks"


def new_secret() -> str:
    """A new secret, as the receiver is given it: the mark, and random bytes in base64."""
    return MARK + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def seal(secret: str) -> str:
    return box(_PURPOSE).encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    return box(_PURPOSE).decrypt(sealed.encode()).decode()


def signed(secret: str, message_id: str, seconds: int, body: str) -> Mapping[str, str]:
    """The headers that bear a message's number, time (seconds since 1970) and signature."""
    key = base64.b64decode(secret.removeprefix(MARK))
    digest = hmac.new(key, f"{message_id}.{seconds}.{body}".encode(), hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
