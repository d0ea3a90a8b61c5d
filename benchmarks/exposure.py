"""Risk exposure at the size of a great bank: the time that the server takes for its pages.

    python benchmarks/exposure.py fill HOME     makes the bank: 37,000 outlets, 200,000 tellers, three years
                                                of volumes by month, a million risk events
    python benchmarks/exposure.py run HOME      asks for pages, prints the figures as JSON

Volumes and risk events are written straight to the tables, as they stand once the days have been summed up
and the events determined. Pages are asked for through Django's client in one process: what is measured is
what the server does for an answer.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from pathlib import Path
from statistics import median, quantiles

import gate

OUTLETS, TELLERS, EVENTS = 37_000, 200_000, 1_000_000
FIRST_YEAR, YEARS = 2022, 3
BUSINESSES = 8
MERGED = 40
TIMES = 25
READERS = {"head_office": "R04", "tier1_branch": "R04", "sub_branch": "R08"}

VOLUMES = """
CREATE UNLOGGED TABLE IF NOT EXISTS volumes_of_months AS
SELECT month::date, outlet.unit_id,
    'T' || n AS teller_id, (1001 + (n + extract(month FROM month)::int) %% %(businesses)s)::text AS business,
    400 + (n * 7919::bigint) %% 900 AS volume
FROM generate_series(0, %(tellers)s - 1) AS n
JOIN unnest(%(outlets)s::text[]) WITH ORDINALITY AS outlet (unit_id, place)
    ON place = 1 + n %% cardinality(%(outlets)s::text[]),
    generate_series(%(first)s::date, %(last)s::date, interval '1 month') AS month
"""
SUM = """
INSERT INTO exposure_{table} (months, first, {keys}, volume)
SELECT months, date_trunc('{grain}', month)::date, {keys}, sum(volume)
FROM volumes_of_months, (VALUES ({months})) AS grain (months)
GROUP BY 1, 2, {keys} ORDER BY 1, 2, {keys}
"""
SUMS = {"unitvolume": "unit_id", "tellervolume": "unit_id, teller_id", "businessvolume": "unit_id, business"}
GRAINS = {1: "month", 3: "quarter", 12: "year"}
EVENTS_OF_THE_LOOP = """
INSERT INTO loop_quasievent (
    id, model, model_version, parameter_version, parameters, subject_kind, subject_id,
    booked_on, last_on, unit_id, amount, count,
    entry_ids, teller_ids, authoriser_ids, account_ids, customer_ids, evidence,
    found_at, state, stage_since, clock_from, grade, outcome, score, controllable,
    suspicion_note, conclusion_note
)
SELECT md5(n::text)::uuid, (ARRAY['A11','A12','B04','B05','B09'])[1 + n / 750 %% 5], 1, '1', '{}',
    'entry', 'E' || n, day, day, outlet.unit_id,
    1000 + n, 1, ARRAY['E' || n], ARRAY['T' || teller], ARRAY['T' || (teller + 1) %% %(tellers)s],
    ARRAY['P' || n %% 400000], ARRAY['K' || n %% 300000], '{}',
    day, 'closed', day, day, (ARRAY['general','attention','key_attention'])[1 + n %% 3],
    CASE WHEN n %% 20 = 0 THEN 'internal' ELSE 'external' END, 1 + n %% 5, n %% 40 = 0, '', ''
FROM (
    SELECT n, %(first)s::date + (n %% %(days)s) AS day, (n * 7919::bigint) %% %(tellers)s AS teller
    FROM generate_series(%(from)s, %(to)s) AS n
) AS numbers
JOIN unnest(%(outlets)s::text[]) WITH ORDINALITY AS outlet (unit_id, place)
    ON place = 1 + teller %% cardinality(%(outlets)s::text[])
"""
COUNTED = """
INSERT INTO exposure_riskevent (
    event_id, booked_on, unit_id, internal, controllable, score, teller_ids, businesses,
    model, driver, amount, channels, hours)
SELECT id, booked_on, unit_id, outcome = 'internal', controllable, score, teller_ids,
    ARRAY[(1001 + by_chance %% %(businesses)s)::text], model,
    (ARRAY['P1','P2','P3','P6','R1','E1','E3'])[1 + by_chance %% 7], 1000 + by_chance * 30,
    ARRAY[(ARRAY['counter','mobile','internet'])[1 + by_chance %% 3]], ARRAY[8 + by_chance %% 10]
FROM loop_quasievent, LATERAL (SELECT ('x' || left(md5(id::text), 4))::bit(16)::int AS by_chance) AS drawn
"""


def fill() -> None:
    """The bank, with a few mergers in its second year."""
    from django.db import connection

    from riskloop.organisation import timeline
    from riskloop.organisation.models import UnitVersion
    from riskloop.organisation.sync import sync_organisation

    gate.UNITS = OUTLETS + 1 + 40 + 400 + 4000
    tree = list(gate.units())
    sync_organisation(units=tree, staff=[], tellers=[])
    outlets = [str(unit["unit_id"]) for unit in tree if unit["level"] == "outlet"]
    merged = dt.date(FIRST_YEAR + 1, 7, 1)
    for one, other in zip(outlets[:MERGED], outlets[MERGED : 2 * MERGED], strict=True):
        timeline.set_from(UnitVersion, one, merged, {"closed_on": merged, "merged_into_id": other}, "hand")
    timeline.settle_units()
    readers()
    given = {"outlets": outlets, "tellers": TELLERS, "businesses": BUSINESSES}
    with connection.cursor() as cursor:
        staffed(cursor, outlets)
        run_volumes(cursor, given)
        events(cursor, given)
        # A bank's tables are kept so by autovacuum.
        cursor.execute("VACUUM ANALYZE")


def run_volumes(cursor: object, given: dict[str, object]) -> None:
    """Three years of volumes, as the sums that three years of days would have left."""
    first, last = dt.date(FIRST_YEAR, 1, 1), dt.date(FIRST_YEAR + YEARS - 1, 12, 1)
    run = cursor.execute  # type: ignore[attr-defined]
    run(VOLUMES, given | {"first": first, "last": last})
    for table, keys in SUMS.items():
        for months, grain in GRAINS.items():
            run(SUM.format(table=table, keys=keys, months=months, grain=grain))
            print(f"  {table} {grain}", file=sys.stderr, flush=True)
    run("DROP TABLE volumes_of_months")


def staffed(cursor: object, outlets: list[str]) -> None:
    """The people behind the tellers' numbers."""
    given = {"outlets": outlets, "last": TELLERS - 1}
    cursor.execute(  # type: ignore[attr-defined]
        "INSERT INTO organisation_staff (staff_id, name, unit_id, post)"
        " SELECT 'S' || n, '员工' || n, outlet.unit_id, '柜员'"
        " FROM generate_series(0, %(last)s) AS n"
        " JOIN unnest(%(outlets)s::text[]) WITH ORDINALITY AS outlet (unit_id, place)"
        " ON place = 1 + n %% cardinality(%(outlets)s::text[])",
        given,
    )
    cursor.execute(  # type: ignore[attr-defined]
        "INSERT INTO organisation_teller (teller_id, staff_id, unit_id)"
        " SELECT 'T' || substr(staff_id, 2), staff_id, unit_id FROM organisation_staff"
    )


def events(cursor: object, given: dict[str, object]) -> None:
    """A million risk events, spread over the days of the three years."""
    first = dt.date(FIRST_YEAR, 1, 1)
    given = given | {"first": first, "days": (dt.date(FIRST_YEAR + YEARS, 1, 1) - first).days}
    run = cursor.execute  # type: ignore[attr-defined]
    run("ALTER TABLE loop_quasievent DISABLE TRIGGER USER")
    for begin in range(0, EVENTS, 100_000):
        run(EVENTS_OF_THE_LOOP, given | {"from": begin, "to": begin + 99_999})
        print(f"  {begin}", file=sys.stderr, flush=True)
    run("ALTER TABLE loop_quasievent ENABLE TRIGGER USER")
    run(COUNTED, given)


def readers() -> None:
    from riskloop.organisation.assignment_actions import assign_role
    from riskloop.organisation.models import Unit, User

    for level, role in READERS.items():
        # The second of its level: the first outlets are merged.
        place = Unit.objects.filter(level=level, merged_into=None).order_by("unit_id").first()
        assert place is not None  # noqa: S101 — the tree was made above
        assign_role(User.objects.create(username=level, display_name=level), role, place)


PAGES = {
    "month": "?period=2024-12",
    "quarter": "?period=2024-Q4",
    "half": "?period=2024-H2",
    "year": "?period=2024",
    "outlets": "?period=2024-12&level=outlet",
    "tellers": "?period=2024-12&by=tellers",
    "businesses": "?period=2024-12&by=businesses",
    "peers": "?period=2024-12&show=peers",
    "map": "map/?period=2024-12",
    "drivers": "drivers/?period=2024-12",
    "drivers_year": "drivers/?period=2024",
}
"""What each reader asks for, after `/exposure/`."""
CHANGED = "changed"
"""The page of a month, with what is kept of the tree thrown away before each answer."""
FEW = 5


def run() -> None:
    """By reader and page the median and the 95th percentile of so many answers, in milliseconds."""
    from django.conf import settings
    from django.test import Client

    from riskloop.organisation.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    told: dict[str, dict[str, tuple[float, float]]] = {}
    for level in READERS:
        client = Client()
        client.force_login(
            User.objects.get(username=level), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        told[level] = {}
        for name, query in PAGES.items():
            page(client, query)
            times = [page(client, query) for _ in range(TIMES)]
            told[level][name] = (median(times), quantiles(times, n=20)[-1])
            print(f"  {level} {name} {told[level][name]}", file=sys.stderr, flush=True)
        times = [after_a_change(client) for _ in range(FEW)]
        told[level][CHANGED] = (median(times), max(times))
    print(json.dumps(told))


def after_a_change(client: object) -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE exposure_keptgrouping, exposure_groupedunit")
    return page(client, PAGES["month"])


def page(client: object, query: str) -> float:
    begun = time.perf_counter()
    answer = client.get(f"/exposure/{query}")  # type: ignore[attr-defined]
    if answer.status_code != 200:  # noqa: PLR2004 — HTTP's word for "here it is"
        sys.exit(f"/exposure/{query} answered {answer.status_code}")
    return 1000 * (time.perf_counter() - begun)


if __name__ == "__main__":
    gate.start(Path(sys.argv[2]))
    if sys.argv[1] == "fill":
        fill()
    else:
        run()
