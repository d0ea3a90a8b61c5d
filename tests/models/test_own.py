"""Models of a bank's own: found by the rules of the delivered ones, and what is wrong with one is told."""

from __future__ import annotations

import dataclasses
import shutil
import sys
from pathlib import Path

import pytest

from riskloop import cli
from riskloop.bank.errors import BadInput
from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.bank.memory import complete
from riskloop.detection.model_tests import asked_for, put_in_lake, record
from riskloop.detection.plan import as_delivered, whatever_is_named
from riskloop.detection.run import DetectRequest, detect_to_file, gaps
from riskloop.models import versions
from riskloop.models.catalogue import catalogue, model_of
from riskloop.models.delivered import delivered
from riskloop.models.document import documents, page
from riskloop.models.own import GROUP, VARIABLE, has_passed, is_own, lock_of, look
from riskloop.models.simulated import cases
from riskloop.models.testing.running import Tried
from riskloop.models.testing.suite import CHECKS
from tests.models.own_folder import EXAMPLE, Put, folder, put

__all__ = ["folder", "put"]

IMPORTED = "from riskloop.models.fund.a11_personal_single_large_payment import MODEL as MODEL_A11"
LIMIT = "def limit(p):\n    return p.amount\n"
SHARED = ("def hits(bank: Bank, p: Limits)", "from . import _shared\n\n\ndef hits(bank: Bank, p: Limits)")
USED = ("journal.amount_cny < p.amount,", "journal.amount_cny < _shared.limit(p),")


def riskloop(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Runs a command here, and returns its exit status."""
    monkeypatch.setattr(sys, "argv", ["riskloop", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def only_problem() -> str:
    """What is wrong with the bank's own, one thing alone."""
    (problem,) = look().problems
    return problem


def test_a_file_in_the_folder_is_a_model_like_any_other(put: Put) -> None:
    file = put()
    (file.parent / "_shared.py").write_text("raise ValueError('no model, and not read')\n")
    assert list(catalogue()) == [*delivered(), "X01"]
    assert model_of("x01").name.en == "Cash withdrawn in parts below the reporting limit"
    assert [code for code in catalogue() if is_own(code)] == ["X01"]
    assert {case.model for case in cases()} == set(catalogue())


def test_without_the_variable_there_is_none() -> None:
    assert catalogue() == delivered()
    assert look("").models == {}


def test_what_is_generated_tells_of_the_delivered_models_alone(put: Put) -> None:
    put()
    assert "models/X01.md" not in documents()
    assert "X01" not in documents()["models/README.md"]
    assert "X01" not in documents()["tables.md"]


def test_its_page_says_that_it_is_the_banks_own(put: Put) -> None:
    file = put()
    assert "| Where it comes from | the bank's own |" in page(model_of("X01"), "en")
    assert f"| 模型文件 | `{file}` |" in page(model_of("X01"), "zh")
    assert "the bank's own" not in page(model_of("A11"), "en")


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        (EXAMPLE.name, [("class Limits(Parameters):", "class Limits(Parameters:")], "line 13: "),
        (EXAMPLE.name, [("MODEL = Model(", "MODELL = Model(")], "it defines no MODEL"),
        (EXAMPLE.name, [('    grade="attention",\n', "")], "argument: 'grade'"),
        (
            EXAMPLE.name,
            [('drivers=("E3", "P3")', "drivers=()")],
            "ValueError: model X01 suggests no risk driver",
        ),
        (
            EXAMPLE.name,
            [("import datetime as dt", "import datetime as dt\nimport colours")],
            "line 4: ModuleNotFoundError: No module named 'colours'",
        ),
        (EXAMPLE.name, [('code="X01"', 'code="A17"')], "its code is A17, and must be a letter from D to Z"),
        (EXAMPLE.name, [('code="X01"', 'code="x01"')], "its code is x01, and must be a letter from D to Z"),
        (EXAMPLE.name, [('code="X01"', 'code="VOLUME"')], "its code is VOLUME, and must be"),
        ("cash.py", [], "its code is X01, and so its name must begin with x01_"),
        (EXAMPLE.name, [('handling="itemised"', 'handling="statistical"')], "which do not fit"),
        (
            EXAMPLE.name,
            [("    hits=hits,", "    hits=MODEL_A11.hits,"), ("MODEL = ", f"{IMPORTED}\n\nMODEL = ")],
            "the function of its MODEL must stand in the file itself",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_told_and_stops_what_needs_it(
    put: Put, name: str, changes: list[tuple[str, str]], said: str
) -> None:
    """The sentence names the file; the other files are read all the same, for their tests."""
    put("x02_another.py", ('code="X01"', 'code="X02"'))
    file = put(name, *changes)
    assert only_problem().startswith(f"{file}: ")
    assert said in only_problem()
    assert list(look().models) == ["X02"]
    with pytest.raises(BadInput) as problem:
        catalogue()
    assert str(problem.value) == only_problem()


def test_two_files_with_one_code_are_both_named(put: Put) -> None:
    first, second = put(), put("x01_once_more.py")
    assert only_problem() == f"{second}: {first} defines model X01 as well"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    monkeypatch.setenv(VARIABLE, str(gone))
    assert only_problem() == f"{VARIABLE} names {gone}, which is no folder"


@pytest.mark.parametrize("of_the_file", [True, False])
def test_what_anybody_may_write_is_not_run(put: Put, folder: Path, of_the_file: bool) -> None:
    file = put()
    path = file if of_the_file else folder
    path.chmod(path.stat().st_mode | 0o002)
    assert only_problem().startswith(f"{path}: anybody on this machine may write it")
    assert look().models == {}


def test_a_package_brings_models_by_its_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "ourbank" / "models"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "_shared.py").touch()
    shutil.copy(EXAMPLE, package / EXAMPLE.name)
    told = tmp_path / "ourbank-1.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: ourbank\nVersion: 1\n")
    (told / "entry_points.txt").write_text(f"[{GROUP}]\nown = ourbank.models\ngone = ourbank.gone\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        found = look("")
    finally:
        for name in [one for one in sys.modules if one.partition(".")[0] == "ourbank"]:
            del sys.modules[name]
    assert list(found.models) == ["X01"]
    assert lock_of(found.models["X01"]) == package / "versions.json"
    assert found.problems == (
        "the entry point gone (ourbank.gone): ModuleNotFoundError: No module named 'ourbank.gone'",
    )


def test_the_command_line_ends_with_the_sentence(
    put: Put, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = put(EXAMPLE.name, ("MODEL = Model(", "MODELL = Model("))
    home = ("--home", str(tmp_path / "home"))
    for command in ("detect", "serve", "worker", "demo"):
        assert riskloop(monkeypatch, command, *home) == 2
        assert capsys.readouterr().err == f"riskloop: {file}: it defines no MODEL\n"
    assert not (tmp_path / "home").exists()
    assert riskloop(monkeypatch, "models", "list") == 2


def test_the_lists_mark_it(
    put: Put, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put()
    assert riskloop(monkeypatch, "models", "list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if line.rstrip().endswith(" own")] == ["code", "X01"]


class TestVersions:
    def test_changed_logic_under_the_recorded_version_does_not_run(self, put: Put) -> None:
        file = put()
        model = look().models["X01"]
        assert not has_passed(model)
        assert record([model]) == [f"X01 is recorded as version 1 in {lock_of(model)}"]
        assert has_passed(model)
        assert catalogue()["X01"].version == 1
        put(EXAMPLE.name, ("journal.amount_cny < p.amount", "journal.amount_cny <= p.amount"))
        said = "X01 changed its logic and is version 1 still"
        assert look().outdated == (f"{lock_of(model)}: {said}",)
        assert CHECKS["version"](Tried(look().models["X01"])) == [said]
        with pytest.raises(BadInput, match="changed its logic"):
            record([look().models["X01"]])
        put(EXAMPLE.name, ("journal.amount_cny < p", "journal.amount_cny <= p"), ("version=1", "version=2"))
        assert look().outdated == ()
        assert not has_passed(look().models["X01"])
        record([look().models["X01"]])
        assert has_passed(look().models["X01"])
        assert file.with_name("versions.json") == lock_of(model)

    def test_texts_and_the_place_of_the_folder_are_not_logic(self, put: Put, tmp_path: Path) -> None:
        (put(EXAMPLE.name, SHARED, USED).parent / "_shared.py").write_text(LIMIT)
        record([look().models["X01"]])
        put(EXAMPLE.name, SHARED, USED, ("Only two", "Two alone"))
        moved = tmp_path / "elsewhere"
        shutil.copytree(tmp_path / "models", moved)
        found = look(str(moved))
        assert (found.outdated, found.problems) == ((), ())
        assert has_passed(found.models["X01"])

    def test_what_a_model_shares_with_others_of_the_folder_is_logic(self, put: Put) -> None:
        shared = put(EXAMPLE.name, SHARED, USED).parent / "_shared.py"
        shared.write_text(LIMIT)
        before = versions.fingerprint(look().models["X01"])
        shared.write_text(LIMIT.replace("p.amount", "p.amount + 1"))
        for name in [one for one in sys.modules if one.endswith("._shared")]:
            del sys.modules[name]
        assert versions.fingerprint(look().models["X01"]) != before

    def test_a_record_that_is_none_is_named(self, put: Put) -> None:
        lock = put().with_name("versions.json")
        lock.write_text("[]")
        assert look().outdated[0].startswith(f"{lock}: it is no record of versions")


class TestAskedFor:
    def test_without_a_name_all_of_the_banks_own(self, put: Put) -> None:
        put()
        put("x03_broken.py", ("MODEL = Model(", "MODELL = Model("))
        models, outcomes = asked_for([])
        assert [m.code for m in models] == ["X01"]
        assert [(o.check, o.ok) for o in outcomes] == [("loads", False)]

    def test_delivered_ones_by_name(self, put: Put) -> None:
        put()
        assert [m.code for m in asked_for(["a11", "x01"])[0]] == ["A11", "X01"]
        with pytest.raises(BadInput, match="there is no model X99"):
            asked_for(["X99"])

    def test_where_there_is_none(self) -> None:
        with pytest.raises(BadInput, match="there is no model of the bank's own"):
            asked_for([])


class TestRunning:
    @pytest.fixture
    def home(self, tmp_path: Path, put: Put) -> Home:
        """A bank that consists of the first example."""
        put()
        example = model_of("X01").examples[0]
        rows = {
            name: [complete(name, row, example.day) for row in given] for name, given in example.rows.items()
        }
        home = Home(tmp_path / "home")
        put_in_lake(Lake(home), rows, example.day)
        return home

    def test_by_name_and_into_a_file_it_runs(self, home: Home, tmp_path: Path) -> None:
        to = tmp_path / "hits.csv"
        report = detect_to_file(home, DetectRequest(codes=("X01",)), to, lambda *_: None)
        assert dict(report.hits) == {"X01": 1}
        assert "P1" in to.read_text()

    def test_where_nobody_decides_it_does_not_run_and_is_no_gap(self, home: Home) -> None:
        day = model_of("X01").examples[0].day
        assert as_delivered(model_of("X01"), day) is None
        assert as_delivered(model_of("A11"), day) is not None
        assert "X01" not in {cell.model for cell in gaps(home)}
        assert "X01" in {cell.model for cell in gaps(home, whatever_is_named)}


def test_a_delivered_model_bears_no_code_of_a_bank() -> None:
    assert not [code for code in delivered() if is_own(code)]


def test_only_what_passed_as_it_stands_has_passed(put: Put) -> None:
    put()
    model = look().models["X01"]
    record([model])
    assert not has_passed(dataclasses.replace(model, version=2))
