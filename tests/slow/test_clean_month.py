"""Whole simulated banks: silent where nothing is planted, and no heavier than promised."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from riskloop.bank.feeds.tables import deliveries
from riskloop.bank.home import Home
from riskloop.bank.load import LoadReport, load
from riskloop.bank.simulator.simulate import simulate
from riskloop.bank.simulator.spec import Spec
from riskloop.detection.run import DetectRequest, detect_to_file

REVIEWED: dict[str, str] = {}
"""Models that may hit in a month in which nothing is planted, each with the reason."""


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("clean"))


@pytest.fixture(scope="module")
def loaded(clean: Home, tmp_path_factory: pytest.TempPathFactory) -> LoadReport:
    feed = tmp_path_factory.mktemp("feed")
    simulate(Spec(outlets=20, days=31, per_day=10_000, seed=5), feed, [])
    return load(clean, deliveries(feed), feed="clean")


def test_the_gate_finds_nothing_amiss(loaded: LoadReport) -> None:
    assert loaded.set_aside == 0
    assert loaded.rows_in > 250_000
    assert {(t.table, column): n for t in loaded.tables for column, n in t.unknown.items() if n} == {}


@pytest.mark.usefixtures("loaded")
def test_a_clean_month_is_silent(clean: Home, tmp_path: Path) -> None:
    file = tmp_path / "hits.parquet"
    request = DetectRequest(first=None, last=None, codes=(), settings=(), engine="duckdb")
    report = detect_to_file(clean, request, file, lambda *_: None)
    assert not report.failed
    assert not report.not_applicable
    hits = Counter(pq.read_table(file)["model"].to_pylist())
    assert {code: n for code, n in hits.items() if code not in REVIEWED} == {}


GREAT_DAY = """
import datetime as dt, json, resource, sys
from pathlib import Path
from riskloop.bank.simulator.simulate import Spec, simulate
spec = Spec(outlets=16_000, days=1, per_day=int(sys.argv[2]), seed=1, first_day=dt.date(2024, 1, 3))
rows = simulate(spec, Path(sys.argv[1]), []).rows["journal"]
print(json.dumps({"rows": rows, "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""
"""Where there are so many outlets, they and not the entries decide how many accounts there are."""


def test_memory_does_not_follow_the_entries(tmp_path: Path) -> None:
    def measured(per_day: int) -> dict[str, float]:
        command = [sys.executable, "-c", GREAT_DAY, str(tmp_path / str(per_day)), str(per_day)]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    small, great = measured(900_000), measured(3_200_000)
    assert great["rows"] - small["rows"] > 2_000_000
    assert great["mib"] - small["mib"] < 250
