"""Signing in by an LDAP directory: a real OpenLDAP server that the test starts."""

from __future__ import annotations

import datetime as dt
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.conf import settings as present
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from riskloop.organisation.models import User
from riskloop.web import elsewhere
from tests.slow.test_oidc import free_port

SLAPD = Path("/usr/sbin/slapd")
SCHEMAS = Path("/etc/ldap/schema")
PASSWORD = "of the directory alone"  # noqa: S105 — of people who exist in tests only
CONFIGURATION = """\
{schemas}
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile {folder}/server.crt
TLSCertificateKeyFile {folder}/server.key
database mdb
suffix "dc=bank"
rootdn "cn=admin,dc=bank"
directory {folder}/data
"""
PEOPLE = "dn: dc=bank\nobjectClass: domain\ndc: bank\n" + "".join(
    f"\ndn: uid={uid},dc=bank\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {uid}\nsn: {uid}\n"
    f"userPassword: {PASSWORD}\n"
    for uid in ("lin", "closed", "stranger")
)
# ldap3 leaves the socket of a failed handshake to the garbage collector.
leaves_sockets = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def certify(folder: Path) -> None:
    """A certificate of `localhost` that nobody but who is told knows."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "server.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = (serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    (folder / "server.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int, int]]:
    """OpenLDAP with three people: its folder, its plain port and its port over TLS."""
    if not SLAPD.exists():
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(f"{SLAPD} is absent, and CI must try LDAP")
        pytest.skip(f"{SLAPD} is absent")
    folder, plain, secure = tmp_path_factory.mktemp("ldap"), free_port(), free_port()
    (folder / "data").mkdir()
    certify(folder)
    schemas = "\n".join(f"include {SCHEMAS / name}.schema" for name in ("core", "cosine", "inetorgperson"))
    configuration, people = folder / "slapd.conf", folder / "people.ldif"
    configuration.write_text(CONFIGURATION.format(schemas=schemas, folder=folder))
    people.write_text(PEOPLE)
    subprocess.run([SLAPD.with_name("slapadd"), "-f", configuration, "-l", people], check=True)
    urls = f"ldap://127.0.0.1:{plain} ldaps://127.0.0.1:{secure}"
    process = subprocess.Popen([SLAPD, "-f", configuration, "-h", urls, "-d", "0"])
    try:
        _wait_for(plain)
        yield folder, plain, secure
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("OpenLDAP does not listen")


def decide(settings: Any, **environment: str) -> None:
    """As if the environment had said so."""
    for name, value in elsewhere.directory({"RISKLOOP_LDAP_BASE": "dc=bank"} | environment).items():
        setattr(settings, name, value)
    settings.AUTHENTICATION_BACKENDS = [*present.AUTHENTICATION_BACKENDS, present.LDAP_BACKEND]


@pytest.fixture
def directory(server: tuple[Path, int, int], settings: Any, db: None) -> None:
    """Our side of it: accounts without a password, and the directory's address."""
    cache.clear()
    for name, active in (("lin", True), ("closed", False), ("local", True)):
        # Other tests of this folder leave a bank standing, with people of its own.
        person, _new = User.objects.update_or_create(username=name, defaults={"is_active": active})
        person.set_unusable_password()
        person.save()
    decide(settings, RISKLOOP_LDAP_URL=f"ldap://127.0.0.1:{server[1]}")


def comes_in(username: str, password: str = PASSWORD) -> bool:
    client = Client()
    client.post(reverse("account_login"), {"login": username, "password": password})
    return "_auth_user_id" in client.session


def test_the_directorys_password_opens_an_account(directory: None) -> None:
    assert comes_in("lin")
    assert not User.objects.get(username="lin").has_usable_password()


@pytest.mark.parametrize("password", ["wrong", "", "*"])
def test_another_password_does_not(directory: None, password: str) -> None:
    assert not comes_in("lin", password)


def test_nobody_is_let_in_because_the_directory_knows_him(directory: None) -> None:
    assert not comes_in("stranger")
    assert not User.objects.filter(username="stranger").exists()


@pytest.mark.parametrize("username", ["closed", "local", "*", "lin)(uid=*"])
def test_who_has_no_open_account_stays_out(directory: None, username: str) -> None:
    assert not comes_in(username)


def test_failures_count_towards_the_lock(directory: None) -> None:
    for _ in range(5):
        comes_in("lin", "wrong")
        cache.clear()
    assert not comes_in("lin")


@leaves_sockets
def test_a_directory_out_of_reach_lets_nobody_in(directory: None, settings: Any) -> None:
    decide(settings, RISKLOOP_LDAP_URL=f"ldap://127.0.0.1:{free_port()}")
    assert not comes_in("lin")


@leaves_sockets
def test_over_tls_the_directory_must_be_the_one_we_know(
    directory: None, server: tuple[Path, int, int], settings: Any
) -> None:
    folder, _plain, secure = server
    known = str(folder / "server.crt")
    decide(settings, RISKLOOP_LDAP_URL=f"ldaps://localhost:{secure}")
    assert not comes_in("lin")
    decide(settings, RISKLOOP_LDAP_URL=f"ldaps://127.0.0.1:{secure}", RISKLOOP_LDAP_CA=known)
    assert not comes_in("lin")
    decide(settings, RISKLOOP_LDAP_URL=f"ldaps://localhost:{secure}", RISKLOOP_LDAP_CA=known)
    assert comes_in("lin")


@leaves_sockets
def test_over_starttls_too(directory: None, server: tuple[Path, int, int], settings: Any) -> None:
    folder, plain, _secure = server
    url = {"RISKLOOP_LDAP_URL": f"ldap://localhost:{plain}", "RISKLOOP_LDAP_STARTTLS": "1"}
    decide(settings, **url)
    assert not comes_in("lin")
    decide(settings, **url, RISKLOOP_LDAP_CA=str(folder / "server.crt"))
    assert comes_in("lin")
