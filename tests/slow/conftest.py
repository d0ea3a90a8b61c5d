"""One simulated bank for all slow tests: a feed with planted cases, and a home that holds it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

RISKLOOP = [sys.executable, "-c", "from riskloop.cli import main; main()"]


def start(*arguments: object) -> subprocess.Popen[str]:
    """A `riskloop` command under way, its two outputs in one stream."""
    # The tests' own settings must not reach a command that has a home of its own.
    own = {k: v for k, v in os.environ.items() if k not in {"RISKLOOP_HOME", "DJANGO_SETTINGS_MODULE"}}
    return subprocess.Popen(
        [*RISKLOOP, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=own,
    )


def riskloop(*arguments: object) -> str:
    """What a command printed; it must have ended well."""
    process = start(*arguments)
    printed, _ = process.communicate(timeout=300)
    assert process.returncode == 0, printed
    return printed


LONGEST_FIRST = ("test_spark", "test_planted_cases", "test_killed", "test_clean_month", "test_access_table")
"""Begun last, one of them would keep one process busy while the other has nothing left to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Orders the slow tests; the others stay where they are."""
    places = [n for n, item in enumerate(items) if item.path.is_relative_to(Path(__file__).parent)]
    ordered = sorted((items[n] for n in places), key=_place)
    for n, item in zip(places, ordered, strict=True):
        items[n] = item


def _place(item: pytest.Item) -> int:
    name = item.path.stem
    return LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)


@pytest.fixture(scope="session")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated") / "feed"
    riskloop("simulate", "--outlets", 12, "--days", 24, "--per-day", 3000, "--seed", 7, "--out", folder)
    return folder


@pytest.fixture(scope="session")
def bank(feed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("bank")
    riskloop("import", "tables", feed, "--home", home)
    return home
