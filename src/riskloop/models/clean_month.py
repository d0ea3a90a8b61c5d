"""How often each model hits in a month in which nothing is planted: what a bank must expect of its alarms.

`clean_month.json` is measured by `benchmarks/clean_month.py` on a simulated bank; a slow test measures anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

RECORDED = Path(__file__).with_name("clean_month.json")
PER = 10_000
"""Hits are told in so many entries of the journal."""


@dataclass(frozen=True)
class CleanMonth:
    """Entries of the journal in the month, and the hits of each model by code."""

    entries: int
    hits: Mapping[str, int]

    def rate(self, code: str) -> float | None:
        """Hits per 10,000 entries; None for a model that was not measured."""
        return self.hits[code] * PER / self.entries if code in self.hits else None


@cache
def recorded() -> CleanMonth:
    """The month as it was measured last."""
    found = json.loads(RECORDED.read_text(encoding="utf-8"))
    return CleanMonth(found["entries"], MappingProxyType(found["hits"]))


def write(month: CleanMonth) -> None:
    """Records a month."""
    found = {"entries": month.entries, "hits": dict(sorted(month.hits.items()))}
    RECORDED.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
