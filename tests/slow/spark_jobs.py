"""A program of its own that has a cluster do several jobs in one session: Java starts once, and ends with it.

`python -m tests.slow.spark_jobs MASTER JOBS.json`, a list of jobs: the arguments of one `riskloop detect`,
or `{"home": …, "day": …, "codes": […], "to": FILE}`, whose findings are written to the file.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

from riskloop.bank.bank import Bank, Relation
from riskloop.bank.home import Home
from riskloop.cli import app
from riskloop.detection.engines import spark
from riskloop.detection.engines.engine import open_engine
from riskloop.detection.engines.spark_session import start
from riskloop.detection.run import DetectRequest, detect
from tests.detection.conftest import Remembered
from tests.slow.spark_expressions import of_entries, of_tellers


def findings(home: Path, day: dt.date, codes: Sequence[str], engine: str, master: str = "") -> dict[str, Any]:
    """What the loop is handed, the hits and the rows behind them; and what was asked besides."""
    sink = Remembered()
    request = DetectRequest(day, day, tuple(codes), engine=engine, master=master)
    report = detect(Home(home), request, sink, lambda done, total, day: None)
    assert not report.failed, report.failed
    said = {"taken": sink.taken, "evidence": sink.evidence}
    with closing(open_engine(Home(home), engine, master)) as opened:
        for query in (volumes, of_entries, of_tellers):
            tables = {"volumes": 1} if query is volumes else {"journal": 3}
            rows = opened.run((query.__name__,), query, tables, tables, day).to_pylist()
            said[query.__name__] = sorted(map(str, rows))
    return json.loads(json.dumps(said, default=str))


def volumes(bank: Bank) -> Relation:
    """What the loop is told of the day's work; models that are asked for by name leave it alone."""
    return bank.today("volumes")


def main() -> None:
    master, jobs = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
    session = start(Home(Path(sys.argv[2]).parent), master)
    # Cold executors take longer to start than the jobs to run: closing an engine leaves them.
    with patch.object(session, "stop"), patch.object(spark, "start", return_value=session):
        for job in jobs:
            if isinstance(job, list):
                assert not app([*job, "--master", master], standalone_mode=False), job
                continue
            day = dt.date.fromisoformat(job["day"])
            found = findings(Path(job["home"]), day, job["codes"], "spark", master)
            Path(job["to"]).write_text(json.dumps(found))
    session.stop()


if __name__ == "__main__":
    main()
