"""Whole simulated banks: silent where nothing is planted, and no heavier than promised."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from riskloop.bank.home import Home
from riskloop.bank.load import LoadReport
from riskloop.models.clean_month import recorded
from tests.slow.clean_month import clean_bank, measured

REVIEWED: dict[str, str] = {
    "B01": "every change of a company's reconciliation data is looked at, and some change theirs",
    "C18": "every cancellation of e-banking is counted, and customers do cancel",
    "C19": "every registration of a premium or well-to-do customer is counted, and they do register",
    "C20": "every token replaced or maintained is counted, and tokens wear out",
    "C21": "every password reset is counted, and people forget",
}
"""Models that hit in a month in which nothing is planted, each with the reason."""


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, LoadReport]:
    return clean_bank(tmp_path_factory.mktemp("clean"))


def test_the_gate_finds_nothing_amiss(bank: tuple[Home, LoadReport]) -> None:
    _, loaded = bank
    assert loaded.set_aside == 0
    assert loaded.rows_in > 250_000
    assert {(t.table, column): n for t in loaded.tables for column, n in t.unknown.items() if n} == {}


def test_every_hit_of_a_clean_month_is_explained_and_recorded(
    bank: tuple[Home, LoadReport], tmp_path: Path
) -> None:
    month = measured(bank[0], tmp_path / "hits.parquet")
    assert {code for code, number in month.hits.items() if number} == set(REVIEWED)
    assert month == recorded(), "benchmarks/clean_month.py records it anew"


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
