"""The models of the catalogue under test, each compiled and run once for all that is held against it."""

from __future__ import annotations

from functools import cache

from riskloop.models.catalogue import catalogue
from riskloop.models.testing.running import Tried


@cache
def tried(code: str) -> Tried:
    """The model with this code."""
    return Tried(catalogue()[code])
