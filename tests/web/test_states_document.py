"""The document of the states: up to date, and all that can be done stands in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils.translation import override

from riskloop.loop.states import TRANSITIONS, State
from riskloop.organisation import telling
from riskloop.web import states_document
from tests.web import writing

DOCS = Path(__file__).parents[2] / "docs"


def test_the_documents_are_up_to_date() -> None:
    stale = states_document.stale(DOCS)
    assert not stale, f"run `make docs` and commit: {', '.join(stale)}"


def test_writing_mends_what_is_stale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    states_document.main([str(tmp_path)])
    (tmp_path / "states.md").write_text("by hand", encoding="utf-8")
    states_document.main([str(tmp_path)])
    assert states_document.stale(tmp_path) == []
    assert "1 of 2 documents" in capsys.readouterr().out


def test_every_way_between_states_that_an_action_takes_is_drawn() -> None:
    """From the table itself, and not by the code that draws."""
    drawn = set(re.findall(r"^ +(\w+) --> (\w+):", states_document.documents()["states.md"], re.MULTILINE))
    there = {kind.name for kind in writing.all_actions()} | writing.names_written()
    ways = {
        (str(begin), str(end))
        for name, way in TRANSITIONS.items()
        if name in there
        for begin in way.states
        for end in way.to
    }
    assert drawn == ways
    assert {state for way in drawn for state in way} == set(State.values)


def test_no_action_of_the_loop_is_left_out() -> None:
    text = states_document.documents()["states.md"]
    names = {kind.name for kind in writing.all_actions()} & TRANSITIONS.keys()
    with override("en"):
        called = {str(telling.actions()[name].name) for name in names}
    assert {name for name in called if f"| {name} |" not in text} == set()


def test_an_english_document_has_no_chinese() -> None:
    assert re.findall(r"[\u4e00-\u9fff]+", states_document.documents()["states.md"]) == []
