"""A form that comes too late: a clear reason, and what was written is not lost."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from riskloop.loop import actions
from riskloop.loop.models import QuasiEvent
from riskloop.organisation.assignment_actions import assign_role, end_all_roles
from riskloop.organisation.models import Unit
from tests.loop.working import determine
from tests.web.stage import LAST_DAY, People

AsUser = Callable[..., Client]
WORDS = "经调阅监控，客户本人到场办理。"


def taken(bank: People) -> QuasiEvent:
    event = QuasiEvent.objects.filter(state="new", unit_id="1112").earliest("pk")
    actions.take(event, bank.monitor)
    return event


def send(client: Client, event: QuasiEvent, action: str, **given: str) -> HttpResponse:
    sent = {f"{action}-{name}": value for name, value in given.items()}
    return client.post(reverse("act", args=[event.pk, action]), sent)


def assert_kept(answer: HttpResponse, status: int, code: str) -> None:
    assert (answer.status_code, answer.headers["X-Refused"]) == (status, code)
    assert WORDS in answer.content.decode()


def test_what_was_written_into_a_stale_page_is_shown_once_more(bank: People, as_user: AsUser) -> None:
    event, client = taken(bank), as_user(bank.monitor)
    actions.exclude(event, bank.monitor, "genuine")
    assert_kept(send(client, event, "exclude", reason="genuine", note=WORDS), 409, "state")


def test_a_form_sent_twice_does_its_work_once(bank: People, as_user: AsUser) -> None:
    event, client = taken(bank), as_user(bank.monitor)
    given = {"reason": "no_papers", "note": WORDS}
    assert send(client, event, "pass_on", **given).status_code == 302
    assert_kept(send(client, event, "pass_on", **given), 409, "state")
    event.refresh_from_db()
    assert event.suspicion_note == WORDS


def test_who_has_lost_the_event_meanwhile_keeps_his_words(bank: People, as_user: AsUser) -> None:
    event, client = taken(bank), as_user(bank.monitor)
    actions.hand_over(event, bank.monitor, bank.approver, "休假")
    assert_kept(send(client, event, "exclude", reason="genuine", note=WORDS), 403, "assignee")


def test_a_measure_that_another_has_ended_keeps_the_words(bank: People, as_user: AsUser) -> None:
    event = taken(bank)
    determine(event, bank.monitor)
    measure = actions.set_measure(event, bank.monitor, "2_management", "补齐凭证", bank.verifier, LAST_DAY)
    client = as_user(bank.verifier)
    actions.report_done(measure, bank.verifier, "已补齐")
    sent = {f"report_done-{measure.pk}-note": WORDS}
    answer = client.post(reverse("act_on_measure", args=[measure.pk, "report_done"]), sent)
    assert_kept(answer, 409, "done")


def test_a_person_moved_in_the_middle_is_told(bank: People, as_user: AsUser) -> None:
    """He sees the event no more: there is no page that could show it, and nothing is written."""
    event, client = taken(bank), as_user(bank.monitor)
    client.get(reverse("event", args=[event.pk]))
    end_all_roles(None, bank.monitor, "调离")
    assert send(client, event, "exclude", reason="genuine", note=WORDS).status_code == 403
    event.refresh_from_db()
    assert (event.state, event.assignee) == ("new", None)


def test_a_form_that_the_page_shows_again_is_shown_once(bank: People, as_user: AsUser) -> None:
    event, client = taken(bank), as_user(bank.monitor)
    answer = send(client, event, "exclude", reason="", note=WORDS)
    assert answer.status_code == 422
    assert answer.content.decode().count(WORDS) == 1


def test_a_reason_to_see_personal_data_is_kept_too(bank: People, as_user: AsUser) -> None:
    event = taken(bank)
    short = send(as_user(bank.monitor), event, "unmask", why=WORDS[:2])
    assert short.status_code == 409
    assert 'id="unsent"' not in short.content.decode()
    bank.monitor.assignments.all().delete()
    assign_role(bank.monitor, "R14", Unit.objects.get(pk="HO"))
    assert_kept(send(as_user(bank.monitor), event, "unmask", why=WORDS), 403, "role")
