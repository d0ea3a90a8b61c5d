"""Every model is written for any engine: besides running on DuckDB, it compiles to Spark's SQL."""

from __future__ import annotations

import ibis
import pytest

from riskloop.bank.memory import memory_bank
from riskloop.detection.engines.spark_dialect import Compiler
from riskloop.models.api import EXAMPLE_DAY
from riskloop.models.catalogue import catalogue, parameters_of


@pytest.fixture(scope="module")
def compiler() -> Compiler:
    # Ibis knows its options for Spark once its backend is there.
    assert ibis.pyspark.name == "pyspark"
    return Compiler()


@pytest.mark.parametrize("code", catalogue())
def test_it_compiles_to_spark_sql(code: str, compiler: Compiler) -> None:
    model = catalogue()[code]
    hits = model.hits(memory_bank({}, EXAMPLE_DAY), parameters_of(model))
    sql = compiler.to_sqlglot(hits.unbind()).sql(dialect=compiler.dialect)
    assert sql.startswith(("SELECT", "WITH"))
