"""A killed import and a killed detect, run again, end where an undisturbed one ends."""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

from riskloop.bank.home import Home
from riskloop.bank.lake import FINGERPRINT, Lake
from riskloop.bank.tables import TABLES
from riskloop.detection.ledger import Ledger
from tests.slow.conftest import riskloop, start


def kill_when(process: subprocess.Popen[str], reached: Callable[[], bool]) -> None:
    """Kills the command, without mercy, once it has come so far."""
    for _ in range(6000):
        if reached():
            break
        assert process.poll() is None, "the command ended before it could be killed"
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def lake(home: Path) -> dict[str, bytes]:
    """Every file that was handed over, read to its end, with its fingerprint."""
    found: dict[str, bytes] = {}
    files = (file for table in TABLES for file in (home / "lake" / table).rglob("[!.]*.parquet"))
    for file in sorted(files):
        pq.read_table(file)
        found[str(file.relative_to(home))] = pq.read_schema(file).metadata[FINGERPRINT]
    return found


def test_a_killed_import(feed: Path, bank: Path, tmp_path: Path) -> None:
    whole = lake(bank)
    eighth = Lake(Home(tmp_path)).file("journal", dt.date(2024, 1, 8))
    kill_when(start("import", "tables", feed, "--home", tmp_path), eighth.exists)
    broken_off = lake(tmp_path)
    assert 0 < len(broken_off) < len(whole)
    assert broken_off.items() <= whole.items()
    riskloop("import", "tables", feed, "--home", tmp_path)
    assert lake(tmp_path) == whole
    assert list(tmp_path.glob("loading-*")) == []


def events(home: Path) -> list[str]:
    return sorted(riskloop("events", "list", "--format", "csv", "--home", home).splitlines())


def ledger(home: Path) -> list[tuple[object, ...]]:
    rows = Ledger(Home(home)).rows()
    return [(r.day, r.model, r.state, r.parameter_version, r.data_version, r.rows_read, r.hits) for r in rows]


def test_a_killed_detect(tmp_path: Path) -> None:
    # Every day is run thrice, for every model: a few days are enough.
    feed, whole, killed = tmp_path / "feed", tmp_path / "whole", tmp_path / "killed"
    riskloop("simulate", "--outlets", 12, "--days", 3, "--per-day", 1000, "--seed", 7, "--out", feed)
    for home in (whole, killed):
        riskloop("import", "tables", feed, "--home", home)
    riskloop("detect", "--home", whole)
    quarter = len(ledger(whole)) // 4
    kill_when(start("detect", "--home", killed), lambda: len(ledger(killed)) >= quarter)
    assert len(ledger(killed)) < len(ledger(whole))
    riskloop("detect", "--home", killed)
    assert ledger(killed) == ledger(whole)
    assert events(killed) == events(whole)
    assert len(events(whole)) > 20
    # And again: nothing is run, nothing changes.
    assert "0 cells run" in riskloop("detect", "--home", killed)
    assert events(killed) == events(whole)
    assert "no gaps" in riskloop("runs", "--gaps", "--home", killed)
