"""The embedded engine says of the lake what the model says of the same rows in memory, to the cell."""

from __future__ import annotations

import dataclasses

import pytest

from riskloop.detection.model_tests import on_engine
from riskloop.models.catalogue import catalogue
from riskloop.models.testing.banks import together
from riskloop.models.testing.running import Tried
from tests.models.trying import tried


@pytest.mark.parametrize("code", catalogue())
def test_lake_and_memory_agree(code: str) -> None:
    model = tried(code)
    compared = [model.compiled(case.parameters, case.day).run(case.rows) for case in together(model.model)]
    assert any(compared)
    assert on_engine(model, "duckdb") == []


def test_where_the_engine_says_otherwise_it_is_told() -> None:
    """A model that declares a shorter window than it reads is handed fewer files."""
    model = catalogue()["A10"]
    short = dataclasses.replace(model, lookback=1)
    (said, *_more) = on_engine(Tried(short), "duckdb")
    assert said.startswith("duckdb says of ")
