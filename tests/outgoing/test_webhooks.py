"""Webhooks: written with what is announced, signed, tried again, given up, and no personal data in them."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from riskloop.organisation.action import Refused, do
from riskloop.organisation.models import History, User
from riskloop.outgoing import delivery as deliveries
from riskloop.outgoing.delivery import ANSWER_SHOWN, deliver
from riskloop.outgoing.models import Delivery, Endpoint, Notice
from riskloop.outgoing.notices import told
from riskloop.outgoing.signing import signed, unseal
from riskloop.outgoing.webhook_actions import AddEndpoint, ChangeEndpoint, RenewSecret, SendAgain, SendTest
from riskloop.outgoing.webhooks import CLOSED, MOST, OPENED, PAUSES, TEST, EventTold, announce, announce_each
from tests.outgoing.conftest import Person, do_jobs, waiting
from tests.outgoing.receiver import Receiver, receiving

EVENT = EventTold("0d3c", "A10", "A", dt.date(2024, 3, 29), "new", grade="attention", score="3.5")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


@pytest.fixture
def admin(person: Person) -> User:
    return person("admin", "R01")


@pytest.fixture
def added(admin: User, receiver: Receiver) -> AddEndpoint:
    return do(AddEndpoint(admin, "工单系统", receiver.url, [OPENED]))


def only() -> Delivery:
    return Delivery.objects.get()


def attempt() -> Delivery:
    """Does the attempt that waits, due or not."""
    assert do_jobs(also_later=True) == []
    return only()


@pytest.mark.usefixtures("added")
def test_an_event_is_announced_to_who_wants_to_know(receiver: Receiver) -> None:
    assert announce(CLOSED, EVENT) == 0
    assert announce(OPENED, EVENT) == 1
    assert receiver.got == []
    assert attempt().state == "delivered"
    (_headers, body) = receiver.got[0]
    said = json.loads(body)
    assert (said["type"], said["data"]["event_id"], said["data"]["day"]) == (OPENED, "0d3c", "2024-03-29")
    assert set(said) == {"type", "timestamp", "data"}
    assert set(said["data"]) == {
        "event_id", "model", "unit_id", "day", "state", "outcome", "grade", "score"
    }  # fmt: skip
    assert dt.datetime.fromisoformat(said["timestamp"]).tzinfo is not None


def test_the_signature_is_that_of_standard_webhooks(added: AddEndpoint, receiver: Receiver) -> None:
    """Checked as the receiver does it, by the specification and not by our own code."""
    announce(OPENED, EVENT)
    attempt()
    headers, body = receiver.got[0]
    assert added.secret.startswith("whsec_")
    key = base64.b64decode(added.secret[len("whsec_") :])
    assert 24 <= len(key) <= 64
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60
    assert headers["content-type"] == "application/json"


def test_the_signature_of_the_published_example() -> None:
    """The example of Standard Webhooks' own libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 — published
    body = '{"test": 2432232314}'
    headers = signed(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.usefixtures("added")
def test_a_message_goes_with_what_it_announces() -> None:
    with transaction.atomic():
        announce(OPENED, EVENT)
        transaction.set_rollback(True)
    assert (Delivery.objects.count(), waiting()) == (0, [])


@pytest.mark.usefixtures("added")
def test_many_are_announced_at_once(django_assert_max_num_queries: Any, receiver: Receiver) -> None:
    with django_assert_max_num_queries(3):
        assert announce_each(OPENED, [EVENT] * 500) == 500
    assert len(waiting()) == 500


def test_an_unknown_kind_is_a_fault_of_the_code(added: AddEndpoint) -> None:
    with pytest.raises(ValueError, match="surprise"):
        announce("event.surprise", EVENT)


@pytest.mark.usefixtures("added")
def test_what_fails_is_tried_again_after_growing_pauses_and_given_up(admin: User, receiver: Receiver) -> None:
    receiver.status, receiver.answer = 503, "忙".encode() + b"\0\x1b[31m busy"
    announce(OPENED, EVENT)
    pauses: list[int] = []
    for _attempt in range(MOST):
        done = attempt()
        if done.next_at:
            pauses.append(round((done.next_at - timezone.now()).total_seconds()))
    assert (done.state, done.attempts, waiting()) == ("given_up", MOST, [])
    assert pauses == list(PAUSES)
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1
    assert len({body for _headers, body in receiver.got}) == 1
    assert {(t.status, t.answer, t.problem) for t in done.tries.all()} == {(503, "忙  [31m busy", "")}
    with override("en"):
        (one,) = told(Notice.objects.filter(person=admin))
    assert one.text == f"Messages to the webhook 工单系统 were given up on {timezone.localdate()}."


@pytest.mark.usefixtures("added")
def test_a_day_of_failures_is_told_once(receiver: Receiver) -> None:
    receiver.status = 500
    announce_each(OPENED, [EVENT, EVENT])
    Delivery.objects.update(most=1)
    assert do_jobs() == []
    assert Notice.objects.count() == 1


@pytest.mark.usefixtures("added")
@pytest.mark.parametrize("status", [301, 307, 400, 404, 500])
def test_only_a_2xx_is_an_arrival_and_no_redirect_is_followed(receiver: Receiver, status: int) -> None:
    receiver.status, receiver.location = status, receiver.url
    announce(OPENED, EVENT)
    assert attempt().state == "waiting"
    assert len(receiver.got) == 1


@pytest.mark.usefixtures("added")
def test_of_a_long_answer_the_beginning_is_kept(receiver: Receiver) -> None:
    receiver.answer = b"x" * 100_000
    announce(OPENED, EVENT)
    assert 0 < len(attempt().tries.get().answer) <= ANSWER_SHOWN


@pytest.mark.usefixtures("added")
def test_who_does_not_answer_in_time_is_tried_again(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "ANSWER_SECONDS", 0.1)
    receiver.shutdown()
    announce(OPENED, EVENT)
    assert attempt().tries.get().problem == "timeout"
    receiver.server_close()
    assert [t.problem for t in attempt().tries.order_by("pk")] == ["timeout", "unreachable"]


def test_a_name_that_leads_where_nothing_is_sent(
    added: AddEndpoint, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(OPENED, EVENT)
    monkeypatch.setattr("riskloop.outgoing.addresses._is_forbidden", lambda _host: True)
    assert attempt().tries.get().problem == "address"
    assert receiver.got == []


def test_a_certificate_that_nobody_knows(added: AddEndpoint, receiver: Receiver) -> None:
    Endpoint.objects.update(url=receiver.url.replace("http://", "https://"))
    announce(OPENED, EVENT)
    assert attempt().tries.get().problem == "certificate"


def test_an_attempt_is_done_once_though_its_job_is_done_twice(added: AddEndpoint, receiver: Receiver) -> None:
    announce(OPENED, EVENT)
    number = str(only().pk)
    assert [deliver(number, 0), deliver(number, 0), deliver(number, 1)] == [True, False, False]
    assert len(receiver.got) == 1


def test_what_is_switched_off_is_told_nothing(added: AddEndpoint, admin: User, receiver: Receiver) -> None:
    announce(OPENED, EVENT)
    do(ChangeEndpoint(admin, added.endpoint, "工单系统", receiver.url, [OPENED], active=False))
    assert (attempt().state, attempt().tries.get().problem) == ("given_up", "inactive")
    assert announce(OPENED, EVENT) == 0
    assert receiver.got == []


def test_send_again_and_send_a_test(added: AddEndpoint, admin: User, receiver: Receiver) -> None:
    receiver.status = 500
    announce(OPENED, EVENT)
    Delivery.objects.update(most=1)
    lost = attempt()
    assert lost.state == "given_up"
    receiver.status = 204
    do(SendAgain(admin, added.endpoint, lost))
    with override("en"), pytest.raises(Refused, match="on its way already"):
        do(SendAgain(admin, added.endpoint, only()))
    again = attempt()
    assert (again.state, again.attempts, again.most) == ("delivered", 2, 1 + MOST)
    do(SendTest(admin, added.endpoint))
    assert do_jobs() == []
    assert json.loads(receiver.got[-1][1])["type"] == TEST
    assert [line.action for line in History.objects.order_by("pk")][-2:] == [
        "send_webhook_again",
        "test_webhook",
    ]


def test_a_message_sent_again_has_all_its_attempts_anew(
    added: AddEndpoint, admin: User, receiver: Receiver
) -> None:
    receiver.status = 500
    announce(OPENED, EVENT)
    Delivery.objects.update(most=1)
    do(SendAgain(admin, added.endpoint, attempt()))
    pauses: list[int] = []
    for _attempt in range(MOST):
        done = attempt()
        if done.next_at:
            pauses.append(round((done.next_at - timezone.now()).total_seconds()))
    assert (done.state, pauses) == ("given_up", list(PAUSES))


def test_a_secret_is_sealed_and_in_no_history(added: AddEndpoint, admin: User, receiver: Receiver) -> None:
    old = added.secret
    assert unseal(added.endpoint.sealed) == old
    renewed = do(RenewSecret(admin, added.endpoint)).secret
    assert renewed not in {"", old}
    announce(OPENED, EVENT)
    attempt()
    headers, body = receiver.got[0]
    own = signed(renewed, headers["webhook-id"], int(headers["webhook-timestamp"]), body)
    assert own["webhook-signature"] == headers["webhook-signature"]
    written = json.dumps([[line.before, line.after] for line in History.objects.all()])
    assert "whsec_" not in written
    assert "sealed" not in written
    assert Endpoint.objects.get().sealed not in written


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"label": " "}, "name"),
        ({"label": "x" * 101}, "name"),
        ({"url": "http://orders.bank.example"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["event.surprise"]}, "events"),
        ({"events": [TEST]}, "events"),
    ],
)
def test_what_will_not_do(admin: User, changed: dict[str, Any], code: str) -> None:
    given: dict[str, Any] = {"label": "x", "url": "https://x.example/", "events": [OPENED]} | changed
    with pytest.raises(Refused) as refusal:
        do(AddEndpoint(admin, **given))
    assert refusal.value.code == code
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize(("role", "unit_id"), [("R04", "HO"), ("R01", "A")])
def test_others_manage_no_webhooks(person: Person, role: str, unit_id: str) -> None:
    other = person("other", role, unit_id)
    with pytest.raises(Refused) as refusal:
        do(AddEndpoint(other, "x", "https://x.example/", [OPENED]))
    assert (refusal.value.code, refusal.value.who) == ("role", True)


@pytest.mark.parametrize("document", ["outgoing.md", "outgoing.zh.md"])
def test_the_request_in_the_documents_bears_its_signature(document: str) -> None:
    """A receiver's author tries his code on it."""
    text = (Path(__file__).parents[2] / "docs" / document).read_text()
    given = dict(re.findall(r"^(webhook-\w+): (.+)$", text, re.MULTILINE))
    body, secret = re.search(r"^\{.+\}$", text, re.MULTILINE), re.search(r"whsec_[\w+/=]{20,}", text)
    assert body is not None
    assert secret is not None
    expected = signed(secret[0], given["webhook-id"], int(given["webhook-timestamp"]), body[0])
    assert given == expected
    said = json.loads(body[0])
    assert set(said["data"]) == {field.name for field in fields(EventTold)}
