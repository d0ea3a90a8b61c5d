"""The pages of assignment: the load, what a monitor is given, giving out by the rule."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from riskloop.loop.models import AssignmentRule, MonitorSkill, QuasiEvent
from riskloop.organisation.models import User
from tests.web.api_cases import new_event
from tests.web.calling import program
from tests.web.stage import People

AsUser = Callable[[User], Client]


def test_the_page_shows_the_load_and_gives_out(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    page = client.get(reverse("assignment"))
    assert page.context["waiting"] > 0
    assert str(bank.branch) in page.content.decode()
    answers = client.post(reverse("assignment"))
    assert answers.context["done"] > 0
    assert QuasiEvent.objects.exclude(assignee=None).filter(state="assigned").exists()
    assert all(answer.done or answer.reason for answer in answers.context["answers"])


def test_a_colleague_sets_what_a_monitor_is_given(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    address = reverse("monitor", args=[bank.branch.pk])
    sent = {"set_skill-categories": ["statistical"], "set_skill-highest_grade": "general"}
    refused = client.post(address, sent | {"set_skill-why": ""})
    assert refused.status_code == 422
    assert (
        client.post(address, sent | {"set_skill-why": "休假。", "set_skill-most_in_hand": "0"}).status_code
        == 302
    )
    kept = MonitorSkill.objects.get(person=bank.branch)
    assert (kept.categories, kept.highest_grade, kept.most_in_hand) == (["statistical"], "general", 0)
    page = client.get(address).content.decode()
    assert 'value="statistical"' in page
    own = client.post(reverse("monitor", args=[bank.monitor.pk]), sent | {"set_skill-why": "自定。"})
    assert (own.status_code, own.headers["X-Refused"]) == (403, "own_skill")


def test_the_api_too_gives_a_monitor_nothing_for_the_time_being(bank: People) -> None:
    address = f"/monitors/{bank.branch.pk}/skill"
    answer = program(bank.monitor).post(address, most_in_hand=0, why="休假。")
    assert (answer.status_code, answer.json()["most_in_hand"]) == (200, 0)
    assert program(bank.monitor).post(address, most_in_hand=-1, why="休假。").status_code == 422
    assert MonitorSkill.objects.get(person=bank.branch).most_in_hand == 0


def test_who_does_not_assign_sees_neither_page(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.verifier)
    assert client.get(reverse("assignment")).status_code == 403
    assert client.get(reverse("monitor", args=[bank.branch.pk])).status_code == 403
    # A branch does not see the monitors of the head office.
    assert as_user(bank.branch).get(reverse("monitor", args=[bank.monitor.pk])).status_code == 404


def test_ticked_rows_go_to_one_person(bank: People, as_user: AsUser) -> None:
    event = new_event()
    sent = {"action": "assign", "event": [str(event.pk)], "to": str(bank.approver.pk)}
    answers = as_user(bank.monitor).post(reverse("bulk"), sent)
    assert answers.context["done"] == 1
    event.refresh_from_db()
    assert event.assignee == bank.approver


def test_where_nobody_has_room_it_says_so(bank: People, as_user: AsUser) -> None:
    AssignmentRule.objects.update(most_in_hand=0)
    answer = as_user(bank.monitor).post(reverse("assignment"), follow=True)
    assert "未分派任何事件" in answer.content.decode()
    assert not QuasiEvent.objects.filter(state="new").exclude(assignee=None).exists()
