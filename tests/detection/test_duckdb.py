"""How the embedded engine hands queries to DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import duckdb
import ibis
import pytest

from riskloop.bank.bank import Bank, Relation
from riskloop.bank.home import Home
from riskloop.detection.engines.duckdb import DuckDBEngine
from riskloop.detection.engines.duckdb_dialect import Compiler
from tests.detection.conftest import SATURDAY

ENTRIES = ibis.table({"entry_id": "string", "amount": "int64", "account_id": "string"}, name="entries")


def sql_of(relation: Relation) -> str:
    return Compiler().to_sqlglot(relation).sql("duckdb")


@pytest.fixture
def engine(home: Home) -> Iterator[DuckDBEngine]:
    with closing(DuckDBEngine(home)) as engine:
        yield engine


def tables_of(engine: DuckDBEngine) -> list[tuple[str]]:
    return engine._con.execute("SELECT table_name FROM duckdb_tables()").fetchall()


def test_what_only_filters_is_read_by_each_of_its_readers() -> None:
    large = ENTRIES.filter(ENTRIES.amount > 5)
    numbers = large.group_by("account_id").aggregate(number=large.count())
    twice = large.inner_join(numbers, "account_id")
    assert sql_of(twice.select("entry_id", "number")).count("AS NOT MATERIALIZED (") == 1


def test_a_result_that_was_computed_is_kept() -> None:
    sums = ENTRIES.group_by("account_id").aggregate(amount=ENTRIES.amount.sum())
    twice = sums.inner_join(sums.view(), "account_id")
    sql = sql_of(twice.select("account_id"))
    assert " AS (" in sql
    assert "NOT MATERIALIZED" not in sql


def test_few_rows_are_computed_first_and_gone_afterwards(engine: DuckDBEngine) -> None:
    def query(bank: Bank) -> Relation:
        journal = bank.today("journal")
        few = bank.few(journal.filter(journal.amount > 0).select("entry_id", "amount"))
        return bank.few(few.filter(few.amount < 1_000_000)).select("entry_id")

    for _ in range(2):
        rows = engine.run(("twice",), query, ("journal",), {}, SATURDAY)
        assert rows.to_pylist() == [{"entry_id": "E5"}]
        assert tables_of(engine) == []


def test_a_failed_query_leaves_nothing_behind(engine: DuckDBEngine) -> None:
    def query(bank: Bank) -> Relation:
        few = bank.few(bank.today("journal").select("entry_id"))
        return few.mutate(number=few.entry_id.cast("int64"))

    with pytest.raises(duckdb.Error):
        engine.run(("fails",), query, ("journal",), {}, SATURDAY)
    assert tables_of(engine) == []
