"""The bulletin as files: the same figures in HTML, Word and Excel, in both languages."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import docx
import pytest

from riskloop.bank.errors import BadInput
from riskloop.bulletin import facts
from riskloop.bulletin.actions import import_figures
from riskloop.bulletin.blocks import Table
from riskloop.bulletin.cells import Cell, DoesNotFollow, Kind
from riskloop.bulletin.files import bulletin_file
from riskloop.bulletin.report import bulletin_of
from riskloop.exposure.measures import Measures
from riskloop.exposure.periods import parse
from tests.bulletin.conftest import UNIT

pytestmark = pytest.mark.django_db


def test_the_page_says_the_figures_in_chinese(figures: Path) -> None:
    import_figures(figures)
    page = bulletin_file(UNIT, "2019", ".html", "zh").decode()
    assert '<html lang="zh-hans">' in page
    for said in ("运营简报", "风险提示", "−36.04 %", "−39.01 %", "−32.93 %", "账务处理失误"):
        assert said in page
    assert "37.26" not in page
    # It needs nothing else: no file, no script, no address.
    assert not any(word in page for word in ("<script", "http", "<link", "src="))


def test_word_holds_the_same_tables(figures: Path) -> None:
    import_figures(figures)
    document = docx.Document(io.BytesIO(bulletin_file(UNIT, "2019", ".docx", "en")))
    headings = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings == ["Risk tips", "Look-back", "Operation review", "Drivers", "Rankings", "Cases"]
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    assert ["Internal risk events", "86", "141", "−39.01 %"] in rows
    assert ["Itemised, together", "23,902", "37,371", "−36.04 %"] in rows


def test_excel_has_numbers_charts_and_every_cell(figures: Path) -> None:
    import_figures(figures)
    with zipfile.ZipFile(io.BytesIO(bulletin_file(UNIT, "2019", ".xlsx", "en"))) as book:
        texts = re.findall(r"<t[^>]*>([^<]*)</t>", book.read("xl/sharedStrings.xml").decode())
        sheets = re.findall(r'<sheet name="([^"]*)"', book.read("xl/workbook.xml").decode())
        charts = [name for name in book.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]
        looked_back = book.read(f"xl/worksheets/sheet{sheets.index('Look-back') + 1}.xml").decode()
    # Events, quasi-events, the ranking of units, and three tables of drivers.
    assert len(charts) == 6
    for said in (
        "internal_events.change.previous",
        "-55/141",
        "internal_events.now / internal_events.previous - 1",
    ):
        assert said in texts
    assert "<v>86</v>" in looked_back
    assert "<v>-0.3901</v>" in looked_back


def test_what_does_not_follow_is_not_printed(figures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import_figures(figures)
    lost = {UNIT: [Measures(internal_events=85), Measures(), Measures()]}
    monkeypatch.setattr(facts, "measures_below", lambda *_asked: lost)
    with pytest.raises(
        DoesNotFollow, match=rf"internal_events.now is 86, and internal_events.now.{UNIT} is 85"
    ):
        bulletin_file(UNIT, "2019", ".html", "en")


@pytest.mark.parametrize(
    ("unit", "period", "ending", "language", "says"),
    [
        ("9", "2019", ".html", "zh", "--unit is 9"),
        (UNIT, "2019-13", ".html", "zh", "--period is 2019-13"),
        (UNIT, "2019", ".pdf", "zh", "--out ends with .pdf"),
        (UNIT, "2019", ".html", "fr", "--language is fr"),
    ],
)
def test_bad_usage_is_named(
    figures: Path, unit: str, period: str, ending: str, language: str, says: str
) -> None:
    import_figures(figures)
    with pytest.raises(BadInput, match=says):
        bulletin_file(unit, period, ending, language)


def test_a_chart_shows_numbers_beside_numbers(figures: Path) -> None:
    import_figures(figures)
    made = bulletin_of(UNIT, parse("2020-01-01..2020-02-29"))
    charted = [b for s in made.sections for b in s.blocks if isinstance(b, Table) and b.chart]
    kinds = [
        {cell.kind for row in b.charted for c in b.chart if isinstance(cell := row[c], Cell)} for b in charted
    ]
    assert {Kind.COUNT} in kinds
    assert all(len(kind) == 1 and Kind.CHANGE not in kind for kind in kinds)
    drivers = next(b for b in charted if b.total)
    assert len(drivers.charted) == len(drivers.rows) - 1


def test_word_has_the_charts_of_excel_with_their_figures(figures: Path) -> None:
    """Each a native chart that has its figures with it, and the workbook from which they are."""
    import_figures(figures)
    content = bulletin_file(UNIT, "2019", ".docx", "zh")
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        names = file.namelist()
        charts = sorted(name for name in names if re.fullmatch(r"word/charts/chart\d+\.xml", name))
        body = file.read("word/document.xml").decode()
        related = file.read("word/_rels/document.xml.rels").decode()
        types = file.read("[Content_Types].xml").decode()
        with zipfile.ZipFile(io.BytesIO(bulletin_file(UNIT, "2019", ".xlsx", "zh"))) as book:
            in_excel = [n for n in book.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", n)]
        assert (
            len(charts)
            == len(in_excel)
            == body.count("<c:chart ")
            == len(set(re.findall(r'docPr id="(\d+)"', body)))
        )
        for relation in re.findall(r'<c:chart [^>]*r:id="(rId\d+)"', body):
            (target,) = re.findall(
                rf'Target="([^"]+)"[^>]*Id="{relation}"|Id="{relation}"[^>]*Target="([^"]+)"', related
            )
            assert "word/" + "".join(target) in charts
        for name in charts:
            assert f'PartName="/{name}"' in types
            number = name.removesuffix(".xml").rpartition("chart")[2]
            chart = file.read(name).decode()
            assert re.search(
                r'<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>', chart
            )
            assert (
                f"embeddings/chart{number}.xlsx"
                in file.read(f"word/charts/_rels/chart{number}.xml.rels").decode()
            )
            with zipfile.ZipFile(io.BytesIO(file.read(f"word/embeddings/chart{number}.xlsx"))) as book:
                assert "xl/worksheets/sheet1.xml" in book.namelist()
        told = [file.read(name).decode() for name in charts]
    events = told[0]
    assert re.findall(r"<c:v>([^<]*)</c:v>", events)[1:5] == [
        "风险事件",
        "内部风险事件",
        "外部风险事件",
        "可控风险事件",
    ]
    assert "<c:v>86</c:v>" in events
    assert "<c:v>141</c:v>" in events
    assert "<c:v>1601</c:v>" in events
    # The drivers' total is in no bar.
    assert "<c:v>合计</c:v>" not in "".join(told)
    assert docx.Document(io.BytesIO(content)).inline_shapes
