"""The pages of one's tokens, and of the operations they open."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from riskloop.organisation.account_actions import create_user
from riskloop.organisation.functions import READ_EVENTS, READ_HISTORY
from riskloop.organisation.models import History, Token, Unit
from tests.web.calling import Program, operations, secret_of
from tests.web.stage import People

AsUser = Callable[..., Client]
GIVEN = {"name": "夜间导出", "days": 30, "functions": [READ_EVENTS]}


def test_a_token_is_issued_and_its_secret_shown_once(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    page = client.post(reverse("tokens"), GIVEN).content.decode()
    (secret,) = set(re.findall(r"rl_[\w-]{43}", page))
    assert Program(secret).get("/me").json()["functions"] == [READ_EVENTS]
    again = client.get(reverse("tokens")).content.decode()
    assert secret not in again
    assert secret[:9] in again
    assert History.objects.latest("pk").channel == "page"


def test_one_is_offered_what_one_may_do_oneself(bank: People, as_user: AsUser) -> None:
    page = as_user(bank.monitor).get(reverse("tokens")).content.decode()
    assert f'value="{READ_EVENTS}"' in page
    assert f'value="{READ_HISTORY}"' not in page


def test_what_cannot_be_is_refused(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    for given, status in (
        (GIVEN | {"days": 91}, 409),
        (GIVEN | {"functions": [READ_HISTORY]}, 422),
        (GIVEN | {"functions": []}, 422),
        (GIVEN | {"name": ""}, 422),
        (GIVEN | {"days": "x"}, 422),
    ):
        assert client.post(reverse("tokens"), given).status_code == status, given
    assert not Token.objects.exists()


def test_one_revokes_ones_own(bank: People, as_user: AsUser) -> None:
    secret = secret_of(bank.monitor)
    token = Token.objects.get()
    address = reverse("revoke_token", args=[token.pk])
    assert as_user(bank.verifier).post(address).status_code == 404
    client = as_user(bank.monitor)
    assert client.get(address).status_code == 405
    assert client.post(address).url == reverse("tokens")
    assert Program(secret).get("/me").status_code == 401
    assert "已被吊销" in client.post(address, follow=True).content.decode()


def test_who_has_no_role_has_nothing_to_give(bank: People, as_user: AsUser) -> None:
    unit = Unit.objects.get(pk="HO")
    nobody = create_user(username="xin", password=None, display_name="新人", staff_id="", unit=unit)
    client = as_user(nobody)
    assert "您尚无角色" in client.get(reverse("tokens")).content.decode()
    assert client.post(reverse("tokens"), GIVEN).status_code == 422


def test_every_operation_is_listed_with_what_opens_it(bank: People, as_user: AsUser) -> None:
    page = as_user(bank.monitor).get(reverse("api")).content.decode()
    assert all(f"/api/v1{told['address']}" in page for told in operations().values())
    assert "甄别、认定" in page
    assert as_user(bank.monitor).get(reverse("ninja:api_get_schema")).json()["openapi"] == "3.1.0"
