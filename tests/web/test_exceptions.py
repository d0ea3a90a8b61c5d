"""Exception reports on the pages: seen by those who receive them, hidden from the outlet concerned."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskloop.loop import actions
from riskloop.loop.evidence.exchanges import exceptions
from riskloop.loop.models import ExceptionReport, QuasiEvent
from riskloop.organisation.models import User
from tests.web.api_cases import new_event, overdue, reported, service
from tests.web.stage import People

AsUser = Callable[[User], Client]
WORDS = "疑似挪用客户资金。"


def page_of(client: Client, event: QuasiEvent) -> str:
    return client.get(reverse("event", args=[event.pk])).content.decode()


def test_a_report_is_made_read_and_acknowledged(bank: People, as_user: AsUser) -> None:
    event, monitor, verifier = new_event(), as_user(bank.monitor), as_user(bank.verifier)
    sent = {"report_exception-words": WORDS, "report_exception-known_on": timezone.localdate()}
    assert monitor.post(reverse("act", args=[event.pk, "report_exception"]), sent).status_code == 302
    report = ExceptionReport.objects.get()
    listed = verifier.get(reverse("exceptions")).content.decode()
    assert WORDS in listed
    assert "异常情况报告" in page_of(verifier, event)
    address = reverse("act_on_exception", args=[report.pk, "acknowledge_exception"])
    note = {f"acknowledge_exception-{report.pk}-note": "已停职调查。"}
    assert verifier.post(address, note).status_code == 302
    assert WORDS not in verifier.get(reverse("exceptions")).content.decode()
    assert WORDS in verifier.get(reverse("exceptions"), {"which": "all"}).content.decode()
    again = verifier.post(address, note)
    assert (again.status_code, again.headers["X-Refused"]) == (409, "acknowledged")


def test_the_outlet_concerned_sees_nothing_of_it(bank: People, as_user: AsUser) -> None:
    report = reported(bank)
    unit_id = report.event.unit_id
    assert unit_id is not None
    outlet = service(unit_id, "R07")
    User.objects.filter(pk=outlet.pk).update(is_service=False)
    client = as_user(User.objects.get(pk=outlet.pk))
    page = page_of(client, report.event)
    assert WORDS not in page
    assert "已提交异常情况报告" not in page
    assert WORDS not in client.get(reverse("exceptions"), {"which": "all"}).content.decode()
    address = reverse("act_on_exception", args=[report.pk, "acknowledge_exception"])
    assert client.post(address, {}).status_code == 404


def test_what_has_come_up_is_found_and_urged_on(bank: People, as_user: AsUser) -> None:
    event, client = overdue(), as_user(bank.supervisor)
    found = client.get(reverse("events"), {"due": "escalated"}).context["table"].page.object_list
    assert event.pk in {row.record.pk for row in found}
    assert "督办" in page_of(client, event)
    sent = {"urge-words": "请三日内办结。"}
    assert client.post(reverse("act", args=[event.pk, "urge"]), sent).status_code == 302
    assert "请三日内办结。" in page_of(client, event)
    early = new_event()
    QuasiEvent.objects.filter(pk=early.pk).update(clock_from=timezone.localdate())
    assert "urge-words" not in page_of(client, early)


def test_a_report_stands_in_the_evidence_file_of_who_sees_it_alone(bank: People) -> None:
    report = reported(bank)
    told = exceptions(report.event, bank.verifier)
    assert told is not None
    assert exceptions(report.event, bank.approver) is None
    actions.acknowledge_exception(report, bank.verifier, "已停职。")
    assert exceptions(report.event, bank.verifier) is not None
