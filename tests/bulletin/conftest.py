"""Lists of a bank that has figures alone, with the counts of a branch's own report."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

UNIT = "1407"
CONTROLLABLE = {
    "账务处理失误": 33,
    "不了解或未准确掌握制度要求或业务流程": 11,
    "业务审查核对失误": 7,
    "履职不到位": 11,
}
EXTERNAL = {"违反与银行签订的协议": 1316, "违反或规避监管规定": 247, "行内系统故障、通信故障": 27, "其他": 13}
"""Drivers since 2019: of 62 controllable and of 1,603 external events, two of them in early 2020."""


def write(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)


def _events() -> Iterator[tuple[str, dt.date, str, str, str, str]]:
    """Number, day, unit, class, controllable, driver."""
    internal = [(2018, 6)] * 141 + [(2019, 1)] * 19 + [(2019, 6)] * 67 + [(2020, 2)] * 13
    external = [(2018, 6)] * 2387 + [(2019, 6)] * 1601 + [(2020, 2)] * 2
    avoidable = [driver for driver, count in CONTROLLABLE.items() for _ in range(count)]
    outside = [driver for driver, count in EXTERNAL.items() for _ in range(count)]
    for n, (year, month) in enumerate(internal):
        driver = avoidable.pop(0) if year > 2018 and avoidable else ""
        yield f"I{n}", dt.date(year, month, 15), UNIT, "internal", "yes" if driver else "no", driver
    for n, (year, month) in enumerate(external):
        driver = outside.pop(0) if year > 2018 else ""
        yield f"E{n}", dt.date(year, month, 15), UNIT, "external", "no", driver


@pytest.fixture
def figures(tmp_path: Path) -> Path:
    """The folder that the bank hands over."""
    folder = tmp_path / "figures"
    folder.mkdir()
    head = ("event_id", "day", "unit_id", "class", "controllable", "driver")
    write(folder / "risk_events.csv", head, _events())
    quasi = [
        ("2018", 37371),
        ("2019-01", 2000),
        ("2019-02", 1946),
        ("2019-Q4", 19956),
        ("2020-01", 2000),
        ("2020-02", 1736),
    ]
    rows = [(period, UNIT, count) for period, count in quasi]
    write(folder / "quasi_events.csv", ("period", "unit_id", "count"), rows)
    volumes = [("2018", UNIT, 10_000_000), ("2019", UNIT, 8_000_000)]
    write(folder / "volumes.csv", ("period", "unit_id", "volume"), volumes)
    return folder
