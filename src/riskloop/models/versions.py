"""Version by content: the logic of every model as it stood when its version was recorded.

`versions.json` maps a code to its version and a fingerprint of its logic. A model whose logic changed
without a new version is refused here and red in the tests; a new model at version 1 needs no record yet,
so that it stays one file. `python -m riskloop.models.versions` brings the file up to date. The models of a
bank's own have a file of their own beside them (`own.LOCK`).
"""

from __future__ import annotations

import ast
import dataclasses
import datetime as dt
import hashlib
import inspect
import json
import sys
import textwrap
from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from riskloop.bank.derived import DERIVED
from riskloop.bank.errors import BadInput
from riskloop.models.api import AnyModel, Lookback, Parameters
from riskloop.models.delivered import delivered

RECORDED = Path(__file__).with_name("versions.json")
_OURS = "riskloop"
_FOR_PEOPLE = {"zh", "en", "why"}
"""Keywords of `parameter(...)` that change nothing a model says."""


def fingerprint(model: AnyModel) -> str:
    """Of everything that decides what the model hits, and how: texts, examples and comments apart.

    That is its function with the functions and values of ours that it uses, wherever they stand; its
    parameters; and what its definition tells the engines (subject, lookback, columns).
    """
    parts = {
        "subject": model.subject,
        "needs": sorted((table, sorted(columns)) for table, columns in model.needs.items()),
        "where_given": sorted((table, sorted(columns)) for table, columns in model.where_given.items()),
        "parameters": _code(model.parameters),
        **_derived(model),
        "lookback": _lookbacks(model, model.lookback) if callable(model.lookback) else model.lookback,
        "hits": dict(sorted(_reached(model.hits).items())),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def recorded(path: Path = RECORDED) -> dict[str, dict[str, Any]]:
    """The records: `version` and `fingerprint` by code; a code that left the catalogue keeps its own."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def problems(
    models: Mapping[str, AnyModel] | None = None, path: Path = RECORDED, *, to_record: bool = False
) -> list[str]:
    """What is wrong with the versions, a sentence each.

    Args:
        to_record: leave out what recording mends, a higher version.
    """
    known = recorded(path)
    found: list[str] = []
    for code, model in (delivered() if models is None else models).items():
        record = known.get(code, {"version": model.version, "fingerprint": fingerprint(model)})
        if model.version < record["version"]:
            found.append(f"{code} is version {model.version}, and version {record['version']} is recorded")
        elif model.version == record["version"] and fingerprint(model) != record["fingerprint"]:
            found.append(f"{code} changed its logic and is version {model.version} still")
        elif model.version > record["version"] and not to_record:
            found.append(f"{code} is version {model.version}, which is not recorded")
        elif code not in known and model.version > 1 and not to_record:
            found.append(f"{code} is version {model.version} without a record of an earlier one")
    return found


def write(models: Mapping[str, AnyModel] | None = None, path: Path = RECORDED) -> list[str]:
    """Records every model as it stands; returns the codes whose record changed.

    Raises:
        BadInput: a model changed its logic without a new version, or has a lower version than recorded.
    """
    models = delivered() if models is None else models
    if wrong := problems(models, path, to_record=True):
        raise BadInput("; ".join(wrong))
    known = recorded(path)
    now = {code: {"version": m.version, "fingerprint": fingerprint(m)} for code, m in models.items()}
    text = json.dumps(dict(sorted((known | now).items())), indent=2) + "\n"
    path.write_text(text, encoding="utf-8")
    return [code for code, record in now.items() if known.get(code) != record]


def _reached(function: FunctionType | Any) -> dict[str, str]:
    """The code of a function and of all of ours that it uses, and the values of ours, by name.

    Ours is what comes with riskloop, and what stands in the package of the function: a bank's own. Names
    within the function's own file stand alone: a file may be renamed; a bank's folder may be moved.
    """
    reached: dict[str, str] = {}
    waiting = [function]
    package = _package(function.__module__)
    ours = {_OURS, package}
    while waiting:
        one = waiting.pop()
        place = "" if one.__module__ == function.__module__ else f"{one.__module__}."
        place = place if package == _OURS else place.removeprefix(f"{package}.")
        if f"{place}{one.__qualname__}" in reached:
            continue
        reached[f"{place}{one.__qualname__}"] = _code(one)
        for name, value in _used(one, ours):
            if isinstance(value, FunctionType) and _package(value.__module__) in ours:
                waiting.append(value)
            elif isinstance(value, int | str | Decimal | dt.date | tuple | list | dict):
                reached[f"{place}{name}"] = repr(value)
    return reached


def _package(module: str) -> str:
    return module.partition(".")[0]


def _used(function: FunctionType, ours: Collection[str]) -> Iterator[tuple[str, Any]]:
    """What a function names of its file, and of the modules of ours that its file imports."""
    known, nodes = function.__globals__, list(ast.walk(_tree(function)))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    yield from ((name, known[name]) for name in sorted(names & set(known)))
    of_modules = {
        (node.value.id, node.attr)
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    for name, attribute in sorted(of_modules):
        module = known.get(name)
        if (
            isinstance(module, ModuleType)
            and _package(module.__name__) in ours
            and hasattr(module, attribute)
        ):
            yield f"{name}.{attribute}", getattr(module, attribute)


def _derived(model: AnyModel) -> dict[str, Any]:
    """The definitions of the derived tables that the model reads."""
    read = sorted(set(model.needs) & set(DERIVED))
    return {name: dict(sorted(_reached(DERIVED[name].rows).items())) for name in read}


def _lookbacks(model: AnyModel, lookback: Callable[[Any], Lookback]) -> dict[str, Lookback]:
    """What the function says at the defaults and one step beside each: a lambda has no lines of its own."""
    defaults = model.parameters()
    said = {"": lookback(defaults)}
    for field in dataclasses.fields(defaults):
        value = getattr(defaults, field.name)
        if isinstance(value, int) and not isinstance(value, bool):
            moved: Parameters = dataclasses.replace(defaults, **{field.name: value + 1})
            said[field.name] = lookback(moved)
    return said


def _code(thing: FunctionType | type) -> str:
    return ast.unparse(_WithoutTexts().visit(_tree(thing)))


def _tree(thing: FunctionType | type) -> ast.Module:
    return ast.parse(textwrap.dedent(inspect.getsource(thing)))


class _WithoutTexts(ast.NodeTransformer):
    """Leaves out docstrings, and what parameters tell people."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._without_docstring(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._without_docstring(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        node.keywords = [k for k in node.keywords if k.arg not in _FOR_PEOPLE]
        return self.generic_visit(node)

    def _without_docstring(self, node: ast.FunctionDef | ast.ClassDef) -> ast.AST:
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        return self.generic_visit(node)


def main() -> None:
    """Records the catalogue, or says in one line why it cannot."""
    try:
        changed = write()
    except BadInput as problem:
        sys.exit(str(problem))
    sys.stdout.write(f"{RECORDED.name}: {', '.join(changed) or 'nothing'} changed\n")


if __name__ == "__main__":
    main()
