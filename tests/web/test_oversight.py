"""Oversight on the pages: a sample is drawn, its events looked at once more, the rates told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskloop.loop.evidence.exchanges import second_looks
from riskloop.loop.models import QuasiEvent, SampleItem, SamplingPlan
from riskloop.organisation.models import User
from tests.web.api_cases import excluded
from tests.web.stage import People

AsUser = Callable[[User], Client]


def last_month() -> dt.date:
    return (timezone.localdate().replace(day=1) - dt.timedelta(days=1)).replace(day=1)


@pytest.fixture
def event(bank: People) -> QuasiEvent:
    """Excluded last month by the monitor."""
    event = excluded(bank.monitor)
    event.concluded_at = timezone.make_aware(dt.datetime.combine(last_month(), dt.time(10)))
    event.save()
    return event


def drawn(client: Client, unit: str, month: str = "", **given: str) -> SamplingPlan:
    sent = {"unit": unit, "month": month or f"{last_month():%Y-%m}", "confidence": "95", "margin": "5"}
    sent |= {"expected": "5"} | given
    answer = client.post(reverse("oversight"), {f"draw_sample-{name}": value for name, value in sent.items()})
    assert answer.status_code == 302, answer.content.decode()
    return SamplingPlan.objects.get()


def test_a_sample_is_drawn_looked_at_and_what_was_wrong_begins_anew(
    bank: People, as_user: AsUser, event: QuasiEvent
) -> None:
    client = as_user(bank.supervisor)
    plan = drawn(client, event.unit_id)
    item = SampleItem.objects.get(event=event)
    page = client.get(reverse("sample", args=[plan.pk])).content.decode()
    assert str(event.pk) in page
    assert str(bank.monitor) in page
    told = client.get(reverse("event", args=[event.pk])).content.decode()
    assert "监理复核" in told
    address = reverse("act_on_sample", args=[item.pk, "check_exclusion"])
    sent = {f"check_exclusion-{item.pk}-verdict": "wrong", f"check_exclusion-{item.pk}-note": "凭证缺失。"}
    refused = client.post(address, sent)
    assert (refused.status_code, refused.headers["X-Refused"]) == (409, "faults")
    assert "凭证缺失。" in refused.content.decode()
    sent[f"check_exclusion-{item.pk}-faults"] = "6_conclusion"
    assert client.post(address, sent).status_code == 302
    event.refresh_from_db()
    assert event.state == "new"
    page = client.get(reverse("sample", args=[plan.pk])).content.decode()
    assert "100.0 %" in page
    section = second_looks(event, bank.supervisor)
    assert section is not None
    assert "凭证缺失。" in str(section)
    assert second_looks(event, bank.monitor) is None


def test_only_who_oversees_opens_the_pages(bank: People, as_user: AsUser, event: QuasiEvent) -> None:
    plan = drawn(as_user(bank.supervisor), event.unit_id)
    for person in (bank.monitor, bank.verifier, bank.administrator):
        client = as_user(person)
        assert client.get(reverse("oversight")).status_code == 403
        assert client.get(reverse("sample", args=[plan.pk])).status_code == 403
    page = as_user(bank.monitor).get(reverse("event", args=[event.pk])).content.decode()
    assert "监理复核" not in page


@pytest.mark.parametrize(
    ("field", "value"), [("month", "2026-13"), ("month", "十月"), ("margin", "0"), ("confidence", "300")]
)
def test_a_plan_that_makes_no_sense_is_refused_with_its_reason(
    bank: People, as_user: AsUser, event: QuasiEvent, field: str, value: str
) -> None:
    sent = {"unit": event.unit_id, "month": f"{last_month():%Y-%m}", "confidence": "95", "margin": "5"}
    sent |= {"expected": "5"} | {field: value}
    given = {f"draw_sample-{name}": one for name, one in sent.items()}
    answer = as_user(bank.supervisor).post(reverse("oversight"), given)
    assert answer.status_code in {400, 409, 422}
    assert not SamplingPlan.objects.exists()


def test_a_wrong_conclusion_is_told_to_who_concluded(
    bank: People, as_user: AsUser, event: QuasiEvent
) -> None:
    client = as_user(bank.supervisor)
    drawn(client, event.unit_id)
    item = SampleItem.objects.get(event=event)
    sent = {"verdict": "wrong", "note": "凭证缺失。", "faults": "6_conclusion"}
    address = reverse("act_on_sample", args=[item.pk, "check_exclusion"])
    client.post(address, {f"check_exclusion-{item.pk}-{name}": value for name, value in sent.items()})
    assert "监理复核有误" in as_user(bank.monitor).get(reverse("notices")).content.decode()
