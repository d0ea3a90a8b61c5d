"""What writes lines of history: the actions of all apps, and every name given to `history.line` as a word."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from django.conf import settings
from django.db import models

from riskloop.organisation.action import Action

APPS = [name for name in settings.INSTALLED_APPS if name.startswith("riskloop.")]
NOT_LOADED = ("migrations", "wsgi", "startup", "server", "__main__")


def all_actions() -> set[type[Action]]:
    """Every action that is done as it stands: it has a name and is about a type of object."""
    for app in APPS:
        package = importlib.import_module(app)
        for found in pkgutil.walk_packages(package.__path__, f"{app}."):
            if not any(part in NOT_LOADED for part in found.name.split(".")):
                importlib.import_module(found.name)

    def below(kind: type[Action]) -> set[type[Action]]:
        return {kind}.union(*(below(one) for one in kind.__subclasses__()))

    # What a test defines for itself is no action of ours.
    ours = {kind for kind in below(Action) if kind.__module__.startswith("riskloop.")}
    return {kind for kind in ours if hasattr(kind, "name") and hasattr(kind, "object_type")}


def touched_by(kind: type[Action]) -> set[type[models.Model]]:
    """The models whose fields the action notes, by what `touched` says that it returns."""
    touched: Any = inspect.getattr_static(kind, "touched")
    returned = _meant(kind, get_type_hints(touched.fget)["return"])
    return set(get_args(returned)) if get_origin(returned) in (Union, UnionType) else {returned}


def _meant(kind: type[Action], returned: Any) -> Any:
    """What the action puts in the place of a type variable of its base."""
    if not isinstance(returned, TypeVar):
        return returned
    given = (get_args(base) for one in kind.__mro__ for base in getattr(one, "__orig_bases__", ()))
    return next(of[0] for of in given if of and not isinstance(of[0], TypeVar))


def trees() -> Iterator[ast.Module]:
    for app in APPS:
        for path in sorted(Path(*importlib.import_module(app).__path__).rglob("*.py")):
            if "migrations" not in path.parts:
                yield ast.parse(path.read_text())


def names_written() -> set[str]:
    """The actions named by a word: in a call of `line`, or of what hands its argument on to one."""
    places = {"line": 0}
    found: set[str] = set()
    modules = list(trees())
    while True:
        known = len(places)
        for function in (f for tree in modules for f in ast.walk(tree) if isinstance(f, ast.FunctionDef)):
            for name in _named_in(function, places):
                parameters = [argument.arg for argument in function.args.args]
                if isinstance(name, ast.Name) and name.id in parameters:
                    places.setdefault(function.name, parameters.index(name.id))
                elif not isinstance(name, ast.Attribute):
                    found |= {c.value for c in ast.walk(name) if isinstance(c, ast.Constant)}
        if len(places) == known:
            return found


def _named_in(function: ast.FunctionDef, places: dict[str, int]) -> Iterator[ast.expr]:
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        called = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if called in places and len(call.args) > places[called]:
            yield call.args[places[called]]


def fields_written() -> set[str]:
    """The fields named by a word beside those of models: `before` and `after` of lines, `beside`, details."""
    found: set[str] = set()
    for function in (f for tree in trees() for f in ast.walk(tree) if isinstance(f, ast.FunctionDef)):
        calls = {
            getattr(c.func, "attr", getattr(c.func, "id", "")): c
            for c in ast.walk(function)
            if isinstance(c, ast.Call)
        }
        if "line" in calls or function.name == "beside":
            dicts = (d for d in ast.walk(function) if isinstance(d, ast.Dict))
            found |= {k.value for d in dicts for k in d.keys if isinstance(k, ast.Constant)}
        for call in (c for c in ast.walk(function) if isinstance(c, ast.Call)):
            if getattr(call.func, "id", "") == "note":
                found |= {k.arg for k in call.keywords if k.arg}
    return found
