"""What other systems and people are told of an event's life: at its turns, once, with nothing personal."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from riskloop.loop import actions
from riskloop.loop.models import QuasiEvent
from riskloop.organisation.action import Refused, do
from riskloop.organisation.models import User
from riskloop.outgoing.models import Delivery, Notice
from riskloop.outgoing.notices import told as notices_told
from riskloop.outgoing.webhook_actions import AddEndpoint
from riskloop.outgoing.webhooks import CLOSED, DETERMINED, OPENED
from tests.loop.conftest import found
from tests.loop.working import determine

Person = Callable[..., User]
SOON = timezone.localdate() + dt.timedelta(days=2)


@pytest.fixture
def listening(bank: None) -> None:
    """Another system that wants to know of all three turns."""
    do(AddEndpoint(None, "工单系统", "https://tickets.example/riskloop", [OPENED, DETERMINED, CLOSED]))


def said() -> list[tuple[str, str, str | None]]:
    """Of each message its kind, and the state and outcome that it tells."""
    bodies = [
        json.loads(body) for body in Delivery.objects.order_by("created_at").values_list("body", flat=True)
    ]
    return [(b["type"], b["data"]["state"], b["data"]["outcome"]) for b in bodies]


def told(person: User) -> list[str]:
    """What kinds of notices the person has, oldest first."""
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("kind", flat=True))


@pytest.mark.usefixtures("listening")
def test_other_systems_are_told_of_every_turn(event: QuasiEvent, person: Person) -> None:
    monitor, owner = person("monitor"), person("owner", "R09", "B1")
    approver, checker = person("approver"), person("checker", "R09", "B")
    actions.take(event, monitor)
    determine(event, monitor, grade="key_attention")
    assert said() == [(OPENED, "new", None)]
    actions.approve(event, approver)
    measure = actions.set_measure(event, monitor, "2_management", "复训", owner, SOON)
    actions.report_done(measure, owner, "已复训")
    actions.verify(measure, checker)
    actions.close(measure.event, monitor)
    assert said() == [
        (OPENED, "new", None),
        (DETERMINED, "determined", "internal"),
        (CLOSED, "closed", "internal"),
    ]


@pytest.mark.usefixtures("listening")
def test_an_exclusion_is_an_end(event: QuasiEvent, person: Person) -> None:
    monitor = person("monitor")
    actions.take(event, monitor)
    actions.exclude(event, monitor, "genuine", "属实")
    assert said() == [(OPENED, "new", None), (CLOSED, "excluded", "excluded")]


@pytest.mark.usefixtures("listening")
def test_a_hit_found_again_is_not_opened_twice(event: QuasiEvent) -> None:
    found({})
    found({"amount": Decimal("700000.00")})
    assert said() == [(OPENED, "new", None)]


@pytest.mark.usefixtures("listening")
def test_a_message_names_nobody(event: QuasiEvent) -> None:
    body = json.loads(Delivery.objects.get().body)
    assert body["data"] == {
        "event_id": str(event.pk),
        "model": "A11",
        "unit_id": "O1",
        "day": "2024-03-15",
        "state": "new",
        "outcome": None,
        "grade": event.grade,
        "score": None,
    }


@pytest.mark.usefixtures("listening")
def test_what_was_refused_is_told_to_nobody(event: QuasiEvent, person: Person) -> None:
    monitor = person("monitor")
    actions.take(event, monitor)
    with pytest.raises(Refused):
        actions.exclude(event, monitor, "no such reason")
    assert said() == [(OPENED, "new", None)]


def test_who_is_given_an_event_is_told_and_who_takes_one_is_not(event: QuasiEvent, person: Person) -> None:
    lead, monitor, other = person("lead"), person("monitor"), person("other")
    actions.assign(event, lead, monitor)
    actions.hand_over(event, monitor, other, "请假")
    actions.hand_back(event, other, "不归我管")
    actions.take(event, monitor)
    assert (told(monitor), told(other), told(lead)) == (["event_given"], ["event_given"], [])


def test_approvers_and_proposer_tell_one_another(event: QuasiEvent, person: Person) -> None:
    monitor, approver = person("monitor"), person("approver")
    actions.take(event, monitor)
    determine(event, monitor, grade="key_attention")
    actions.send_back(event, approver, "证据不足")
    assert told(approver) == ["approval_wanted"]
    assert told(monitor) == ["determination_sent_back"]


def test_a_measure_goes_to_its_owner_and_back_to_those_nearest(event: QuasiEvent, person: Person) -> None:
    monitor, owner = person("monitor"), person("owner", "R09", "B1")
    near, far = person("near", "R09", "B"), person("far", "R09", "HO")
    actions.take(event, monitor)
    determine(event, monitor)
    measure = actions.set_measure(event, monitor, "2_management", "复训", owner, SOON)
    assert told(owner) == ["measure_given"]
    assert Notice.objects.get(person=owner).parameters["due"] == SOON.isoformat()
    actions.set_owner(measure, monitor, near)
    actions.report_done(measure, near, "已复训")
    assert told(near) == ["measure_given"]
    assert (told(owner), told(far)) == (["measure_given", "measure_done"], [])


def test_a_notice_can_be_read_in_both_languages(event: QuasiEvent, person: Person) -> None:
    monitor = person("monitor")
    actions.assign(event, person("lead"), monitor)
    for language, words in (("zh-hans", "有一个事件交给您处理："), ("en", "You were given an event: ")):
        with override(language):
            (notice,) = notices_told(Notice.objects.filter(person=monitor))
            assert notice.text.startswith(words)
            assert "unit O1 O1" in notice.text
            assert notice.address == reverse("event", args=[event.pk])
