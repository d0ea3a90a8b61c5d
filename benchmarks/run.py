"""Measures what the README claims, in one run, and writes docs/benchmarks.md.

    python benchmarks/run.py [--work DIR] [--berka DIR] [--month-per-day N] [--day N]

Each step is a process of its own; its time is the wall clock and its memory the largest resident set that
the system counted for it. Ratios are taken between steps of the same run.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable
RISKLOOP = [PYTHON, "-c", "from riskloop.cli import main; main()"]
HISTORY_DAYS = 30
SCAN = """
import sys, duckdb
con = duckdb.connect()
con.execute("SET threads = 2")
con.execute("SELECT max(COLUMNS(*)) FROM read_parquet(?)", [sys.argv[1]]).fetchall()
"""


@dataclass(frozen=True)
class Measured:
    """One step: what it did, seconds of wall clock, peak memory in MiB."""

    name: str
    seconds: float
    mib: float
    rows: int | None = None


def measure(name: str, command: list[str], rows: int | None = None) -> Measured:
    """Runs one command to its end. A command that fails ends the benchmark."""
    print(f"… {name}", flush=True)
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{name} failed: {' '.join(command)}")
    found = Measured(name, seconds, used.ru_maxrss / 1024, rows)
    print(f"  {seconds:.1f} s, {found.mib:.0f} MiB", flush=True)
    return found


def czech_bank(work: Path, folder: Path) -> list[Measured]:
    """Import of the Czech bank, and the twelve models over all its days."""
    home = ["--home", str(work / "berka")]
    return [
        measure("import of the Czech bank", [*RISKLOOP, "import", "berka", str(folder), *home]),
        measure(
            "all models over all days of the Czech bank",
            [*RISKLOOP, "detect", "--out", str(work / "berka.parquet"), *home],
        ),
    ]


def simulated_bank(work: Path, month_per_day: int, day_entries: int) -> tuple[list[Measured], float]:
    """A month and one great day after it: simulated, imported, run; its ratio to a scan of that day."""
    feed, home = work / "feed", work / "bank"
    simulate = f"""
from pathlib import Path
from riskloop.bank.simulator.simulate import simulate
from riskloop.bank.simulator.spec import Spec
from riskloop.models.simulated import cases
simulate(Spec(outlets=200, days={HISTORY_DAYS + 1}, per_day={month_per_day}, last_day={day_entries}, seed=1),
         Path({str(feed)!r}), cases(), lambda _: None)
"""
    steps = [measure("simulating both", [PYTHON, "-c", simulate])]
    days = sorted(p.name for p in (feed / "journal").iterdir())
    last = days[-1]
    great = dt.date.fromisoformat(last.removeprefix("booked_on="))
    # The great day arrives by itself, after the month, as a day does.
    apart = work / "feed-day"
    for table in sorted(p for p in feed.iterdir() if p.is_dir()):
        for partition in sorted(p for p in table.iterdir() if p.name.endswith(great.isoformat())):
            (apart / table.name).mkdir(parents=True, exist_ok=True)
            partition.rename(apart / table.name / partition.name)
    into = ["--home", str(home)]
    steps.append(measure("import of a simulated month", [*RISKLOOP, "import", "tables", str(feed), *into]))
    steps.append(measure("import of the great day", [*RISKLOOP, "import", "tables", str(apart), *into]))
    partition = home / "lake" / "journal" / last / "data.parquet"
    scans = [
        measure("one full scan of the great day", [PYTHON, "-c", SCAN, str(partition)]) for _ in range(3)
    ]
    runs = [
        measure(
            "all models over the great day",
            [
                *RISKLOOP,
                "detect",
                "--from",
                str(great),
                "--to",
                str(great),
                "--out",
                str(work / f"day{n}.parquet"),
                *into,
            ],
        )
        for n in range(3)
    ]
    scan, run = (sorted(x, key=lambda m: m.seconds)[1] for x in (scans, runs))
    return [*steps, scan, run], run.seconds / scan.seconds


def machine() -> str:
    """Cores and memory of the machine that measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"
    )


def table(steps: list[Measured]) -> str:
    """The figures as a Markdown table."""
    lines = ["| step | seconds | peak memory, MiB |", "|---|---:|---:|"]
    lines += [f"| {s.name} | {s.seconds:.1f} | {s.mib:,.0f} |" for s in steps]
    return "\n".join(lines)


def main() -> None:
    """Runs what is asked for, prints the tables, and writes docs/benchmarks.md when all was run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=ROOT / ".riskloop" / "benchmark")
    parser.add_argument("--berka", type=Path, default=ROOT.parent / "shared" / "data" / "berka")
    parser.add_argument("--month-per-day", type=int, default=390_000)
    parser.add_argument("--day", type=int, default=10_000_000)
    asked = parser.parse_args()
    shutil.rmtree(asked.work, ignore_errors=True)
    asked.work.mkdir(parents=True)
    if not asked.berka.is_dir():
        sys.exit(f"--berka is {asked.berka}, which is no folder")
    czech = czech_bank(asked.work, asked.berka)
    simulated, ratio = simulated_bank(asked.work, asked.month_per_day, asked.day)
    text = REPORT.format(
        machine=machine(),
        day=dt.date.today(),  # noqa: DTZ011
        czech=table(czech),
        simulated=table(simulated),
        great=f"{asked.day:,}",
        ratio=f"{ratio:.1f}",
        days=HISTORY_DAYS,
        month=f"{rows_of(asked.work / 'bank'):,}",
        per_day=f"{asked.month_per_day:,}",
    )
    (ROOT / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")
    print(text)
    shutil.rmtree(asked.work)


def rows_of(home: Path) -> int:
    """Journal rows of the month before the great day, from the files themselves."""
    import pyarrow.parquet as pq

    files = sorted((home / "lake" / "journal").glob("*/data.parquet"))
    return sum(pq.read_metadata(file).num_rows for file in files[:-1])


REPORT = """# Benchmarks

Measured on {day} on {machine}, by `make benchmark`.

Each step is a process of its own: its time is the wall clock from start to end (starting Python
included), its memory the largest resident set the system counted. Ratios are between steps of this run. A
machine that does other work beside it gives other seconds.

## The Czech bank (PKDD'99)

4,500 accounts and the 49,102 whole rows of the extract, 455 days.

{czech}

## A simulated bank

A month of {days} days ({month} journal entries, {per_day} on an ordinary working day), and after it one
great day of {great} entries. Every table of the contract is imported, not the journal alone. The month stands
as the history of the great day; of the twelve models the longest window of the journal is seven days.
Times of the scan and of the models are the median of three runs.

{simulated}

**All models over the great day take {ratio} times as long as one full scan of that day's partition** (every
column of every row read by DuckDB with two threads, each in a process of its own).
"""

if __name__ == "__main__":
    main()
