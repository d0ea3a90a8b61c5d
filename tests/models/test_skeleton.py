"""`riskloop models new`: what it writes loads and runs, and it writes over nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskloop.bank.errors import BadInput
from riskloop.models.own import look
from riskloop.models.skeleton import CLASSES, SUBJECTS, write
from riskloop.models.testing.running import Tried
from riskloop.models.testing.suite import CHECKS
from tests.models.own_folder import Put, folder, put

__all__ = ["folder", "put"]

NAMES = {"zh": "大额监测", "en": "Large things, watched!"}
ASKED = {"code": "X07", **NAMES, "of_class": "fund", "subject": "entry"}


def asked(**other: str) -> tuple[str, ...]:
    return tuple((ASKED | other).values())


@pytest.mark.parametrize("subject", SUBJECTS)
def test_it_is_complete_but_for_what_its_author_must_say(folder: Path, subject: str) -> None:
    file = write(*asked(subject=subject))
    assert file == folder / "x07_large_things_watched.py"
    assert max(len(line) for line in file.read_text(encoding="utf-8").splitlines()) <= 110
    (model,) = look().models.values()
    assert (model.code, model.subject, model.name.zh) == ("X07", subject, "大额监测")
    wrong = {name: found for name in QUICK if (found := CHECKS[name](Tried(model)))}
    assert set(wrong) == {"texts"}
    assert all(problem.endswith("is still to be written") for problem in wrong["texts"])
    assert {"purpose", "definition", "false_positives"} <= {one.split()[0] for one in wrong["texts"]}


QUICK = ("texts", "units", "columns", "codes", "examples")


@pytest.mark.parametrize("of_class", CLASSES)
def test_the_class_says_what_it_is(folder: Path, of_class: str) -> None:
    write(*asked(of_class=of_class))
    (model,) = look().models.values()
    assert (model.category, model.handling) == CLASSES[of_class]


def test_nothing_is_written_over(put: Put, folder: Path, tmp_path: Path) -> None:
    there = put()
    before = there.read_text(encoding="utf-8")
    for place in (folder, tmp_path / "another"):
        with pytest.raises(BadInput, match=f"{there} defines model X01 already"):
            write(*asked(code="X01"), place)
    assert there.read_text(encoding="utf-8") == before
    assert [one.name for one in folder.glob("*.py")] == [there.name]
    assert not (tmp_path / "another").exists()


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"code": "A17"}, "the code is A17, of which riskloop has its own"),
        ({"code": "C01"}, "the code is C01, of which riskloop has its own"),
        ({"code": "XY1"}, "the code is XY1, and must be a letter from D to Z"),
        ({"of_class": "funds"}, "--class is funds, and must be one of fund, nonfund, statistical"),
        ({"subject": "bird"}, "--subject is bird, and must be one of entry, account"),
        ({"en": 'A "name"'}, "--name is 'A \"name\"', and must be a line of text"),
        ({"en": "大额"}, "--name is 大额, and must be the name in English"),
        ({"zh": "Large"}, "--zh is Large, and must be the name in Chinese"),
        ({"zh": " "}, "--zh is ' ', and must be a line of text"),
    ],
)
def test_what_cannot_be_written_is_told(folder: Path, other: dict[str, str], said: str) -> None:
    with pytest.raises(BadInput) as problem:
        write(*asked(**other))
    assert said in str(problem.value)
    assert list(folder.iterdir()) == []


def test_without_a_folder_there_is_nowhere_to_write() -> None:
    with pytest.raises(BadInput, match="name one by --folder, or set RISKLOOP_MODELS"):
        write(*asked())


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match=r"file/models/x07_large_things_watched.py cannot be written"):
        write(*asked(), tmp_path / "file" / "models")
