"""`--engine spark` where something is missing: one sentence that says what to install, and nothing begun."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from riskloop.bank.errors import BadInput
from riskloop.bank.home import Home
from riskloop.detection.engines.engine import open_engine
from riskloop.detection.run import DetectRequest, detect_to_file


def run(home: Home, file: Path, master: str = "") -> str:
    """What a person is told who has Spark run the models."""
    with pytest.raises(BadInput) as problem:
        detect_to_file(
            home, DetectRequest(engine="spark", master=master), file, lambda done, total, day: None
        )
    assert not file.exists()
    assert not home.runs.exists()
    return str(problem.value)


def java(folder: Path, version: str) -> Path:
    """A java that knows nothing but its version."""
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    program.chmod(0o755)
    return program


def test_without_pyspark(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "pyspark" else find(name, *more)
    )
    assert run(home, tmp_path / "hits.csv") == (
        "--engine spark needs PySpark, which is not installed: pip install 'riskloop[spark]'"
    )


def test_without_java(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    said = run(home, tmp_path / "hits.csv")
    assert said.startswith(
        "--engine spark needs Java 17 or newer, and there is none in JAVA_HOME or on the PATH"
    )
    assert said.endswith("apt install openjdk-17-jre-headless")


def test_where_java_home_leads_nowhere(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spark's scripts would not look on the PATH then."""
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    monkeypatch.setenv("PATH", str(java(tmp_path / "there", "17.0.15").parent), prepend=":")
    assert "there is none in JAVA_HOME" in run(home, tmp_path / "hits.csv")


@pytest.mark.parametrize(("version", "told"), [("11.0.28", "11"), ("1.8.0_452", "8")])
def test_with_an_old_java(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, told: str
) -> None:
    program = java(tmp_path / "old", version)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "old"))
    assert f"needs Java 17 or newer, and {program} is {told};" in run(home, tmp_path / "hits.csv")


@pytest.mark.parametrize("master", ["spark://127.0.0.1:1", "spark://nowhere", "spark://127.0.0.1:1,a:b"])
def test_where_no_master_answers(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, master: str
) -> None:
    java(tmp_path / "new", "21")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "new"))
    said = run(home, tmp_path / "hits.csv", master)
    assert said == f"--master is {master}, where no Spark master answers"


def test_only_spark_has_a_master(home: Home) -> None:
    with pytest.raises(BadInput, match="only --engine spark has one"):
        open_engine(home, "duckdb", "spark://127.0.0.1:7077")


def test_nobody_else_waits_for_spark() -> None:
    program = "import riskloop.cli, riskloop.detection.run, sys; sys.exit('pyspark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
