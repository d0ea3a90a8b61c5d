"""The auditor's page: every write within reach, and whether the chain holds."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from riskloop.loop.models import QuasiEvent
from riskloop.organisation import history, telling
from riskloop.organisation.account_actions import create_user
from riskloop.organisation.assignment_actions import assign_role
from riskloop.organisation.history import digest_of
from riskloop.organisation.models import History, Look, Unit, User
from tests.web.stage import PASSWORD, People

AsUser = Callable[..., Client]


def auditor(unit_id: str) -> User:
    unit = Unit.objects.get(pk=unit_id)
    user = create_user(
        username=f"audit-{unit_id}", password=PASSWORD, display_name="监理员", staff_id="", unit=unit
    )
    assign_role(user, "R06", unit)
    return user


def said(file: HttpResponseBase) -> str:
    """The text of a file that was handed out."""
    return b"".join(file.streaming_content).decode()


def test_an_auditor_reads_every_write_of_his_units(bank: People, as_user: AsUser) -> None:
    table = as_user(auditor("HO")).get(reverse("history")).context["table"]
    assert table.paginator.count == History.objects.count()
    reached = as_user(auditor("12")).get(reverse("history")).context["table"]
    units = {line.unit_id for line in reached.data}
    assert units <= {"12", "121", "1211"}
    assert 0 < reached.paginator.count < table.paginator.count


@pytest.mark.parametrize("name", ["history", "history_chain"])
def test_who_does_not_audit_is_not_let_in(bank: People, as_user: AsUser, name: str) -> None:
    for reader in (bank.monitor, bank.verifier, bank.administrator):
        assert as_user(reader).get(reverse(name)).status_code == 403


def test_it_is_narrowed_down_to_one_object(bank: People, as_user: AsUser) -> None:
    event = QuasiEvent.objects.filter(state="closed").earliest("pk")
    given = {"object_type": "quasi_event", "object_id": str(event.pk)}
    table = as_user(auditor("HO")).get(reverse("history"), given).context["table"]
    assert [line.action for line in table.data][-1] == "found"
    assert table.paginator.count == History.objects.filter(object_id=str(event.pk)).count()


def test_a_line_says_what_changed_in_the_readers_language(bank: People, as_user: AsUser) -> None:
    reader = auditor("HO")
    chinese = as_user(reader).get(reverse("history"), {"action": "exclude"}).content.decode()
    assert "排除" in chinese
    assert "林岚" in chinese
    english = as_user(reader, "en").get(reverse("history"), {"action": "exclude"}).content.decode()
    assert "Excluded" in english


def test_the_chain_is_walked(bank: People, as_user: AsUser) -> None:
    client = as_user(auditor("HO"), "en")
    assert "The chain holds" in client.get(reverse("history_chain")).content.decode()
    changed = History.objects.earliest("id")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE organisation_history DISABLE TRIGGER USER")
        cursor.execute("UPDATE organisation_history SET reason = 'x' WHERE id = %s", [changed.pk])
        cursor.execute("ALTER TABLE organisation_history ENABLE TRIGGER USER")
    assert f"broken at line {changed.pk}" in client.get(reverse("history_chain")).content.decode()


IMPOSSIBLE = [
    ({"first": "soon"}, "first"),
    ({"last": "2024-13-01"}, "last"),
    ({"first": "2024-02-02", "last": "2024-02-01"}, "last"),
    ({"action": "nothing of the kind"}, "action"),
    ({"object_type": "nothing of the kind"}, "object_type"),
    ({"actor": "lin\0"}, "actor"),
]


@pytest.mark.parametrize(("given", "field"), IMPOSSIBLE)
def test_what_cannot_be_chosen_is_refused(
    bank: People, as_user: AsUser, given: dict[str, str], field: str
) -> None:
    """Neither the page nor the file shows more than was asked for."""
    client = as_user(auditor("HO"))
    for answer in (client.get(reverse("history"), given), client.post(reverse("history_export"), given)):
        assert answer.status_code == 422
        label = answer.context["filter"].form.fields[field].label
        (alert,) = re.findall(r'role="alert">(.*?)</div></div>', answer.content.decode())
        assert f"<div>{label}" in alert
        assert "table" not in answer.context
    assert not Look.objects.exists()


def test_the_export_has_the_lines_as_chosen(bank: People, as_user: AsUser) -> None:
    answer = as_user(auditor("HO")).post(reverse("history_export"), {"action": "close"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.streaming
    rows = list(csv.DictReader(io.StringIO(said(answer).removeprefix("\ufeff"))))
    lines = History.objects.filter(action="close").order_by("id")
    assert len(rows) > 1
    assert [row["id"] for row in rows] == [str(line.pk) for line in lines]
    assert [row["digest"] for row in rows] == [digest_of(line) for line in lines]
    assert rows[0]["actor"] == "lin"
    look = Look.objects.get(kind="export", object_type="history")
    assert (look.user.username, look.rows, look.query) == ("audit-HO", len(rows), "action=close")


def test_an_export_of_nothing_is_a_heading(bank: People, as_user: AsUser) -> None:
    text = said(as_user(auditor("HO")).post(reverse("history_export"), {"last": "2000-01-01"}))
    assert text.startswith("\ufeffid,at,")
    assert text.count("\n") == 1
    assert Look.objects.get().rows == 0


def test_account_numbers_in_the_history_are_masked(bank: People, as_user: AsUser) -> None:
    event = QuasiEvent.objects.exclude(account_ids=[]).first()
    (number,) = event.account_ids
    line = history.line("refreshed", "quasi_event", event.pk, unit_id="HO", after={"account_ids": [number]})
    history.record([line])
    client, chosen = as_user(auditor("HO")), {"action": "refreshed"}
    page = client.get(reverse("history"), chosen).content.decode()
    file = said(client.post(reverse("history_export"), chosen))
    for text in (page, file):
        assert number not in text
        assert f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}" in text


def test_the_export_is_for_auditors(bank: People, as_user: AsUser) -> None:
    answer = as_user(bank.monitor).post(reverse("history_export"))
    assert answer.status_code == 403


def test_no_line_shows_the_name_of_a_column(bank: People, as_user: AsUser) -> None:
    client = as_user(auditor("HO"), "en")
    lines = list(History.objects.select_related("actor"))
    columns = {name for line in lines for name in line.after}
    assert {"assignee_id", "verified_at", "by"} <= columns
    assert {c.field for told in telling.told(lines, whole=True) for c in told.changes} & columns == set()
    page = client.get(reverse("history"), {"action": "signed_in"}).content.decode()
    assert "By what or whom:" in page


def test_the_page_asks_no_more_for_more_lines(bank: People, as_user: AsUser) -> None:
    client = as_user(auditor("HO"))
    given = {"object_id": str(QuasiEvent.objects.filter(state="closed").earliest("pk").pk)}
    with CaptureQueriesContext(connection) as few:
        assert client.get(reverse("history"), given | {"action": "close"}).context["table"].rows
    with CaptureQueriesContext(connection) as many:
        assert len(client.get(reverse("history")).context["table"].paginated_rows) > 10
    # Of more lines more kinds of keys are to be named, each in one query.
    kinds_of_keys = 5
    assert len(many) <= len(few) + kinds_of_keys


def test_units_and_accounts_are_called_by_their_names(bank: People, as_user: AsUser) -> None:
    history.record([history.line("signed_in", "user", bank.monitor.pk, unit_id="1111")])
    client = as_user(auditor("HO"))
    page = client.get(reverse("history"), {"object_type": "user", "object_id": bank.monitor.pk})
    row = next(row for row in page.context["table"].paginated_rows if row.record.unit_id == "1111")
    assert row.get_cell("unit_id") == f"{Unit.objects.get(pk='1111').name} 1111"
    assert str(bank.monitor) in row.get_cell("subject")
