"""A bulletin at the size of a great bank: the seconds that the command takes to make one.

    python benchmarks/exposure.py fill HOME     makes the bank
    python benchmarks/bulletin.py HOME          makes bulletins, prints the figures as JSON

Each is made as the command makes it, from the database to the bytes of the file, in one process; the first of
each unit comes from a database that has read nothing of it yet.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import gate

LEVELS = ("head_office", "tier1_branch", "outlet")
ASKED = (("2024-12", ".docx"), ("2024-Q4", ".xlsx"), ("2024", ".html"), ("2024", ".docx"), ("2024", ".xlsx"))


def run() -> None:
    """By level of the unit, period and form of the file the seconds."""
    from riskloop.bulletin.files import bulletin_file
    from riskloop.organisation.models import Unit

    told: dict[str, dict[str, float]] = {}
    for level in LEVELS:
        # The second of its level: the first outlets are merged.
        unit = Unit.objects.filter(level=level, merged_into=None).order_by("unit_id").first()
        assert unit is not None  # noqa: S101 — `exposure.py fill` made the tree
        told[level] = {}
        for period, ending in ASKED:
            begun = time.perf_counter()
            size = len(bulletin_file(unit.pk, period, ending, "zh"))
            seconds = time.perf_counter() - begun
            told[level][f"{period} {ending}"] = round(seconds, 2)
            print(f"  {level} {period} {ending} {seconds:.2f} s, {size:,} bytes", file=sys.stderr, flush=True)
    print(json.dumps(told))


if __name__ == "__main__":
    gate.start(Path(sys.argv[1]))
    run()
