"""The bell, the page of one's notices, the address to which they go."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from riskloop.organisation.models import History, User
from riskloop.outgoing import notices
from riskloop.outgoing.models import Notice, NoticeSettings
from riskloop.outgoing.notices import Kind, tell
from riskloop.web.sessions import SEEN_AT
from tests.web.calling import program
from tests.web.stage import People

AsUser = Callable[..., Client]


@pytest.fixture(autouse=True)
def _kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_kinds", {})
    notices.register(
        Kind("tried", "Model %(code)s tried", "ti-bell", lambda number: f"/models/{number}/", {"code": None})
    )


def told(user: User, number: int = 1) -> Notice:
    tell([user], "tried", "model", "A10", occasion=number, code="A10")
    return Notice.objects.filter(person=user).latest("pk")


def test_the_bell_counts_what_is_unread(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    assert "bell-number" not in client.get(reverse("overview")).content.decode()
    told(bank.monitor)
    told(bank.monitor, 2)
    told(bank.verifier)
    for address in (reverse("overview"), reverse("bell")):
        assert '<span class="bell-number">2</span>' in client.get(address).content.decode()


def test_the_bell_is_no_sign_of_the_person(bank: People, as_user: AsUser, settings: Any) -> None:
    client = as_user(bank.monitor)
    client.get(reverse("overview"))
    session = client.session
    session[SEEN_AT] = seen = time.time() - 120
    session.save()
    assert "X-By-Itself" in client.get(reverse("overview")).content.decode()
    session = client.session
    session[SEEN_AT] = seen
    session.save()
    assert client.get(reverse("bell"), headers={"X-By-Itself": "yes"}).status_code == 200
    assert client.session[SEEN_AT] == seen
    client.get(reverse("overview"))
    assert client.session[SEEN_AT] > seen


def test_the_bell_leaves_the_page_of_an_ended_session_alone(bank: People, as_user: AsUser) -> None:
    told(bank.monitor)
    client = as_user(bank.monitor)
    client.get(reverse("overview"))
    session = client.session
    session[SEEN_AT] = time.time() - 24 * 3600
    session.save()
    answer = client.get(reverse("bell"), headers={"HX-Request": "true"})
    assert answer.status_code == 286
    assert "HX-Redirect" not in answer.headers
    assert "hx-get" not in answer.content.decode()
    assert "bell-number" not in answer.content.decode()


def test_one_sees_ones_own_and_goes_where_they_lead(bank: People, as_user: AsUser) -> None:
    own, other = told(bank.monitor), told(bank.verifier)
    client = as_user(bank.monitor)
    assert client.get(reverse("notices")).content.decode().count("Model A10 tried") == 1
    assert client.post(reverse("read_notice", args=[own.pk]), {"go": "1"}).url == "/models/A10/"
    own.refresh_from_db()
    assert own.read_at is not None
    assert client.post(reverse("read_notice", args=[other.pk])).status_code == 404
    other.refresh_from_db()
    assert other.read_at is None
    assert client.get(reverse("read_notice", args=[own.pk])).status_code == 405


def test_only_unread_ones_and_all_read(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    client.post(reverse("read_notice", args=[told(bank.monitor).pk]))
    told(bank.monitor, 2)
    assert len(client.get(reverse("notices")).context["notices"]) == 2
    assert len(client.get(reverse("notices"), {"show": "unread"}).context["notices"]) == 1
    assert client.post(reverse("read_notices")).url == reverse("notices")
    assert "没有未读通知" in client.get(reverse("notices"), {"show": "unread"}).content.decode()


def test_mail_is_switched_off(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    given = {"choose_notices-language": "en"}
    assert client.post(reverse("choose_notices"), given).url == reverse("notices")
    choice = NoticeSettings.objects.get(person=bank.monitor)
    assert (choice.by_mail, choice.language) == (False, "en")
    assert client.post(reverse("choose_notices"), {"choose_notices-language": "fr"}).status_code == 422


def test_the_administrator_sets_the_address(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.administrator)
    address = reverse("act_on_person", args=[bank.monitor.pk, "set_email"])
    assert client.post(address, {"set_email-email": "lin@bank.example"}).status_code == 302
    bank.monitor.refresh_from_db()
    assert bank.monitor.email == "lin@bank.example"
    assert History.objects.latest("pk").action == "set_email"
    assert client.post(address, {"set_email-email": "nothing"}).status_code == 422
    assert as_user(bank.monitor).post(address, {"set_email-email": "x@y.example"}).status_code == 403
    asked = program(bank.administrator)
    assert asked.post(f"/people/{bank.monitor.pk}/email", email="nothing").status_code == 409
    assert asked.post(f"/people/{bank.monitor.pk}/email", email="").status_code == 200


def test_programs_read_notices_too(bank: People) -> None:
    notice = told(bank.monitor)
    asked = program(bank.monitor)
    (one,) = asked.get("/notices").json()["items"]
    assert (one["text"], one["address"], one["read_at"]) == ("Model A10 tried", "/models/A10/", None)
    assert asked.post(f"/notices/{notice.pk}/read").json()["read_at"] is not None
    assert program(bank.verifier).post(f"/notices/{notice.pk}/read").status_code == 404
    told(bank.monitor, 2)
    assert asked.post("/notices/read_all").json() == {"unread": 0}
    assert asked.post("/notice_settings", by_mail=False, language="en").status_code == 200
    assert asked.get("/notice_settings").json() == {"by_mail": False, "language": "en"}
    assert asked.post("/notice_settings", by_mail=False, language="fr").status_code == 409
