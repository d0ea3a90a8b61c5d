"""The whole catalogue: every model says what its examples expect, and reads what it declares."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pytest

from riskloop.bank.bank import Bank
from riskloop.bank.derived import described, windows
from riskloop.bank.memory import Rows, memory_bank
from riskloop.bank.tables import TABLES
from riskloop.models import fund, nonfund, statistical
from riskloop.models.api import EXAMPLE_DAY, Example, Parameters
from riskloop.models.catalogue import AnyModel, catalogue, parameters_of
from riskloop.models.hits import plain
from tests.models.running import Hits, by_subject, columns_read, compiled, unbound

CLASSES = {
    "A": ("fund_movement", "itemised", fund),
    "B": ("non_fund_movement", "itemised", nonfund),
    "C": ("statistical", "statistical", statistical),
}
EXAMPLES = [(code, e) for code, model in catalogue().items() for e in model.examples]


@pytest.mark.parametrize(("code", "example"), EXAMPLES, ids=[f"{c} {e.title.en}" for c, e in EXAMPLES])
def test_every_example_comes_out_as_it_says(code: str, example: Example) -> None:
    """Over the declared columns alone: a model that reads another one fails here."""
    parameters = parameters_of(catalogue()[code], example.settings)
    _assert_expected(example, _run(code, parameters, example, example.rows))


@pytest.mark.parametrize("code", catalogue())
class TestModels:
    def test_the_code_the_class_the_folder_and_the_file_fit(self, code: str) -> None:
        model = catalogue()[code]
        category, handling, folder = CLASSES[code[0]]
        file = Path(model.hits.__code__.co_filename)
        assert (model.category, model.handling) == (category, handling)
        assert file.parent == Path(str(folder.__file__)).parent
        assert file.stem.startswith(f"{code.lower()}_")

    def test_it_tells_people_what_they_must_know(self, code: str) -> None:
        model = catalogue()[code]
        told = [model.name, model.purpose, model.definition, model.false_positives]
        told += [text for text in (model.decided,) if text] + list(model.compared.values())
        told += [text for about in model.about().values() for text in (about.name, about.why)]
        untranslated = [text for text in told if text.zh == text.en or not _has_chinese(text.zh)]
        assert not untranslated
        titles = [e.title for e in model.examples]
        assert len({t.en for t in titles}) == len({t.zh for t in titles}) == len(titles)

    def test_it_reads_columns_that_there_are_and_that_can_be_missing_where_it_says_so(
        self, code: str
    ) -> None:
        for table, columns in columns_read(catalogue()[code]).items():
            known = described(table).by_name
            assert set(columns) <= set(known)
            assert len(set(columns)) == len(columns)
        for table, columns in catalogue()[code].where_given.items():
            assert all(described(table).by_name[c].nullable for c in columns)

    def test_it_needs_every_column_that_it_declares(self, code: str) -> None:
        """A column declared and not read makes a model not applicable for nothing."""
        model = catalogue()[code]
        columns = [(table, c) for table, names in columns_read(model).items() for c in names]
        idle = [f"{table}.{c}" for table, c in columns if _builds_without(model, table, c)]
        assert not idle

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
            _run(code, parameters_of(model, example.settings), example, rows)

    def test_it_runs_on_whole_tables(self, code: str) -> None:
        """With every column there is, a join may meet two of one name."""
        model, example = catalogue()[code], catalogue()[code].examples[0]
        parameters = parameters_of(model, example.settings)
        hits = model.hits(memory_bank(example.rows, example.day), parameters)
        said = by_subject(model, parameters, example.day, ibis.duckdb.connect().to_pyarrow(hits))
        _assert_expected(example, said)

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

    def test_the_lookback_covers_what_it_reads(self, code: str) -> None:
        """Rows older than the lookback change nothing: the engine does not even hand them over."""
        model = catalogue()[code]
        for example in model.examples:
            parameters = parameters_of(model, example.settings)
            days = windows(model.days_of(parameters))
            kept = {
                table: [row for row in given if _age(table, row, example) < days.get(table, 1)]
                for table, given in example.rows.items()
            }
            if any(len(kept[table]) < len(given) for table, given in example.rows.items()):
                _assert_expected(example, _run(code, parameters, example, kept))


def test_the_catalogue_is_in_the_order_of_the_codes() -> None:
    assert list(catalogue()) == sorted(catalogue())


def _assert_expected(example: Example, said: Hits) -> None:
    assert set(said) == example.subjects
    if example.subject_id is not None:
        shown = {k: _number(v) for k, v in said[example.subject_id]["evidence"].items()}
        expected = {k: _number(json.loads(json.dumps(plain(v)))) for k, v in example.evidence.items()}
        assert expected.items() <= shown.items()


def _number(value: Any) -> Any:
    """Numbers are kept as text in evidence: 500000 and 500000.00 are equal, as is the text of a date."""
    if isinstance(value, bool) or value is None:
        return value
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return value


def _has_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def _run(code: str, parameters: Parameters, example: Example, rows: Rows) -> Hits:
    return compiled(code, parameters, example.day).run(rows)


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
        if _verdict(model, parameters, example) != _verdict(model, moved, example):
            return True
    return False


def _verdict(model: AnyModel, parameters: Parameters, example: Example) -> Mapping[str, Any]:
    """Who is hit, and with which marks. Figures are left out: a limit that is only shown changes nothing."""
    said = _run(model.code, parameters, example, example.rows)
    return {
        subject: {k: v for k, v in hit["evidence"].items() if isinstance(v, bool)}
        for subject, hit in said.items()
    }


def _age(table: str, row: Mapping[str, Any], example: Example) -> int:
    """Days between a fact and the business day; 0 for standing data."""
    column = TABLES[table].date_column
    return 0 if column is None else (example.day - row.get(column, example.day)).days
