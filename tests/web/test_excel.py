"""Every table as a workbook: as it is seen, for a reason, and never more than that."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from riskloop.loop.filters import STATES
from riskloop.organisation.account_actions import create_user
from riskloop.organisation.models import Look, RoleAssignment, Unit
from riskloop.web import excel
from riskloop.web.seen import read_page
from riskloop.web.workbook import LONGEST_CELL, Sheet, TooLong, workbook
from tests.web.api_cases import overseer
from tests.web.stage import People

AsUser = Callable[..., Client]
NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
Cells = list[list[tuple[str, str]]]
WHY = "季度复核所需，报运营管理部"


def sheets_of(content: bytes) -> list[Cells]:
    """Of each sheet the rows, of each row the cells: their kind ("n" a number) and what they hold."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        names = sorted(n for n in book.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", n))
        trees = [ElementTree.fromstring(book.read(name)) for name in names]  # noqa: S314 — our own file
    for tree in trees:
        assert tree.findall(".//x:f", NS) == []
    return [
        [
            [(cell.get("t", "n"), "".join(cell.itertext())) for cell in row.iterfind("x:c", NS)]
            for row in tree.iterfind(".//x:row", NS)
        ]
        for tree in trees
    ]


def file_of(client: Client, address: str, why: str = WHY) -> list[Cells]:
    answer = client.post(f"{reverse('excel')}?page={quote(address)}", {"why": why})
    assert answer.status_code == 200
    return sheets_of(answer.content)


def test_the_queue_is_the_file_with_its_filters_numbers_and_days(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    shown = client.get(reverse("events"), {"state": "new", "sort": "-amount", "per_page": 200})
    records = [row.record for row in shown.context["table"].rows]
    head, rows = file_of(client, "/events/?state=new&sort=-amount")
    assert [float(row[9][1]) for row in rows[1:]] == [float(e.amount) for e in records]
    assert {row[9][0] for row in rows[1:]} == {"n"}
    assert {row[1][0] for row in rows[1:]} == {"n"}
    state = str(dict(STATES)["new"])
    assert ["状态", state] in [[text for _kind, text in line] for line in head]
    assert WHY in {text for line in head for _kind, text in line}
    look = Look.objects.get(kind="export")
    assert (look.object_type, look.rows, look.reason) == ("events", len(records), WHY)


def test_no_file_without_a_reason(bank: People, as_user: AsUser) -> None:
    answer = as_user(bank.monitor).post(f"{reverse('excel')}?page=/events/", {"why": ""})
    assert answer.status_code == 422
    assert not Look.objects.filter(kind="export").exists()


@pytest.mark.parametrize(
    "address", ["/exposure/", "/statistics/", "/models/", "/runs/", "/units/", "/roles/"]
)
def test_every_page_of_tables_gives_what_it_shows(bank: People, as_user: AsUser, address: str) -> None:
    client = as_user(bank.monitor)
    seen = read_page(client.get(address).content.decode())
    if not seen.tables:
        answer = client.post(f"{reverse('excel')}?page={address}", {"why": WHY})
        assert answer.status_code == 422
        return
    _head, *sheets = file_of(client, address)
    assert len(sheets) == len(seen.tables)
    assert len(sheets[0]) >= len(seen.tables[0].rows) + len(seen.tables[0].headings)


def test_a_list_of_several_parts_is_whole(bank: People, as_user: AsUser) -> None:
    """The traces show fifty at once; the file has all of them, each once."""
    client = as_user(overseer())
    for _number in range(120):
        client.get(reverse("history"))
    address = "/history/"
    total = client.get(address).context["table"].paginator.count
    assert total > len(read_page(client.get(address).content.decode()).tables[0].rows)
    _head, rows = file_of(client, address)
    assert len(rows) - 1 == total


def test_too_many_rows_are_refused(bank: People, as_user: AsUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "AT_MOST", 3)
    monkeypatch.setattr(excel, "MOST_ROWS", 3)
    client = as_user(bank.monitor)
    for address in ("/events/", "/models/"):
        answer = client.post(f"{reverse('excel')}?page={address}", {"why": WHY})
        assert answer.status_code == 422
        assert "超过 3 行" in answer.content.decode()


def test_a_page_that_one_may_not_open_gives_no_file(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    answer = client.post(f"{reverse('excel')}?page=/people/", {"why": WHY})
    assert answer.status_code == 403
    assert as_user(bank.administrator).get(f"{reverse('excel')}?page=/events/").status_code == 403
    for address in ("/accounts/sessions/", "//elsewhere/events/", "/nowhere/", ""):
        assert client.get(f"{reverse('excel')}?page={quote(address)}").status_code == 404


def test_who_reads_where_he_may_not_export_gets_no_file(bank: People, as_user: AsUser) -> None:
    """A sub-branch's verifier reads exposure without export, wherever else he may."""
    unit = Unit.objects.get(pk="111")
    person = create_user(username="both", password=None, display_name="两处", staff_id="", unit=unit)
    for role, at in (("R08", "111"), ("R14", "12")):
        RoleAssignment.objects.create(user=person, role_id=role, unit_id=at, from_on=dt.date(2024, 1, 1))
    client = as_user(person)
    answer = client.post(f"{reverse('excel')}?page=/exposure/", {"why": WHY})
    assert answer.status_code == 422


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "http://x.test", "12", "{=1}"])
def test_text_stays_text(text: str) -> None:
    with workbook([(text, text)], [Sheet("a/b", [[text]], [[text]])]) as file:
        sheets = sheets_of(file.read())
    assert {kind for rows in sheets for row in rows for kind, _text in row} <= {"inlineStr"}
    assert sheets[1][1][0][1].strip() == text.strip()


def test_what_does_not_fit_a_cell_is_refused() -> None:
    with pytest.raises(TooLong):
        workbook([], [Sheet("a", [], [["x" * (LONGEST_CELL + 1)]])])
