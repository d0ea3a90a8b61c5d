"""`riskloop models test` on the worked example and on what `riskloop models new` writes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from riskloop.models.own import has_passed, look
from riskloop.models.skeleton import SUBJECTS, write
from riskloop.models.testing.suite import CHECKS, run_checks
from tests.models.own_folder import EXAMPLE, Put, folder, put
from tests.slow.conftest import riskloop, start

__all__ = ["folder", "put"]


def test_the_example_passes_and_is_recorded(folder: Path) -> None:
    shutil.copy(EXAMPLE, folder)
    told = json.loads(riskloop("models", "test", "--record", "--json"))
    assert {one["check"] for one in told} == {*CHECKS, "lake", "spark sql"}
    assert all(one["ok"] and one["model"] == "X01" for one in told)
    assert has_passed(look().models["X01"])
    assert "0 failed" in riskloop("models", "test", "x01")


def test_a_check_that_fails_is_told_and_nothing_is_recorded(put: Put, folder: Path) -> None:
    put(EXAMPLE.name, ('Text(\n        "同一账户', 'Text(\n        "待写：同一账户'))
    process = start("models", "test", "--record")
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 1
    assert "purpose is still to be written" in said
    assert not (folder / "versions.json").exists()


@pytest.mark.parametrize("subject", SUBJECTS)
def test_what_is_written_passes_all_but_its_texts(folder: Path, subject: str) -> None:
    write("X07", "监测", "Watched", "fund", subject)
    (model,) = look().models.values()
    assert {one.check for one in run_checks(model) if not one.ok} == {"texts"}
