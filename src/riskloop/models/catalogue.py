"""All models there are: those that come with riskloop, and those of the bank's own."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from types import MappingProxyType
from typing import Any

from riskloop.bank.errors import BadInput
from riskloop.models.api import AnyModel, Parameters
from riskloop.models.delivered import delivered
from riskloop.models.own import VARIABLE, look

__all__ = ["AnyModel", "catalogue", "model_of", "parameters_of"]


def catalogue() -> Mapping[str, AnyModel]:
    """Every model by code, in the order of the codes; those of the bank's own are read once.

    Raises:
        BadInput: something is wrong with the bank's own. None is left out in silence.
    """
    return _catalogue(os.environ.get(VARIABLE, ""))


@cache
def _catalogue(setting: str) -> Mapping[str, AnyModel]:
    own = look(setting)
    if wrong := (*own.problems, *own.outdated):
        raise BadInput("; ".join(wrong))
    return MappingProxyType({**delivered(), **own.models})


def model_of(code: str) -> AnyModel:
    """The model with this code, however it is capitalised; BadInput when there is none."""
    model = catalogue().get(code.upper())
    if model is None:
        raise BadInput(f"there is no model {code}; `riskloop models list` names them")
    return model


def parameters_of(model: AnyModel, settings: Mapping[str, Any] | None = None) -> Parameters:
    """The model's parameters with `settings` in place of defaults; text is read as the type asks.

    Raises:
        BadInput: an unknown parameter, a value of another type or out of bounds.
    """
    about = model.about()
    kinds = {f.name: type(f.default) for f in dataclasses.fields(model.parameters)}
    values: dict[str, Any] = {}
    for name, given in (settings or {}).items():
        option = f"{model.code}.{name}"
        if name not in about:
            raise BadInput(f"model {model.code} has no parameter {name}; it has {', '.join(about)}")
        value = _read(option, given, kinds[name])
        low, high = about[name].low, about[name].high
        measured = len(value) if isinstance(value, tuple) else Decimal(value)
        if not low <= measured <= high:
            codes = " codes" if isinstance(value, tuple) else ""
            raise BadInput(f"{option} is {given}, and must be from {low} to {high}{codes}")
        values[name] = value
    return model.parameters(**values)


def _read(option: str, given: Any, kind: type) -> Any:
    if kind is tuple:
        listed = given if isinstance(given, tuple | list) else str(given).split(",")
        return tuple(dict.fromkeys(code for one in listed if (code := str(one).strip())))
    text = str(given)
    try:
        if kind is bool:
            return {"true": True, "false": False, "1": True, "0": False}[text.lower()]
        number = Decimal(text)
        if not number.is_finite():
            raise ValueError(text)
        if kind is int:
            if number != int(number):
                raise ValueError(text)
            return int(number)
        return number
    except (KeyError, ValueError, InvalidOperation):
        wanted = {bool: "true or false", int: "a whole number"}.get(kind, "a number")
        raise BadInput(f"{option} is {given}, and must be {wanted}") from None
