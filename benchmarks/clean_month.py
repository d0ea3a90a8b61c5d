"""Measures how often each model hits in a month in which nothing is planted, and records it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.slow.clean_month import clean_bank, measured

from riskloop.models.clean_month import RECORDED, write


def main() -> None:
    """Simulates the month, runs the models over it and records them; `make docs` tells of it."""
    with tempfile.TemporaryDirectory() as folder:
        home, _ = clean_bank(Path(folder))
        month = measured(home, Path(folder) / "hits.parquet")
    write(month)
    print(f"{RECORDED.name}: {sum(month.hits.values())} hits in {month.entries} entries")


if __name__ == "__main__":
    main()
