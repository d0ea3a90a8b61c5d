"""What the environment says of those who vouch for people elsewhere: an OpenID provider, an LDAP directory.

Read by the settings, and so before any model is loaded.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from riskloop.bank.errors import BadInput
from riskloop.web.environment import choice, needed, switch

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
PROVIDER = "bank"
DIRECTORY = "riskloop.web.directory.Directory"
SECONDS = 5
"""A directory that does not answer must not hold the sign-in page."""


def single_sign_on(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The provider as the environment names it, in allauth's form; empty where none is named.

    Raises:
        BadInput: a variable is missing, or the provider's address is not https.
    """
    server = environment.get("RISKLOOP_OIDC_SERVER", "").rstrip("/")
    if not server:
        return {}
    address = urlsplit(server)
    tried_out = switch("RISKLOOP_OIDC_LOOPBACK_HTTP", environment) and address.hostname in LOOPBACK
    if address.scheme != "https" and not (tried_out and address.scheme == "http"):
        raise BadInput(f"RISKLOOP_OIDC_SERVER is {server}, and must be an https address")
    return {
        "provider_id": PROVIDER,
        "name": environment.get("RISKLOOP_OIDC_NAME", ""),
        "client_id": needed("RISKLOOP_OIDC_CLIENT", "RISKLOOP_OIDC_SERVER", environment),
        "secret": needed("RISKLOOP_OIDC_SECRET", "RISKLOOP_OIDC_SERVER", environment),
        "settings": {
            "server_url": server,
            "scope": ["openid", "profile"],
            "oauth_pkce_enabled": True,
            "claim": environment.get("RISKLOOP_OIDC_CLAIM") or "preferred_username",
            "match": choice("RISKLOOP_OIDC_MATCH", "username", ("username", "staff_id"), environment),
        },
    }


def directory(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The settings of django-python3-ldap as the environment decides them; empty where no directory is named.

    Raises:
        BadInput: the extra is not installed, a variable is missing, or passwords would go in the clear.
    """
    url = environment.get("RISKLOOP_LDAP_URL", "")
    if not url:
        return {}
    if find_spec("django_python3_ldap") is None:
        raise BadInput("RISKLOOP_LDAP_URL is set, and needs the extra: pip install 'riskloop[ldap]'")
    address, start_tls = urlsplit(url), switch("RISKLOOP_LDAP_STARTTLS", environment)
    if address.scheme not in {"ldap", "ldaps"}:
        raise BadInput(f"RISKLOOP_LDAP_URL is {url}, and must begin with ldaps:// or ldap://")
    if address.scheme == "ldap" and not start_tls and address.hostname not in LOOPBACK:
        raise BadInput(
            f"RISKLOOP_LDAP_URL is {url}, and passwords would go in the clear: "
            "take ldaps://, or set RISKLOOP_LDAP_STARTTLS to 1"
        )
    domain = environment.get("RISKLOOP_LDAP_DOMAIN", "")
    form = "active_directory_principal" if domain else "openldap"
    return {
        "LDAP_AUTH_URL": [url],
        "LDAP_AUTH_SEARCH_BASE": needed("RISKLOOP_LDAP_BASE", "RISKLOOP_LDAP_URL", environment),
        "LDAP_AUTH_OBJECT_CLASS": environment.get("RISKLOOP_LDAP_CLASS") or "inetOrgPerson",
        "LDAP_AUTH_USER_FIELDS": {"username": environment.get("RISKLOOP_LDAP_ATTRIBUTE") or "uid"},
        "LDAP_AUTH_FORMAT_USERNAME": f"django_python3_ldap.utils.format_username_{form}",
        "LDAP_AUTH_ACTIVE_DIRECTORY_DOMAIN": domain or None,
        # By default the library asks a silent directory for ever.
        "LDAP_AUTH_POOL_ACTIVE": 1,
        "LDAP_AUTH_CONNECT_TIMEOUT": SECONDS,
        "LDAP_AUTH_RECEIVE_TIMEOUT": SECONDS,
        **_encryption(environment, address.scheme, start_tls),
    }


def _encryption(environment: Mapping[str, str], scheme: str, start_tls: bool) -> dict[str, Any]:
    """The directory must prove who it is: the library itself would take any certificate."""
    import ldap3

    proof: dict[str, Any] = {
        "validate": ssl.CERT_REQUIRED,
        "ca_certs_file": environment.get("RISKLOOP_LDAP_CA") or None,
    }
    if start_tls:
        # Version and ciphers are Python's own choice, not the library's older one.
        python: dict[str, Any] = {"LDAP_AUTH_TLS_VERSION": None, "LDAP_AUTH_TLS_CIPHERS": None}
        return python | {"LDAP_AUTH_USE_TLS": True, "LDAP_AUTH_TLS_ARGS": proof}
    if scheme == "ldaps":
        return {"LDAP_AUTH_CONNECT_USE_SSL": True, "LDAP_AUTH_CONNECT_ARGS": {"tls": ldap3.Tls(**proof)}}
    return {}
