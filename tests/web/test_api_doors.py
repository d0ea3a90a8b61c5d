"""The API's doors: tokens and sessions, bad input, and the form of what was not done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskloop.organisation.functions import DISCRIMINATE, READ_EVENTS
from riskloop.organisation.models import History, RoleAssignment, Token, User
from tests.web.api_cases import determined, new_event, overseer, service
from tests.web.calling import API, Program, program, secret_of
from tests.web.stage import LAST_DAY, People

AsUser = Callable[..., Client]


def test_a_token_is_narrower_than_its_person(bank: People) -> None:
    caller = program(bank.monitor, [READ_EVENTS])
    event = new_event()
    assert caller.get("/me").json()["functions"] == [READ_EVENTS]
    assert caller.get(f"/events/{event.pk}").status_code == 200
    assert caller.post(f"/events/{event.pk}/take").status_code == 403
    assert caller.get("/models").status_code == 403
    told = caller.get(f"/events/{event.pk}").json()["actions"]
    assert not any(action["allowed"] for action in told.values())


def test_what_one_does_not_see_one_does_not_act_on(bank: People) -> None:
    caller = program(bank.monitor, [DISCRIMINATE])
    assert caller.post(f"/events/{new_event().pk}/take").status_code == 404


def test_a_token_narrows_its_person_alone(bank: People) -> None:
    """The owner of a measure has no less authority because the monitor came by token."""
    event = determined(bank.monitor)
    given = {
        "kind": "2_management",
        "description": "补齐",
        "owner_id": bank.verifier.pk,
        "due_on": "2024-04-05",
    }
    caller = program(bank.monitor, [READ_EVENTS, "measures.set"])
    assert caller.post(f"/events/{event.pk}/set_measure", **given).status_code == 200


def test_what_a_person_loses_his_token_loses(bank: People) -> None:
    caller = program(bank.monitor)
    assert caller.get("/events").status_code == 200
    RoleAssignment.objects.filter(user=bank.monitor).update(to_on=LAST_DAY)
    assert caller.get("/events").status_code == 403


@pytest.mark.parametrize("what", ["expired", "revoked", "inactive", "unknown"])
def test_a_token_that_lets_nobody_in(bank: People, as_user: AsUser, what: str) -> None:
    secret = secret_of(bank.monitor)
    assert Program(secret).get("/me").status_code == 200
    yesterday = timezone.now() - dt.timedelta(days=1)
    if what == "expired":
        Token.objects.update(expires_at=yesterday)
    elif what == "revoked":
        Token.objects.update(revoked_at=yesterday)
    elif what == "inactive":
        User.objects.filter(pk=bank.monitor.pk).update(is_active=False)
    else:
        secret = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    for client in (Client(), as_user(bank.administrator)):
        # A session does not mend a bad token.
        caller = Program(secret)
        caller.client = client
        for answer in (caller.get("/me"), caller.post("/tokens")):
            assert (answer.status_code, answer.json()["code"]) == (401, "token")


def test_a_token_opens_no_page(bank: People) -> None:
    answer = Client().get(reverse("events"), headers={"authorization": f"Bearer {secret_of(bank.monitor)}"})
    assert answer.status_code == 302


def test_the_secret_is_told_once_and_kept_nowhere(bank: People) -> None:
    issued = program(bank.monitor).post("/tokens", name="t", functions=[READ_EVENTS], days=1).json()
    assert Program(issued["secret"]).get("/me").status_code == 200
    kept = [*Token.objects.values_list(), *History.objects.values_list()]
    assert issued["secret"] not in str(kept)
    assert "secret" not in str(program(bank.monitor).get("/tokens").json())
    line = History.objects.get(object_type="token", object_id=str(issued["id"]))
    assert "digest" not in line.after


def test_a_service_account_gets_its_token_from_who_manages_it(bank: People) -> None:
    made = service()
    given = {"name": "报送", "functions": [READ_EVENTS], "days": 365, "person_id": made.pk}
    answer = program(bank.administrator).post("/tokens", **given)
    # By way of a token that ends before.
    assert (answer.status_code, answer.json()["code"]) == (409, "life")
    given["days"] = 29
    issued = program(bank.administrator).post("/tokens", **given).json()
    assert issued["kind"] == "service"
    assert Program(issued["secret"]).get("/events").status_code == 200
    # … and of a person he gets none, nor does who manages nobody.
    assert (
        program(bank.administrator).post("/tokens", **given | {"person_id": bank.monitor.pk}).status_code
        == 404
    )
    assert program(bank.monitor).post("/tokens", **given).status_code == 404


def test_a_token_of_another_is_not_there(bank: People) -> None:
    secret_of(bank.monitor)
    token = Token.objects.get(user=bank.monitor)
    assert program(bank.verifier).post(f"/tokens/{token.pk}/revoke").status_code == 404
    assert program(bank.administrator).post(f"/tokens/{token.pk}/revoke").status_code == 200


def test_a_session_calls_with_its_csrf_token(bank: People) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bank.monitor, backend="allauth.account.auth_backends.AuthenticationBackend")
    address = f"{API}/events/{new_event().pk}/take"
    answer = client.post(address, {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    client.get(reverse("tokens"))
    crumb = client.cookies["csrftoken"].value
    answer = client.post(address, {}, content_type="application/json", headers={"x-csrftoken": crumb})
    assert answer.status_code == 200
    assert History.objects.latest("pk").channel == "api"
    assert client.get(f"{API}/me").json()["token_until"] is None


# ── bad input ──


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/people", b"{", "body"),
        ("/people", b"\xff\xfe", "body"),
        ("/people", b"[1]", "username"),
        ("/people", b'{"username": "a\\u0000", "unit_id": "HO"}', "username"),
        ("/people", b'{"username": "a\\ud800", "unit_id": "HO"}', "username"),
        ("/people", b'{"username": "a", "unit_id": NaN}', "body"),
        ("/people", b'{"unit_id": "HO"}', "username"),
        ("/people", b'{"username": "%s", "unit_id": "HO"}' % (b"a" * 151), "username"),
        ("/people/99999999999999999999/deactivate", b'{"why": "x"}', "person_id"),
        ("/people/x/deactivate", b'{"why": "x"}', "person_id"),
        ("/units/1111/close", b'{"day": "2024-13-01", "why": "x"}', "day"),
        ("/units/1111/close", b'{"day": "9999-12-31", "why": "x"}', "day"),
        ("/tokens", b'{"name": "t", "functions": [], "days": 1e400}', "days"),
    ],
)
def test_bad_input_names_its_field(bank: People, path: str, body: bytes, field: str) -> None:
    answer = program(bank.administrator).send(path, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "input"), answer.content.decode()
    assert answer.json()["detail"].startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/events", {"limit": 501}, "limit"),
        ("/events", {"limit": 0}, "limit"),
        ("/events", {"offset": -1}, "offset"),
        ("/events", {"state": "gone"}, "state"),
        ("/events", {"first": "yesterday"}, "first"),
        ("/events", {"sort": "secret"}, "sort"),
        ("/events", {"text": "a\0b"}, "text"),
        ("/events/no-uuid", {}, "event_id"),
        ("/units/a\0b", {}, "address"),
        ("/exposure/units", {"first": "2024-02-02", "last": "2024-02-01"}, "last"),
        ("/exposure/units", {"period": "2024-Q5"}, "period"),
        ("/exposure/units", {"level": "planet"}, "level"),
        ("/exposure/units", {"unit": "nowhere"}, "unit"),
        ("/exposure/tellers", {"order": "-secret"}, "order"),
        ("/statistics/C12/hits", {"first": "1900-01-01", "last": "2199-12-31"}, "first"),
        ("/history/99999999999999999999", {}, "line_id"),
    ],
)
def test_bad_questions_name_their_field(bank: People, path: str, query: dict[str, Any], field: str) -> None:
    user = overseer() if path.startswith("/history") else bank.monitor
    answer = program(user).get(path.replace("\0", "%00"), **query)
    assert (answer.status_code, answer.json()["code"]) == (422, "input"), answer.content.decode()
    assert answer.json()["detail"].startswith(f"{field}: ")


def test_other_methods_and_other_addresses_have_the_same_form(bank: People) -> None:
    caller = program(bank.monitor)
    answer = caller.client.delete(f"{API}/me", headers=caller.headers)
    assert (answer.status_code, answer.json()["code"], answer.headers["Allow"]) == (405, "method", "GET")
    assert (caller.get("/nowhere").status_code, caller.get("/nowhere").json()["code"]) == (404, "missing")


def test_details_come_in_the_callers_language(bank: People) -> None:
    caller = program(bank.monitor)
    assert "范围" in caller.get("/units/none").json()["detail"]
    caller.headers |= {"accept-language": "en"}
    assert "nothing at this address" in caller.get("/units/none").json()["detail"]


def test_a_session_that_owes_something_first_does_not_get_round_it_here(
    bank: People, as_user: AsUser
) -> None:
    User.objects.filter(pk=bank.monitor.pk).update(must_change_password=True)
    bank.monitor.refresh_from_db()
    answer = as_user(bank.monitor).get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (403, "first")
