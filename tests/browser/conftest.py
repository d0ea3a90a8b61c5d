"""A real browser before the real pages: Debian's Chromium, driven by Playwright.

The bank is committed once for all browser tests: the server reads it over its own connections.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from riskloop.bank.home import Home
from tests.web import stage

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PICTURES = Path(__file__).parents[2] / "test-results"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium. Where CI runs it must be there."""
    if not CHROMIUM.exists():
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(f"{CHROMIUM} is absent, and CI must look at the pages")
        pytest.skip(f"{CHROMIUM} is absent")
    # Playwright's own event loop runs in this thread; the tests' few queries are in no danger from it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """pytest-django makes a database for tests that ask for one each; these share a committed one."""
    if connection.settings_dict["NAME"] == connection.settings_dict["TEST"]["NAME"]:
        yield
        return
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="package")
def bank(
    browser: Browser,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[stage.People]:
    """A bank under supervision, committed."""
    before = settings.HOME
    settings.HOME = Home(tmp_path_factory.mktemp("home"))
    with django_db_blocker.unblock(), stage.standing(settings.HOME):
        yield stage.present()
    # While Playwright's loop runs, Django gives this thread a connection that nobody else would close.
    connection.close()
    settings.HOME = before


@pytest.fixture(scope="package")
def address(bank: stage.People) -> Iterator[str]:
    """Where the pages are served."""
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens a page in a context of its own, signed in. Any error in the page fails the test."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def listen(page: Page) -> None:
        def heard(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"}:
                problems.append(f"{page.url}: {message.text}")

        def asked(request: Request) -> None:
            if request.url.startswith("data:"):
                return
            if urlsplit(request.url).netloc != urlsplit(address).netloc:
                problems.append(f"{page.url} asked for {request.url}")

        page.on("console", heard)
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        page.on("request", asked)

    def open_page(
        user: str | None = "lin", width: int = 1280, scheme: str = "light", language: str = "zh-hans"
    ) -> Page:
        context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            locale="en-US",
        )
        contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": language, "url": address}])
        page = context.new_page()
        listen(page)
        if user is not None:
            page.goto("/")
            page.fill("#id_login", user)
            page.fill("#id_password", stage.PASSWORD)
            page.press("#id_password", "Enter")
            page.wait_for_url(f"{address}/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Keeps what a page looked like in `test-results/`, for people."""

    def take(page: Page, name: str) -> None:
        PICTURES.mkdir(exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True)

    return take
