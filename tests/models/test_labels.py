"""Nothing that a person reads is left under its technical name."""

from __future__ import annotations

from typing import get_args

from riskloop.bank.tables import TABLES
from riskloop.models import api, labels
from riskloop.models.catalogue import catalogue


def test_every_table_column_and_code_has_a_label() -> None:
    missing = [name for name in TABLES if name not in labels.TABLE_NAMES]
    for table in TABLES.values():
        for column in table.columns:
            missing += [f"{table.name}.{column.name}"] if column.name not in labels.COLUMN_NAMES else []
            known = labels.CODE_NAMES.get(column.name, {})
            missing += [f"{table.name}.{column.name}={code}" for code in column.codes if code not in known]
    assert not missing


def test_every_word_of_the_models_has_a_label() -> None:
    assert set(labels.CATEGORY_NAMES) == set(get_args(api.Category))
    assert set(labels.HANDLING_NAMES) == set(get_args(api.Handling))
    assert set(labels.GRADE_NAMES) == set(get_args(api.Grade))
    assert set(labels.SUBJECT_NAMES) == set(get_args(api.SubjectKind))


def test_every_unit_of_a_parameter_has_a_label() -> None:
    missing = [
        f"{code}.{name}: {about.unit}"
        for code, model in catalogue().items()
        for name, about in model.about().items()
        if about.unit not in labels.MEASURE_NAMES
    ]
    assert not missing


def test_a_bank_s_own_columns_and_codes_keep_their_names() -> None:
    assert labels.column_name("journal", "branch_memo").en == "branch_memo"
    assert labels.code_name("channel", "pigeon").zh == "pigeon"
    assert labels.column_name("customers", "name").en == "Name"
