"""The whole catalogue: every model says what its examples expect, and reads what it declares."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from riskloop.bank.derived import described, windows
from riskloop.bank.tables import TABLES
from riskloop.models import fund, nonfund, statistical
from riskloop.models.api import Example
from riskloop.models.catalogue import catalogue, parameters_of
from tests.models.running import assert_expected, columns_read, run, said_of

CLASSES = {
    "A": ("fund_movement", "itemised", fund),
    "B": ("non_fund_movement", "itemised", nonfund),
    "C": ("statistical", "statistical", statistical),
}
EXAMPLES = [(code, e) for code, model in catalogue().items() for e in model.examples]


@pytest.mark.parametrize(("code", "example"), EXAMPLES, ids=[f"{c} {e.title.en}" for c, e in EXAMPLES])
def test_every_example_comes_out_as_it_says(code: str, example: Example) -> None:
    """Over the declared columns alone: a model that reads another one fails here."""
    assert_expected(example, said_of(code, example.title.en))


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

    def test_its_examples_use_the_codes_that_there_are(self, code: str) -> None:
        """What the gate would refuse is no near miss, whatever the model says of it."""
        strange = [
            (example.title.en, table, column.name, row[column.name])
            for example in catalogue()[code].examples
            for table, rows in example.rows.items()
            for column in TABLES[table].columns
            for row in rows
            if column.codes and row.get(column.name) is not None and row[column.name] not in column.codes
        ]
        assert strange == []

    def test_it_reads_columns_that_there_are_and_that_can_be_missing_where_it_says_so(
        self, code: str
    ) -> None:
        for table, columns in columns_read(catalogue()[code]).items():
            known = described(table).by_name
            assert set(columns) <= set(known)
            assert len(set(columns)) == len(columns)
        for table, columns in catalogue()[code].where_given.items():
            assert all(described(table).by_name[c].nullable for c in columns)

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
                assert_expected(example, run(code, parameters, example, kept))


def test_the_catalogue_is_in_the_order_of_the_codes() -> None:
    assert list(catalogue()) == sorted(catalogue())


def _has_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def _age(table: str, row: Mapping[str, Any], example: Example) -> int:
    """Days between a fact and the business day; 0 for standing data."""
    column = TABLES[table].date_column
    return 0 if column is None else (example.day - row.get(column, example.day)).days
