"""A session of Spark: what it needs on this machine, how it is started, what it says when it fails.

Settings on which a result depends are set here. Those of the cluster (memory, cores, partitions) are the
bank's, in Spark's own places: `SPARK_CONF_DIR`, `PYSPARK_SUBMIT_ARGS`.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from riskloop.bank.errors import BadInput
from riskloop.bank.home import Home

Session = Any
"""A `SparkSession`: its types exist only where PySpark is installed."""

DEFAULT_MASTER = "local[2]"
JAVA = 17
LOG = "spark.log"
_SECONDS_TO_CONNECT = 5
_SECONDS_TO_FIRST_ROW = 120

_SQL = {
    # As DuckDB: an overflow or a failed cast is an error and not a null.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "true",
    # A file that is gone or torn fails the cell; the others would leave rows out in silence.
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    # A file a day and few days: no job is worth finding out what is there.
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "10000",
}
_QUIET = {
    "spark.app.name": "riskloop",
    # The driver's pages ask nobody for a password; the cluster's own stay.
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_LOCAL = {
    # Nobody else has to reach this driver.
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    # Spark's own 200 are for a cluster: here each would be a task of a few rows.
    "spark.sql.shuffle.partitions": "8",
}


def require_spark() -> None:
    """Whether PySpark and a Java that can run it are there.

    Raises:
        BadInput: one of them is not, with what to install.
    """
    if importlib.util.find_spec("pyspark") is None:
        raise BadInput("--engine spark needs PySpark, which is not installed: pip install 'riskloop[spark]'")
    java = _java()
    if java is None:
        raise BadInput(
            f"--engine spark needs Java {JAVA} or newer, and there is none in JAVA_HOME or on the PATH;"
            f" on Debian: apt install openjdk-{JAVA}-jre-headless"
        )
    version = _java_version(java)
    if version is None or version < JAVA:
        raise BadInput(
            f"--engine spark needs Java {JAVA} or newer, and {java} is {version or 'of no known version'};"
            f" on Debian: apt install openjdk-{JAVA}-jre-headless"
        )


def _java() -> str | None:
    """The java that Spark's own scripts will start: that of JAVA_HOME, else the first on the PATH."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")


def _java_version(java: str) -> int | None:
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    # "17.0.15", "21", and, up to Java 8, "1.8.0_452".
    found = re.search(r'version "(?:1\.)?(\d+)', said.stderr + said.stdout)
    return int(found[1]) if found else None


def start(home: Home, master: str) -> Session:
    """A session at `master`, that answers. What Spark logs goes to `spark.log` among the runs.

    Raises:
        BadInput: nothing answers there, or Spark does not start.
    """
    _knock(master)
    home.runs.mkdir(parents=True, exist_ok=True)
    log = home.runs / LOG
    session: Session = None
    try:
        session = _started(home, master, log)
        _answers(session)
    except Exception as problem:
        if session is not None:
            session.stop()
        why = _why_no_java(log) or first_line(problem)
        raise BadInput(
            f"--master is {master}, and Spark does not work there: {why} (more in {log})"
        ) from problem
    return session


def first_line(problem: BaseException) -> str:
    """What Spark says without the plan and the stack that it prints below."""
    java: Any = getattr(problem, "java_exception", None)
    text = str(java.toString()) if java is not None else str(problem)
    return next((line.strip() for line in text.splitlines() if line.strip()), type(problem).__name__)


def _why_no_java(log: Path) -> str | None:
    """Why Java ended before a program could talk to it."""
    said = log.read_text(errors="replace").splitlines() if log.is_file() else []
    return next((line for line in said if line.startswith(("Exception in thread", "Error"))), None)


@contextmanager
def in_one_line() -> Generator[None]:
    """Spark's errors, told in one line.

    Raises:
        RuntimeError: Spark failed.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as problem:
        raise RuntimeError(first_line(problem)) from problem


def _knock(master: str) -> None:
    """Spark itself would try for a minute before it says that nobody is there."""
    if not master.startswith("spark://"):
        return
    for place in master.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        try:
            with socket.create_connection((host.strip("[]"), int(port)), timeout=_SECONDS_TO_CONNECT):
                return
        except (OSError, ValueError, OverflowError):
            continue
    raise BadInput(f"--master is {master}, where no Spark master answers")


def _started(home: Home, master: str, log: Path) -> Session:
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    conf = SparkConf().setMaster(master).setAll([*_QUIET.items(), *_SQL.items()])
    if master.startswith("local"):
        # Rows that do not fit into memory stay in the home, as with the other engine.
        spill = home.runs / "spill"
        spill.mkdir(exist_ok=True)
        conf.setAll([*_LOCAL.items(), ("spark.local.dir", str(spill))])
    if SparkContext._gateway is None:  # pyright: ignore[reportPrivateUsage]
        with log.open("wb") as file:
            gateway = launch_gateway(conf, {"stdout": file, "stderr": file})
        return SparkSession(SparkContext(conf=conf, gateway=gateway))
    return SparkSession(SparkContext(conf=conf))


def _answers(session: Session) -> None:
    """Has one row computed: a cluster without a free worker would keep every query waiting."""
    # Not as a context: leaving it would wait for the row that does not come.
    aside = ThreadPoolExecutor(1)
    try:
        aside.submit(session.range(1).count).result(_SECONDS_TO_FIRST_ROW)
    except TookTooLong:
        raise RuntimeError(f"no worker took anything in {_SECONDS_TO_FIRST_ROW} s") from None
    finally:
        aside.shutdown(wait=False)
