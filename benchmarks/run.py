"""Measures what the documents claim, and writes it into docs/benchmarks.md.

    python benchmarks/run.py [SECTION]… [--work DIR] [--berka DIR] [--entries N] [--history-entries N]

Sections: czech, day, history, growth, spark, import, gate, exposure, load, whatif; all of them unless some
are named.
Each is measured in one go and its ratios are between steps of that run. Each step is a process of its own;
its time is the wall clock and its memory the largest resident set that the system counted for it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "docs" / "benchmarks.md"
PYTHON = sys.executable
RISKLOOP = [PYTHON, "-c", "from riskloop.cli import main; main()"]
CORES = 2
MONTH = 30
MONTH_PER_DAY = 390_000


def step(name: str, *arguments: object) -> list[str]:
    """The command of a step that is no command of riskloop."""
    return [PYTHON, str(ROOT / "benchmarks" / "steps.py"), name, *map(str, arguments)]


@dataclass(frozen=True)
class Measured:
    """One step: what it did, seconds of wall clock, peak memory in MiB."""

    name: str
    seconds: float
    mib: float


@dataclass(frozen=True)
class Asked:
    """What the command line asked for."""

    work: Path
    berka: Path
    entries: int
    history_entries: int


def measure(name: str, command: Sequence[str], times: int = 1) -> Measured:
    """Runs one command to its end, `times` times: the median of the seconds, the greatest memory."""
    found: list[tuple[float, float]] = []
    for _ in range(times):
        print(f"… {name}", flush=True)
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        if os.waitstatus_to_exitcode(status) != 0:
            sys.exit(f"{name} failed: {' '.join(command)}")
        found.append((seconds, used.ru_maxrss / 1024))
        print(f"  {seconds:.1f} s, {used.ru_maxrss / 1024:.0f} MiB", flush=True)
    return Measured(name, median(s for s, _ in found), max(m for _, m in found))


def detect(home: Path, day: str = "", *more: str) -> list[str]:
    """All models over one day, or over all, to a file."""
    within = ["--from", day, "--to", day] if day else []
    return [
        *RISKLOOP,
        "detect",
        *within,
        "--out",
        str(home.parent / "hits.parquet"),
        "--home",
        str(home),
        *more,
    ]


def simulated(work: Path, name: str, days: int, per_day: int, last_day: int) -> tuple[Path, list[Measured]]:
    """A home with a simulated bank of so many days; the last may have another number of entries."""
    feed, home = work / f"{name}-feed", work / name
    made = measure("simulating", step("simulate", feed, days, per_day, last_day))
    loaded = measure("import", [*RISKLOOP, "import", "tables", str(feed), "--home", str(home)])
    shutil.rmtree(feed)
    return home, [made, loaded]


def last_day(home: Path) -> tuple[str, Path]:
    """The newest day of the journal, and its file."""
    partition = max((home / "lake" / "journal").glob("booked_on=*"))
    return partition.name.removeprefix("booked_on="), partition / "data.parquet"


def scan_and_run(home: Path, times: int = 3) -> tuple[Measured, Measured]:
    """A scan of the newest day's journal, and all models over it, with what is derived of earlier days."""
    day, file = last_day(home)
    measure("making what is derived", detect(home, day))
    subprocess.run(step("forget_day", home, day), check=True)
    scan = measure("one full scan of the day", step("scan", file), times)
    first = measure("all models over the day", detect(home, day))
    rest = measure("all models over the day, again", detect(home, day), times - 1)
    # The first run makes the day's own derived rows; a bank's day is run once, so that one counts.
    return scan, Measured(first.name, first.seconds, max(first.mib, rest.mib))


def czech(asked: Asked) -> str:
    if not asked.berka.is_dir():
        sys.exit(f"--berka is {asked.berka}, which is no folder")
    home = asked.work / "berka"
    steps = [
        measure(
            "import of the Czech bank",
            [*RISKLOOP, "import", "berka", str(asked.berka), "--home", str(home)],
        ),
        measure("all models over all days of the Czech bank", detect(home)),
    ]
    return f"""The PKDD'99 bank: 4,500 accounts and the 49,102 whole rows of the extract, 455 days.

{table(steps)}"""


def day(asked: Asked) -> str:
    home, steps = simulated(asked.work, "bank", MONTH + 1, MONTH_PER_DAY, asked.entries)
    newest, _ = last_day(home)
    scan, run = scan_and_run(home)
    alone = measure("the same models one by one, sharing nothing", step("alone", home, newest))
    return f"""A simulated month of {MONTH} days ({MONTH_PER_DAY:,} journal entries on an ordinary working
day), and after it one great day of {asked.entries:,}. Every table of the contract is imported. The month
stands as the history of the great day, what is derived of it in place; the great day's own derived rows are
made within the run.

{table([*steps, scan, run, alone])}

**All models over the great day take {run.seconds / scan.seconds:.1f} times as long as one full scan of that
day's journal** (every column of every row read by DuckDB). One by one, each with what is
derived made for it alone, they take {alone.seconds / run.seconds:.1f} times as long."""


def history(asked: Asked) -> str:
    home, _ = simulated(asked.work, "long", 1, asked.history_entries, asked.history_entries)
    steps: list[Measured] = []
    done = 0
    for days in (30, 300):
        subprocess.run(step("lengthen", home, days, done), check=True)
        done = days
        _, run = scan_and_run(home)
        steps.append(Measured(f"all models over one day, {days} days of history", run.seconds, run.mib))
    return f"""A day of {asked.history_entries:,} entries, behind which the same day stands 30 and then 300
times over, under its own dates.

{table(steps)}

**With 300 days of history a day takes {steps[1].seconds / steps[0].seconds:.2f} times as long.**"""


def growth(asked: Asked) -> str:
    steps: list[Measured] = []
    sizes = [size for size in (100_000, 1_000_000, 10_000_000) if size <= asked.entries]
    for size in sizes:
        home, _ = simulated(asked.work, f"of-{size}", 2, size, size)
        _, run = scan_and_run(home)
        steps.append(Measured(f"all models over one day of {size:,} entries", run.seconds, run.mib))
        shutil.rmtree(home)
    told = "; ".join(
        f"{after.seconds / before.seconds:.1f} times from {small:,} to {great:,}"
        for before, after, small, great in zip(steps, steps[1:], sizes, sizes[1:], strict=False)
    )
    return f"""The same bank with more business on its days; each size has ten times the
entries of the one before.

{table(steps)}

**Ten times the entries take {told}.**"""


def spark(asked: Asked) -> str:
    home, _ = simulated(asked.work, "spark", 8, 200_000, 1_000_000)
    newest, _ = last_day(home)
    measure("making what is derived", detect(home, newest))
    embedded = measure("all models on DuckDB", detect(home, newest), 3)
    cluster = measure(
        "all models on Spark", detect(home, newest, "--engine", "spark", "--master", "local[2]")
    )
    return f"""The same model files over the same lake, one day of 1,000,000 entries with a week before
it, each engine with two cores and from the start of its process to the end.

{table([embedded, cluster])}

**DuckDB is {cluster.seconds / embedded.seconds:.1f} times as fast.**"""


def importing(asked: Asked) -> str:
    home, _ = simulated(asked.work, "day", 1, asked.entries, asked.entries)
    _, file = last_day(home)
    feed = asked.work / "csv"
    feed.mkdir()
    shutil.copy(home / "lake" / "accounts" / "accounts.parquet", feed / "accounts.parquet")
    csv, parquet = feed / "journal.csv", asked.work / "plain.parquet"
    subprocess.run(step("as_csv", file, csv), check=True)
    plain = measure(
        "DuckDB copies the CSV to Parquet",
        step("copy", csv, parquet),
        3,
    )
    gate = measure(
        "the same CSV through the gate",
        [*RISKLOOP, "import", "tables", str(feed), "--home", str(asked.work / "gate")],
    )
    return f"""The journal of one day of {asked.entries:,} entries as CSV. The gate checks every row and
reference, keeps bad rows aside and writes the day with the fingerprint of its rows.

{table([plain, gate])}

**The gate takes {gate.seconds / plain.seconds:.1f} times as long as the plain copy.**"""


LEVELS = {
    "head_office": "the head office",
    "tier1_branch": "a first-level branch",
    "tier2_branch": "a second-level branch",
    "sub_branch": "a sub-branch",
    "outlet": "an outlet",
}


def gate(asked: Asked) -> str:
    command = [PYTHON, str(ROOT / "benchmarks" / "gate.py"), str(asked.work / "gate")]
    print("… the gate", flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    found = json.loads(done.stdout)
    added = {level: found[level][0] - found[level][1] for level in LEVELS}
    rows = [
        f"| {name} | {found[level][0]:.1f} | {found[level][1]:.1f} | {added[level]:+.1f} |"
        for level, name in LEVELS.items()
    ]
    return f"""40,000 units, 200,000 people with an account and a role each, 200,000 quasi-events in
PostgreSQL. The queue of one reader at each level, in turn with the gate and without it: without, the same
rows come by their path alone, nobody looks up what the reader may do, and row-level security lets
everything through. Milliseconds of server time, the median of 21 pages each.

| reader of | with the gate | without | the gate adds |
|---|---:|---:|---:|
{chr(10).join(rows)}

**The gate adds at most {max(added.values()):.1f} ms.** Taking over the units and people, once a version of
the bank's tables, took {found["sync"]:.0f} s."""


def load(asked: Asked) -> str:
    home = asked.work / "load"
    command = [PYTHON, str(ROOT / "benchmarks" / "load.py")]
    print("… a million events", flush=True)
    subprocess.run([*command, "fill", str(home)], stdout=subprocess.DEVNULL, check=True)
    print("… fifty people", flush=True)
    done = subprocess.run([*command, "run", str(home)], stdout=subprocess.PIPE, check=True, text=True)
    return told_of_load(json.loads(done.stdout))


VIEWS = {
    "events": ("the queue", "queue"),
    "event": ("an event", "event"),
    "event_usual": ("…its usual behaviour", "usual"),
    "event_earlier": ("…the events before it", "earlier"),
    "queries": ("what a verifier owes", "queries"),
    "query": ("a query to answer", "query"),
}
"""By view what it is called, and what the people call it."""
GOAL = 200
"""Milliseconds of server time at the 95th percentile: what is to be reached."""


def told_of_load(found: dict[str, Any]) -> str:
    """The section, from the figures that `load.py` prints."""
    pages = {view: found["pages"][view] for view in VIEWS}
    rows = [
        f"| {VIEWS[view][0]} | {of['number']:.0f} | {of['median']:.0f} | {of['p95']:.0f}"
        f" | {found['client'][VIEWS[view][1]]:.0f} |"
        for view, of in pages.items()
    ]
    worst = max(of["p95"] for of in pages.values())
    cores = found["cores"]
    reached = "is reached" if worst <= GOAL else "is not reached"
    return f"""1,000,000 quasi-events with a line of history each in PostgreSQL, 40,000 units; fifty
people (locust), each of whom turns a page every three to ten seconds: forty monitors between the queue and
its events (with each the two parts that its page brings in), ten verifiers between what they owe and the
queries. Two processes serve; they, PostgreSQL and the people share the same two cores. Milliseconds of server
time, by the server's own log, those of the twenty seconds included in which everybody comes in; beside them
what the people waited in all, without these.

| page | served | median | 95th percentile | waited, 95th percentile |
|---|---:|---:|---:|---:|
{chr(10).join(rows)}

Of the two cores the servers used {cores["servers"]:.2f}, PostgreSQL {cores["postgres"]:.2f} and the people
{cores["people"]:.2f}; what is missing to 2.00 was idle, or taken by whatever else ran on the machine.

**{GOAL} ms at the 95th percentile {reached}: the slowest page has {worst / GOAL:.1f} times as much.**"""


EXPOSED = {
    "month": "a month: the units directly below",
    "quarter": "a quarter",
    "half": "a half-year",
    "year": "a year",
    "outlets": "a month: all outlets below, the highest fifty",
    "tellers": "a month: the tellers below, the highest fifty",
    "businesses": "a month: the businesses",
    "peers": "a month: the units directly below, beside their peers",
    "map": "a month: the heat map of the units directly below",
    "drivers": "a month: the drivers, and which of them changed the exposure",
    "drivers_year": "a year: the same",
    "changed": "a month, the first answer after a change of the tree (of 5 the slowest)",
}
EXPOSURE_GOAL = 300
"""Milliseconds of server time for the page of the head office."""


def exposure(asked: Asked) -> str:
    home = asked.work / "exposure"
    command = [PYTHON, str(ROOT / "benchmarks" / "exposure.py")]
    print("… a million risk events", flush=True)
    subprocess.run([*command, "fill", str(home)], stdout=subprocess.DEVNULL, check=True)
    print("… pages of exposure", flush=True)
    done = subprocess.run([*command, "run", str(home)], stdout=subprocess.PIPE, check=True, text=True)
    print("… bulletins", flush=True)
    bulletins = [PYTHON, str(ROOT / "benchmarks" / "bulletin.py"), str(home)]
    made = subprocess.run(bulletins, stdout=subprocess.PIPE, check=True, text=True)
    return f"{told_of_exposure(json.loads(done.stdout))}\n\n{told_of_bulletins(json.loads(made.stdout))}"


def told_of_exposure(found: dict[str, dict[str, tuple[float, float]]]) -> str:
    """The section, from the figures that `exposure.py` prints."""
    rows = [
        f"| {LEVELS[level]} | {told} | {found[level][page][0]:.0f} | {found[level][page][1]:.0f} |"
        for level in found
        for page, told in EXPOSED.items()
    ]
    head = found["head_office"]
    slowest = max(head[page][1] for page in ("month", "quarter", "half", "year"))
    reached = "is reached" if slowest <= EXPOSURE_GOAL else "is not reached"
    return f"""37,000 outlets in a tree of 41,441 units, 200,000 tellers, three years of volumes by month,
eight businesses, 1,000,000 risk events in PostgreSQL; some outlets were merged in the second year. The whole
page through Django's client in one process: the unit's measures, those of the rows below it, each beside the
period before and the year before, what was merged, and the shell around it. Which units belong where is
worked out once for each state of the tree (decision 021). Milliseconds, of 25 answers each.

| reader of | page | median | 95th percentile |
|---|---|---:|---:|
{chr(10).join(rows)}

**{EXPOSURE_GOAL} ms for the page of the head office {reached} at the 95th percentile: the slowest of its four
periods takes {slowest:.0f} ms.**"""


BULLETIN_GOAL = 20
"""Seconds for a bulletin."""


def told_of_bulletins(found: dict[str, dict[str, float]]) -> str:
    """The bulletins of the same bank, from the figures that `bulletin.py` prints."""
    rows = [
        f"| {LEVELS[level]} | {' | '.join(made.split())} | {seconds:.1f} |"
        for level, of in found.items()
        for made, seconds in of.items()
    ]
    slowest = max(seconds for of in found.values() for seconds in of.values())
    reached = "is reached" if slowest <= BULLETIN_GOAL else "is not reached"
    return f"""Bulletins of the same bank, as `riskloop bulletin` makes them: from the database to the bytes
of the file, one after the other in one process.

| unit | period | file | seconds |
|---|---|---|---:|
{chr(10).join(rows)}

**{BULLETIN_GOAL} seconds for a bulletin {reached}: the slowest takes {slowest:.1f}.**"""


def whatif(asked: Asked) -> str:
    home = asked.work / "whatif"
    command = [PYTHON, str(ROOT / "benchmarks" / "whatif.py")]
    print("… a quarter of a year", flush=True)
    entries = str(asked.history_entries)
    subprocess.run([*command, "fill", str(home), "90", entries], stdout=subprocess.DEVNULL, check=True)
    print("… one value and ten", flush=True)
    done = subprocess.run([*command, "run", str(home)], stdout=subprocess.PIPE, check=True, text=True)
    return told_of_whatif(json.loads(done.stdout))


def told_of_whatif(found: dict[str, Any]) -> str:
    """The section, from the figures that `whatif.py` prints."""
    rows = [
        f"| {name} | {of['one']:.1f} | {of['ten']:.1f} | {of['ten'] / of['one']:.1f} |"
        for name, of in found["questions"].items()
    ]
    worst = max(of["ten"] / of["one"] for of in found["questions"].values())
    kept = "kept" if worst < TEN else "not kept"
    days, a_day = found["days"], found["entries"] / found["days"]
    return f"""{days} days of a simulated bank, {a_day:,.0f} journal entries a day on average, laid
into the lake past the gate; the hits of two models stand on record, no event does. In one process, in turn,
with what is derived of the days in place: the time of one question from its values to its answer, the median
of three. One value is two runs of the model over the days, with the value in force and with the other; ten
values are eleven.

| parameter | one value, seconds | ten values, seconds | times |
|---|---:|---:|---:|
{chr(10).join(rows)}

**Ten values in under {TEN} times the time of one is {kept}: they take at most {worst:.1f} times as long.**"""


TEN = 10
SECTIONS: dict[str, tuple[str, Callable[[Asked], str]]] = {
    "czech": ("The Czech bank", czech),
    "day": ("A day of ten million entries", day),
    "history": ("A day with more history", history),
    "growth": ("A day with more entries", growth),
    "spark": ("DuckDB and Spark on the same cores", spark),
    "import": ("A day through the gate", importing),
    "gate": ("Who may see what, at 40,000 units", gate),
    "exposure": ("Risk exposure of a great bank", exposure),
    "load": ("Fifty people at work on a million events", load),
    "whatif": ("What if: one value and ten", whatif),
}


def machine() -> str:
    """Cores and memory of the machine that measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def table(steps: Sequence[Measured]) -> str:
    """The figures as a Markdown table."""
    lines = ["| step | seconds | peak memory, MiB |", "|---|---:|---:|"]
    lines += [f"| {s.name} | {s.seconds:.1f} | {s.mib:,.0f} |" for s in steps]
    return "\n".join(lines)


HEAD = """# Benchmarks

By `make benchmark` (benchmarks/README.md). Each step is a process of its own: its time is the wall clock from
start to end (starting Python included), its memory the largest resident set the system counted. Ratios are
between steps of one section, measured in one go. A machine that does other work beside it gives other
seconds.
"""


def write(found: dict[str, str]) -> None:
    """Puts the sections measured in place of those of the same title; the others stay as they are."""
    text = REPORT.read_text(encoding="utf-8") if REPORT.is_file() else ""
    there = dict(re.findall(r"^## (.*?)\n\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE))
    there |= found
    titles = [title for title, _ in SECTIONS.values() if title in there]
    parts = [f"## {title}\n\n{there[title].strip()}\n" for title in titles]
    REPORT.write_text("\n".join([HEAD, *parts]), encoding="utf-8")


def main() -> None:
    """Measures the sections asked for and writes them down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--work", type=Path, default=ROOT / ".riskloop" / "benchmark")
    parser.add_argument("--berka", type=Path, default=ROOT.parent / "shared" / "data" / "berka")
    parser.add_argument("--entries", type=int, default=10_000_000)
    parser.add_argument("--history-entries", type=int, default=1_000_000)
    given = parser.parse_args()
    if strange := set(given.sections) - set(SECTIONS):
        sys.exit(f"there is no section {', '.join(strange)}; there are {', '.join(SECTIONS)}")
    # What is started inherits it: every engine has the same cores, on a machine of any size.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    asked = Asked(given.work, given.berka, given.entries, given.history_entries)
    for name in given.sections or SECTIONS:
        shutil.rmtree(asked.work, ignore_errors=True)
        asked.work.mkdir(parents=True)
        title, section = SECTIONS[name]
        print(f"== {title}", flush=True)
        measured = f"Measured on {dt.date.today()} on {machine()}."  # noqa: DTZ011
        write({title: f"{measured}\n\n{section(asked)}"})
        shutil.rmtree(asked.work)
    print(REPORT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
