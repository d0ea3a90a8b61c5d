"""The models that come with riskloop, found by folder: a new model is one new file."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from riskloop.models import fund, nonfund, statistical
from riskloop.models.api import AnyModel

LETTERS = "ABC"
"""With these the codes of the delivered models begin, and no code of a bank's own."""


@cache
def delivered() -> Mapping[str, AnyModel]:
    """Every delivered model by code, in the order of the codes.

    Raises:
        ValueError: two files with one code, or a file without `MODEL`.
    """
    found: dict[str, AnyModel] = {}
    for folder in (fund, nonfund, statistical):
        for module_info in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
            module = importlib.import_module(module_info.name)
            model: AnyModel | None = getattr(module, "MODEL", None)
            if model is None:
                raise ValueError(f"{module_info.name} defines no MODEL")
            if model.code in found:
                raise ValueError(f"two files define model {model.code}")
            found[model.code] = model
    return MappingProxyType(dict(sorted(found.items())))
