"""A bank's folder with the worked example of docs/models in it, and that file changed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from riskloop.models.own import VARIABLE

EXAMPLE = Path(__file__).parents[2] / "docs" / "models" / "example" / "x01_cash_withdrawn_in_parts.py"
Put = Callable[..., Path]
"""Puts the example into the folder: its name, and what stands there instead of what."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bank's one folder."""
    # A file written twice within a second would be taken for the compiled one.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    path = tmp_path / "models"
    path.mkdir()
    monkeypatch.setenv(VARIABLE, str(path))
    return path


@pytest.fixture
def put(folder: Path) -> Put:
    """Writes the example, or what it becomes when it is changed."""

    def write(name: str = EXAMPLE.name, *changes: tuple[str, str]) -> Path:
        text = EXAMPLE.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        file = folder / name
        file.write_text(text, encoding="utf-8")
        return file

    return write
