"""The simulated bank of the command line: what is planted in it, and what it refuses."""

from pathlib import Path

import pytest

from riskloop.bank.errors import BadInput
from riskloop.bank.home import Home
from riskloop.models.catalogue import catalogue
from riskloop.models.simulated import cases, simulate_bank

SIZE = {"outlets": 2, "days": 2, "per_day": 100, "seed": 1}


def test_every_model_has_cases_that_hit_and_near_misses() -> None:
    hits = {case.model for case in cases() if case.subject_id is not None}
    near = {case.model for case in cases() if case.subject_id is None}
    assert hits == near == set(catalogue())


def test_every_subject_of_an_example_is_handed_on() -> None:
    handed = {(c.model, c.title, frozenset(filter(None, (c.subject_id, *c.also)))) for c in cases()}
    examples = {
        (m.code, e.title.en, e.subjects) for m in catalogue().values() for e in m.examples if not e.settings
    }
    assert handed == examples
    assert any(len(subjects) > 1 for _, _, subjects in handed)


@pytest.mark.parametrize(("option", "value"), [("outlets", 0), ("days", 0), ("per_day", 0), ("seed", -1)])
def test_a_size_that_is_none_is_named(tmp_path: Path, option: str, value: int) -> None:
    with pytest.raises(BadInput, match=f"--{option.replace('_', '-')} is {value}"):
        simulate_bank(Home(tmp_path / "home"), **SIZE | {option: value})
    assert not (tmp_path / "home").exists()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(BadInput, match="--out"):
        simulate_bank(Home(tmp_path / "home"), **SIZE, to=tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]
