"""Every model is written for any engine: besides running on DuckDB, it compiles to Spark's SQL."""

from __future__ import annotations

import pytest

from riskloop.detection.model_tests import spark_sql
from riskloop.models.catalogue import catalogue
from tests.models.trying import tried


@pytest.mark.parametrize("code", catalogue())
def test_it_compiles_to_spark_sql(code: str) -> None:
    assert spark_sql(tried(code)) == []
