"""The pages of webhooks."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from riskloop.organisation.action import do
from riskloop.outgoing.models import Delivery, Endpoint, Problem
from riskloop.outgoing.webhook_actions import AddEndpoint
from riskloop.outgoing.webhooks import CLOSED, OPENED
from tests.web.calling import program
from tests.web.reading import Page
from tests.web.stage import People

AsUser = Callable[..., Client]
GIVEN = {
    "add_webhook-label": "工单系统",
    "add_webhook-url": "https://orders.bank.example/in",
    "add_webhook-events": [OPENED, CLOSED],
}


@pytest.fixture
def endpoint(bank: People) -> Endpoint:
    return do(
        AddEndpoint(bank.administrator, "工单系统", "https://orders.bank.example/in", [OPENED])
    ).endpoint


@pytest.fixture
def lost(endpoint: Endpoint) -> Delivery:
    found = endpoint.deliveries.create(kind=OPENED, body='{"x":"<b>"}', state="given_up", attempts=8, most=8)
    found.tries.create(at=found.created_at, seconds=0.1, status=500, answer="<script>")
    found.tries.create(at=found.created_at, seconds=10, problem=Problem.TIMEOUT)
    return found


def test_a_webhook_is_added_and_its_secret_shown_once(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.administrator)
    page = client.post(reverse("webhooks"), GIVEN).content.decode()
    (secret,) = set(re.findall(r"whsec_[\w+/]+=*", page))
    endpoint = Endpoint.objects.get()
    assert endpoint.events == [CLOSED, OPENED]
    for address in (reverse("webhooks"), reverse("webhook", args=[endpoint.pk])):
        answer = client.get(address).content.decode()
        assert "工单系统" in answer
        assert secret not in answer
    renewed = client.post(reverse("renew_webhook_secret", args=[endpoint.pk])).content.decode()
    assert set(re.findall(r"whsec_[\w+/]+=*", renewed)) - {secret}


def test_what_will_not_do_is_said(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.administrator)
    answer = client.post(reverse("webhooks"), GIVEN | {"add_webhook-url": "http://orders.bank.example/"})
    assert answer.status_code == 409
    assert "须以 https:// 开头" in answer.content.decode()
    assert client.post(reverse("webhooks"), {}).status_code == 422
    assert not Endpoint.objects.exists()


def test_the_log_says_what_became_of_a_message(
    bank: People, as_user: AsUser, endpoint: Endpoint, lost: Delivery
) -> None:
    html = as_user(bank.administrator, "en").get(reverse("webhook", args=[endpoint.pk])).content.decode()
    said = Page(html).said
    assert {"Given up", "No answer in time", "500", "8", lost.message_id, "Send again"} <= set(said)
    assert "&lt;script&gt;" in html
    client = as_user(bank.administrator)
    address = reverse("webhook", args=[endpoint.pk])
    assert len(client.get(address, {"state": "delivered"}).context["deliveries"]) == 0
    assert len(client.get(address, {"state": "given_up"}).context["deliveries"]) == 1


def test_again_test_and_change(bank: People, as_user: AsUser, endpoint: Endpoint, lost: Delivery) -> None:
    client = as_user(bank.administrator)
    here = reverse("webhook", args=[endpoint.pk])
    again = reverse("send_webhook_again", args=[endpoint.pk, lost.pk])
    assert client.post(again).url == here
    assert client.post(again).status_code == 409
    assert client.post(reverse("test_webhook", args=[endpoint.pk])).url == here
    assert endpoint.deliveries.filter(state="waiting").count() == 2
    given = {
        "change_webhook-label": "工单",
        "change_webhook-url": "https://x.bank.example/",
        "change_webhook-events": [CLOSED],
    }
    change = reverse("change_webhook", args=[endpoint.pk])
    assert client.post(change, given).url == here
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.events, endpoint.active) == ("工单", [CLOSED], False)
    assert client.post(reverse("test_webhook", args=[endpoint.pk])).status_code == 409
    assert client.post(change, given | {"change_webhook-url": "nothing"}).status_code == 409


def test_who_does_not_manage_them_finds_none(bank: People, as_user: AsUser, endpoint: Endpoint) -> None:
    client = as_user(bank.monitor)
    assert client.get(reverse("webhook", args=[endpoint.pk])).status_code == 403
    assert reverse("webhooks") not in client.get(reverse("overview")).content.decode()
    assert reverse("webhooks") in as_user(bank.administrator).get(reverse("overview")).content.decode()


def test_programs_do_the_same(bank: People) -> None:
    asked = program(bank.administrator)
    url = "https://orders.bank.example/in"
    made = asked.post("/webhooks", name="工单系统", url=url, events=[OPENED]).json()
    assert made["secret"].startswith("whsec_")
    assert "secret" not in asked.get(f"/webhooks/{made['id']}").json()
    sent = asked.post(f"/webhooks/{made['id']}/test").json()
    assert (sent["state"], sent["attempts"]) == ("waiting", [])
    assert asked.post(f"/webhooks/{made['id']}/deliveries/{sent['id']}/again").status_code == 409
    assert asked.get(f"/webhooks/{made['id']}/deliveries").json()["total"] == 1
    assert asked.post("/webhooks", name="x", url="http://x.example", events=[OPENED]).status_code == 409
    assert program(bank.monitor).get("/webhooks").status_code == 403


def test_what_is_sent_is_no_number_of_events(bank: People, as_user: AsUser) -> None:
    page = as_user(bank.administrator).get(reverse("webhooks")).content.decode()
    assert "推送的事件" in page
    assert "事件数" not in page
