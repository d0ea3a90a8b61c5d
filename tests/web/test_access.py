"""Nobody reads without signing in, and nobody reads beyond his units."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from riskloop.loop.models import Measure, QuasiEvent
from tests.web import addresses
from tests.web.stage import PASSWORD, People

AsUser = Callable[..., Client]


def test_nobody_gets_in_without_signing_in(bank: People) -> None:
    client = Client()
    open_to_all = [
        address
        for name in addresses.names()
        if name not in addresses.PUBLIC
        for address in addresses.of(name)
        for answer in (client.get(address), client.post(address))
        if not (answer.status_code == 302 and answer.url.startswith(reverse("account_login")))
        and name != "account_logout"
    ]
    assert open_to_all == []


def test_signing_in_and_out(bank: People) -> None:
    client = Client()
    form = {"login": "lin", "password": PASSWORD}
    wanted = f"{reverse('account_login')}?next={reverse('models')}"
    assert client.post(wanted, form | {"next": reverse("models")}).url == reverse("models")
    assert client.get(reverse("overview")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("overview")).status_code == 302


def test_a_wrong_password_is_said_in_the_readers_language(bank: People) -> None:
    answer = Client().post(reverse("account_login"), {"login": "lin", "password": "wrong"})
    assert answer.status_code == 200
    assert "用户名或密码不正确" in answer.content.decode()


@pytest.mark.parametrize("path", ["accounts/signup/", "accounts/password/reset/", "admin/"])
def test_there_is_no_other_door(bank: People, as_user: AsUser, path: str) -> None:
    assert as_user(bank.monitor).get(f"/{path}").status_code == 404


def test_the_queue_shows_only_the_readers_units(bank: People, as_user: AsUser) -> None:
    """Chen monitors the branch 12, whose only outlet is 1211."""
    answer = as_user(bank.branch).get(reverse("events"), {"per_page": 200})
    shown = [row.record for row in answer.context["table"].rows]
    assert {event.unit_id for event in shown} == {"1211"}
    assert len(shown) == QuasiEvent.objects.filter(unit_id="1211").count()


def test_an_event_elsewhere_does_not_exist_for_the_reader(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.branch)
    elsewhere = QuasiEvent.objects.filter(unit_id="1111", state="new").earliest("pk")
    assert client.get(reverse("event", args=[elsewhere.pk])).status_code == 404
    assert client.post(reverse("act", args=[elsewhere.pk, "take"])).status_code == 404
    elsewhere.refresh_from_db()
    assert elsewhere.assignee is None


def test_a_measure_elsewhere_does_not_exist_for_the_reader(bank: People, as_user: AsUser) -> None:
    measure = Measure.objects.filter(event__unit_id="1112").earliest("pk")
    answer = as_user(bank.branch).post(reverse("act_on_measure", args=[measure.pk, "verify"]))
    assert answer.status_code == 404


def test_an_administrator_sees_no_business(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.administrator)
    assert client.get(reverse("events")).status_code == 403
    overview = client.get(reverse("overview"))
    assert "stages" not in overview.context
    assert reverse("runs") in overview.content.decode()
    assert reverse("events") not in overview.content.decode()
