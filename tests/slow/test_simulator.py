"""Simulated banks without planted cases, and what must be true of each."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from riskloop.bank.simulator import journal
from riskloop.bank.simulator.events import card_numbers, check_digit
from riskloop.bank.simulator.simulate import LABELS, SimulationReport, simulate
from riskloop.bank.simulator.spec import Spec
from riskloop.bank.simulator.world import World
from riskloop.bank.tables import FACTS, STANDING, TABLES, Table

# The first day is a holiday, the 6th and 7th a weekend, the 10th a pay day.
SPEC = Spec(outlets=6, days=10, per_day=1500, seed=11)


def digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*.parquet"))
    }


def made(folder: Path, spec: Spec) -> Path:
    simulate(spec, folder, [])
    return folder


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("feed"), SPEC)


def ask(feed: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows of a query in which `@NAME` is a table of the feed."""
    for name, table in sorted(TABLES.items(), key=lambda item: -len(item[0])):
        place = f"'{feed / name}/*/*.parquet'" if table.is_facts else f"'{feed / name}.parquet'"
        query = query.replace(f"@{name}", place)
    return duckdb.sql(query).fetchall()


def number(feed: Path, query: str) -> int:
    ((found,),) = ask(feed, query)
    return found


def test_the_same_seed_makes_the_same_files(feed: Path, tmp_path: Path) -> None:
    assert digests(made(tmp_path, SPEC)) == digests(feed)


def test_another_seed_makes_another_bank(feed: Path, tmp_path: Path) -> None:
    other = digests(made(tmp_path, Spec(6, 10, 1500, seed=12)))
    ours = digests(feed)
    assert other.keys() == ours.keys()
    for day in SPEC.all_days:
        file = f"journal/booked_on={day}/data.parquet"
        assert other[file] != ours[file]


def test_a_day_is_the_same_whatever_came_before(feed: Path, tmp_path: Path) -> None:
    """But for what the balances allow: the entries are drawn alike, and few are changed."""
    made(tmp_path, Spec(6, 3, 1500, seed=11, first_day=dt.date(2024, 1, 8)))
    drawn = (
        "SELECT posted_at, amount, unit_id FROM @journal WHERE booked_on = '2024-01-10' AND kind = 'normal'"
    )
    ours, theirs = set(ask(feed, drawn)), set(ask(tmp_path, drawn))
    assert len(ours & theirs) > 0.97 * len(ours)


@pytest.mark.parametrize("table", STANDING, ids=lambda t: t.name)
def test_standing_tables_follow_the_contract(feed: Path, table: Table) -> None:
    check(table, pq.read_table(feed / f"{table.name}.parquet"))


@pytest.mark.parametrize("table", FACTS, ids=lambda t: t.name)
def test_facts_follow_the_contract_on_every_day(feed: Path, table: Table) -> None:
    for day in SPEC.all_days:
        rows = pq.read_table(feed / table.name / f"{table.date_column}={day}" / "data.parquet")
        check(table, rows)
        assert set(rows[table.date_column].to_pylist()) <= {day}
        keys = list(zip(*(rows[k].to_pylist() for k in table.key), strict=True))
        assert keys == sorted(keys)


def check(table: Table, rows: pa.Table) -> None:
    assert rows.schema.equals(table.arrow_schema)
    rows.validate(full=True)
    for column in table.columns:
        values = rows[column.name]
        assert column.nullable or values.null_count == 0, column.name
        if column.codes:
            assert set(values.unique().to_pylist()) - {None} <= set(column.codes), column.name
        if column.kind == "money":
            assert all(v is None or v >= 0 for v in values.to_pylist()), column.name
    keys = list(zip(*(rows[k].to_pylist() for k in table.key), strict=True))
    assert len(set(keys)) == len(keys) > 0


def test_every_reference_is_known(feed: Path) -> None:
    for table in TABLES.values():
        for column in table.columns:
            if column.refers_to is None:
                continue
            key = TABLES[column.refers_to].key[0]
            unknown = ask(
                feed,
                f'SELECT DISTINCT t."{column.name}" FROM @{table.name} t ANTI JOIN @{column.refers_to} r'
                f' ON t."{column.name}" = r.{key} WHERE t."{column.name}" IS NOT NULL',
            )
            assert unknown == [], (table.name, column.name)


def test_units_stand_in_five_levels(feed: Path) -> None:
    levels = ask(
        feed,
        "SELECT u.level, p.level FROM @units u LEFT JOIN @units p ON u.parent_id = p.unit_id GROUP BY ALL",
    )
    assert set(levels) == {
        ("head_office", None),
        ("tier1_branch", "head_office"),
        ("tier2_branch", "tier1_branch"),
        ("sub_branch", "tier2_branch"),
        ("outlet", "sub_branch"),
    }


def test_accounts_of_every_kind(feed: Path) -> None:
    kinds = {kind for (kind,) in ask(feed, "SELECT DISTINCT kind FROM @accounts")}
    assert kinds == set(TABLES["accounts"].by_name["kind"].codes)


def test_balances_follow_the_journal(feed: Path) -> None:
    """Every account states its balance on the first day, and then whenever it moves."""
    open_then = "opened_on <= '2024-01-01' AND (closed_on IS NULL OR closed_on >= '2024-01-01')"
    stated = number(feed, "SELECT count(*) FROM @balances WHERE as_of = '2024-01-01'")
    assert stated == number(feed, f"SELECT count(*) FROM @accounts WHERE {open_then}")
    changes = """
        WITH sides AS (
            SELECT booked_on, debit_account_id AS account_id, if(kind = 'normal', -amount, amount) AS moved
            FROM @journal UNION ALL
            SELECT booked_on, credit_account_id, if(kind = 'normal', amount, -amount) FROM @journal
        ), booked AS (
            SELECT booked_on, account_id, sum(moved) AS moved FROM sides
            WHERE account_id IS NOT NULL AND booked_on > '2024-01-01' GROUP BY ALL
        ), stated AS (
            SELECT *, lag(closing, 1, 0) OVER (PARTITION BY account_id ORDER BY as_of) AS before
            FROM @balances
        )
        SELECT
            count(*) FILTER (WHERE closing IS NULL),
            count(*) FILTER (WHERE closing - before <> moved),
            count(*)
        FROM booked LEFT JOIN stated ON stated.account_id = booked.account_id AND as_of = booked_on
    """
    ((unstated, wrong, all_),) = ask(feed, changes)
    assert (unstated, wrong) == (0, 0)
    assert all_ > 1000


def test_only_the_banks_own_accounts_are_overdrawn(feed: Path) -> None:
    overdrawn = "SELECT count(*) FROM @balances JOIN @accounts USING (account_id) WHERE closing < 0"
    assert number(feed, f"{overdrawn} AND NOT overdraft_allowed") == 0
    assert (
        number(feed, "SELECT count(*) FROM @accounts WHERE overdraft_allowed AND customer_id IS NOT NULL")
        == 0
    )


def test_entries_are_numbered_in_the_order_of_time(feed: Path) -> None:
    backwards = (
        "SELECT count(*) FROM (SELECT booked_on, posted_at,"
        " lag(posted_at) OVER (PARTITION BY booked_on ORDER BY entry_id) AS before FROM @journal)"
        " WHERE before > posted_at OR booked_on <> posted_at::DATE"
    )
    assert number(feed, backwards) == 0


def test_who_is_away_does_no_business(feed: Path) -> None:
    away = "@tellers t JOIN @attendance a ON a.staff_id = t.staff_id AND a.state <> 'present'"
    for table in ("journal", "ebank_events", "card_events", "authorisations", "teller_events"):
        busy = (
            f"SELECT count(*) FROM @{table} f JOIN {away} ON f.teller_id = t.teller_id AND f.booked_on = a.on"
        )
        assert number(feed, busy) == 0, table
    active = (
        f"SELECT count(*) FROM @teller_cards f JOIN {away} ON f.teller_id = t.teller_id AND f.as_of = a.on"
    )
    assert number(feed, active) > 0
    assert number(feed, f"{active} WHERE f.status = 'active'") == 0


def test_nobody_authorises_his_own_work_or_works_on_his_own_account(feed: Path) -> None:
    assert number(feed, "SELECT count(*) FROM @journal WHERE authoriser_id IS NOT NULL") > 0
    assert number(feed, "SELECT count(*) FROM @journal WHERE authoriser_id = teller_id") == 0
    own = "@accounts JOIN @staff_customers USING (customer_id)"
    on_own = (
        f"SELECT count(*) FROM @journal JOIN {own} ON account_id IN (debit_account_id, credit_account_id)"
    )
    assert number(feed, on_own) == 0


def test_at_weekends_some_outlets_are_closed(feed: Path) -> None:
    counters = (
        "SELECT count(DISTINCT unit_id) FROM @journal WHERE channel IN ('counter', 'smart_counter')"
        " AND booked_on = '{}'"
    )
    assert number(feed, counters.format("2024-01-05")) == 6
    # Three of the first sub-branch's five, and the only one of the second.
    assert number(feed, counters.format("2024-01-06")) == 4


def test_salaries_are_paid_once_by_ones_employer(feed: Path) -> None:
    pay_day = "@journal WHERE code = '5001' AND booked_on = '2024-01-10'"
    paid, people, automatic = ask(
        feed, f"SELECT count(*), count(DISTINCT credit_account_id), bool_and(automatic) FROM {pay_day}"
    )[0]
    assert paid == people > 30
    assert automatic
    on_other_days = (
        "SELECT max(n) FROM (SELECT count(*) AS n FROM @journal WHERE code = '5001' {} GROUP BY booked_on)"
    )
    assert paid > 3 * number(feed, on_other_days.format("AND booked_on <> '2024-01-10'"))


def test_what_is_undone_names_its_entry_and_bears_its_figures(tmp_path: Path) -> None:
    feed = made(tmp_path, Spec(outlets=10, days=2, per_day=20_000, seed=1))
    undone = (
        "FROM @journal u LEFT JOIN @journal o ON u.original_entry_id = o.entry_id WHERE u.kind <> 'normal'"
    )
    assert number(feed, f"SELECT count(*) {undone}") > 2
    same = " AND ".join(
        f"u.{c} IS NOT DISTINCT FROM o.{c}"
        for c in (
            "debit_account_id",
            "credit_account_id",
            "amount",
            "booked_on",
            "teller_id",
            "unit_id",
            "code",
        )
    )
    assert number(feed, f"SELECT count(*) {undone} AND NOT ({same} AND u.posted_at > o.posted_at)") == 0


def test_accounts_are_opened_and_closed_with_an_entry(tmp_path: Path) -> None:
    feed = made(tmp_path, Spec(outlets=10, days=9, per_day=20_000, seed=1))
    since = "'2024-01-01'"
    opened = f"SELECT count(*) FROM @accounts WHERE opened_on >= {since}"
    assert number(feed, opened) > 10
    first = "@journal ON credit_account_id = account_id AND booked_on = opened_on AND amount = opening_amount"
    assert (
        number(feed, f"{opened} AND account_id NOT IN (SELECT account_id FROM @accounts JOIN {first})") == 0
    )
    closed = f"SELECT count(*) FROM @accounts WHERE closed_on >= {since}"
    assert number(feed, closed) > 0
    last = "@balances USING (account_id) WHERE as_of = closed_on AND closing = 0"
    assert number(feed, f"{closed} AND account_id NOT IN (SELECT account_id FROM @accounts JOIN {last})") == 0
    outside = (
        "SELECT count(*) FROM @journal JOIN @accounts ON account_id IN (debit_account_id, credit_account_id)"
        " WHERE opened_on > booked_on OR closed_on < booked_on"
    )
    assert number(feed, outside) == 0


def test_memory_is_bounded_by_the_stretch(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many entries a day has, they are made a stretch at a time."""
    monkeypatch.setattr(journal, "CHUNK", 400)
    day = dt.date(2024, 1, 3)
    world = World(Spec(outlets=3, days=3, per_day=2000, seed=5))
    made = list(journal.Journal(world).day(day))
    assert len(made) == 5
    assert max(t.num_rows for t in made) < 450
    ids = [i for t in made for i in t["entry_id"].to_pylist()]
    times = [i for t in made for i in t["posted_at"].to_pylist()]
    assert ids == sorted(set(ids))
    assert times == sorted(times)


@pytest.mark.parametrize(
    "spec",
    [
        Spec(outlets=1, days=1, per_day=1, seed=0),
        Spec(outlets=1, days=2, per_day=300, seed=2**40, first_day=dt.date(2024, 2, 28)),
        Spec(outlets=31, days=1, per_day=7, seed=3, first_day=dt.date(1999, 12, 31)),
    ],
)
def test_a_bank_of_any_size(tmp_path: Path, spec: Spec) -> None:
    report = simulate(spec, tmp_path, [])
    assert set(report.rows) == set(TABLES)
    assert report.days == spec.days
    assert number(tmp_path, "SELECT count(*) FROM @units WHERE level = 'outlet'") == spec.outlets


def test_one_great_day_after_smaller_ones(tmp_path: Path) -> None:
    made(tmp_path, Spec(outlets=3, days=3, per_day=500, seed=1, last_day=5000))
    by_day = dict(ask(tmp_path, "SELECT booked_on::VARCHAR, count(*) FROM @journal GROUP BY 1"))
    assert 4800 < by_day["2024-01-03"] < 5200
    assert 450 < by_day["2024-01-02"] < 550


def test_the_report_counts_what_is_there(tmp_path: Path) -> None:
    said: list[str] = []
    report: SimulationReport = simulate(Spec(2, 2, 200, seed=1), tmp_path, [], said.append)
    for name in TABLES:
        assert report.rows[name] == number(tmp_path, f"SELECT count(*) FROM @{name}")
    assert [line for line in said if "2024-01-02" in line]
    assert pq.read_schema(tmp_path / "labels.parquet").equals(LABELS)
    assert (report.labels, report.near_misses, report.unplanted) == (0, 0, [])


def test_card_numbers_end_in_a_check_digit_and_do_not_follow_each_other() -> None:
    # The textbook example: 7992739871 has the check digit 3.
    assert check_digit(np.array([7992739871])).tolist() == [3]
    numbers = [int(n) for n in card_numbers(np.arange(1000)).to_pylist()]
    bodies = sorted(n // 10 for n in numbers)
    assert min(b - a for a, b in itertools.pairwise(bodies)) > 1
    assert all(check_digit(np.array([n // 10])) == n % 10 for n in numbers[:50])
    assert {len(str(n)) for n in numbers} == {16}
