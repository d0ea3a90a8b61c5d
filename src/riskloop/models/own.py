"""The models of a bank's own: found in its folders and in its packages, by the rules of the delivered ones.

A file is read as it stands; what is wrong with it is told in a sentence that names it. Code and file name
fit (`x01_what_it_looks_for.py`), and files whose name begins with `_` are for the others to import.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import json
import linecache
import os
import pkgutil
import re
import stat
import sys
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import FunctionType, ModuleType

from riskloop.models import versions
from riskloop.models.api import AnyModel, Model
from riskloop.models.delivered import LETTERS

VARIABLE = "RISKLOOP_MODELS"
"""The environment variable with the bank's folders, written as in PATH."""
GROUP = "riskloop.models"
"""The entry points by which an installed package brings models: each names a package or a module."""
CODE = re.compile(rf"(?![{LETTERS}])[A-Z][0-9]{{2,3}}")
CODES = "a letter from D to Z and two or three digits, as X01"
LOCK = "versions.json"
"""In each folder: the version and the logic of its models as they passed their tests last."""

_HANDLING = {"fund_movement": "itemised", "non_fund_movement": "itemised", "statistical": "statistical"}


@dataclass(frozen=True)
class Own:
    """What was found: the models by code, and what is wrong, a sentence each.

    Attributes:
        problems: folders, files and packages that bring no model.
        outdated: models whose logic is no longer that of the version under which it was recorded.
    """

    models: Mapping[str, AnyModel]
    problems: tuple[str, ...]
    outdated: tuple[str, ...]


def is_own(code: str) -> bool:
    """Whether a code is one of a bank's own; whether there is such a model is another question."""
    return CODE.fullmatch(code) is not None


def folders(setting: str | None = None) -> list[Path]:
    """The folders that the variable names, whether they are there or not."""
    named = os.environ.get(VARIABLE, "") if setting is None else setting
    return [Path(one).expanduser().resolve() for one in named.split(os.pathsep) if one.strip()]


def look(setting: str | None = None) -> Own:
    """Reads every model of the bank's own.

    Args:
        setting: in place of the environment variable.
    """
    found: dict[str, AnyModel] = {}
    problems: list[str] = []
    for place, load in _places(setting, problems):
        try:
            model = _checked(load())
        except _Wrong as wrong:
            problems.append(f"{place}: {wrong}")
            continue
        if model.code in found:
            problems.append(f"{place}: {file_of(found[model.code])} defines model {model.code} as well")
            continue
        found[model.code] = model
    return Own(dict(sorted(found.items())), tuple(problems), tuple(_outdated(found.values())))


def file_of(model: AnyModel) -> Path:
    """The file that defines a model."""
    return Path(model.hits.__code__.co_filename)


def lock_of(model: AnyModel) -> Path:
    """Where the version of a model of the bank's own is recorded: beside its file."""
    return file_of(model).with_name(LOCK)


def has_passed(model: AnyModel) -> bool:
    """Whether the model is recorded as it stands, which it is once it has passed its tests."""
    record = versions.recorded(lock_of(model)).get(model.code)
    return record == {"version": model.version, "fingerprint": versions.fingerprint(model)}


class _Wrong(Exception):
    """What is wrong with a file."""


def _places(setting: str | None, problems: list[str]) -> Iterator[tuple[object, Callable[[], ModuleType]]]:
    """Every file or module that must define a model, with what loads it."""
    for folder in folders(setting):
        if not folder.is_dir():
            problems.append(f"{VARIABLE} names {folder}, which is no folder")
        elif fault := _open_to_all(folder):
            problems.append(fault)
        else:
            package = _package(folder)
            for file in sorted(folder.glob("[!_]*.py")):
                yield file, lambda file=file, package=package: _from_file(file, package)
    for point in importlib.metadata.entry_points(group=GROUP):
        try:
            named = _executed(lambda point=point: importlib.import_module(point.module), "")
        except _Wrong as wrong:
            problems.append(f"the entry point {point.name} ({point.value}): {wrong}")
            continue
        paths = getattr(named, "__path__", None)
        listed = [point.module] if paths is None else _modules(point.module, paths)
        for name in listed:
            yield name, lambda name=name: _executed(lambda: importlib.import_module(name), "")


def _modules(package: str, paths: list[str]) -> list[str]:
    found = sorted(info.name for info in pkgutil.iter_modules(paths) if not info.name.startswith("_"))
    return [f"{package}.{name}" for name in found]


def _open_to_all(folder: Path) -> str | None:
    """A model runs with the rights of the system: what anybody may write is not run."""
    for path in (folder, *folder.glob("*.py")):
        if os.name == "posix" and path.exists() and path.stat().st_mode & stat.S_IWOTH:
            return f"{path}: anybody on this machine may write it; `chmod o-w` takes that away"
    return None


def _package(folder: Path) -> str:
    """A package over the folder, so that its files may import one another: `from . import _shared`."""
    name = f"riskloop_own_{sha256(str(folder).encode()).hexdigest()[:12]}"
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    return name


def _from_file(file: Path, package: str) -> ModuleType:
    name = f"{package}.{file.stem}"

    def execute() -> ModuleType:
        spec = importlib.util.spec_from_file_location(name, file)
        if spec is None or spec.loader is None:
            raise _Wrong("it cannot be read as Python")
        # The file may have been written anew since its lines were read last.
        linecache.checkcache(str(file))
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return module

    return _executed(execute, str(file))


def _executed(execute: Callable[[], ModuleType], file: str) -> ModuleType:
    """What the code of the bank's makes, or what is wrong with it in one line, with the line of the file."""
    try:
        return execute()
    except _Wrong:
        raise
    except SyntaxError as problem:
        raise _Wrong(f"line {problem.lineno}: {problem.msg}") from None
    except Exception as problem:
        lines = [f.lineno for f in traceback.extract_tb(problem.__traceback__) if f.filename == file]
        told = " ".join(str(problem).split()) or "no reason given"
        at = f"line {lines[-1]}: " if lines else ""
        raise _Wrong(f"{at}{type(problem).__name__}: {told}") from None


def _checked(module: ModuleType) -> AnyModel:
    model: object = getattr(module, "MODEL", None)
    if not isinstance(model, Model):
        raise _Wrong("it defines no MODEL")
    if not isinstance(model.hits, FunctionType) or model.hits.__module__ != module.__name__:
        raise _Wrong("the function of its MODEL must stand in the file itself")
    for broken, problem in (
        (not is_own(model.code), f"its code is {model.code}, and must be {CODES}"),
        (
            not module.__name__.rpartition(".")[2].startswith(f"{model.code.lower()}_"),
            f"its code is {model.code}, and so its name must begin with {model.code.lower()}_",
        ),
        (
            _HANDLING.get(model.category) != model.handling,
            f"it is {model.category} and {model.handling}, which do not fit",
        ),
    ):
        if broken:
            raise _Wrong(problem)
    return model


def _outdated(models: Iterable[AnyModel]) -> Iterator[str]:
    """Models whose logic is no longer that of the version under which they were recorded."""
    by_lock: defaultdict[Path, dict[str, AnyModel]] = defaultdict(dict)
    for model in models:
        by_lock[lock_of(model)][model.code] = model
    for lock, some in by_lock.items():
        try:
            yield from (f"{lock}: {problem}" for problem in versions.problems(some, lock, to_record=True))
        except OSError as problem:
            # A package without its sources has no content that a version could be held against.
            yield f"{lock}: {problem}"
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError):
            yield f"{lock}: it is no record of versions as `riskloop models test --record` writes it"
