"""Notices: told once, in the transaction of what they are about, without personal data, also by e-mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from riskloop.organisation.action import Refused, do
from riskloop.organisation.models import History, User
from riskloop.organisation.naming import units as names_of_units
from riskloop.outgoing import mail, notices
from riskloop.outgoing.models import Mail, Notice
from riskloop.outgoing.notice_actions import ChooseNotices
from riskloop.outgoing.notices import Kind, mark_read, tell, told, unread_by
from tests.outgoing.conftest import Person, do_jobs, waiting

TRIED = Kind(
    "tried",
    "Unit %(unit)s of %(day)s",
    "ti-bell",
    lambda number: f"/things/{number}/",
    {"unit": names_of_units, "day": None},
)
ABOUT: Mapping[str, Any] = {"unit": "A", "day": dt.date(2024, 3, 29)}


@pytest.fixture(autouse=True)
def _kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_kinds", {})
    notices.register(TRIED)


@pytest.fixture
def mails(settings: Any) -> None:
    settings.EMAIL_HOST, settings.ADDRESS = "mail.bank.example", "https://riskloop.bank.example"
    settings.DEFAULT_FROM_EMAIL = "riskloop@bank.example"


def test_telling_twice_is_one(person: Person) -> None:
    lin, zhou = person("lin"), person("zhou")
    assert tell([lin], "tried", "thing", 1, **ABOUT) == 1
    assert tell([lin, zhou, lin.pk], "tried", "thing", 1, **ABOUT) == 1
    assert tell([lin], "tried", "thing", 1, occasion="again", **ABOUT) == 1
    assert tell([lin], "tried", "thing", 2, **ABOUT) == 1
    assert (unread_by(lin), unread_by(zhou)) == (3, 1)


def test_a_notice_goes_with_what_it_is_about(person: Person) -> None:
    lin = person("lin")
    with transaction.atomic():
        tell([lin], "tried", "thing", 1, **ABOUT)
        transaction.set_rollback(True)
    assert unread_by(lin) == 0


def test_who_is_not_there_is_told_nothing(person: Person) -> None:
    gone, program = person("gone"), person("program")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    User.objects.filter(pk=program.pk).update(is_service=True)
    assert tell([gone, program], "tried", "thing", 1, **ABOUT) == 0


@pytest.mark.parametrize(
    "given",
    [
        {"unit": "A"},
        {**ABOUT, "name": "张小明"},
        {**ABOUT, "unit": "6222000099990017"},
        {**ABOUT, "unit": "13800138000"},
        {**ABOUT, "unit": "x" * 101},
    ],
)
def test_no_personal_data_gets_in(person: Person, given: dict[str, Any]) -> None:
    lin = person("lin")
    with pytest.raises(ValueError, match="a notice tried"):
        tell([lin], "tried", "thing", 1, **given)
    assert unread_by(lin) == 0


def test_an_unknown_kind_is_a_fault_of_the_code(person: Person) -> None:
    with pytest.raises(LookupError):
        tell([person("lin")], "unknown", "thing", 1)


def test_one_code_has_one_sentence() -> None:
    notices.register(TRIED)
    with pytest.raises(ValueError, match="tried"):
        notices.register(Kind("tried", "Something else", "ti-bell", str))


def test_a_notice_is_told_by_names(person: Person) -> None:
    lin = person("lin")
    tell([lin], "tried", "thing", 1, **ABOUT)
    Notice.objects.create(person=lin, kind="former", object_type="x", object_id="1", key="x")
    (one,) = told(Notice.objects.all())
    assert (one.text, one.address) == ("Unit unit A A of 2024-03-29", "/things/1/")


def test_many_notices_ask_once_for_their_names(person: Person) -> None:
    lin = person("lin")
    for number in range(5):
        tell([lin], "tried", "thing", number, unit=("A", "HO")[number % 2], day=ABOUT["day"])
    with CaptureQueriesContext(connection) as caught:
        assert len(told(Notice.objects.all())) == 5
    assert len(caught) == 2


def test_reading_is_ones_own(person: Person) -> None:
    lin, zhou = person("lin"), person("zhou")
    for number in range(3):
        tell([lin, zhou], "tried", "thing", number, **ABOUT)
    lines = History.objects.count()
    assert mark_read(zhou, Notice.objects.filter(person=lin).earliest("pk").pk) == 0
    assert mark_read(lin, Notice.objects.filter(person=lin).earliest("pk").pk) == 1
    assert (unread_by(lin), unread_by(zhou)) == (2, 3)
    assert mark_read(lin) == 2
    assert (unread_by(lin), unread_by(zhou)) == (0, 3)
    assert History.objects.count() == lines


def test_the_number_of_unread_is_found_by_an_index(person: Person) -> None:
    lin = person("lin")
    Notice.objects.bulk_create(
        Notice(person=lin, kind="tried", object_type="x", object_id="1", key=str(n), read_at=timezone.now())
        for n in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE outgoing_notice")
        cursor.execute(
            "EXPLAIN SELECT count(*) FROM outgoing_notice WHERE person_id = %s AND read_at IS NULL", [lin.pk]
        )
        assert "notice_unread" in str(cursor.fetchall())


# ── by e-mail ──


def test_without_a_server_there_is_no_mail(person: Person) -> None:
    tell([person("lin", email="lin@bank.example")], "tried", "thing", 1, **ABOUT)
    assert (mail.gather(), waiting()) == (0, [])


@pytest.mark.usefixtures("mails")
def test_several_notices_are_one_mail_with_sentence_and_link(person: Person) -> None:
    lin = person("lin", email="lin@bank.example")
    tell([lin, person("zhou")], "tried", "thing", 1, **ABOUT)
    tell([lin], "tried", "thing", 2, **ABOUT)
    assert (mail.gather(), mail.gather()) == (1, 0)
    assert do_jobs() == []
    (sent,) = outbox.outbox
    assert (sent.to, sent.from_email) == (["lin@bank.example"], "riskloop@bank.example")
    assert sent.subject == "闭环 riskloop: 2 条通知"
    assert sent.body == (
        "Unit unit A A of 2024-03-29\nhttps://riskloop.bank.example/things/1/\n\n"
        "Unit unit A A of 2024-03-29\nhttps://riskloop.bank.example/things/2/\n"
    )
    assert sent.extra_headers["Message-ID"] == f"<{Mail.objects.get().pk}@riskloop.bank.example>"


@pytest.mark.usefixtures("mails")
def test_who_switched_it_off_gets_no_mail(person: Person) -> None:
    lin = person("lin", email="lin@bank.example")
    do(ChooseNotices(lin, False, "en"))
    tell([lin], "tried", "thing", 1, **ABOUT)
    assert mail.gather() == 0
    do(ChooseNotices(lin, True, "en"))
    tell([lin], "tried", "thing", 2, **ABOUT)
    assert mail.gather() == 1
    do_jobs()
    assert [m.subject for m in outbox.outbox] == ["riskloop: 1 notice"]


@pytest.mark.usefixtures("mails")
def test_what_changed_meanwhile_holds(person: Person) -> None:
    lin = person("lin", email="lin@bank.example")
    tell([lin], "tried", "thing", 1, **ABOUT)
    mail.gather()
    do(ChooseNotices(lin, False, "zh-hans"))
    do_jobs()
    assert outbox.outbox == []


@pytest.mark.usefixtures("mails")
def test_a_mail_is_sent_once_though_its_job_is_done_twice(person: Person) -> None:
    tell([person("lin", email="lin@bank.example")], "tried", "thing", 1, **ABOUT)
    mail.gather()
    number = str(Mail.objects.get().pk)
    assert [mail.send(number), mail.send(number)] == [True, False]
    assert len(outbox.outbox) == 1


@pytest.mark.usefixtures("mails")
def test_a_mail_that_the_server_refuses_stays_to_be_sent(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: object, messages: object) -> int:
        raise OSError("no route")

    tell([person("lin", email="lin@bank.example")], "tried", "thing", 1, **ABOUT)
    mail.gather()
    number = str(Mail.objects.get().pk)
    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", refused)
        assert [type(problem) for problem in do_jobs()] == [OSError]
    assert Mail.objects.get().sent_at is None
    assert mail.send(number)


@pytest.mark.usefixtures("mails")
def test_an_old_mail_is_sent_no_more(person: Person) -> None:
    tell([person("lin", email="lin@bank.example")], "tried", "thing", 1, **ABOUT)
    mail.gather()
    Mail.objects.update(at=timezone.now() - dt.timedelta(days=2))
    assert not mail.send(str(Mail.objects.get().pk))


def test_the_choice_is_written_into_the_history(person: Person) -> None:
    lin = person("lin")
    do(ChooseNotices(lin, False, "en"))
    line = History.objects.latest("pk")
    assert (line.action, line.actor, line.after["by_mail"]) == ("choose_notices", lin, False)
    with override("en"), pytest.raises(Refused, match="language"):
        do(ChooseNotices(lin, False, "fr"))
