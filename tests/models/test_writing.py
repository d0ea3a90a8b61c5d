"""The page on writing a model: what it quotes is what stands in the file of its example."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from riskloop.detection.model_tests import spark_sql
from riskloop.models.own import look
from riskloop.models.testing.running import Tried
from riskloop.models.testing.suite import CHECKS
from tests.models.own_folder import EXAMPLE

DOCS = EXAMPLE.parents[1]
OWN = {"writing.md": "## A model of a bank's own", "writing.zh.md": "## 本行自有模型"}


@pytest.mark.parametrize("name", OWN)
def test_every_piece_of_code_stands_in_the_file(name: str) -> None:
    own = (DOCS / name).read_text(encoding="utf-8").split(OWN[name])[1]
    blocks = re.findall(r"```(?:python|text)\n(.*?)```", own, re.DOTALL)
    assert len(blocks) == 5
    assert [block for block in blocks if block not in EXAMPLE.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("name", OWN)
def test_every_check_is_told(name: str) -> None:
    own = (DOCS / name).read_text(encoding="utf-8").split(OWN[name])[1]
    rows = [line.split("|")[1] for line in own.splitlines() if line.startswith("| `")]
    told = {check for row in rows for check in re.findall(r"`([a-z ]+)`", row)}
    assert told - {"make test"} == {*CHECKS, "lake", "spark sql", "spark"}


def test_the_example_passes() -> None:
    """The quick checks; tests/slow makes them all."""
    (model,) = look(str(EXAMPLE.parent)).models.values()
    tried = Tried(model)
    quick = ("texts", "units", "columns", "codes", "declared", "examples", "boundaries", "lookback", "order")
    assert {name: found for name in quick if (found := CHECKS[name](tried))} == {}
    assert spark_sql(tried) == []


def test_there_is_one_example() -> None:
    assert [path.name for path in Path(EXAMPLE.parent).glob("*.py")] == [EXAMPLE.name]
