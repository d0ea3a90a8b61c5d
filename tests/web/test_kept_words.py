"""What somebody wrote into a form that reaches nobody any more is shown once more, to be copied."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from riskloop.loop import actions
from riskloop.loop.models import QuasiEvent
from riskloop.organisation.assignment_actions import assign_role, end_all_roles
from riskloop.organisation.models import Unit
from riskloop.web.sessions import SIGNED_IN_AT
from tests.web.stage import PASSWORD, People

AsUser = Callable[..., Client]
WORDS = "经调阅监控，客户本人到场办理。"
OURS = {"Origin": "http://testserver"}
ELSEWHERE = {"Origin": "https://elsewhere.example"}


def taken(bank: People) -> QuasiEvent:
    event = QuasiEvent.objects.filter(state="new", unit_id="1112").earliest("pk")
    actions.take(event, bank.monitor)
    return event


def exclude(client: Client, event: QuasiEvent, **headers: str) -> HttpResponse:
    given = {"exclude-reason": "genuine", "exclude-note": WORDS}
    return client.post(reverse("act", args=[event.pk, "exclude"]), given, headers=headers)


def end_session(client: Client) -> None:
    session = client.session
    session[SIGNED_IN_AT] -= 9 * 3600
    session.save()


@pytest.mark.parametrize(("role", "status"), [(None, 403), ("R04", 404)])
def test_who_has_moved_meanwhile_keeps_his_words(
    bank: People, as_user: AsUser, role: str | None, status: int
) -> None:
    event, client = taken(bank), as_user(bank.monitor)
    end_all_roles(None, bank.monitor, "调离")
    if role is not None:
        assign_role(bank.monitor, role, Unit.objects.get(pk="12"))
    answer = exclude(client, event, **OURS)
    assert answer.status_code == status
    assert answer.content.decode().count(WORDS) == 1
    assert "genuine" not in answer.content.decode()


def test_whose_session_has_ended_keeps_his_words_and_is_led_back(bank: People, as_user: AsUser) -> None:
    event, client = taken(bank), as_user(bank.monitor)
    end_session(client)
    answer = exclude(client, event, **OURS)
    assert answer.status_code == 403
    page = answer.content.decode()
    assert WORDS in page
    assert "未执行：您的会话已结束" in page
    back = reverse("act", args=[event.pk, "exclude"])
    assert f'href="{reverse("account_login")}?next={back}"' in page
    event.refresh_from_db()
    assert event.state == "assigned"


def test_who_had_written_nothing_comes_to_the_sign_in_page(bank: People, as_user: AsUser) -> None:
    event, client = taken(bank), as_user(bank.monitor)
    end_session(client)
    answer = client.post(reverse("act", args=[event.pk, "take"]), headers=OURS)
    assert answer.headers["Location"].startswith(reverse("account_login"))


def test_a_page_from_before_the_sign_in_keeps_its_words(bank: People) -> None:
    event, client = taken(bank), Client(enforce_csrf_checks=True)
    answer = exclude(client, event, **OURS)
    assert answer.status_code == 403
    assert WORDS in answer.content.decode()


def test_the_words_of_a_page_elsewhere_are_not_shown(bank: People, as_user: AsUser) -> None:
    event, client = taken(bank), Client(enforce_csrf_checks=True)
    assert WORDS not in exclude(client, event, **ELSEWHERE).content.decode()
    assert WORDS not in exclude(client, event).content.decode()


def test_secrets_are_not_shown(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    end_session(client)
    form = {"oldpassword": f"{PASSWORD} 旧", "password1": "新 密码", "password2": "新 密码"}
    answer = client.post(reverse("account_change_password"), form, headers=OURS)
    assert answer.status_code == 302
