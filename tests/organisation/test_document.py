"""The document of the roles: up to date, and in both languages what the migration installs."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from riskloop.organisation import document
from riskloop.organisation.functions import FUNCTIONS
from riskloop.organisation.models import RoleDecision

DOCS = Path(__file__).parents[2] / "docs"


def test_the_documents_are_up_to_date() -> None:
    stale = document.stale(DOCS)
    assert not stale, f"run `make docs` and commit: {', '.join(stale)}"


def test_writing_mends_what_is_stale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document.main([str(tmp_path)])
    (tmp_path / "roles.md").write_text("by hand", encoding="utf-8")
    assert document.stale(tmp_path) == ["roles.md"]
    document.main([str(tmp_path)])
    assert document.stale(tmp_path) == []
    assert "1 of 2 documents" in capsys.readouterr().out


def test_an_english_document_has_no_chinese() -> None:
    assert re.findall(r"[\u4e00-\u9fff]+", document.documents()["roles.md"]) == []


@pytest.mark.django_db
def test_it_says_what_the_database_begins_with() -> None:
    seeds = import_module(document.SEEDS)
    text = document.documents()["roles.md"]
    for code, names in seeds.ROLES.items():
        section = text.split(f"### {code} {names[1]}\n")[1].split("\n#")[0]
        ticks = section.count("✓")
        decisions = RoleDecision.objects.filter(role=code).order_by("level", "-effective_from")
        decided = list(decisions.distinct("level"))
        assert ticks == sum(len(set(d.functions)) for d in decided), code
        for function in {f for d in decided for f in d.functions}:
            assert f"| {FUNCTIONS[function].name.en} |" in section
