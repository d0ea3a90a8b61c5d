"""Markdown that the generated documents share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

MADE_BY = "<!-- Made by `make docs` from the sources: change those, not this file. -->\n\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; a bar within a cell is escaped."""
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def differing(folder: Path, due: Mapping[str, str]) -> list[str]:
    """Of documents by their paths those that are missing below the folder, or read otherwise there."""
    return [path for path, text in due.items() if _read(folder / path) != text]


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def write(folder: Path, due: Mapping[str, str]) -> list[str]:
    """Writes those that differ, and names them."""
    changed = differing(folder, due)
    for path in changed:
        (folder / path).write_text(due[path], encoding="utf-8")
    return changed
