"""A what-if of one parameter at ten values against one at one value, over the days of a simulated bank.

    python benchmarks/whatif.py fill HOME DAYS ENTRIES     makes the bank, and its hits of some models
    python benchmarks/whatif.py run HOME [DAYS]            measures over the newest days, prints JSON

Both are measured in one process, in turn, each after what is derived of the days has been made: who asks
twice waits for it once. The time is that of the question alone, from the values to the answer.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from gate import start

QUESTIONS = {
    "A11.amount": ("600000", "A11.amount=100000..1000000/10"),
    "A10.sum": ("1500000", "A10.sum=500000..5000000/10"),
}
"""By parameter one value, and a sweep over ten: of a day's entries, and of sums over several days."""
FOUND = ("A10", "A12")
"""Models whose hits are on record: those of the day are joined with them into bundles."""
FACTS, STANDING = ("journal",), ("accounts", "customers", "units", "staff", "tellers", "calendar")
"""Tables that are laid into the lake: what these models read, and whom it is about."""
TIMES = 3
ROOT = Path(__file__).resolve().parents[1]


def fill(home: Path, days: str, entries: str) -> None:
    """The bank, laid into the lake past the gate (a section of its own), and what some models hit."""
    feed = home.parent / f"{home.name}-feed"
    steps = [sys.executable, str(ROOT / "benchmarks" / "steps.py"), "simulate", str(feed)]
    subprocess.run([*steps, days, entries, entries], check=True)
    lay(feed, home)
    shutil.rmtree(feed)
    find(home)


def lay(feed: Path, home: Path) -> None:
    """The feed's tables as the lake keeps them."""
    import duckdb

    from riskloop.bank.home import Home
    from riskloop.bank.lake import Lake, Query

    lake = Lake(Home(home))
    with duckdb.connect() as con:
        for folder in sorted(day for table in FACTS for day in (feed / table).iterdir()):
            day = dt.date.fromisoformat(folder.name.partition("=")[2])
            lake.write_facts(folder.parent.name, day, Query(con, _all_of(folder / "data.parquet")))
            print(f"  {day}", file=sys.stderr, flush=True)
        first = lake.days(FACTS[0])[0]
        for table in STANDING:
            lake.write_standing(table, first, Query(con, _all_of(feed / f"{table}.parquet")))


def _all_of(file: Path) -> str:
    return f"SELECT * FROM read_parquet('{file}', hive_partitioning = false)"


def find(home: Path) -> None:
    """What `FOUND` hits on every day, kept as a run keeps it."""
    from riskloop.bank.home import Home
    from riskloop.detection.kept import keep_hits
    from riskloop.detection.plan import as_delivered
    from riskloop.detection.whatif import days_of
    from riskloop.models.catalogue import model_of

    place = Home(home)
    for code in FOUND:
        for day in days_of(place, model_of(code), [as_delivered], None, None, lambda *_done: None):
            keep_hits(place, code, day.day, day.hits[0], {})


def run(home: Path, newest: int) -> dict[str, Any]:
    """How large the bank is, and by parameter the seconds of one value and of ten: medians of `TIMES`."""
    import pyarrow.parquet as pq

    from riskloop.bank.home import Home
    from riskloop.bank.lake import Lake
    from riskloop.detection.whatif import question
    from riskloop.governance.what_if.computing import what_if

    place = Home(home)
    lake = Lake(place)
    days = lake.days("journal")[-newest:]
    entries = sum(pq.read_metadata(lake.file("journal", day)).num_rows for day in days)

    def seconds(settings: tuple[str, ...], sweep: str) -> float:
        begun = time.perf_counter()
        what_if(place, question(settings, sweep), days[0], days[-1], lambda *_done: None)
        return time.perf_counter() - begun

    found: dict[str, Any] = {"days": len(days), "entries": entries, "questions": {}}
    for name, (value, sweep) in QUESTIONS.items():
        one = (f"{name}={value}",)
        seconds(one, "")
        took = [(seconds(one, ""), seconds((), sweep)) for _each in range(TIMES)]
        print(f"  {name} {took}", file=sys.stderr, flush=True)
        found["questions"][name] = {
            "one": median(single for single, _ten in took),
            "ten": median(ten for _single, ten in took),
        }
    return found


def main(what: str, home: str, *given: str) -> None:
    if what == "fill":
        fill(Path(home), *given)
        return
    start(Path(home))
    print(json.dumps(run(Path(home), int(given[0]) if given else 10**6)))


if __name__ == "__main__":
    main(*sys.argv[1:])
