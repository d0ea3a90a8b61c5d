"""A bank's day put under supervision: units known, models run, findings opened, volumes counted."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyarrow.parquet as pq

from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.detection.profiles import keep_profiles
from riskloop.detection.run import DetectReport, DetectRequest, detect, silent
from riskloop.exposure.actions import record_volumes
from riskloop.governance.in_force import InForce
from riskloop.governance.trials.running import run_approved_trials
from riskloop.loop.intake import LoopSink
from riskloop.organisation.lifecycle import follow_staff
from riskloop.organisation.sync import is_new_delivery, sync_organisation

log = logging.getLogger("riskloop.detect")


def supervise(
    home: Home, request: DetectRequest, progress: Callable[[int, int, dt.date], None]
) -> DetectReport:
    """Brings the organisation up to date with the lake, then runs the models into the loop, each day with the
    values that were decided for it; keeps what the columns that they read looked like; and then, when all
    that is kept, runs what is on trial."""
    lake = Lake(home)
    bring_up_to_date(lake)
    request = replace(request, decisions=InForce())
    report = detect(home, request, LoopSink(take_volumes=record_volumes), progress)
    keep_profiles(home, request.first, request.last)
    try_out(home, request, report)
    return report


def try_out(home: Home, request: DetectRequest, report: DetectReport) -> None:
    """Runs the trials. Whatever goes wrong with them, what is in force has run and stands."""
    try:
        report.trials = run_approved_trials(home, request, silent).as_dict()
    except Exception as problem:
        # Of a single day the trials' own ledger tells; here it is all of them, and the report says so.
        log.exception("the trials did not run")
        report.trials = {
            "failed": [{"day": None, "trial": None, "error": f"{type(problem).__name__}: {problem}"}]
        }


STANDING = ("units", "staff", "tellers", "staff_customers")


def bring_up_to_date(lake: Lake) -> None:
    """Takes over every version of the organisation that the lake has and that was not taken over yet."""
    days = sorted({day for table in STANDING for day, _file in lake.versions(table)})
    for day in days:
        state = "/".join(lake.fingerprint(table, day) or "" for table in STANDING)
        if is_new_delivery(day, state):
            customers = _rows(lake, "staff_customers", day) if lake.has("staff_customers") else None
            sync_organisation(
                units=_rows(lake, "units", day),
                staff=_rows(lake, "staff", day),
                tellers=_rows(lake, "tellers", day),
                staff_customers=customers,
                since=day,
                state=state,
            )
    follow_staff()


def _rows(lake: Lake, table: str, day: dt.date) -> list[dict[str, Any]]:
    """The rows of a standing table in force on a day; none when it was never handed over."""
    file = lake.standing_file(table, day)
    return [] if file is None else pq.read_table(file).to_pylist()
