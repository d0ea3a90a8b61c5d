"""The pages over people: each form done once, each refusal told, nothing beyond the administrator's units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from riskloop.organisation.account_actions import CreateAccount
from riskloop.organisation.action import do
from riskloop.organisation.assignment_actions import assign_role
from riskloop.organisation.models import History, RoleAssignment, Unit, User
from tests.web.reading import Page
from tests.web.stage import PASSWORD, People
from tests.web.test_languages import CHINESE, ENGLISH, data

AsUser = Callable[..., Client]
OTHER = "quite another password"


@pytest.fixture
def local(bank: People) -> User:
    """Administers the second-level branch 12."""
    return account("local", "12", "R01")


@pytest.fixture
def clerk(bank: People) -> User:
    """Works in outlet 1211 of branch 12, without a role."""
    return account("clerk", "1211")


def account(username: str, unit_id: str, role: str = "") -> User:
    unit = Unit.objects.get(pk=unit_id)
    made = do(CreateAccount(None, username, username.title(), unit, PASSWORD)).person
    if role:
        assign_role(made, role, unit)
    return made


def post(client: Client, person: User, action: str, **given: Any) -> HttpResponse:
    fields = {f"{action}-{name}": value for name, value in given.items() if value is not None}
    return client.post(reverse("act_on_person", args=[person.pk, action]), fields)


def role_given(**more: Any) -> dict[str, Any]:
    return {"unit": "1211", "role": "R07", "from_on": timezone.localdate(), "why": "到岗"} | more


def said(answer: HttpResponse) -> str:
    return " ".join(Page(answer.content.decode()).said)


def signs_in(username: str, password: str) -> bool:
    """Whether the door opens; what a new password leads to first is tried with signing in."""
    client = Client()
    client.post(reverse("account_login"), {"login": username, "password": password})
    return "_auth_user_id" in client.session


def test_a_member_of_staff_gets_his_account_and_role(local: User, bank: People, as_user: AsUser) -> None:
    client = as_user(local)
    assert "H1211" in said(client.get(reverse("joiners")))
    form = client.get(reverse("create_account"), {"staff_id": "H1211"}).context["form"]
    assert form.initial == {
        "username": "H1211",
        "display_name": "员工H1211",
        "staff_id": "H1211",
        "unit": "1211",
    }
    given = {f"create_account-{k}": v for k, v in (form.initial | {"password": PASSWORD}).items()}
    answer = client.post(reverse("create_account"), given)
    made = User.objects.get(username="H1211")
    assert answer.url == reverse("person", args=[made.pk])
    assert post(client, made, "assign_role", **role_given()).status_code == 302
    page = client.get(answer.url)
    assert "R07" in said(page)
    assert "到岗" in said(page)
    assert "H1211" not in said(client.get(reverse("joiners")))
    assert signs_in("H1211", PASSWORD)


def test_a_service_account(local: User, as_user: AsUser) -> None:
    given = {"username": "feeder", "display_name": "接口", "unit": "12", "is_service": "on"}
    fields = {f"create_account-{k}": v for k, v in given.items()}
    client = as_user(local)
    answer = client.post(reverse("create_account"), fields | {"create_account-password": PASSWORD})
    assert answer.status_code == 409
    assert client.post(reverse("create_account"), fields).status_code == 302
    assert User.objects.get(username="feeder").is_service


def test_a_role_is_ended_with_who_and_why(local: User, clerk: User, as_user: AsUser) -> None:
    client = as_user(local)
    post(client, clerk, "assign_role", **role_given())
    held = RoleAssignment.objects.get(user=clerk)
    assert post(client, clerk, "end_role", assignment=held.pk, why=None).status_code == 422
    assert post(client, clerk, "end_role", assignment=held.pk, why="换岗").status_code == 302
    page = client.get(reverse("person", args=[clerk.pk]))
    groups = dict(page.context["groups"])
    assert groups["now"] == []
    assert [(h.given.actor, h.ended.reason) for h in groups["ended"]] == [(local, "换岗")]
    assert post(client, clerk, "end_role", assignment=held.pk, why="x").status_code == 409


def test_somebody_elses_role_cannot_be_ended_through_a_persons_page(
    local: User, clerk: User, bank: People, as_user: AsUser
) -> None:
    foreign = RoleAssignment.objects.get(user=bank.monitor)
    assert post(as_user(local), clerk, "end_role", assignment=foreign.pk, why="x").status_code == 422
    foreign.refresh_from_db()
    assert foreign.to_on is None


def test_deactivating_reactivating_and_setting_a_password(local: User, clerk: User, as_user: AsUser) -> None:
    client, his = as_user(local), as_user(clerk)
    assert his.get(reverse("overview")).status_code == 200
    assert post(client, clerk, "set_password", password="short", why="忘记").status_code == 409  # noqa: S106
    assert post(client, clerk, "set_password", password=OTHER, why="忘记").status_code == 302
    assert his.get(reverse("overview")).status_code == 302, "the old password's sessions end"
    assert signs_in("clerk", OTHER)
    clerk.refresh_from_db()
    assert clerk.must_change_password
    assert post(client, clerk, "deactivate", why=" ").status_code == 422
    assert post(client, clerk, "deactivate", why="离岗").status_code == 302
    assert not signs_in("clerk", OTHER)
    assert post(client, clerk, "deactivate", why="离岗").status_code == 409
    assert post(client, clerk, "reactivate", why="返岗").status_code == 302
    page = client.get(reverse("person", args=[clerk.pk]))
    assert OTHER not in page.content.decode()
    assert {"离岗", "返岗", "忘记"} <= set(Page(page.content.decode()).said)


def test_refusals_are_told_in_the_readers_language(local: User, clerk: User, as_user: AsUser) -> None:
    chinese, english = as_user(local), as_user(local, "en")
    assert post(chinese, clerk, "assign_role", **role_given()).status_code == 302
    given = role_given(unit="12", role="R04")
    answer = post(chinese, clerk, "assign_role", **given)
    assert answer.status_code == 409
    assert "提出疑问者不自行答复" in said(answer)
    assert "who raises the question does not answer it" in said(post(english, clerk, "assign_role", **given))
    again = post(english, clerk, "assign_role", **role_given())
    assert again.status_code == 409
    assert "already" in said(again)
    himself = post(english, local, "assign_role", **role_given())
    assert himself.status_code == 403
    assert "Nobody gives himself a role." in said(himself)
    assert RoleAssignment.objects.filter(user=clerk).count() == 1


def test_what_is_missing_or_not_on_offer_is_422(local: User, clerk: User, as_user: AsUser) -> None:
    client = as_user(local)
    before = History.objects.count()
    for given in (
        role_given(why=""),
        role_given(from_on="soon"),
        role_given(from_on="2024-99-99"),
        role_given(unit="\x00"),
        role_given(role="R04"),
        role_given(unit="1111"),
    ):
        answer = post(client, clerk, "assign_role", **given)
        assert answer.status_code == 422, given
        assert "text-danger" in answer.content.decode()
    assert History.objects.count() == before


def test_the_roles_offered_are_those_of_the_level_on_the_day(
    local: User, clerk: User, as_user: AsUser
) -> None:
    client = as_user(local)
    address = reverse("act_on_person", args=[clerk.pk, "assign_role"])

    def offered(unit: str) -> str:
        asked = {"assign_role-unit": unit, "assign_role-from_on": str(timezone.localdate())}
        return client.get(address, asked, headers={"HX-Request": "true"}).content.decode()

    assert "R07" in offered("1211")
    assert "R04" not in offered("1211")
    assert "R04" in offered("12")
    assert "R07" not in offered("12")
    assert "R14" not in offered("1111"), "beyond his reach nothing is offered"


def test_people_of_another_branch_do_not_exist(local: User, bank: People, as_user: AsUser) -> None:
    stranger = account("stranger", "1111")
    client = as_user(local)
    listed = [row.record.username for row in client.get(reverse("people")).context["table"].rows]
    assert "stranger" not in listed
    assert "chen" in listed
    assert client.get(reverse("person", args=[stranger.pk])).status_code == 404
    assert post(client, stranger, "deactivate", why="x").status_code == 404
    assert post(client, stranger, "assign_role", **role_given()).status_code == 404
    assert client.get(reverse("create_account"), {"staff_id": "H1112"}).status_code == 404
    assert "H1112" not in said(client.get(reverse("joiners")))
    stranger.refresh_from_db()
    assert stranger.is_active


def test_only_administrators_get_in(bank: People, clerk: User, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    for address in (reverse("people"), reverse("joiners"), reverse("create_account")):
        assert client.get(address).status_code == 403
    assert post(client, clerk, "deactivate", why="x").status_code == 403
    assert client.post(reverse("create_account"), {}).status_code == 403
    assert reverse("people") not in client.get(reverse("overview")).content.decode()
    assert reverse("people") in as_user(bank.administrator).get(reverse("overview")).content.decode()


def test_the_list_is_narrowed(bank: People, clerk: User, local: User, as_user: AsUser) -> None:
    client = as_user(bank.administrator)

    def found(**given: str) -> set[str]:
        table = client.get(reverse("people"), given).context["table"]
        return {row.record.username for row in table.rows}

    assert {"clerk", "local", "lin"} <= found()
    assert found(text="LOC") == {"local"}
    assert found(text="H1111") == {"wang"}
    assert found(unit="12") == {"chen", "clerk", "local"}
    assert found(unit="nowhere") == set()
    assert found(role="R09") == {"zhou"}
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert found(state="inactive") == {"clerk"}
    assert "clerk" not in found(state="active")
    assert client.get(reverse("people"), {"sort": "-unit", "page": "9"}).status_code == 200
    part = client.get(reverse("people"), {"text": "loc"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part


def test_the_list_asks_the_same_number_of_queries_however_long(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.administrator)
    client.get(reverse("people"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("people"))
    for number in range(20):
        account(f"more{number}", "1211", "R14")
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("people"))
    assert len(many) == len(few)


def test_a_role_to_come_is_told_apart(local: User, clerk: User, as_user: AsUser) -> None:
    later = timezone.localdate() + dt.timedelta(days=5)
    client = as_user(local)
    post(client, clerk, "assign_role", **role_given(from_on=later))
    groups = dict(client.get(reverse("person", args=[clerk.pk])).context["groups"])
    assert [h.assignment.from_on for h in groups["to_come"]] == [later]
    post(client, clerk, "end_role", assignment=groups["to_come"][0].assignment.pk, why="取消")
    page = client.get(reverse("person", args=[clerk.pk]))
    assert [s for s, several in page.context["groups"] if several] == ["ended"]
    assert "未生效" in said(page)


def test_looking_at_an_action_leads_to_the_person(local: User, clerk: User, as_user: AsUser) -> None:
    client = as_user(local)
    address = reverse("act_on_person", args=[clerk.pk, "deactivate"])
    assert client.get(address).url == reverse("person", args=[clerk.pk])
    assert client.post(reverse("act_on_person", args=[clerk.pk, "promote"])).status_code == 404


def test_the_administrators_pages_speak_one_language(bank: People, clerk: User, as_user: AsUser) -> None:
    post(as_user(bank.administrator), clerk, "assign_role", **role_given())
    pages = [
        reverse("people"),
        reverse("joiners"),
        reverse("create_account"),
        reverse("person", args=[clerk.pk]),
        reverse("person", args=[bank.administrator.pk]),
        reverse("roles"),
        reverse("role", args=["R04"]),
        reverse("units"),
        reverse("unit", args=["1111"]),
        reverse("staff_member", args=["H1111"]),
    ]
    allowed = data() | {"到岗"}
    chinese, english = as_user(bank.administrator), as_user(bank.administrator, "en")
    for address in pages:
        answer = english.get(address)
        assert answer.status_code == 200
        page = Page(answer.content.decode())
        assert page.inline == []
        assert [t for t in page.said if any(f not in allowed for f in CHINESE.findall(t))] == [], address
        spoken = Page(chinese.get(address).content.decode()).said
        assert [t for t in spoken if ENGLISH.search(t)] == [], address
