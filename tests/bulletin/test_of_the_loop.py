"""The bulletin of a bank whose events the loop determined and whose volumes the journal told."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from django.db import connection
from django.utils import translation
from typer.testing import CliRunner

from riskloop.bulletin.blocks import Bulletin, Table, Words
from riskloop.bulletin.cells import DoesNotFollow
from riskloop.bulletin.files import bulletin_file
from riskloop.bulletin.report import bulletin_of
from riskloop.cli import app
from riskloop.exposure.measures import DEGREES, RATIOS
from riskloop.exposure.periods import Period, parse
from riskloop.exposure.report import Compared, exposure_of, exposure_of_units
from riskloop.loop import actions
from riskloop.loop.models import QuasiEvent
from riskloop.organisation import timeline
from riskloop.organisation.models import Staff, UnitVersion, User
from riskloop.organisation.models.dated import Source
from tests.exposure.conftest import bank, person, volume
from tests.loop.conftest import found
from tests.loop.working import determine

__all__ = ["bank", "person"]
Person = Callable[..., User]
MARCH, FEBRUARY = dt.date(2024, 3, 15), dt.date(2024, 2, 15)
COUNTED = ("volume", "events", "internal_events", "external_events", "controllable_events")
FIGURES = (*COUNTED, *RATIOS, *DEGREES)


@pytest.fixture
def worked(person: Person) -> User:
    """Two months of volumes in two outlets; in March an event that was closed, one determined as external,
    one excluded and one that nobody has taken; in February one in each outlet."""
    for day in (dt.date(2024, 2, 1), FEBRUARY, dt.date(2024, 3, 1), MARCH, dt.date(2024, 3, 29)):
        volume(("O1", "T1", 1000), ("O1", None, 200), ("O2", "T3", 500), day=day)
    monitor, verifier = person("monitor"), person("verifier", "R09", "B1")
    for day, number in ((MARCH, 4), (FEBRUARY, 2)):
        subjects = [
            {"subject_id": f"E{day:%m}{n}", "entry_id": f"E{day:%m}{n}", "unit_id": "O2" if n == 1 else "O1"}
            for n in range(number)
        ]
        found(*subjects, day=day)
    for event in QuasiEvent.objects.exclude(subject_id="E033").order_by("subject_id"):
        actions.take(event, monitor)
        if event.subject_id == "E032":
            actions.exclude(event, monitor, "genuine", "客户本人办理。")
        elif event.subject_id == "E031":
            determine(event, monitor, "external", "E1", "general", "违约。")
        else:
            determine(event, monitor, "internal", "P3", "attention", "person G1 审核不严，账号 P1。")
    closed = QuasiEvent.objects.get(subject_id="E030")
    measure = actions.set_measure(
        closed, monitor, "2_management", "补齐凭证。", verifier, dt.date(2024, 3, 22)
    )
    actions.report_done(measure, verifier, "已补齐。")
    actions.verify(measure, monitor)
    actions.close(closed, monitor)
    return monitor


def bulletin(unit_id: str, period: str = "2024-03", language: str = "en") -> Bulletin:
    with translation.override(language):
        return bulletin_of(unit_id, parse(period))


def said(of: Bulletin) -> list[str]:
    return [b.text for s in of.sections for b in s.blocks if isinstance(b, Words)]


@pytest.mark.parametrize("unit_id", ["HO", "B", "B1", "S1", "O1", "O2"])
@pytest.mark.parametrize("period", ["2024-03", "2024-Q1", "2024-02-10..2024-03-20"])
def test_its_figures_are_those_of_the_exposure_page(worked: User, unit_id: str, period: str) -> None:
    made, page = bulletin(unit_id, period), exposure_of(worked, [unit_id], parse(period))
    for name in FIGURES:
        told = [made.book[f"{name}.{key}"].value for key in ("now", "previous")]
        on_page = [getattr(of, name) for of in (page.now, page.previous)]
        # No volume is none to divide by: the bulletin shows a dash.
        assert told == ([value or None for value in on_page] if name == "volume" else on_page), name


def test_units_below_are_those_of_the_exposure_page_and_add_up(worked: User) -> None:
    made = bulletin("B")
    below = exposure_of_units(worked, parse("2024-03"), ["B"])
    assert {row.key for row in below.rows} == {"B", "B1", "B2"}
    for row in below.rows:
        for name in COUNTED[2:]:
            assert made.book[f"{name}.now.{row.key}"].value == getattr(row.measures, name)
    assert [made.book[f"internal_events.now.{u}"].value for u in ("B", "B1", "B2")] == [0, 1, 0]


def test_what_the_loop_found_is_told(worked: User) -> None:
    book = bulletin("HO").book
    told = {o: book[f"quasi.{o}.now"].value for o in ("internal", "external", "excluded", "open", "itemised")}
    assert told == {"internal": 1, "external": 1, "excluded": 1, "open": 1, "itemised": 4}
    assert str(book["confirmed.internal_events.now"]) == "25.00 %"
    assert str(book["internal_events.change.previous"]) == "−50.00 %"
    assert str(book["driver.external.E1.share"]) == "100.00 %"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_cases_hold_no_personal_data(worked: User, language: str) -> None:
    cases = bulletin("HO", language=language).sections[-1]
    table = next(b for b in cases.blocks if isinstance(b, Table))
    assert [str(cell) for cell in table.rows[0]][:2] == ["2024-03-15", "unit O1"]
    with translation.override(language):
        whole = "".join(bulletin_file("HO", "2024-03", ".html", "en" if language == "en" else "zh").decode())
    event = QuasiEvent.objects.get(subject_id="E030")
    people = [s.name for s in Staff.objects.all()] + [u.display_name for u in User.objects.all()]
    personal = [*people, *event.account_ids, *event.customer_ids, event.subject_id, "审核不严", "补齐凭证"]
    told = " ".join(str(cell) for row in table.rows for cell in row)
    assert not [word for word in personal if word in told]
    # Of tellers the whole report tells numbers alone.
    assert not [word for word in (*people, "E030", "审核不严") if word in whole]
    assert "T1" in whole


def test_a_merged_outlets_past_counts_where_it_belongs_and_it_says_so(worked: User) -> None:
    merged = dt.date(2024, 3, 20)
    timeline.set_from(UnitVersion, "O1", merged, {"closed_on": merged, "merged_into_id": "O2"}, Source.HAND)
    timeline.settle_units()
    taken_in, left = bulletin("O2"), bulletin("S1")
    assert taken_in.book["volume.previous"].value == 3400
    assert taken_in.book["internal_events.previous"].value == 2
    assert left.book["internal_events.now"].value == 0
    assert "unit O1 (O1) was merged on 2024-03-20: its past is counted here too." in said(taken_in)
    assert "unit O1 (O1) left on 2024-03-20: its past is counted where it belongs now." in said(left)
    assert bulletin("HO").book["volume.now"].value == 5100
    # A period that was over before the merger says what it said.
    assert bulletin("O2", "2024-02").book["volume.now"].value == 1000
    assert "unit O1（O1）已于 2024-03-20 并入，其此前数据一并计入。" in said(
        bulletin("O2", language="zh-hans")
    )


def _break_the_sums() -> None:
    """Behind the triggers' back the sum of an outlet's events of March is made one more than its facts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE exposure_unitevents SET internal_events = internal_events + 1"
            " WHERE months = 1 AND first = '2024-03-01' AND unit_id = 'O1'"
        )


@pytest.mark.parametrize("ending", [".html", ".docx", ".xlsx"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_does_not_follow_is_printed_in_no_form(worked: User, ending: str, language: str) -> None:
    assert bulletin_file("HO", "2024-03", ending, language)
    _break_the_sums()
    with pytest.raises(DoesNotFollow, match=r"driver\.internal is 2, and driver\.internal\.P3 is 1"):
        bulletin_file("HO", "2024-03", ending, language)


@pytest.mark.parametrize("ending", ["html", "docx", "xlsx"])
def test_the_command_line_prints_nothing_that_does_not_follow(
    worked: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr("riskloop.cli._django", lambda home: None)
    file = tmp_path / f"b.{ending}"
    asked = ["bulletin", "--unit", "HO", "--period", "2024-03", "--out", str(file)]
    assert CliRunner().invoke(app, asked).exit_code == 0
    written = file.read_bytes()
    _break_the_sums()
    answer = CliRunner().invoke(app, asked)
    assert answer.exit_code == 1
    assert "driver.internal is 2" in answer.stderr
    assert file.read_bytes() == written
    file.unlink()
    assert CliRunner().invoke(app, asked).exit_code == 1
    assert not file.exists()


HEADINGS = {
    "zh": ["风险提示", "运营回顾", "运行评审", "驱动因素分析", "排名", "案例通报"],
    "en": ["Risk tips", "Look-back", "Operation review", "Drivers", "Rankings", "Cases"],
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_all_three_forms_say_the_same_in_both_languages(worked: User, language: str) -> None:
    page = bulletin_file("HO", "2024-03", ".html", language).decode()
    assert re.findall(r"<h2>(.*?)</h2>", page) == HEADINGS[language]
    document = docx.Document(io.BytesIO(bulletin_file("HO", "2024-03", ".docx", language)))
    headings = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings == HEADINGS[language]
    with zipfile.ZipFile(io.BytesIO(bulletin_file("HO", "2024-03", ".xlsx", language))) as book:
        sheets = re.findall(r'<sheet name="([^"]*)"', book.read("xl/workbook.xml").decode())
    assert sheets[1:-1] == HEADINGS[language]
    chinese = re.compile("[\u4e00-\u9fff]")
    if language == "en":
        assert not chinese.search(page.replace("宋体", "").replace("黑体", ""))


def test_compared_is_what_the_page_compares(worked: User) -> None:
    page: Compared = exposure_of(worked, ["HO"], Period(dt.date(2024, 3, 1), dt.date(2024, 3, 31)))
    book = bulletin("HO").book
    for name in ("rr", "rer", "degree", "events", "internal_events"):
        assert book[f"{name}.change.previous"].value == page.on_previous(name)
