"""A real Spark cluster on the loopback address: one master, two workers, and the jobs given to it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

LOOPBACK = "127.0.0.1"
WORKERS = 2
SECONDS_TO_START = 60

# Small queries over small tables: what Spark does to be fast on large ones only costs here.
DEFAULTS = """
spark.sql.shuffle.partitions 2
spark.sql.adaptive.enabled false
spark.sql.broadcastTimeout -1
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
spark.executor.memory 768m
"""
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@contextmanager
def cluster(folder: Path) -> Generator[tuple[str, dict[str, str]]]:
    """The master's address, and the environment in which a program reaches it."""
    (folder / "spark-defaults.conf").write_text(
        f"{DEFAULTS}spark.driver.extraJavaOptions {QUICK}\nspark.executor.extraJavaOptions {QUICK}\n"
    )
    environment = {
        **os.environ,
        "SPARK_LOCAL_IP": LOOPBACK,
        "SPARK_CONF_DIR": str(folder),
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": QUICK,
    }
    port, pages = _free_port(), _free_port()
    master = f"spark://{LOOPBACK}:{port}"
    with ExitStack() as ending, (folder / "cluster.log").open("w") as log:

        def start(name: str, *arguments: object) -> None:
            command = [_spark_class(), f"org.apache.spark.deploy.{name}", "--host", LOOPBACK]
            # A group of its own: a worker's executors end with it.
            process = subprocess.Popen(
                [*command, *map(str, arguments)],
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
            ending.callback(_end, process)

        start("master.Master", "--port", port, "--webui-port", pages)
        for number in range(WORKERS):
            work = folder / f"worker{number}"
            small = ("--cores", 1, "--memory", "1g", "--webui-port", 0, "--work-dir", work)
            start("worker.Worker", *small, master)
        _wait_for_workers(f"http://{LOOPBACK}:{pages}/json/", folder / "cluster.log")
        yield master, environment


def _spark_class() -> str:
    from importlib.util import find_spec

    (folder,) = find_spec("pyspark").submodule_search_locations
    return str(Path(folder, "bin", "spark-class"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def _wait_for_workers(state: str, log: Path) -> None:
    # A proxy that the environment names knows nothing of the loopback address.
    directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        try:
            with directly.open(state, timeout=5) as answer:
                if json.load(answer)["aliveworkers"] == WORKERS:
                    return
        except OSError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"the cluster is not up after {SECONDS_TO_START} s:\n{log.read_text()[-3000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends what was started here, and what it started; nothing else has this group."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
        except ProcessLookupError:
            return
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            continue
