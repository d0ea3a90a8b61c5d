"""A killed import and a killed detect, run again, end where an undisturbed one ends."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pyarrow.parquet as pq

from riskloop.bank.home import Home
from riskloop.bank.lake import FINGERPRINT
from riskloop.detection.ledger import Ledger
from tests.slow.conftest import riskloop, start


def kill_after(process: subprocess.Popen[str], sign: str) -> None:
    """Kills the command, without mercy, once it has printed `sign`."""
    assert process.stdout is not None
    for line in process.stdout:
        if sign in line:
            break
    else:
        raise AssertionError(f"the command ended before it printed {sign}")
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def lake(home: Path) -> dict[str, bytes]:
    """Every file of the lake, read to its end, with its fingerprint."""
    found: dict[str, bytes] = {}
    for file in sorted((home / "lake").rglob("[!.]*.parquet")):
        pq.read_table(file)
        found[str(file.relative_to(home))] = pq.read_schema(file).metadata[FINGERPRINT]
    return found


def test_a_killed_import(feed: Path, bank: Path, tmp_path: Path) -> None:
    whole = lake(bank)
    kill_after(start("import", "tables", feed, "--home", tmp_path), "journal 2024-01-08: written")
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


def test_a_killed_detect(feed: Path, tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for home in (whole, killed):
        riskloop("import", "tables", feed, "--home", home)
    riskloop("detect", "--home", whole)
    process = start("detect", "--home", killed)
    waited = 0
    while len(ledger(killed)) < len(ledger(whole)) // 4:
        assert process.poll() is None, "the command ended before it could be killed"
        waited += 1
        try:
            process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            assert waited < 2000
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert len(ledger(killed)) < len(ledger(whole))
    riskloop("detect", "--home", killed)
    assert ledger(killed) == ledger(whole)
    assert events(killed) == events(whole)
    assert len(events(whole)) > 20
    # And again: nothing is run, nothing changes.
    assert "0 cells run" in riskloop("detect", "--home", killed)
    assert events(killed) == events(whole)
    assert "no gaps" in riskloop("runs", "--gaps", "--home", killed)
