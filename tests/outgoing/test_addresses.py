"""To which addresses messages go, and to which never."""

from __future__ import annotations

import socket
from typing import Any

import pytest
import requests
from django.utils.translation import override

from riskloop.organisation.action import Refused
from riskloop.outgoing import addresses
from riskloop.outgoing.addresses import NotThere, check_url, session
from tests.outgoing.receiver import receiving


@pytest.mark.parametrize(
    "url",
    [
        "https://orders.bank.example/in?x=1",
        "https://10.1.2.3:8443/in",
        "https://[fd12::1]/in",
        "http://127.0.0.1:9000/in",
        "http://localhost/in",
        "http://[::1]:9000/in",
        "https://127.0.0.1/in",
    ],
)
def test_what_will_do(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://orders.bank.example/in", "must begin with https"),
        ("http://10.1.2.3/in", "must begin with https"),
        ("http://127.0.0.1.nip.example/", "must begin with https"),
        ("ftp://127.0.0.1/in", "must begin with https"),
        ("file:///etc/passwd", "no web address"),
        ("orders.bank.example", "no web address"),
        ("", "no web address"),
        ("https://", "no web address"),
        ("https://x:port/", "no web address"),
        ("https://[x/", "no web address"),
        ("https://工单.bank.example/", "ASCII"),
        ("https://x.example/ in", "ASCII"),
        ("https://x.example/\r\nX: y", "ASCII"),
        (f"https://x.example/{'x' * 500}", "too long"),
        ("https://user@x.example/", "user name"),
        ("https://user:secret@x.example/", "user name"),
        ("https://x.example/#part", "fragment"),
        ("https://169.254.169.254/latest/meta-data", "Nothing is sent"),
        ("https://[fe80::1]/", "Nothing is sent"),
        ("https://[fe80::1%25eth0]/", "Nothing is sent"),
        ("https://[::ffff:169.254.169.254]/", "Nothing is sent"),
        ("https://[2002:a9fe:a9fe::]/", "Nothing is sent"),
        ("https://[fd00:ec2::254]/", "Nothing is sent"),
        ("https://100.100.100.200/", "Nothing is sent"),
        ("https://168.63.129.16/", "Nothing is sent"),
        ("https://0.0.0.0/", "Nothing is sent"),
        ("https://224.0.0.1/", "Nothing is sent"),
        ("https://255.255.255.255/", "Nothing is sent"),
    ],
)
def test_what_will_not_do_and_why(url: str, said: str) -> None:
    with override("en"), pytest.raises(Refused, match=said):
        check_url(url)


def test_a_name_that_leads_to_a_forbidden_address_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name was good when it was saved; what it leads to is looked at on the connection."""
    with receiving() as receiver, session() as client:
        assert client.post(receiver.url, data=b"{}", timeout=5).status_code == 200
        monkeypatch.setattr(addresses, "_is_loopback", lambda _host: False)
        client.close()
        with pytest.raises(NotThere):
            client.post(receiver.url, data=b"{}", timeout=5)
        assert len(receiver.got) == 1


def test_https_too_is_looked_at_before_anything_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver, session() as client:
        monkeypatch.setattr(addresses, "_is_forbidden", lambda _host: True)
        with pytest.raises(NotThere):
            client.post(receiver.url.replace("http://", "https://"), data=b"{}", timeout=5)


def test_plain_http_to_elsewhere_is_refused_on_the_connection() -> None:
    class Far:
        closed = False

        def getpeername(self) -> tuple[str, int]:
            return "10.1.2.3", 80

        def close(self) -> None:
            self.closed = True

    far: Any = Far()
    with pytest.raises(NotThere):
        addresses._checked(far, only_here=True)
    assert far.closed
    assert addresses._checked(far, only_here=False) is far


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed.getsockname()[1]}")
        monkeypatch.setenv("NO_PROXY", "")
        with receiving() as receiver, session() as client:
            assert client.post(receiver.url, data=b"{}", timeout=5).status_code == requests.codes.ok
