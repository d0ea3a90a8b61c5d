"""Single sign-on against a real OpenID provider (oidc-provider, certified), over a real server of ours."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit, urlunsplit

import pytest
import requests

from tests.slow.conftest import RISKLOOP

HERE = Path(__file__).parent
MODULES = HERE.parents[1] / "node_modules"
PEOPLE = """
import sys
from pathlib import Path
from riskloop.bank.home import Home
from riskloop.web.startup import prepare
prepare(Home(Path(sys.argv[1])))
from riskloop.organisation.models import User
for name, number, active in (("lin", "S-1", True), ("closed", "S-2", False), ("pair1", "S-3", True),
                             ("pair2", "S-3", True)):
    User.objects.create_user(name, password=None, staff_id=number, is_active=active)
"""


def absent(what: str) -> None:
    """What a test cannot do without: CI must have it."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"{what} is absent, and CI must try single sign-on")
    pytest.skip(f"{what} is absent")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def started(command: list[str], says: str, **environment: str) -> subprocess.Popen[str]:
    """A server under way, once it has said that it listens."""
    own = {k: v for k, v in os.environ.items() if k not in {"RISKLOOP_HOME", "DJANGO_SETTINGS_MODULE"}}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=own | environment
    )
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if says in line:
            return process
    pytest.fail(f"{command[0]} ended: {printed}")


def stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.communicate(timeout=30)


@dataclass(frozen=True)
class Place:
    """Where the two servers are, the home of ours, and where another one of ours would be sent back to."""

    ours: str
    provider: str
    home: Path
    other_port: int


def serve(home: Path, port: int, provider: str, **environment: str) -> subprocess.Popen[str]:
    """Our server over the bank's provider."""
    return started(
        [*RISKLOOP, "serve", "--home", str(home), "--port", str(port)],
        "riskloop is at",
        PYTHONUNBUFFERED="1",
        RISKLOOP_OIDC_SERVER=provider,
        RISKLOOP_OIDC_CLIENT="riskloop",
        RISKLOOP_OIDC_SECRET="a secret of the tests",  # noqa: S106
        RISKLOOP_OIDC_NAME="行内统一认证",
        RISKLOOP_OIDC_LOOPBACK_HTTP="1",
        **environment,
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    node = shutil.which("node")
    if node is None:
        absent("node")
    if not (MODULES / "oidc-provider").is_dir():
        absent("node_modules/oidc-provider")
    home, port, provider_port = tmp_path_factory.mktemp("sso"), free_port(), free_port()
    ours, provider = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{provider_port}"
    other_port = free_port()
    callbacks = [f"http://127.0.0.1:{one}/accounts/sso/back/" for one in (port, other_port)]
    script = [str(node), str(HERE / "oidc_provider.mjs"), str(provider_port), *callbacks]
    processes = [started(script, "listening at"), serve(home, port, provider)]
    try:
        own = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
        subprocess.run([sys.executable, "-c", PEOPLE, str(home)], check=True, env=own)
        yield Place(ours, provider, home, other_port)
    finally:
        for process in reversed(processes):
            stop(process)


def another(place: Place, port: int, provider: str, **environment: str) -> Iterator[Place]:
    """A second server of ours over the same home, decided otherwise."""
    process = serve(place.home, port, provider, **environment)
    yield Place(f"http://127.0.0.1:{port}", provider, place.home, port)
    stop(process)


@pytest.fixture(scope="module")
def by_number(place: Place) -> Iterator[Place]:
    yield from another(
        place,
        place.other_port,
        place.provider,
        RISKLOOP_OIDC_CLAIM="employee_number",
        RISKLOOP_OIDC_MATCH="staff_id",
    )


@pytest.fixture(scope="module")
def lonely(place: Place) -> Iterator[Place]:
    yield from another(place, free_port(), f"http://127.0.0.1:{free_port()}")


@pytest.fixture(scope="module")
def behind_proxy(place: Place) -> Iterator[Place]:
    yield from another(place, free_port(), place.provider, RISKLOOP_PROXIES="1")


def asked(place: Place, browser: requests.Session, wanted: str = "/events/") -> str:
    """Where our sign-in page leads: the authorisation request at the provider."""
    page = browser.get(f"{place.ours}/accounts/login/", params={"next": wanted})
    assert "行内统一认证" in page.text
    link = re.search(r'href="(/accounts/sso/[^"]*)"', page.text)
    assert link
    answer = browser.get(urljoin(place.ours, link[1].replace("&amp;", "&")), allow_redirects=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def at_provider(place: Place, browser: requests.Session, request: str, name: str) -> str:
    """Signs in at the provider and agrees; the address that the provider sends the person back to."""
    answer = browser.get(request, allow_redirects=False)
    for _ in range(12):
        if answer.is_redirect:
            there = urljoin(answer.url, answer.headers["Location"])
            if there.startswith(place.ours):
                return there
            answer = browser.get(there, allow_redirects=False)
            continue
        prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
        action = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
        assert prompt, answer.text
        assert action
        form = {"prompt": prompt[1], "login": name, "password": "any"}
        answer = browser.post(urljoin(answer.url, action[1]), form, allow_redirects=False)
    pytest.fail("the provider goes round in circles")


def with_query(address: str, **changed: str) -> str:
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
    return urlunsplit(parts._replace(query=urlencode(query)))


def come_back(browser: requests.Session, address: str) -> requests.Response:
    return browser.get(address, allow_redirects=False)


def is_in(place: Place, browser: requests.Session) -> bool:
    return browser.get(f"{place.ours}/", allow_redirects=False).status_code == 200


def refused(place: Place, browser: requests.Session, address: str, sentence: str) -> None:
    answer = come_back(browser, address)
    assert answer.status_code == 403, answer.status_code
    assert sentence in answer.text
    assert not is_in(place, browser)


NO_ACCOUNT = "您在本系统没有可用账户"
NO_SUCCESS = "单点登录未成功"


def test_the_whole_flow(place: Place) -> None:
    browser = requests.Session()
    request = asked(place, browser)
    query = parse_qs(urlsplit(request).query)
    assert request.startswith(place.provider)
    assert query["code_challenge_method"] == ["S256"]
    assert query["response_type"] == ["code"]
    assert all(query[name][0] for name in ("code_challenge", "state", "nonce"))
    answer = come_back(browser, at_provider(place, browser, request, "lin"))
    assert answer.headers["Location"] == "/events/"
    assert is_in(place, browser)
    assert browser.get(f"{place.ours}/accounts/sessions/").status_code == 200


def test_an_answer_is_good_once(place: Place) -> None:
    browser = requests.Session()
    back = at_provider(place, browser, asked(place, browser), "lin")
    assert come_back(browser, back).status_code == 302
    assert come_back(browser, back).status_code == 403


@pytest.mark.parametrize("name", ["nobody", "closed", "lin%"])
def test_who_has_no_open_account_is_refused(place: Place, name: str) -> None:
    browser = requests.Session()
    refused(place, browser, at_provider(place, browser, asked(place, browser), name), NO_ACCOUNT)


def test_the_answer_to_another_request_is_refused(place: Place) -> None:
    """The nonce that the token bears is not the one of this person's request."""
    browser = requests.Session()
    request = with_query(asked(place, browser), nonce="of-another-request")
    refused(place, browser, at_provider(place, browser, request, "lin"), NO_SUCCESS)


def test_a_state_that_is_not_ours_is_refused(place: Place) -> None:
    browser = requests.Session()
    back = at_provider(place, browser, asked(place, browser), "lin")
    refused(place, browser, with_query(back, state="made-up"), NO_SUCCESS)


def test_an_answer_brought_to_another_browser_is_refused(place: Place) -> None:
    back = at_provider(place, browser := requests.Session(), asked(place, browser), "lin")
    refused(place, requests.Session(), back, NO_SUCCESS)


def test_a_code_asked_for_by_somebody_else_is_refused(place: Place) -> None:
    """PKCE: the challenge was another's, so our verifier does not fit."""
    browser = requests.Session()
    request = with_query(asked(place, browser), code_challenge="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    refused(place, browser, at_provider(place, browser, request, "lin"), NO_SUCCESS)


def test_a_rewritten_token_is_refused(place: Place) -> None:
    browser = requests.Session()
    refused(place, browser, at_provider(place, browser, asked(place, browser), "tamperer"), NO_SUCCESS)


def test_a_refusal_at_the_provider_is_one_sentence(place: Place) -> None:
    browser = requests.Session()
    back = with_query(at_provider(place, browser, asked(place, browser), "lin"), error="access_denied")
    refused(place, browser, back, NO_SUCCESS)


def guess(place: Place, name: str) -> None:
    """Five wrong passwords at our own sign-in page."""
    browser = requests.Session()
    for _ in range(5):
        browser.get(f"{place.ours}/accounts/login/")
        form = {"login": name, "password": "x", "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        browser.post(f"{place.ours}/accounts/login/", form)


def test_a_locked_account_does_not_open_by_single_sign_on(place: Place) -> None:
    guess(place, "lin")
    browser = requests.Session()
    answer = come_back(browser, at_provider(place, browser, asked(place, browser), "lin"))
    assert answer.status_code == 429
    assert not is_in(place, browser)
    unlocked = subprocess.run(
        [*RISKLOOP, "admin", "unlock", "lin", "--home", str(place.home)],
        capture_output=True,
        text=True,
        check=True,
        env={k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"},
    )
    assert unlocked.stdout == "lin may sign in again\n"
    assert come_back(browser, at_provider(place, browser, asked(place, browser), "lin")).status_code == 302


@pytest.mark.parametrize(("identity", "comes_in"), [("somebody:S-1", True), ("lin:S-9", False)])
def test_people_can_be_matched_by_their_number(by_number: Place, identity: str, comes_in: bool) -> None:
    browser = requests.Session()
    answer = come_back(browser, at_provider(by_number, browser, asked(by_number, browser), identity))
    assert (answer.status_code == 302) is comes_in
    assert is_in(by_number, browser) is comes_in


def test_a_number_that_two_have_is_nobodys(by_number: Place) -> None:
    browser = requests.Session()
    back = at_provider(by_number, browser, asked(by_number, browser), "pair1:S-3")
    refused(by_number, browser, back, NO_ACCOUNT)


def test_a_provider_out_of_reach_is_one_sentence(lonely: Place) -> None:
    browser = requests.Session()
    answer = browser.get(f"{lonely.ours}/accounts/sso/", allow_redirects=False)
    assert answer.status_code == 403
    assert NO_SUCCESS in answer.text


FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "localhost", "X-Forwarded-For": "192.0.2.7"}


def test_behind_a_proxy_the_way_back_is_the_proxys(behind_proxy: Place) -> None:
    answer = requests.get(
        f"{behind_proxy.ours}/accounts/sso/", headers=FORWARDED, allow_redirects=False, timeout=30
    )
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["redirect_uri"] == ["https://localhost/accounts/sso/back/"]
    page = requests.get(f"{behind_proxy.ours}/accounts/login/", headers=FORWARDED, timeout=30)
    assert "Secure" in page.headers["Set-Cookie"]


def test_without_a_proxy_nobody_is_believed_to_be_one(place: Place) -> None:
    answer = requests.get(f"{place.ours}/accounts/sso/", headers=FORWARDED, allow_redirects=False, timeout=30)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["redirect_uri"] == [f"{place.ours}/accounts/sso/back/"]
