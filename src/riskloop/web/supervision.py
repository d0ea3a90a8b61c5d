"""A bank's day put under supervision: units known, models run, findings opened, volumes counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq

from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.detection.run import DetectReport, DetectRequest, detect
from riskloop.exposure.actions import record_volumes
from riskloop.loop.intake import LoopSink
from riskloop.organisation.sync import sync_organisation


def supervise(
    home: Home, request: DetectRequest, progress: Callable[[int, int, dt.date], None]
) -> DetectReport:
    """Brings the organisation up to date with the lake, then runs the models into the loop."""
    lake = Lake(home)
    sync_organisation(
        units=_newest(lake, "units"), staff=_newest(lake, "staff"), tellers=_newest(lake, "tellers")
    )
    return detect(home, request, LoopSink(take_volumes=record_volumes), progress)


def _newest(lake: Lake, table: str) -> list[dict[str, Any]]:
    """The rows of the newest version of a standing table; none when it was never handed over."""
    file = lake.standing_file(table, dt.date.max)
    return [] if file is None else pq.read_table(file).to_pylist()
