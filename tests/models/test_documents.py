"""The generated documents: up to date, complete in both languages, and written where they are asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from riskloop.bank.derived import DERIVED
from riskloop.bank.tables import TABLES
from riskloop.models import document
from riskloop.models.catalogue import catalogue, model_of

DOCS = Path(__file__).parents[2] / "docs"


def test_the_documents_are_up_to_date() -> None:
    stale = document.stale(DOCS)
    assert not stale, f"run `make docs` and commit: {', '.join(stale)}"


def test_a_page_tells_what_the_file_tells() -> None:
    a11 = model_of("A11")
    zh, en = document.page(a11, "zh"), document.page(a11, "en")
    assert zh.startswith("# A11 个人结算账户单笔大额支付业务监测\n")
    assert en.startswith("# A11 Personal account, single large payment\n")
    assert (
        "| `amount` | Limit of one payment | decimal | CNY | 500,000 | 1 – 1,000,000,000,000 | Reporting"
        in en
    )
    assert "| 处理方式 | 逐笔核实 |" in zh
    assert "| Exactly the limit | **hit** |" in en
    assert "| One fen below the limit | no hit |" in en
    assert a11.false_positives.zh in zh
    assert a11.false_positives.en in en


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_model_has_its_whole_page(language: str) -> None:
    short: list[str] = []
    for model in catalogue().values():
        text = document.page(model, language)
        due = [getattr(model, k) for k in ("name", "purpose", "definition", "decided", "false_positives")]
        due += [about.why for about in model.about().values()]
        due += [*model.compared.values(), *(example.title for example in model.examples)]
        due = [t.in_language(language).replace("|", r"\|") for t in due if t is not None]
        due += [*model.about(), *model.needs]
        short += [f"{model.code}: {piece}" for piece in due if piece not in text]
    assert not short


def test_an_english_page_has_no_chinese() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    # U盾 is a product name, which English texts may keep.
    mixed = {
        code: line
        for code, model in catalogue().items()
        for line in document.page(model, "en").replace("U盾", "").splitlines()
        if chinese.search(line)
    }
    assert not mixed


def test_the_index_says_which_tables_feed_which_models() -> None:
    index = document.documents()["models/README.md"]
    rows = {name: line for name in TABLES for line in index.splitlines() if f"[`{name}`]" in line}
    assert set(rows) == set(TABLES)
    wrong = [
        f"{name}: {code}"
        for name, line in rows.items()
        for code, model in catalogue().items()
        if (f"[{code}]" in line) != (name in model.needs)
    ]
    assert not wrong


def test_the_dictionary_holds_every_column_and_code() -> None:
    text = document.documents()["tables.md"]
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^### |^## |\Z)", text, re.DOTALL | re.MULTILINE))
    known = [*TABLES.values(), *(d.table for d in DERIVED.values())]
    assert set(sections) == {t.name for t in known}
    missing = [
        f"{table.name}.{word}"
        for table in known
        for column in table.columns
        for word in (column.name, *column.codes)
        if f"`{word}`" not in sections[table.name]
    ]
    assert not missing


def test_links_lead_somewhere() -> None:
    written = document.documents()
    here = {*written, "models/writing.md", "models/writing.zh.md"}
    broken: list[str] = []
    for path, text in written.items():
        for target in re.findall(r"\]\(([^)#]+)", text):
            found = (Path("/") / path).parent / target
            name = str(Path(*_plain(found.parts[1:])))
            broken += [f"{path} → {target}"] if name not in here else []
    assert not broken
    assert all((DOCS / "models" / name).is_file() for name in ("writing.md", "writing.zh.md"))


def test_writing_mends_what_is_stale_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document.main([str(tmp_path)])
    assert document.stale(tmp_path) == []
    (tmp_path / "models" / "writing.md").write_text("by hand", encoding="utf-8")
    (tmp_path / "models" / "Z99.md").write_text("a model that was", encoding="utf-8")
    (tmp_path / "models" / "A11.md").write_text("changed by hand", encoding="utf-8")
    (tmp_path / "tables.md").unlink()
    capsys.readouterr()

    assert document.stale(tmp_path) == ["models/A11.md", "models/Z99.md", "tables.md"]
    document.main([str(tmp_path)])

    assert document.stale(tmp_path) == []
    assert not (tmp_path / "models" / "Z99.md").exists()
    assert (tmp_path / "models" / "writing.md").read_text(encoding="utf-8") == "by hand"
    assert f"3 of {len(document.documents())} documents written" in capsys.readouterr().out


def _plain(parts: tuple[str, ...]) -> list[str]:
    left: list[str] = []
    for part in parts:
        if part == "..":
            left.pop()
        else:
            left.append(part)
    return left
