"""Every model is fenced in by its examples, and runs on whole tables and on the least that it needs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import ibis
import pytest

from riskloop.bank.bank import Bank
from riskloop.bank.memory import memory_bank
from riskloop.models.api import EXAMPLE_DAY, Example
from riskloop.models.catalogue import AnyModel, catalogue, parameters_of
from tests.models.running import Hits, assert_expected, by_subject, columns_read, run, said_of, unbound

EXAMPLES = [(code, e) for code, model in catalogue().items() for e in model.examples]


@pytest.mark.parametrize(("code", "example"), EXAMPLES, ids=[f"{c} {e.title.en}" for c, e in EXAMPLES])
def test_the_order_of_the_rows_says_nothing(code: str, example: Example) -> None:
    """Engines hand rows over in an order of their own: a hit is the same to the last cell."""
    parameters = parameters_of(catalogue()[code], example.settings)
    backwards = {table: list(reversed(list(rows))) for table, rows in example.rows.items()}
    assert run(code, parameters, example, backwards) == said_of(code, example.title.en)


@pytest.mark.parametrize("code", catalogue())
class TestModels:
    def test_it_runs_where_the_bank_gives_only_what_it_needs(self, code: str) -> None:
        """Without the rest it may judge otherwise, but it returns well-formed hits."""
        model = catalogue()[code]
        for example in model.examples:
            rows = {
                table: [
                    {c: v for c, v in row.items() if c not in model.where_given.get(table, ())}
                    for row in given
                ]
                for table, given in example.rows.items()
            }
            run(code, parameters_of(model, example.settings), example, rows)

    def test_it_runs_on_whole_tables(self, code: str) -> None:
        """With every column there is, a join may meet two of one name."""
        model, example = catalogue()[code], catalogue()[code].examples[0]
        parameters = parameters_of(model, example.settings)
        hits = model.hits(memory_bank(example.rows, example.day), parameters)
        said = by_subject(model, parameters, example.day, ibis.duckdb.connect().to_pyarrow(hits))
        assert_expected(example, said)

    def test_it_needs_every_column_that_it_declares(self, code: str) -> None:
        """A column declared and not read makes a model not applicable for nothing."""
        model = catalogue()[code]
        columns = [(table, c) for table, names in columns_read(model).items() for c in names]
        idle = [f"{table}.{c}" for table, c in columns if _builds_without(model, table, c)]
        assert not idle

    def test_each_limit_has_examples_on_both_sides_of_it(self, code: str) -> None:
        """One step up, and one step down, changes what the model says of some example."""
        model = catalogue()[code]
        unguarded = [
            f"{name} {step}"
            for name in model.about()
            for step in _steps(model, name)
            if not _some_example_changes(model, name, step)
        ]
        assert not unguarded


def _builds_without(model: AnyModel, table: str, column: str) -> bool:
    columns = columns_read(model)
    tables = unbound(columns | {table: tuple(c for c in columns[table] if c != column)})
    try:
        model.hits(Bank(ibis.literal(EXAMPLE_DAY), tables), model.parameters())
    except (AttributeError, ibis.IbisError):
        return False
    return True


def _steps(model: AnyModel, name: str) -> Iterator[int | Decimal | str]:
    """How far a parameter is moved, up and down; of a list of codes, what is struck off or added."""
    default = getattr(model.parameters(), name)
    if isinstance(default, tuple):
        yield from (default[0], "9106")
    elif isinstance(default, bool):
        yield 1 - 2 * default
    else:
        yield from (Decimal("0.01"), Decimal("-0.01")) if isinstance(default, Decimal) else (1, -1)


def _moved(value: Any, step: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(c for c in value if c != step) if step in value else (*value, step)
    return bool(value + step) if isinstance(value, bool) else value + step


def _some_example_changes(model: AnyModel, name: str, step: Any) -> bool:
    for example in model.examples:
        parameters = parameters_of(model, example.settings)
        moved = dataclasses.replace(parameters, **{name: _moved(getattr(parameters, name), step)})  # pyright: ignore[reportArgumentType]
        said = run(model.code, moved, example, example.rows)
        if _verdict(said_of(model.code, example.title.en)) != _verdict(said):
            return True
    return False


def _verdict(said: Hits) -> Mapping[str, Any]:
    """Who is hit, and with which marks. Figures are left out: a limit that is only shown changes nothing."""
    return {
        subject: {k: v for k, v in hit["evidence"].items() if isinstance(v, bool)}
        for subject, hit in said.items()
    }
