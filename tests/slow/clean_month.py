"""A month in which nothing is planted, and what the models say of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq

from riskloop.bank.feeds.tables import deliveries
from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.bank.load import LoadReport, load
from riskloop.bank.simulator.simulate import simulate
from riskloop.bank.simulator.spec import Spec
from riskloop.detection.run import DetectRequest, detect_to_file
from riskloop.models.catalogue import catalogue
from riskloop.models.clean_month import CleanMonth

MONTH = Spec(outlets=20, days=31, per_day=10_000, seed=5)


def clean_bank(folder: Path) -> tuple[Home, LoadReport]:
    """The simulated bank without planted cases, in a home of its own, and how it came through the gate."""
    simulate(MONTH, folder / "feed", [])
    home = Home(folder / "home")
    return home, load(home, deliveries(folder / "feed"), feed="clean")


def measured(home: Home, file: Path) -> CleanMonth:
    """The hits of all models over the month."""
    report = detect_to_file(home, DetectRequest(), file, lambda *_: None)
    assert not report.failed
    assert not report.not_applicable
    hits = Counter(pq.read_table(file, columns=["model"])["model"].to_pylist())
    lake = Lake(home)
    entries = sum(pq.read_metadata(lake.file("journal", day)).num_rows for day in lake.days("journal"))
    return CleanMonth(entries, {code: hits[code] for code in catalogue()})
