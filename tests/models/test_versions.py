"""Changed logic without a new version is red."""

from __future__ import annotations

import dataclasses
import importlib.util
import inspect
import linecache
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from riskloop.bank.errors import BadInput
from riskloop.models import versions
from riskloop.models.catalogue import AnyModel, catalogue
from riskloop.models.rules import reserve

Edited = Callable[[AnyModel, str, str], AnyModel]


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Edited:
    """Makes a model from its own file with one place changed."""

    def edit(model: AnyModel, old: str, new: str) -> AnyModel:
        source = Path(inspect.getsourcefile(model.hits) or "").read_text(encoding="utf-8")
        assert old in source
        file = tmp_path / "edited.py"
        file.write_text(source.replace(old, new), encoding="utf-8")
        spec = importlib.util.spec_from_file_location("riskloop.edited", file)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "riskloop.edited", module)
        spec.loader.exec_module(module)
        linecache.checkcache(str(file))
        return module.MODEL

    return edit


def test_the_catalogue_stands_as_it_is_recorded() -> None:
    wrong = versions.problems()
    assert not wrong, f"{wrong}: raise `version` and run `python -m riskloop.models.versions`"


def test_every_record_is_of_a_model() -> None:
    """A record may outlive its model; there is no such model yet."""
    assert set(versions.recorded()) <= set(catalogue())


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("A11", "journal.amount_cny >= p.amount", "journal.amount_cny > p.amount"),
        ("A11", "Decimal(500_000)", "Decimal(600_000)"),
        ("A11", '("teller_id", "authoriser_id")', '("teller_id",)'),
        ("A10", "sums.debits_today > 0", "sums.debits_today >= 0"),
        ("A10", "lookback=lambda p: p.days,", "lookback=lambda p: p.days + 1,"),
        ("C03", "LOOK_FURTHER = 30", "LOOK_FURTHER = 31"),
    ],
)
def test_changed_logic_is_seen(edited: Edited, code: str, old: str, new: str) -> None:
    model = catalogue()[code]
    assert versions.fingerprint(edited(model, old, new)) != versions.fingerprint(model)


def test_changed_logic_of_a_rule_that_several_share_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model names the rule by its module: `reserve.differing`."""
    before = {code: versions.fingerprint(model) for code, model in catalogue().items()}

    def differing(bank: object, p: object, upper: str, lower: str) -> None:
        """Another rule."""

    monkeypatch.setattr(differing, "__module__", reserve.differing.__module__)
    monkeypatch.setattr(differing, "__qualname__", reserve.differing.__qualname__)
    monkeypatch.setattr(reserve, "differing", differing)
    after = {code: versions.fingerprint(model) for code, model in catalogue().items()}
    assert {code for code in after if after[code] != before[code]} == {"A13", "A14", "A15"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""Normal entries of the day that', '"""Entries of the day that'),
        ("Genuine large payments", "Real large payments"),
        ("Reporting limit for domestic transfers", "Limit of reports on domestic transfers"),
        ('_bank("499999.99")', '_bank("499999.98")'),
        ("    large = journal.filter(", "    # The limit is inclusive.\n    large = journal.filter("),
    ],
)
def test_texts_examples_comments_and_the_name_of_the_file_are_not_logic(
    edited: Edited, old: str, new: str
) -> None:
    model = catalogue()["A11"]
    assert versions.fingerprint(edited(model, old, new)) == versions.fingerprint(model)


def test_a_helper_outside_the_file_is_logic_too(monkeypatch: pytest.MonkeyPatch) -> None:
    model = catalogue()["C15"]
    before = versions.fingerprint(model)
    monkeypatch.setattr("riskloop.bank.calendar.LONGEST_CLOSURE", 31)
    assert versions.fingerprint(model) != before


class TestWriting:
    def test_it_records_what_there_is_and_nothing_twice(self, tmp_path: Path) -> None:
        path, models = tmp_path / "versions.json", {"A11": catalogue()["A11"]}
        assert versions.write(models, path) == ["A11"]
        assert versions.write(models, path) == []
        assert versions.recorded(path)["A11"]["version"] == catalogue()["A11"].version
        assert versions.problems(models, path) == []

    def test_it_refuses_changed_logic_with_an_unchanged_version(self, tmp_path: Path) -> None:
        path, model = tmp_path / "versions.json", catalogue()["A11"]
        versions.write({"A11": model}, path)
        changed = {"A11": dataclasses.replace(model, subject="account")}
        assert versions.problems(changed, path) == ["A11 changed its logic and is version 1 still"]
        before = path.read_text()
        with pytest.raises(BadInput, match="A11 changed its logic"):
            versions.write(changed, path)
        assert path.read_text() == before

    def test_a_new_version_is_recorded_with_its_new_logic(self, tmp_path: Path) -> None:
        path, model = tmp_path / "versions.json", catalogue()["A11"]
        versions.write({"A11": model}, path)
        newer = {"A11": dataclasses.replace(model, subject="account", version=2)}
        assert versions.problems(newer, path) == ["A11 is version 2, which is not recorded"]
        assert versions.write(newer, path) == ["A11"]
        assert versions.problems(newer, path) == []
        with pytest.raises(BadInput, match="version 2 is recorded"):
            versions.write({"A11": model}, path)

    def test_a_new_model_needs_no_record_and_an_old_record_stays(self, tmp_path: Path) -> None:
        path, models = tmp_path / "versions.json", catalogue()
        assert versions.problems({"A11": models["A11"]}, path) == []
        versions.write({"A11": models["A11"]}, path)
        versions.write({"A10": models["A10"]}, path)
        assert list(versions.recorded(path)) == ["A10", "A11"]
