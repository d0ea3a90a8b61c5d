"""The simulated bank: whole, deterministic, and every planted case found."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import duckdb
import pytest

from riskloop.bank.tables import TABLES
from riskloop.models.catalogue import catalogue
from tests.slow.conftest import riskloop


def digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*.parquet"))
    }


def simulate(folder: Path, seed: int) -> dict[str, str]:
    riskloop("simulate", "--outlets", 3, "--days", 4, "--per-day", 500, "--seed", seed, "--out", folder)
    return digests(folder)


def test_the_same_seed_makes_the_same_bank(tmp_path: Path) -> None:
    first = simulate(tmp_path / "a", 3)
    assert simulate(tmp_path / "b", 3) == first
    other = simulate(tmp_path / "c", 4)
    assert other.keys() == first.keys()
    assert (
        other["journal/booked_on=2024-01-02/data.parquet"]
        != first["journal/booked_on=2024-01-02/data.parquet"]
    )


def test_it_comes_through_the_gate_whole(feed: Path, tmp_path: Path) -> None:
    printed = riskloop("import", "tables", feed, "--home", tmp_path, "--json")
    report = json.loads(printed[printed.index("{") :])
    assert report["set_aside"] == 0
    assert {t["table"] for t in report["tables"]} == set(TABLES)


def test_a_day_looks_like_a_banks(feed: Path) -> None:
    by_day = dict(
        duckdb.sql(
            f"SELECT dayofweek(booked_on) IN (0, 6), count(*) / count(DISTINCT booked_on)"
            f" FROM '{feed}/journal/*/*.parquet' WHERE booked_on NOT IN ('2024-01-01') GROUP BY 1"
        ).fetchall()
    )
    assert 0.4 < by_day[True] / by_day[False] < 0.7
    rush, all_day = duckdb.sql(
        f"SELECT count(*) FILTER (hour(posted_at) IN (9, 10, 14)), count(*) FROM '{feed}/journal/*/*.parquet'"
        " WHERE channel = 'counter'"
    ).fetchall()[0]
    assert rush / all_day > 0.4
    salaries = dict(
        duckdb.sql(
            f"SELECT booked_on::VARCHAR, count(*) FROM '{feed}/journal/*/*.parquet'"
            " WHERE code = '5001' GROUP BY 1"
        ).fetchall()
    )
    assert salaries["2024-01-15"] > 5 * salaries["2024-01-16"]


def test_balances_follow_the_journal(feed: Path) -> None:
    """Between two days on which an account states its balance, it changed by what was booked."""
    ((wrong,),) = duckdb.sql(
        f"""
        WITH stated AS (
            SELECT account_id, as_of, closing,
                closing - lag(closing) OVER (PARTITION BY account_id ORDER BY as_of) AS change
            FROM '{feed}/balances/*/*.parquet' WHERE account_id NOT LIKE 'Q%'
        ), sides AS (
            SELECT booked_on, debit_account_id AS account_id,
                CASE kind WHEN 'normal' THEN -amount ELSE amount END AS moved
            FROM '{feed}/journal/*/*.parquet'
            UNION ALL BY NAME
            SELECT booked_on, credit_account_id AS account_id,
                CASE kind WHEN 'normal' THEN amount ELSE -amount END AS moved
            FROM '{feed}/journal/*/*.parquet'
        ), booked AS (
            SELECT booked_on, account_id, sum(moved) AS moved FROM sides GROUP BY ALL
        )
        SELECT count(*) FROM stated JOIN booked ON booked_on = as_of AND booked.account_id = stated.account_id
        WHERE change IS NOT NULL AND change <> moved
        """
    ).fetchall()
    assert wrong == 0


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
