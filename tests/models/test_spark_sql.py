"""Every model is written for any engine: besides running on DuckDB, it compiles to Spark's SQL."""

from __future__ import annotations

import ibis
import pytest

from riskloop.bank.memory import memory_bank
from riskloop.models.api import EXAMPLE_DAY
from riskloop.models.catalogue import catalogue, parameters_of


@pytest.mark.parametrize("code", catalogue())
def test_it_compiles_to_spark_sql(code: str) -> None:
    model = catalogue()[code]
    hits = model.hits(memory_bank({}, EXAMPLE_DAY), parameters_of(model))
    assert ibis.to_sql(hits, dialect="pyspark").startswith(("SELECT", "WITH"))
