"""Coming in and staying in: passwords, lock-out, sessions, the second factor."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from riskloop.organisation.models import User
from riskloop.web.accounts import unlock
from riskloop.web.second_factor import forget_second_factor
from riskloop.web.sessions import SEEN_AT, SIGNED_IN_AT, end_sessions
from tests.web.reading import Page
from tests.web.stage import PASSWORD, People
from tests.web.test_languages import CHINESE, ENGLISH

AsUser = Callable[..., Client]
LOGIN = "/accounts/login/"
ANOTHER = "Quite-different-7731"


@pytest.fixture(autouse=True)
def no_rate_limits_left_over() -> Iterator[None]:
    """allauth's limits for one address are counted in the cache: each test begins without them."""
    cache.clear()
    yield
    cache.clear()


def sign_in(username: str = "lin", password: str = PASSWORD, client: Client | None = None) -> Client:
    """A client that has tried; its last answer is kept as `answer`."""
    client = client or Client()
    client.answer = client.post(LOGIN, {"login": username, "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("overview")).status_code == 200


def fail(times: int, username: str = "lin") -> None:
    for _ in range(times):
        sign_in(username, "wrong")
        cache.clear()


def backdate(client: Client, moment: str = SIGNED_IN_AT, **ago: float) -> None:
    """Puts this client's sign-in, or another moment of its session, into the past."""
    session = client.session
    session[moment] = time.time() - dt.timedelta(**ago).total_seconds()
    session.save()


# ── Passwords ──


@pytest.mark.parametrize(
    "weak",
    ["short-7731", "830472916530", "password1234", PASSWORD],
    ids=["short", "digits", "common", "the present one"],
)
def test_a_weak_password_is_not_taken(bank: People, weak: str) -> None:
    client = sign_in()
    form = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    assert client.post(reverse("account_change_password"), form).status_code == 200
    assert User.objects.get(username="lin").check_password(PASSWORD)


def test_a_password_like_the_person_is_not_taken(bank: People) -> None:
    User.objects.filter(username="lin").update(staff_id="JB-00417-LINLAN")
    client = sign_in()
    form = {"oldpassword": PASSWORD, "password1": "JB-00417-LINLAN!", "password2": "JB-00417-LINLAN!"}
    assert client.post(reverse("account_change_password"), form).status_code == 200


def test_a_password_set_by_somebody_else_is_changed_before_anything_else(bank: People) -> None:
    User.objects.filter(username="lin").update(must_change_password=True)
    client = sign_in()
    page = reverse("account_change_password")
    for address in ("overview", "events", "my_sessions", "mfa_index"):
        assert client.get(reverse(address)).headers["Location"] == page, address
    assert client.get(reverse("events"), headers={"HX-Request": "true"}).headers["HX-Redirect"] == page
    assert client.post(reverse("set_language"), {"language": "en", "next": "/"}).status_code == 302
    client.post(page, {"oldpassword": PASSWORD, "password1": ANOTHER, "password2": ANOTHER})
    assert is_in(client)
    assert not User.objects.get(username="lin").must_change_password


def test_the_same_password_again_is_no_change(bank: People) -> None:
    User.objects.filter(username="lin").update(must_change_password=True)
    client = sign_in()
    form = {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    client.post(reverse("account_change_password"), form)
    assert not is_in(client)


def test_who_has_to_change_the_password_may_leave(bank: People) -> None:
    User.objects.filter(username="lin").update(must_change_password=True)
    client = sign_in()
    client.post(reverse("account_logout"))
    assert client.get(reverse("overview")).headers["Location"].startswith(LOGIN)


def test_who_came_by_single_sign_on_has_no_password_to_change(bank: People) -> None:
    User.objects.filter(username="lin").update(must_change_password=True)
    client = sign_in()
    session = client.session
    session["account_authentication_methods"] = [{"method": "socialaccount", "provider": "bank"}]
    session.save()
    assert is_in(client)


def test_who_has_no_password_here_reads_where_it_is(bank: People, as_user: AsUser) -> None:
    bank.monitor.set_unusable_password()
    bank.monitor.save()
    page = as_user(bank.monitor).get(reverse("account_change_password")).content.decode()
    assert "行内统一目录" in page
    assert "oldpassword" not in page


# ── Lock-out ──


def test_after_five_failures_the_right_password_opens_nothing(bank: People) -> None:
    fail(4)
    assert is_in(sign_in())
    fail(5)
    client = sign_in()
    assert client.answer.status_code == 429
    assert not is_in(client)


def test_a_success_begins_the_count_anew(bank: People) -> None:
    fail(4)
    sign_in()
    fail(4)
    assert is_in(sign_in())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_lock_tells_nothing_of_whether_there_is_such_an_account(bank: People, language: str) -> None:
    pages = []
    for name in ("lin", "nobody"):
        fail(5, name)
        client = Client()
        client.cookies["django_language"] = language
        pages.append(sign_in(name, client=client).answer)
    assert [page.status_code for page in pages] == [429, 429]
    said = [Page(page.content.decode()).said for page in pages]
    assert said[0] == said[1]
    assert any(("30 分钟" if language == "zh-hans" else "30 minutes") in text for text in said[0])


def test_other_letters_give_no_further_attempts(bank: People) -> None:
    for name in ("lin", "LIN", "Lin", " lin", "lIN"):
        fail(1, name)
    assert not is_in(sign_in())


def test_a_lock_opens_by_itself(bank: People) -> None:
    fail(5)
    AccessAttempt.objects.update(attempt_time=timezone.now() - dt.timedelta(minutes=29))
    assert not is_in(sign_in())
    AccessAttempt.objects.update(attempt_time=timezone.now() - dt.timedelta(minutes=31))
    assert is_in(sign_in())


def test_trying_a_locked_account_does_not_prolong_the_lock(bank: People) -> None:
    fail(5)
    since = AccessAttempt.objects.get().attempt_time
    fail(1)
    assert AccessAttempt.objects.get().attempt_time == since


def test_trying_a_locked_account_is_written_down(bank: People, caplog: pytest.LogCaptureFixture) -> None:
    fail(5)
    caplog.set_level(logging.INFO, "riskloop.sign_in")
    fail(1)
    assert "while locked" in caplog.text


def test_an_administrator_unlocks(bank: People) -> None:
    fail(5)
    assert unlock("LIN")
    assert is_in(sign_in())
    assert not unlock("lin")


def test_nobody_else_is_locked_out(bank: People) -> None:
    fail(5)
    assert is_in(sign_in("zhou"))


def test_nothing_secret_is_kept_of_an_attempt(bank: People) -> None:
    sign_in("lin", "my-other-password")
    kept = AccessAttempt.objects.get()
    assert "my-other-password" not in kept.post_data + kept.get_data


# ── Sessions ──


def test_a_session_ends_after_eight_hours(bank: People) -> None:
    client = sign_in()
    backdate(client, hours=7.9)
    assert is_in(client)
    backdate(client, hours=8.1)
    answer = client.get(reverse("events"))
    assert answer.headers["Location"] == f"{LOGIN}?next={reverse('events')}"
    assert "会话已结束" in client.get(LOGIN).content.decode()


def test_a_session_left_alone_ends(bank: People) -> None:
    client = sign_in()
    assert is_in(client)
    backdate(client, SEEN_AT, minutes=29)
    UserSession.objects.update(last_seen_at=timezone.now() - dt.timedelta(minutes=29))
    assert is_in(client)
    assert UserSession.objects.get().last_seen_at > timezone.now() - dt.timedelta(minutes=1)
    backdate(client, SEEN_AT, minutes=29)
    assert is_in(client)
    backdate(client, SEEN_AT, minutes=31)
    assert not is_in(client)
    assert not UserSession.objects.exists()


def test_a_session_without_a_beginning_is_nobodys(bank: People) -> None:
    client = sign_in()
    session = client.session
    del session[SIGNED_IN_AT]
    session.save()
    assert not is_in(client)


def test_a_session_that_ended_meanwhile_leads_to_the_sign_in_page(
    bank: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading the session and writing it down, another request has ended it."""
    client = sign_in()
    backdate(client, SEEN_AT, minutes=2)

    def lost(*_given: object) -> None:
        raise UpdateError

    monkeypatch.setattr("riskloop.web.sessions._see", lost)
    assert client.get(reverse("overview")).headers["Location"].startswith(LOGIN)


def test_the_limits_come_from_the_settings(bank: People, settings: object) -> None:
    settings.SESSION_HOURS = 1
    client = sign_in()
    backdate(client, hours=1.1)
    assert not is_in(client)


def test_a_fourth_session_ends_the_oldest(bank: People) -> None:
    clients = [sign_in() for _ in range(3)]
    assert all(is_in(client) for client in clients)
    clients.append(sign_in())
    assert [is_in(client) for client in clients] == [False, True, True, True]
    assert is_in(sign_in("zhou"))


def test_who_signed_out_does_not_count(bank: People) -> None:
    first = sign_in()
    for _ in range(3):
        sign_in().post(reverse("account_logout"))
    assert is_in(first)


def test_looking_at_a_page_writes_nothing(bank: People) -> None:
    client = sign_in()
    is_in(client)
    with CaptureQueriesContext(connection) as caught:
        is_in(client)
    assert [query["sql"] for query in caught if "usersession" in query["sql"]] == []
    assert [query["sql"] for query in caught if query["sql"].startswith(("UPDATE", "INSERT"))] == []


def test_signing_in_counts_whichever_door_it_was(bank: People, as_user: AsUser) -> None:
    clients = [as_user(bank.monitor) for _ in range(4)]
    assert [is_in(client) for client in clients] == [True] * 4
    assert [is_in(client) for client in clients] == [False, True, True, True]


@pytest.mark.parametrize("target", ["queue", "nothing"])
def test_a_stale_part_of_a_page_leads_to_the_sign_in_page(bank: People, target: str) -> None:
    client = sign_in()
    backdate(client, hours=9)
    shown = f"http://testserver{reverse('events')}?state=new"
    headers = {"HX-Request": "true", "HX-Target": target, "HX-Current-URL": shown}
    answer = client.get(reverse("events"), {"page": 2}, headers=headers)
    assert answer.headers["HX-Redirect"] == f"{LOGIN}?next=%2Fevents%2F%3Fstate%3Dnew"
    assert answer.content == b""


def test_a_page_elsewhere_is_not_led_back_to(bank: People) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://elsewhere.example/"}
    assert Client().get(reverse("events"), headers=headers).headers["HX-Redirect"] == LOGIN


def test_a_closed_account_is_out_at_its_next_request(bank: People) -> None:
    client = sign_in()
    assert is_in(client)
    User.objects.filter(username="lin").update(is_active=False)
    assert not is_in(client)
    headers = {"HX-Request": "true"}
    assert client.get(reverse("events"), headers=headers).headers["HX-Redirect"].startswith(LOGIN)
    assert not is_in(sign_in())


def test_a_changed_password_ends_the_other_sessions(bank: People, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "riskloop.sign_in")
    here, elsewhere = sign_in(), sign_in()
    assert is_in(elsewhere)
    form = {"oldpassword": PASSWORD, "password1": ANOTHER, "password2": ANOTHER}
    here.post(reverse("account_change_password"), form)
    assert (is_in(here), is_in(elsewhere)) == (True, False)
    assert caplog.text.count("'reason': 'password changed'") == 1
    assert UserSession.objects.filter(user=bank.monitor).count() == 1
    assert is_in(sign_in(password=ANOTHER))


def test_a_person_ends_his_sessions_elsewhere(bank: People) -> None:
    clients = [sign_in() for _ in range(3)]
    assert all(is_in(client) for client in clients)
    page = clients[2].get(reverse("my_sessions"))
    assert len(page.context["rows"]) == 3
    oldest = UserSession.objects.filter(user=bank.monitor).earliest("created_at")
    clients[2].post(reverse("my_sessions"), {"session": oldest.pk})
    assert [is_in(client) for client in clients] == [False, True, True]
    clients[2].post(reverse("my_sessions"), {"session": "others"})
    assert [is_in(client) for client in clients] == [False, False, True]


def test_nobody_ends_the_sessions_of_others(bank: People) -> None:
    client, other = sign_in(), sign_in("zhou")
    assert is_in(other)
    theirs = UserSession.objects.get(user=bank.verifier)
    client.post(reverse("my_sessions"), {"session": theirs.pk})
    client.post(reverse("my_sessions"), {"session": "x"})
    assert is_in(other)


def test_all_sessions_of_a_person_can_be_ended(bank: People) -> None:
    clients = [sign_in(), sign_in()]
    assert all(is_in(client) for client in clients)
    assert end_sessions(bank.monitor) == 2
    assert not any(is_in(client) for client in clients)
    assert end_sessions(bank.monitor) == 0


# ── The second factor ──


def code_of(secret: str, steps: int = 0) -> str:
    """What an app shows now, or so many steps of 30 seconds later."""
    return totp.format_hotp_value(
        totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()) + 1 + steps)
    )


def enrol(client: Client) -> str:
    """Sets an app up; returns its key."""
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    secret: str = page.context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    return secret


def test_an_app_with_codes_from_end_to_end(bank: People) -> None:
    secret = enrol(sign_in())
    client = sign_in()
    assert client.answer.headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert not is_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert is_in(client)


def test_a_code_opens_once(bank: People) -> None:
    secret = enrol(sign_in())
    code = code_of(secret)
    first, second = sign_in(), sign_in()
    first.post(reverse("mfa_authenticate"), {"code": code})
    second.post(reverse("mfa_authenticate"), {"code": code})
    assert (is_in(first), is_in(second)) == (True, False)


def test_a_recovery_code_opens_once(bank: People) -> None:
    client = sign_in()
    enrol(client)
    code = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"][0]
    for opens in (True, False):
        client = sign_in()
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert is_in(client) is opens


def test_the_key_is_not_in_the_database_in_the_clear(bank: People) -> None:
    secret = enrol(sign_in())
    kept = Authenticator.objects.get(user=bank.monitor, type=Authenticator.Type.TOTP)
    assert secret not in str(kept.data)


def test_wrong_codes_lock_the_account(bank: People) -> None:
    secret = enrol(sign_in())
    client = sign_in()
    for _ in range(5):
        answer = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert answer.status_code == 429
    cache.clear()
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status_code == 429
    assert not is_in(client)
    unlock("lin")
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert is_in(client)


def test_a_lock_that_fell_meanwhile_holds_at_the_last_step(bank: People) -> None:
    """Whatever the way in was, it ends at the same gate."""
    secret = enrol(sign_in())
    client = sign_in()
    fail(5)
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status_code == 429
    assert not is_in(client)


def test_setting_up_asks_for_the_password_again_later(bank: People) -> None:
    client = sign_in()
    backdate(client, minutes=6)
    answer = client.get(reverse("mfa_activate_totp"))
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    again = f"{reverse('account_reauthenticate')}?next={reverse('mfa_activate_totp')}"
    assert client.post(again, {"password": "wrong"}).status_code == 200
    client.post(again, {"password": PASSWORD})
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


@pytest.mark.parametrize(
    ("policy", "username", "led"),
    [
        ("optional", "admin", False),
        ("administrators", "admin", True),
        ("administrators", "lin", False),
        ("all", "lin", True),
    ],
)
def test_whom_the_policy_asks_is_led_to_enrolment(
    bank: People, settings: object, policy: str, username: str, led: bool
) -> None:
    settings.SECOND_FACTOR = policy
    client = sign_in(username)
    answer = client.get(reverse("overview"))
    assert (answer.status_code == 302) is led
    if led:
        assert answer.headers["Location"] == reverse("mfa_index")
        enrol(client)
        assert is_in(client)


def test_recovery_codes_alone_are_no_second_factor(bank: People, settings: object) -> None:
    client = sign_in()
    enrol(client)
    Authenticator.objects.filter(type=Authenticator.Type.TOTP).delete()
    settings.SECOND_FACTOR = "all"
    assert not is_in(client)


def test_the_last_factor_of_who_needs_one_stays(bank: People, settings: object) -> None:
    client = sign_in()
    enrol(client)
    settings.SECOND_FACTOR = "all"
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()
    settings.SECOND_FACTOR = "optional"
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.exists()


def test_who_lost_his_phone_comes_in_by_password_again(bank: People) -> None:
    enrol(sign_in())
    assert forget_second_factor(bank.monitor)
    assert is_in(sign_in())
    assert not forget_second_factor(bank.monitor)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_the_second_factor_speaks_one_language(
    bank: People, as_user: AsUser, language: str
) -> None:
    client = as_user(bank.monitor, language)
    enrol(client)
    passkey = Authenticator.objects.create(
        user=bank.monitor, type=Authenticator.Type.WEBAUTHN, data={"name": "K", "credential": {}}
    )
    names = ["mfa_index", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"]
    names += ["mfa_list_webauthn", "mfa_reauthenticate", "account_reauthenticate"]
    places = [reverse(name) for name in names]
    places += [reverse(n, args=[passkey.pk]) for n in ("mfa_remove_webauthn", "mfa_edit_webauthn")]
    for place in places:
        answer = client.get(place)
        assert answer.status_code == 200, place
        page = Page(answer.content.decode())
        assert page.inline == [], place
        foreign = CHINESE if language == "en" else ENGLISH
        strange = [text for text in page.said if foreign.search(text)]
        assert [text for text in strange if text not in {"林岚", "监测岗"} and "总行" not in text] == [], (
            place
        )


# ── What is written down ──


def test_every_event_of_signing_in_is_written_down(
    bank: People, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Any
) -> None:
    caplog.set_level(logging.INFO, "riskloop.sign_in")
    client = sign_in(password="wrong")  # noqa: S106
    sign_in(client=client)
    with django_capture_on_commit_callbacks(execute=True):
        enrol(client)
    client.post(reverse("mfa_deactivate_totp"))
    form = {"oldpassword": PASSWORD, "password1": ANOTHER, "password2": ANOTHER}
    client.post(reverse("account_change_password"), form)
    client.post(reverse("account_logout"))
    fail(5)
    unlock("lin")
    client = sign_in(password=ANOTHER)
    backdate(client, hours=9)
    is_in(client)
    lines = [record.getMessage() for record in caplog.records if record.name == "riskloop.sign_in"]
    happened = [line.split()[0] for line in lines]
    expected = ["sign_in_failed", "signed_in", "second_factor_added", "second_factor_added"]
    expected += ["second_factor_removed", "second_factor_removed", "password_changed", "signed_out"]
    expected += ["sign_in_failed"] * 5 + ["locked", "unlocked", "signed_in", "session_ended"]
    assert sorted(happened) == sorted(expected)
    assert not any(secret in line for line in lines for secret in (PASSWORD, ANOTHER, "wrong"))


def test_expired_sessions_leave_no_session_behind(bank: People) -> None:
    client = sign_in()
    before = Session.objects.count()
    backdate(client, hours=9)
    is_in(client)
    assert Session.objects.count() <= before
    assert not UserSession.objects.filter(user=bank.monitor).exists()
