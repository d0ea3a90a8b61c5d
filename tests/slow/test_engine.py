"""The embedded engine says of the lake what the model says of the same rows in memory, to the cell."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from pathlib import Path

import ibis
import pytest

from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.bank.memory import arrow_table, complete, memory_bank
from riskloop.bank.tables import TABLES
from riskloop.detection.engines.duckdb import DuckDBEngine
from riskloop.models.api import Example
from riskloop.models.catalogue import AnyModel, catalogue, parameters_of
from riskloop.models.hits import to_hits

CASES = [
    pytest.param(model, example, id=f"{model.code} {example.title.en}")
    for model in catalogue().values()
    for example in [e for e in model.examples if e.subject_id][:1]
]


def put_in_lake(home: Home, example: Example) -> None:
    lake = Lake(home)
    for name, table in TABLES.items():
        rows = [complete(name, row, example.day) for row in example.rows.get(name, ())]
        if table.date_column is None:
            lake.write_standing(name, example.day, arrow_table(name, rows, example.day))
            continue
        by_day = defaultdict(list)
        for row in rows:
            by_day[row[table.date_column]].append(row)
        for day, own in by_day.items():
            lake.write_facts(name, day, arrow_table(name, own, example.day))


@pytest.mark.parametrize(("model", "example"), CASES)
def test_lake_and_memory_agree(tmp_path: Path, model: AnyModel, example: Example) -> None:
    parameters = parameters_of(model, example.settings)
    in_memory = ibis.duckdb.connect().to_pyarrow(
        model.hits(memory_bank(example.rows, example.day), parameters)
    )
    put_in_lake(Home(tmp_path), example)
    with closing(DuckDBEngine(Home(tmp_path))) as engine:
        in_lake = engine.run(
            (model.code,),
            lambda bank: model.hits(bank, parameters),
            model.needs,
            model.days_of(parameters),
            example.day,
        )
    expected = to_hits(model, parameters, example.day, in_memory)
    assert expected.num_rows > 0
    assert to_hits(model, parameters, example.day, in_lake).to_pylist() == expected.to_pylist()
