"""A passkey from end to end: Chromium with an authenticator that exists in software only."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import Browser, CDPSession, Page

from tests.web.stage import PASSWORD, People

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Visitor:
    """Chen before a browser that holds passkeys. Passkeys want a name, not a number: localhost."""

    def __init__(self, browser: Browser, address: str, language: str) -> None:
        self.home = address.replace("127.0.0.1", "localhost")
        self.problems: list[str] = []
        self.context = browser.new_context(base_url=self.home, locale="en-US")
        self.context.add_cookies([{"name": "django_language", "value": language, "url": self.home}])
        self.page: Page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.devices: CDPSession = self.context.new_cdp_session(self.page)
        self.devices.send("WebAuthn.enable")
        made = self.devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        self.device: str = made["authenticatorId"]

    def _heard(self, message: object) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(message.text)

    def sign_in(self) -> None:
        self.page.goto("/accounts/login/")
        self.page.fill("#id_login", "chen")
        self.page.fill("#id_password", PASSWORD)
        self.page.press("#id_password", "Enter")

    def sign_out(self) -> None:
        self.page.click("form[action='/accounts/logout/'] button")
        self.page.wait_for_url(f"{self.home}/accounts/login/**")

    def set_up(self, alone: bool = True) -> None:
        """A passkey, in the words of the page."""
        self.page.goto("/accounts/second-factor/webauthn/add/")
        self.page.fill("#id_name", "工位电脑")
        self.page.set_checked("#id_passwordless", alone)
        self.page.click("#passkey_add")
        self.page.wait_for_url("**/recovery-codes/")


@pytest.fixture
def visitor(browser: Browser, address: str, bank: People) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser for Chen. Any error in a page fails the test; the passkeys are forgotten after it."""
    visitors: list[Visitor] = []
    cache.clear()

    def arrive(language: str = "zh-hans") -> Visitor:
        visitors.append(Visitor(browser, address, language))
        return visitors[-1]

    yield arrive
    for one in visitors:
        one.context.close()
    Authenticator.objects.all().delete()
    cache.clear()
    assert [problem for one in visitors for problem in one.problems] == []


def test_signing_in_with_a_passkey_alone(visitor: Callable[..., Visitor], picture: object) -> None:
    chen = visitor()
    chen.sign_in()
    chen.page.wait_for_url(f"{chen.home}/")
    chen.set_up()
    picture(chen.page, "recovery-codes")
    chen.page.goto("/accounts/second-factor/webauthn/")
    assert "工位电脑" in chen.page.inner_text("table")
    chen.sign_out()
    picture(chen.page, "sign-in")
    chen.page.click("#passkey_login")
    chen.page.wait_for_url(f"{chen.home}/")
    assert "陈晨" in chen.page.inner_text(".person")


def test_a_passkey_as_the_second_factor(visitor: Callable[..., Visitor], picture: object) -> None:
    chen = visitor("en")
    chen.sign_in()
    chen.page.wait_for_url(f"{chen.home}/")
    chen.set_up(alone=False)
    chen.sign_out()
    chen.sign_in()
    chen.page.wait_for_url("**/second-factor/authenticate/")
    picture(chen.page, "second-factor")
    chen.page.goto("/")
    assert "/second-factor/authenticate/" in chen.page.url, "half a sign-in opens nothing"
    chen.page.click("#passkey_second")
    chen.page.wait_for_url(f"{chen.home}/")


def test_a_passkey_that_is_gone_opens_nothing(visitor: Callable[..., Visitor]) -> None:
    chen = visitor()
    chen.sign_in()
    chen.page.wait_for_url(f"{chen.home}/")
    chen.set_up()
    chen.page.goto("/accounts/second-factor/webauthn/")
    chen.page.click("a.text-danger")
    chen.page.click("button.btn-danger")
    chen.page.wait_for_url("**/webauthn/")
    chen.sign_out()
    chen.page.click("#passkey_login")
    chen.page.wait_for_selector(".alert-danger:not([hidden])")
    assert "/accounts/login/" in chen.page.url


def test_a_refusal_of_the_device_is_said_on_the_page(visitor: Callable[..., Visitor]) -> None:
    chen = visitor()
    chen.page.goto("/accounts/login/")
    chen.devices.send("WebAuthn.setUserVerified", {"authenticatorId": chen.device, "isUserVerified": False})
    chen.page.click("#passkey_login")
    chen.page.wait_for_selector("#passkey-problem:not([hidden])")


def test_the_menu_of_the_person(visitor: Callable[..., Visitor], picture: object) -> None:
    chen = visitor()
    chen.sign_in()
    chen.page.wait_for_url(f"{chen.home}/")
    chen.page.click(".person > summary")
    picture(chen.page, "person-menu")
    chen.page.click(".person-menu >> text=我的会话")
    chen.page.wait_for_url("**/accounts/sessions/")
    picture(chen.page, "my-sessions")
