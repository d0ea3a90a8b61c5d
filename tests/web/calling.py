"""Programs that call the API in the tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.test import Client

from riskloop.organisation.action import do
from riskloop.organisation.models import User
from riskloop.organisation.scope import authority_of
from riskloop.organisation.tokens import IssueToken
from riskloop.web.api import schema

API = "/api/v1"


def secret_of(user: User, functions: Iterable[str] | None = None, days: int = 30) -> str:
    """The secret of a new token of the person: with all that he may do, or with these functions."""
    chosen = authority_of(user).functions if functions is None else functions
    return do(IssueToken(user, user, "test", sorted(chosen), days)).secret


class Program:
    """Calls with a token; speaks JSON."""

    def __init__(self, secret: str) -> None:
        self.client = Client()
        self.headers = {"authorization": f"Bearer {secret}"}

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(API + path, query, headers=self.headers)

    def post(self, path: str, **body: Any) -> Any:
        if "files" in body:
            return self.client.post(API + path, body, headers=self.headers)
        return self.client.post(API + path, body, content_type="application/json", headers=self.headers)

    def send(self, path: str, body: bytes) -> Any:
        return self.client.post(API + path, body, content_type="application/json", headers=self.headers)


def program(user: User, functions: Iterable[str] | None = None) -> Program:
    return Program(secret_of(user, functions))


def operations() -> dict[str, dict[str, Any]]:
    """All operations by their id, each with its method and address."""
    return {
        told["operationId"]: told | {"method": method, "address": address.removeprefix(API)}
        for address, methods in schema()["paths"].items()
        for method, told in methods.items()
    }
