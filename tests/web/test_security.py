"""What every answer must and must not carry."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse

from riskloop.organisation.models import History
from riskloop.web.middleware import POLICY, content_security_policy
from tests.web import addresses
from tests.web.reading import Page
from tests.web.stage import People

AsUser = Callable[..., Client]


def test_every_page_loads_from_here_alone_and_has_nothing_inline(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    for address in [*addresses.readable(), reverse("account_login"), "/nowhere/"]:
        answer = client.get(address)
        assert answer.headers["Content-Security-Policy"] == POLICY, address
        html = answer.content.decode()
        assert Page(html).inline == [], address
        assert "http://" not in html.replace("http://www.w3.org/2000/svg", ""), address
        assert "https://" not in html, address


def test_no_script_is_allowed_that_is_not_a_file_of_ours() -> None:
    assert "unsafe" not in POLICY
    assert "default-src 'self'" in POLICY


@pytest.mark.parametrize("signed_in", [True, False])
def test_what_is_not_there(bank: People, as_user: AsUser, signed_in: bool) -> None:
    client = as_user(bank.monitor) if signed_in else Client()
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "未找到" in answer.content.decode()


def test_a_form_without_its_token_is_refused_in_the_readers_language(bank: People) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("account_login"), {})
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


def test_guessing_passwords_is_slowed_down(bank: People) -> None:
    cache.clear()
    client = Client()
    answers = [client.post(reverse("account_login"), {"login": f"u{n}", "password": "x"}) for n in range(40)]
    cache.clear()
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert "尝试次数过多" in answers[-1].content.decode()


def test_no_browser_keeps_a_page(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    for address in (reverse("overview"), reverse("events"), reverse("account_login"), "/nowhere/"):
        assert "no-store" in client.get(address).headers["Cache-Control"], address


def test_what_breaks_says_so_and_shows_nothing_of_the_inside(
    bank: People, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("riskloop.web.overview.Overview.stages", broken)
    client = as_user(bank.monitor, "en")
    client.raise_request_exception = False
    answer = client.get(reverse("overview"))
    assert answer.status_code == 500
    assert "Something broke" in answer.content.decode()
    assert "secret" not in answer.content.decode()


def test_actions_are_never_done_by_following_a_link(bank: People, as_user: AsUser) -> None:
    before = History.objects.exclude(action="signed_in").count()
    for name in ("act", "act_on_measure"):
        for address in addresses.of(name):
            assert as_user(bank.monitor).get(address).url.startswith(reverse("events"))
    assert History.objects.exclude(action="signed_in").count() == before


def test_the_policy_of_an_answer_that_has_its_own_is_kept() -> None:
    own = HttpResponse(headers={"Content-Security-Policy": "default-src 'none'"})
    answer = content_security_policy(lambda _request: own)(HttpRequest())
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
