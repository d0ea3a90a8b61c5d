"""What the environment says of numbers, of the OpenID provider and of the LDAP directory."""

from __future__ import annotations

import ssl

import pytest

from riskloop.bank.errors import BadInput
from riskloop.web import elsewhere
from riskloop.web.environment import choice, number

OIDC = {
    "RISKLOOP_OIDC_SERVER": "https://sso.bank.example/realms/staff/",
    "RISKLOOP_OIDC_CLIENT": "riskloop",
    "RISKLOOP_OIDC_SECRET": "s",
}
LDAP = {"RISKLOOP_LDAP_URL": "ldaps://ldap.bank.example", "RISKLOOP_LDAP_BASE": "ou=staff,dc=bank"}


def test_a_number_is_given_or_the_default() -> None:
    assert (number("N", 5, {}), number("N", 5, {"N": "7"})) == (5, 7)


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5"])
def test_what_is_no_number_is_named(text: str) -> None:
    with pytest.raises(BadInput, match=f"N is {text}"):
        number("N", 5, {"N": text})


def test_a_word_is_one_of_those_there_are() -> None:
    assert choice("W", "a", ("a", "b"), {"W": "b"}) == "b"
    with pytest.raises(BadInput, match="must be one of a, b"):
        choice("W", "a", ("a", "b"), {"W": "c"})


def test_nothing_named_is_nothing_configured() -> None:
    assert elsewhere.single_sign_on({}) == {}
    assert elsewhere.directory({}) == {}


def test_a_provider_is_named_whole() -> None:
    found = elsewhere.single_sign_on(OIDC)
    assert found["settings"]["server_url"] == "https://sso.bank.example/realms/staff"
    assert found["settings"]["oauth_pkce_enabled"]
    assert (found["settings"]["claim"], found["settings"]["match"]) == ("preferred_username", "username")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"RISKLOOP_OIDC_SERVER": "http://sso.bank.example"}, "must be an https address"),
        ({"RISKLOOP_OIDC_SERVER": "http://127.0.0.1:1"}, "must be an https address"),
        (
            {"RISKLOOP_OIDC_SERVER": "http://sso.bank.example", "RISKLOOP_OIDC_LOOPBACK_HTTP": "1"},
            "must be an https address",
        ),
        ({"RISKLOOP_OIDC_SECRET": ""}, "RISKLOOP_OIDC_SECRET is not set"),
        ({"RISKLOOP_OIDC_CLIENT": ""}, "RISKLOOP_OIDC_CLIENT is not set"),
        ({"RISKLOOP_OIDC_MATCH": "email"}, "RISKLOOP_OIDC_MATCH is email"),
    ],
)
def test_what_does_not_hold_of_a_provider_is_named(changed: dict[str, str], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        elsewhere.single_sign_on(OIDC | changed)


def test_loopback_http_is_for_trying_out_alone() -> None:
    tried = {"RISKLOOP_OIDC_SERVER": "http://127.0.0.1:1", "RISKLOOP_OIDC_LOOPBACK_HTTP": "1"}
    assert elsewhere.single_sign_on(OIDC | tried)["settings"]["server_url"] == "http://127.0.0.1:1"


def test_a_directory_must_prove_who_it_is() -> None:
    found = elsewhere.directory(LDAP)
    assert found["LDAP_AUTH_CONNECT_ARGS"]["tls"].validate == ssl.CERT_REQUIRED
    plain = {"RISKLOOP_LDAP_URL": "ldap://ldap.bank.example", "RISKLOOP_LDAP_STARTTLS": "1"}
    found = elsewhere.directory(LDAP | plain)
    assert found["LDAP_AUTH_USE_TLS"]
    assert found["LDAP_AUTH_TLS_ARGS"]["validate"] == ssl.CERT_REQUIRED


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"RISKLOOP_LDAP_URL": "ldap://ldap.bank.example"}, "in the clear"),
        ({"RISKLOOP_LDAP_URL": "https://ldap.bank.example"}, "must begin with"),
        ({"RISKLOOP_LDAP_BASE": ""}, "RISKLOOP_LDAP_BASE is not set"),
    ],
)
def test_what_does_not_hold_of_a_directory_is_named(changed: dict[str, str], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        elsewhere.directory(LDAP | changed)


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("riskloop.web.elsewhere.find_spec", lambda name: None)
    with pytest.raises(BadInput, match=r"pip install 'riskloop\[ldap\]'"):
        elsewhere.directory(LDAP)
