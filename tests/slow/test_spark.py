"""The same models on a real Spark cluster say the same as on the embedded engine, to the cell."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from riskloop.bank.errors import BadInput
from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.detection.engines.spark_session import require_spark
from tests.slow.conftest import riskloop
from tests.slow.spark_cluster import cluster
from tests.slow.spark_jobs import findings

DAYS_OF_BERKA = ("--from", "1994-03-30", "--to", "1994-03-31")
# Limits at which a bank of small Czech customers has something to show.
LOW = ("A10.sum=20000", "A11.amount=10000", "C08.count=2", "C12.tolerance=0")
HANDED_OVER = ("A01", "A10", "A11", "B04", "B09", "B14", "B16")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a cluster can be started."""
    try:
        require_spark()
    except BadInput as reason:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(f"{reason}; CI must test on a cluster")
        pytest.skip(str(reason))
    return tmp_path


def on_a_cluster(folder: Path, jobs: list[object]) -> None:
    """Has a cluster do the jobs of `spark_jobs`, one after the other."""
    listed = folder / "jobs.json"
    listed.write_text(json.dumps(jobs, default=str))
    with cluster(folder) as (master, environment):
        command = [sys.executable, "-m", "tests.slow.spark_jobs", master, listed]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=600
        )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]


def home_of(folder: Path, engine: str, bank: Path) -> Path:
    """A home with the lake of a bank and a ledger of its own."""
    home = folder / f"home-{engine}"
    home.mkdir()
    (home / "lake").symlink_to(bank / "lake")
    return home


def days_with_cases(feed: Path) -> dict[dt.date, set[str]]:
    """A few days that between them have a planted case of every model: what to run on each."""
    planted: dict[dt.date, set[str]] = {}
    for model, day in duckdb.sql(f"SELECT DISTINCT model, day FROM '{feed}/labels.parquet'").fetchall():
        planted.setdefault(day, set()).add(model)
    chosen: dict[dt.date, set[str]] = {}
    left = set[str]().union(*planted.values())
    while left:
        day = max(planted, key=lambda d: (len(planted[d] & left), d))
        chosen[day] = planted[day] & left
        left -= planted[day]
    return chosen


def options(name: str, values: Iterable[str]) -> list[str]:
    return [part for value in sorted(values) for part in (name, value)]


def assert_equal(embedded: Path, spark: Path, models: set[str]) -> None:
    """Row for row and cell for cell; with hits of these models: two engines that find nothing agree too."""
    expected, found = pq.read_table(embedded), pq.read_table(spark)
    assert Counter(found["model"].to_pylist()) == Counter(expected["model"].to_pylist())
    assert found.to_pylist() == expected.to_pylist()
    assert found.equals(expected)
    assert models <= set(found["model"].to_pylist())


# One test and not three: tests are spread over processes, and each would start a cluster.
def test_spark_says_the_same(feed: Path, bank: Path, shared_data: Path, folder: Path) -> None:
    czech = folder / "a czech bank"
    riskloop("import", "berka", shared_data / "berka", "--home", czech)
    asked = {"czech": ("--home", czech, *DAYS_OF_BERKA, *options("--set", LOW))}
    found = {"czech": {"A10", "A11"}}
    for day, models in days_with_cases(feed).items():
        asked[str(day)] = ("--home", bank, "--from", day, "--to", day, *options("--model", models))
        found[str(day)] = models
    last = Lake(Home(bank)).days("journal")[-1]
    to_the_loop = {"home": home_of(folder, "spark", bank), "day": last, "codes": HANDED_OVER}
    jobs: list[object] = [
        ("detect", *arguments, "--engine", "spark", "--out", folder / f"{name}-spark.parquet")
        for name, arguments in asked.items()
    ]
    on_a_cluster(folder, [*jobs, to_the_loop | {"to": folder / "loop.json"}])
    for name, arguments in asked.items():
        riskloop("detect", *arguments, "--out", folder / f"{name}-duckdb.parquet")

    for name, models in found.items():
        assert_equal(folder / f"{name}-duckdb.parquet", folder / f"{name}-spark.parquet", models)
    spark = json.loads((folder / "loop.json").read_text())
    embedded = findings(home_of(folder, "duckdb", bank), last, HANDED_OVER, "duckdb")
    for what, said in embedded.items():
        assert said
        assert spark[what] == said, what
