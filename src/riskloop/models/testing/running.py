"""Runs a model under test: one DuckDB for all, and each model compiled once for many small banks."""

from __future__ import annotations

import datetime as dt
import json
import warnings
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from riskloop.bank.bank import Bank
from riskloop.bank.derived import DERIVED, canonical
from riskloop.bank.memory import Rows, arrow_table
from riskloop.bank.tables import TABLES
from riskloop.models.api import Example, Parameters
from riskloop.models.catalogue import AnyModel, parameters_of
from riskloop.models.hits import plain, to_hits

Hits = dict[str, dict[str, Any]]
"""What a model said, by subject; the evidence read from its JSON."""


def columns_read(model: AnyModel) -> dict[str, tuple[str, ...]]:
    """The columns a model declares, by table: those it needs and those it reads where given."""
    return {name: (*columns, *model.where_given.get(name, ())) for name, columns in model.needs.items()}


def columns_behind(model: AnyModel) -> dict[str, tuple[str, ...]]:
    """The columns of canonical tables behind these, whatever is derived from them."""
    return canonical(columns_read(model), optional=True)


class Compiled:
    """A model compiled once for one day and one set of parameters, to be run on many banks.

    The tables consist of the columns that the model declares, and those of derived tables are derived
    from the rows given; nothing else is there.
    """

    def __init__(self, model: AnyModel, parameters: Parameters, day: dt.date) -> None:
        self.model, self.parameters, self.day, self.behind = model, parameters, day, columns_behind(model)
        hits = model.hits(Bank(ibis.literal(day), unbound(columns_read(model))), parameters)
        self.sql, self.schema = ibis.to_sql(hits, dialect="duckdb"), hits.schema().to_pyarrow()

    def run(self, rows: Rows) -> Hits:
        """What the model says of these rows."""
        for name, columns in self.behind.items():
            table = arrow_table(name, rows.get(name, ()), self.day).select(columns)
            _duckdb().register(name, table)
        return by_subject(self.model, self.parameters, self.day, _asked(self.sql).cast(self.schema))


class Tried:
    """A model under test: what was compiled and what was said of its examples is kept."""

    def __init__(self, model: AnyModel) -> None:
        self.model = model
        self._compiled: dict[tuple[Parameters, dt.date], Compiled] = {}
        self._said: dict[int, Hits] = {}

    def compiled(self, parameters: Parameters, day: dt.date) -> Compiled:
        """The model for one day and set of parameters, compiled once."""
        key = (parameters, day)
        if key not in self._compiled:
            self._compiled[key] = Compiled(self.model, parameters, day)
        return self._compiled[key]

    def parameters(self, example: Example) -> Parameters:
        """With which parameters the example is run."""
        return parameters_of(self.model, example.settings)

    def run(self, example: Example, rows: Rows, parameters: Parameters | None = None) -> Hits:
        """What the model says of these rows on the day of an example, by its parameters or by others."""
        return self.compiled(parameters or self.parameters(example), example.day).run(rows)

    def said_of(self, example: Example) -> Hits:
        """What the model says of an example of its own, run once for all that is held against it."""
        if id(example) not in self._said:
            self._said[id(example)] = self.run(example, example.rows)
        return self._said[id(example)]


def unbound(columns: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Tables without rows, of these columns alone; a derived one over the columns that it is made of."""
    behind = {
        name: ibis.table(pa.schema([TABLES[name].arrow_schema.field(c) for c in of]), name=name)
        for name, of in canonical(columns, optional=True).items()
    }
    return {
        name: behind[name].select(*of) if name in TABLES else DERIVED[name].rows(behind).select(*of)
        for name, of in columns.items()
    }


def by_subject(model: AnyModel, parameters: Parameters, day: dt.date, found: pa.Table) -> Hits:
    """The rows that a model returned as hits by subject."""
    hits = to_hits(model, parameters, day, found).to_pylist()
    return {
        hit["subject_id"]: hit | {"evidence": MappingProxyType(json.loads(hit["evidence"]))} for hit in hits
    }


@cache
def _duckdb() -> duckdb.DuckDBPyConnection:
    # On banks this small a second thread only costs.
    return duckdb.connect(config={"threads": 1})


def _asked(sql: str) -> pa.Table:
    """The answer to a query. A relation (`.sql`) would plan it a second time to save a copy of few rows."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)
        return _duckdb().execute(sql).to_arrow_table()


def unexpected(example: Example, said: Hits) -> str | None:
    """In what a model says otherwise of an example than the example does; None where it says the same.

    Exactly the subjects of the example are to be hit, with the evidence that it names.
    """
    if frozenset(said) != example.subjects:
        return f"{example.title.en}: it hits {_listed(said)}, and should hit {_listed(example.subjects)}"
    if example.subject_id is None:
        return None
    shown = said[example.subject_id]["evidence"]
    for name, value in example.evidence.items():
        if name not in shown:
            return f"{example.title.en}: it shows no {name}"
        if _number(shown[name]) != _number(json.loads(json.dumps(plain(value)))):
            return f"{example.title.en}: it shows {name} as {shown[name]}, and should as {plain(value)}"
    return None


def _listed(subjects: Any) -> str:
    return ", ".join(sorted(subjects)) or "nothing"


def _number(value: Any) -> Any:
    """Numbers are kept as text in evidence: 500000 and 500000.00 are equal, as is the text of a date."""
    if isinstance(value, bool) or value is None:
        return value
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return value
