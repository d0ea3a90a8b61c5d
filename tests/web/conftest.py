"""The stage of the pages' tests, in a home of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from riskloop.bank.home import Home
from riskloop.organisation.models import User
from tests.web import stage


@pytest.fixture
def home(tmp_path: Path, settings: object) -> Home:
    """A home that only this test knows."""
    settings.HOME = Home(tmp_path)
    return settings.HOME


@pytest.fixture
def people(db: None) -> stage.People:
    """The bank's units and people, without events."""
    stage.organisation()
    return stage.people()


@pytest.fixture
def bank(people: stage.People, home: Home) -> stage.People:
    """A bank under supervision: events in every state, a ledger of runs."""
    stage.find_events()
    stage.work(people)
    stage.run_ledger(home)
    stage.write_imports(home)
    return people


@pytest.fixture
def as_user() -> Callable[..., Client]:
    """A client who has signed in, and reads in a language."""

    def sign_in(user: User, language: str = "zh-hans") -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        client.cookies["django_language"] = language
        return client

    return sign_in
