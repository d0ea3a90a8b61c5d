"""The simulated bank of the command line: whole, and every planted case found."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from riskloop.bank.tables import TABLES
from riskloop.models.catalogue import catalogue
from tests.slow.conftest import riskloop


def test_it_comes_through_the_gate_whole(feed: Path, tmp_path: Path) -> None:
    printed = riskloop("import", "tables", feed, "--home", tmp_path, "--json")
    report = json.loads(printed[printed.index("{") :])
    assert report["set_aside"] == 0
    assert {t["table"] for t in report["tables"]} == set(TABLES)


@pytest.fixture(scope="module")
def hits(bank: Path) -> Path:
    riskloop("detect", "--home", bank, "--out", bank / "hits.parquet")
    return bank / "hits.parquet"


def test_every_planted_case_is_found(feed: Path, hits: Path) -> None:
    missed = duckdb.sql(
        f"SELECT l.* FROM '{feed}/labels.parquet' l ANTI JOIN '{hits}' h"
        " ON l.model = h.model AND l.subject = h.subject_id AND l.day = h.booked_on"
    ).fetchall()
    assert missed == []
    planted = {m for (m,) in duckdb.sql(f"SELECT DISTINCT model FROM '{feed}/labels.parquet'").fetchall()}
    assert planted == set(catalogue())


def test_no_near_miss_is_hit(feed: Path, hits: Path) -> None:
    hit = duckdb.sql(
        f"SELECT n.* FROM '{feed}/near_misses.parquet' n SEMI JOIN '{hits}' h"
        " ON n.model = h.model AND n.subject = h.subject_id AND n.day = h.booked_on"
    ).fetchall()
    assert hit == []
    near = {m for (m,) in duckdb.sql(f"SELECT DISTINCT model FROM '{feed}/near_misses.parquet'").fetchall()}
    assert near == set(catalogue())
