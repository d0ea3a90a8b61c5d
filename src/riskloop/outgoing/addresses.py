"""Which addresses messages go to: https, or http on this machine; never what only machines of a cloud reach.

What is looked at when an endpoint is saved is its text. Where the name really leads is looked at on the open
connection, before anything is sent: a name may lead elsewhere by then.
"""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

import requests
from django.utils.translation import gettext as _
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from riskloop.organisation.action import require

LONGEST = 500
_METADATA = frozenset(map(ipaddress.ip_address, ("100.100.100.200", "168.63.129.16", "fd00:ec2::254")))
"""Beside the link-local ones: where clouds tell their machines passwords (Alibaba, Azure, AWS)."""


class NotThere(ValueError):
    """The connection led to an address to which nothing is sent."""


def check_url(url: str) -> None:
    """Refuses what cannot be an endpoint's address, with the reason."""
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST
    require(plain, "url", _("The address is no web address, or too long; write a name in its ASCII form."))
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    require(bool(host), "url", _("The address is no web address."))
    require(
        parts.username is None and parts.password is None and not parts.fragment,
        "url",
        _("The address must not bear a user name, a password or a fragment."),
    )
    here = host == "localhost" or _is_loopback(host)
    require(
        parts.scheme == "https" or (parts.scheme == "http" and here),
        "url",
        _("The address must begin with https://; http:// goes to this machine alone (127.0.0.1)."),
    )
    require(
        not _is_forbidden(host),
        "url",
        _("Nothing is sent to this address: it is link-local, a cloud's own, or no single machine's."),
    )


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        # An IPv4 address may be written as one of IPv6 in several ways.
        return found.ipv4_mapped or found.sixtofour or found
    return found


def _is_loopback(host: str) -> bool:
    found = _address(host)
    return found is not None and found.is_loopback


def _is_forbidden(host: str) -> bool:
    found = _address(host)
    if found is None or found.is_loopback:
        return False
    odd = found.is_link_local or found.is_multicast or found.is_unspecified or found.is_reserved
    return odd or found in _METADATA


def _checked(sock: Any, *, only_here: bool) -> Any:
    peer = sock.getpeername()[0]
    if _is_forbidden(peer) or (only_here and not _is_loopback(peer)):
        sock.close()
        raise NotThere(peer)
    return sock


class _Http(HTTPConnection):
    def _new_conn(self) -> Any:
        return _checked(super()._new_conn(), only_here=True)


class _Https(HTTPSConnection):
    def _new_conn(self) -> Any:
        return _checked(super()._new_conn(), only_here=False)


class _HttpPool(HTTPConnectionPool):
    ConnectionCls: Any = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls: Any = _Https


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        pools: Any = self.poolmanager
        pools.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}


def session() -> requests.Session:
    """A session that connects to allowed addresses only, and knows no proxy or password of its machine."""
    made = requests.Session()
    made.trust_env = False
    made.mount("https://", _Adapter())
    made.mount("http://", _Adapter())
    return made
