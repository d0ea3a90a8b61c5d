"""Fifty people at work on a million quasi-events in 40,000 units: the time that the server takes for a page.

    python benchmarks/load.py fill HOME [EVENTS]       makes the bank
    python benchmarks/load.py run HOME [SECONDS]       puts the people to work, prints the figures as JSON

The people are locust's, and each turns a page every three to ten seconds. The time of a page is the server's
own, from its log; what a person waits for in all is told apart (`client`).
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
from gate import start, units

BATCH = 20_000
EVENTS, PEOPLE, VERIFIERS, OWED = 1_000_000, 50, 10, 20
SERVERS = 2
"""Processes that serve, one a core, as behind a proxy: a Python process computes on one core at a time."""
WARM_UP = 20
"""Seconds in which everybody comes in, two or three a second."""
LINE = re.compile(r"^\{.*\}$")


def fill(events: int) -> None:
    """Units, events, history, fifty people, and what ten of them owe an answer to."""
    from django.db import connection

    from riskloop.organisation.sync import sync_organisation

    tree = list(units())
    sync_organisation(units=tree, staff=[], tellers=[])
    outlets = [str(unit["unit_id"]) for unit in tree if unit["level"] == "outlet"]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE loop_quasievent DISABLE TRIGGER event_objects_new")
        for first in range(0, events, 100_000):
            cursor.execute(
                SQL, {"first": first, "last": min(events, first + 100_000) - 1, "outlets": outlets}
            )
            print(f"  {first}", file=sys.stderr, flush=True)
        cursor.execute("ALTER TABLE loop_quasievent ENABLE TRIGGER event_objects_new")
        cursor.execute(OBJECTS)
    found_lines()
    people()
    with connection.cursor() as cursor:
        # As of a database that has stood for a night.
        cursor.execute("VACUUM ANALYZE")


SQL = """
INSERT INTO loop_quasievent (
    id, model, model_version, parameter_version, parameters, subject_kind, subject_id,
    booked_on, last_on, unit_id, amount, count,
    entry_ids, teller_ids, authoriser_ids, account_ids, customer_ids, evidence,
    found_at, state, stage_since, clock_from, grade, outcome,
    suspicion_note, conclusion_note, exclusion_reason_id
)
SELECT md5(n::text)::uuid, (ARRAY['A11','A12','B04','B05','B09'])[1 + n / 750 %% 5], 1, '1', '{}',
    'entry', 'E' || n, day, day,
    (%(outlets)s::text[])[1 + (n * 7919::bigint) %% cardinality(%(outlets)s::text[])], 1000 + n, 1,
    ARRAY['E' || n], ARRAY['T' || n %% 80000], ARRAY['T' || (n + 1) %% 80000],
    ARRAY['P' || n %% 400000], ARRAY['K' || n %% 300000], '{}',
    day, CASE WHEN is_old THEN 'excluded' ELSE 'new' END, day,
    CASE WHEN is_old THEN day ELSE current_date END,
    (ARRAY['general','general','general','attention','key_attention'])[1 + n / 7 %% 5],
    CASE WHEN is_old THEN 'excluded' ELSE '' END, '', '', CASE WHEN is_old THEN 'genuine' END
FROM (
    SELECT n, current_date - (n %% 750) AS day, n %% 750 > 30 AS is_old
    FROM generate_series(%(first)s, %(last)s) AS n
) AS numbers
"""
"""A hit every day for two years; what is older than thirty days is excluded, the rest waits."""
OBJECTS = """
INSERT INTO loop_eventobject (kind, object_id, booked_on, event_id)
SELECT 'account', unnest(account_ids), booked_on, id FROM loop_quasievent
UNION ALL SELECT 'customer', unnest(customer_ids), booked_on, id FROM loop_quasievent
UNION ALL SELECT 'teller', unnest(teller_ids || authoriser_ids), booked_on, id FROM loop_quasievent
"""


def found_lines() -> None:
    """Every event's first line of history, in its chain."""
    from riskloop.loop import history
    from riskloop.loop.models import QuasiEvent

    batch: list[object] = []
    for event in QuasiEvent.objects.only("unit_id").order_by("pk").iterator(chunk_size=BATCH):
        batch.append(history.line("found", event, after={"state": "new"}))
        if len(batch) == BATCH:
            history.record(batch)  # type: ignore[arg-type]
            batch = []
    history.record(batch)  # type: ignore[arg-type]


def people() -> None:
    """Forty monitors at the head office and nine branches; ten verifiers, who owe twenty answers each."""
    from riskloop.loop import actions
    from riskloop.loop.models import QuasiEvent
    from riskloop.organisation.assignment_actions import assign_role
    from riskloop.organisation.models import Unit, User

    head = Unit.objects.get(parent=None)
    branches = list(Unit.objects.filter(level="tier1_branch").order_by("pk")[: PEOPLE // 5 - 1])
    below = list(Unit.objects.filter(level="sub_branch").order_by("pk")[:VERIFIERS])
    monitors = []
    for number in range(PEOPLE):
        name = f"person{number}"
        user = User.objects.create(username=name, display_name=f"人员{number}")
        if number < VERIFIERS:
            assign_role(user, "R08", below[number])
        else:
            place = [head, *branches][number % (len(branches) + 1)]
            assign_role(user, "R04", place)
            monitors.append((user, place))
    asking = next(user for user, place in monitors if place == head)
    for unit in below:
        events = QuasiEvent.objects.filter(
            state="new", grade="general", unit__path__startswith=f"{unit.path}/"
        )
        for event in events.order_by("pk")[:OWED]:
            actions.take(event, asking)
            actions.ask(event, asking, "1_transaction", "请核实。")


def sessions() -> list[str]:
    """Everybody is signed in already: what a sign-in costs is the hash of a password."""
    from django.conf import settings
    from django.test import Client

    from riskloop.organisation.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    found: list[str] = []
    for number in range(PEOPLE):
        client = Client()
        user = User.objects.get(username=f"person{number}")
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        client.get("/calendar/")
        found.append(client.cookies["sessionid"].value)
    return found


def run(home: Path, seconds: int) -> dict[str, object]:
    """Serves, works, and reads the log."""
    logs = [home / f"served{number}.jsonl" for number in range(SERVERS)]
    people = sessions_of(home)
    with ExitStack() as served:
        servers = [served.enter_context(server(home, log)) for log in logs]
        postgres = psutil.Process(int((home / "db" / "postmaster.pid").read_text().split()[0]))
        before = used([pid for _address, pid in servers], postgres)
        begun = time.perf_counter()
        client = work([address for address, _pid in servers], people, seconds, home)
        passed = time.perf_counter() - begun
        after = used([pid for _address, pid in servers], postgres)
    cores = {who: round((after[who] - before[who]) / passed, 2) for who in after}
    return {"pages": read(logs), "client": client, "cores": cores}


def used(servers: list[int], postgres: psutil.Process) -> dict[str, float]:
    """Seconds of a core that each has used so far: the servers, the database, the people."""
    times = [psutil.Process(pid).cpu_times() for pid in servers]
    backends = [child.cpu_times() for child in postgres.children()]
    gone = postgres.cpu_times()
    own = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "servers": sum(t.user + t.system for t in times),
        "postgres": sum(t.user + t.system for t in backends) + gone.children_user + gone.children_system,
        "people": own.ru_utime + own.ru_stime,
    }


@contextmanager
def server(home: Path, log: Path) -> Iterator[tuple[str, int]]:
    """One process that serves; where it is, and its number."""
    env = os.environ | {"RISKLOOP_HOME": str(home), "RISKLOOP_LOG": "json", "RISKLOOP_SESSIONS": "100"}
    command = [sys.executable, "-c", "from riskloop.cli import main; main()", "serve", "--no-worker"]
    with log.open("w") as told:
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=told, text=True)
        try:
            assert process.stdout is not None  # noqa: S101 — a pipe
            address = re.search(r"http://[\d.:]+", process.stdout.readline())
            if address is None:
                sys.exit(f"the server did not say where it is; see {log}")
            yield address.group(), process.pid
        finally:
            process.terminate()
            process.wait(30)


def sessions_of(home: Path) -> list[str]:
    """Their sessions, made in a process of its own."""
    made = subprocess.run([sys.executable, __file__, "sessions", str(home)], capture_output=True, check=True)
    return json.loads(made.stdout.splitlines()[-1])


def work(addresses: list[str], people: list[str], seconds: int, home: Path) -> dict[str, float]:
    """Locust's people, for so many seconds; by page the 95th percentile that they waited, milliseconds."""
    out = home / "locust"
    here = Path(__file__).with_name("people.py")
    asked = ["-f", str(here), "--headless", "-u", str(PEOPLE), "-r", str(PEOPLE / WARM_UP)]
    env = os.environ | {"PEOPLE_SESSIONS": json.dumps(people), "PEOPLE_HOSTS": " ".join(addresses)}
    asked += [
        "-t",
        f"{seconds + WARM_UP}s",
        "--csv",
        str(out),
        "--reset-stats",
        "--only-summary",
        "--loglevel",
        "ERROR",
    ]
    ended = subprocess.run(
        [sys.executable, "-m", "locust", *asked], stdout=subprocess.DEVNULL, env=env, check=False
    )
    if ended.returncode:
        print(f"locust ended with {ended.returncode}: some page was refused", file=sys.stderr)
    lines = out.with_name("locust_stats.csv").read_text().splitlines()
    head = lines[0].split(",")
    rows = [dict(zip(head, line.split(","), strict=False)) for line in lines[1:]]
    return {row["Name"]: float(row["95%"]) for row in rows if row["Name"]}


def read(logs: list[Path]) -> dict[str, dict[str, float]]:
    """By page how often it was served, its median and 95th percentile in milliseconds."""
    found = defaultdict[str, list[tuple[float, int]]](list)
    for line in (line for log in logs for line in log.read_text().splitlines()):
        if LINE.match(line):
            said = json.loads(line)
            if said.get("view") and said.get("method") == "GET":
                found[said["view"]].append((said["seconds"], said["status"]))
    return {view: figures([s for s, _status in times]) for view, times in sorted(found.items())}


def figures(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    at = {"median": 0.5, "p95": 0.95}
    return {"number": len(ordered)} | {
        name: round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)
        for name, share in at.items()
    }


def main() -> None:
    what, home, *rest = sys.argv[1:]
    home, number = Path(home), int(rest[0]) if rest else 0
    if what == "sessions":
        start(home)
        print(json.dumps(sessions()))
    elif what == "fill":
        start(home)
        begun = time.perf_counter()
        fill(number or EVENTS)
        print(json.dumps({"seconds": round(time.perf_counter() - begun)}))
    else:
        print(json.dumps(run(home, number or 120), indent=1))


if __name__ == "__main__":
    main()
