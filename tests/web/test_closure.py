"""Measures with proof, appeals and reopenings on the page of an event, in the queue and on the overview."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from riskloop.loop import actions
from riskloop.loop.models import Attachment, Objection, QuasiEvent
from riskloop.organisation.models import User
from tests.loop.attached import PDF
from tests.web.api_cases import appealed, determined, excluded, to_reopen
from tests.web.reading import Page
from tests.web.stage import LAST_DAY, People

AsUser = Callable[[User], Client]


def page_of(client: Client, event: QuasiEvent) -> str:
    return client.get(reverse("event", args=[event.pk])).content.decode()


def act(client: Client, event: QuasiEvent, action: str, **given: Any) -> Any:
    sent = {f"{action}-{name}": value for name, value in given.items()}
    return client.post(reverse("act", args=[event.pk, action]), sent)


def decide(client: Client, objection: Objection, action: str, note: str = "经复核。") -> Any:
    sent = {f"{action}-{objection.pk}-note": note}
    return client.post(reverse("act_on_objection", args=[objection.pk, action]), sent)


def report(client: Client, number: int, note: str, *files: SimpleUploadedFile) -> Any:
    name = f"report_done-{number}"
    sent = {f"{name}-note": note, f"{name}-proof": list(files)} if files else {f"{name}-note": note}
    return client.post(reverse("act_on_measure", args=[number, "report_done"]), sent)


def test_a_measure_is_reported_done_with_its_proof_in_one_form(bank: People, as_user: AsUser) -> None:
    event = determined(bank.monitor)
    measure = actions.set_measure(event, bank.monitor, "1_correction", "补办授权", bank.verifier, LAST_DAY)
    client = as_user(bank.verifier)
    refused = report(client, measure.pk, "已补办授权手续。")
    assert (refused.status_code, refused.headers["X-Refused"]) == (409, "proof")
    assert "已补办授权手续。" in refused.content.decode()
    disguised = report(client, measure.pk, "已补办。", SimpleUploadedFile("授权.pdf", b"MZ\x90\x00 program"))
    assert disguised.status_code == 409
    assert not Attachment.objects.exists()
    assert report(client, measure.pk, "已补办。", SimpleUploadedFile("授权.pdf", PDF)).status_code == 302
    assert Attachment.objects.get().object_id == str(measure.pk)


def test_too_large_a_proof_is_stopped_and_the_words_stay(
    bank: People, as_user: AsUser, settings: Any
) -> None:
    settings.ATTACHMENT_MB = 1
    event = determined(bank.monitor)
    measure = actions.set_measure(event, bank.monitor, "1_correction", "补办授权", bank.verifier, LAST_DAY)
    large = SimpleUploadedFile("大.pdf", PDF + b" " * (2 * 1024 * 1024))
    answer = report(as_user(bank.verifier), measure.pk, "已补办授权手续。", large)
    assert answer.status_code == 413
    assert "已补办授权手续。" in answer.content.decode()
    assert not Attachment.objects.exists()


def test_the_unit_appeals_and_a_reviewer_upholds(bank: People, as_user: AsUser) -> None:
    event = determined(bank.monitor)
    verifier, supervisor = as_user(bank.verifier), as_user(bank.supervisor)
    assert "对认定结果申诉" in page_of(verifier, event)
    assert "对认定结果申诉" not in page_of(as_user(bank.monitor), event)
    assert act(verifier, event, "appeal", words="客户已补签授权。").status_code == 302
    objection = event.objections.get()
    assert "客户已补签授权。" in page_of(supervisor, event)
    assert "支持申诉" not in page_of(verifier, event)
    assert decide(verifier, objection, "uphold_appeal").status_code == 403
    assert decide(supervisor, objection, "uphold_appeal").status_code == 302
    late = decide(supervisor, objection, "reject_appeal", "迟到的意见。")
    assert late.status_code == 409
    assert "迟到的意见。" in late.content.decode()
    event.refresh_from_db()
    assert event.state == "new"
    told = page_of(supervisor, event)
    assert "已撤销" in told or "撤销" in told


def test_a_reopening_is_asked_for_and_decided(bank: People, as_user: AsUser) -> None:
    event = excluded(bank.monitor)
    assert act(as_user(bank.supervisor), event, "ask_reopening", words="客户来函。").status_code == 302
    told = page_of(as_user(bank.approver), event)
    assert "同意重开" in told
    assert decide(as_user(bank.approver), event.objections.get(), "reopen").status_code == 302
    event.refresh_from_db()
    assert (event.state, event.outcome) == ("new", "")


def test_who_concluded_is_told_why_another_decides(bank: People, as_user: AsUser) -> None:
    event = to_reopen(bank).event
    words = "您参与了原认定，须由他人裁定。"
    assert words in page_of(as_user(bank.monitor), event)
    assert words not in page_of(as_user(bank.approver), event)


def test_the_queue_finds_what_is_to_be_decided(bank: People, as_user: AsUser) -> None:
    appeal, reopening = appealed(bank), to_reopen(bank)
    client = as_user(bank.supervisor)

    def found(**given: str) -> set[Any]:
        answer = client.get(reverse("events"), given)
        return {row.record.pk for row in answer.context["table"].page.object_list}

    assert found(objection="appeal") == {appeal.event_id}
    assert found(objection="reopening") == {reopening.event_id}
    tasks = client.get(reverse("overview")).context["tasks"]
    assert (tasks["appeal"].count, tasks["reopening"].count) == (1, 1)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_repeat_offence_is_named(bank: People, as_user: AsUser, language: str) -> None:
    client = as_user(bank.monitor)
    client.cookies["django_language"] = language
    answer = client.get(reverse("events"), {"repeat": "yes"})
    repeats = [row.record for row in answer.context["table"].page.object_list]
    assert repeats
    told = Page(page_of(client, repeats[0])).said
    assert any(("屡犯" if language == "zh-hans" else "Repeat offence") in words for words in told)
