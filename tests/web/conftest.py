"""The stage of the pages' tests. The bank stands once; every test plays in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from riskloop.bank.home import Home
from riskloop.organisation.models import User
from tests.web import stage


@pytest.fixture(scope="package")
def standing(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Home]:
    """The home of a bank under supervision: events in every state, a ledger of runs, imports."""
    home = Home(tmp_path_factory.mktemp("home"))
    bank = stage.standing(home)
    with django_db_blocker.unblock():
        bank.__enter__()
    yield home
    with django_db_blocker.unblock():
        bank.__exit__(None, None, None)


@pytest.fixture
def bank(standing: Home, db: None, settings: object) -> stage.People:
    """The bank's people; what the test does to the bank is undone after it."""
    settings.HOME = standing
    return stage.present()


@pytest.fixture
def as_user() -> Callable[..., Client]:
    """A client who has signed in, and reads in a language."""

    def sign_in(user: User, language: str = "zh-hans") -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        client.cookies["django_language"] = language
        return client

    return sign_in
