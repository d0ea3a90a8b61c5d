"""Canonical tables through the gate: what comes in, what is set aside, what is refused whole."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from riskloop.bank.errors import BadInput
from riskloop.bank.feeds.tables import deliveries, encoding_of
from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.bank.load import LoadReport, load
from riskloop.bank.memory import arrow_table
from riskloop.bank.tables import TABLES
from tests.bank.feeds import ACCOUNTS, entry, write_journal

DAY = dt.date(2024, 3, 15)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    folder = tmp_path / "feed"
    folder.mkdir()
    return folder


def come_in(home: Home, feed: Path, **more: Any) -> LoadReport:
    return load(home, deliveries(feed), feed="tables feed", **more)


def rejects(home: Home, table: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for file in sorted((home.rejects / table).glob("*.csv")):
        with file.open(newline="") as stream:
            rows += list(csv.DictReader(stream))
    return rows


def kept(home: Home, table: str = "journal", day: dt.date = DAY) -> list[dict[str, Any]]:
    return pq.read_table(Lake(home).file(table, day)).to_pylist()


def test_rows_arrive_as_the_contract_says(home: Home, feed: Path) -> None:
    (feed / "accounts.csv").write_text(ACCOUNTS)
    write_journal(feed, entry("E1", amount="1234.5", cash="TRUE", posted_at="2024-03-15T10:00:00.25"))
    report = come_in(home, feed)
    assert (report.rows_in, report.kept, report.set_aside) == (3, 3, 0)
    (row,) = kept(home)
    assert row["amount"] == Decimal("1234.50")
    assert row["cash"] is True
    assert row["posted_at"] == dt.datetime(2024, 3, 15, 10, 0, 0, 250_000)  # noqa: DTZ001
    assert row["purpose"] is None
    lake = Lake(home)
    assert pq.read_schema(lake.file("journal", DAY)).names == TABLES["journal"].arrow_schema.names
    assert "teller_id" not in lake.columns("journal")
    assert "purpose" in lake.columns("journal")


@pytest.mark.parametrize(
    ("changed", "column", "reason"),
    [
        ({"entry_id": ""}, "entry_id", "is missing"),
        ({"unit_id": ""}, "unit_id", "is missing"),
        ({"amount": "ten"}, "amount", "is not an amount with at most 2 decimals"),
        ({"amount": "10.005"}, "amount", "is not an amount with at most 2 decimals"),
        ({"amount": "-10.00"}, "amount", "is negative"),
        ({"posted_at": "noon"}, "posted_at", "is not a time"),
        ({"booked_on": "15.3.2024"}, "booked_on", "is not a day"),
        ({"cash": "maybe"}, "cash", "is not true or false"),
        ({"channel": "window"}, "channel", "is not one of counter"),
        ({"kind": "odd"}, "kind", "is not one of normal"),
    ],
)
def test_a_bad_row_is_set_aside(
    home: Home, feed: Path, changed: dict[str, str], column: str, reason: str
) -> None:
    write_journal(feed, entry("E1"), entry("E2", **changed), entry("E3"))
    report = come_in(home, feed)
    assert (report.rows_in, report.kept, report.set_aside) == (3, 2, 1)
    assert [row["entry_id"] for row in kept(home)] == ["E1", "E3"]
    (rejected,) = rejects(home, "journal")
    assert (rejected["table"], rejected["source"], rejected["row"]) == ("journal", "journal.csv", "2")
    assert rejected["column"] == column
    assert rejected["reason"].startswith(reason)
    assert next(iter(changed.values())) in rejected["content"]


def test_the_first_of_a_key_is_kept(home: Home, feed: Path) -> None:
    """Over all days of the delivery, not in one file alone."""
    write_journal(feed, entry("E1", "2024-03-14"), name="journal/booked_on=2024-03-14/a.csv")
    write_journal(feed, entry("E1"), entry("E2"), entry("E2"), name="journal/booked_on=2024-03-15/a.csv")
    report = come_in(home, feed)
    assert (report.rows_in, report.kept, report.set_aside) == (4, 2, 2)
    assert [row["entry_id"] for row in kept(home)] == ["E2"]
    assert [r["reason"] for r in rejects(home, "journal")] == ["a row with this key came before"] * 2


def test_a_row_outside_its_partition_is_set_aside(home: Home, feed: Path) -> None:
    write_journal(feed, entry("E1"), entry("E2", "2024-03-16"), name="journal/booked_on=2024-03-15/a.csv")
    report = come_in(home, feed)
    assert (report.kept, report.set_aside) == (1, 1)
    assert "outside the partition of 2024-03-15" in rejects(home, "journal")[0]["reason"]


def test_a_torn_line_is_set_aside(home: Home, feed: Path) -> None:
    write_journal(feed, entry("E1"), "E2,2024-03", entry("E3"))
    report = come_in(home, feed)
    assert (report.rows_in, report.kept, report.set_aside) == (3, 2, 1)
    (rejected,) = rejects(home, "journal")
    assert (rejected["row"], rejected["content"]) == ("2", "E2,2024-03")


def test_unknown_references_are_kept_and_counted(home: Home, feed: Path) -> None:
    (feed / "accounts.csv").write_text(ACCOUNTS)
    write_journal(feed, entry("E1"), entry("E2", debit_account_id="gone"), entry("E3", debit_account_id=""))
    report = come_in(home, feed)
    journal = next(t for t in report.tables if t.table == "journal")
    assert (journal.kept, journal.unknown["debit_account_id"]) == (3, 1)
    assert "1 rows name an unknown debit_account_id" in journal.notes


def test_again_changes_nothing(home: Home, feed: Path) -> None:
    (feed / "accounts.csv").write_text(ACCOUNTS)
    write_journal(feed, entry("E1"), entry("E2", amount="ten"), entry("E3", "2024-03-16"))
    come_in(home, feed)
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in home.lake.rglob("*.parquet")}
    left = {p: p.read_bytes() for p in home.rejects.rglob("*.csv")}
    assert not come_in(home, feed).changed
    after = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in home.lake.rglob("*.parquet")}
    assert after == before
    assert {p: p.read_bytes() for p in home.rejects.rglob("*.csv")} == left
    assert [p.name for p in home.path.glob("loading-*")] == []


def test_a_day_handed_over_again_replaces_that_day_alone(home: Home, feed: Path) -> None:
    write_journal(feed, entry("E1"), entry("E2", "2024-03-16"))
    come_in(home, feed)
    write_journal(feed, entry("E9"))
    report = come_in(home, feed)
    assert [t.days_written for t in report.tables] == [1]
    assert [r["entry_id"] for r in kept(home)] == ["E9"]
    assert [r["entry_id"] for r in kept(home, day=dt.date(2024, 3, 16))] == ["E2"]


def test_a_mended_file_leaves_no_rejects(home: Home, feed: Path) -> None:
    write_journal(feed, entry("E1", amount="ten"))
    come_in(home, feed)
    assert rejects(home, "journal")
    write_journal(feed, entry("E1"))
    come_in(home, feed)
    assert rejects(home, "journal") == []


def test_standing_data_keeps_its_versions(home: Home, feed: Path) -> None:
    (feed / "accounts.csv").write_text(ACCOUNTS)
    come_in(home, feed, as_of=dt.date(2024, 3, 1))
    (feed / "accounts.csv").write_text(ACCOUNTS.replace("normal", "blocked"))
    come_in(home, feed, as_of=dt.date(2024, 3, 10))
    lake = Lake(home)

    def state(day: dt.date) -> str:
        file = lake.standing_file("accounts", day)
        assert file is not None
        return pq.read_table(file)["status"][0].as_py()

    assert state(dt.date(2024, 3, 9)) == "normal"
    assert state(dt.date(2024, 3, 10)) == "blocked"
    # A day before all versions reads the oldest there is.
    assert state(dt.date(2020, 1, 1)) == "normal"
    newest = home.lake / "accounts" / "accounts.parquet"
    assert pq.read_table(newest)["status"][0].as_py() == "blocked"


def test_parquet_and_csv_bring_the_same_rows(home: Home, feed: Path, tmp_path: Path) -> None:
    write_journal(feed, entry("E1"), entry("E2"))
    come_in(home, feed)
    fingerprint = Lake(home).fingerprint("journal", DAY)
    (tmp_path / "feed2").mkdir()
    other = Home(tmp_path / "other")
    columns = list(Lake(home).columns("journal"))
    pq.write_table(
        pq.read_table(Lake(home).file("journal", DAY)).select(columns), tmp_path / "feed2/journal.parquet"
    )
    come_in(other, tmp_path / "feed2")
    assert Lake(other).fingerprint("journal", DAY) == fingerprint


def test_columns_beyond_the_contract_are_said(home: Home, feed: Path) -> None:
    (feed / "calendar.csv").write_text("on,working,remark\n2024-03-15,1,x\n")
    report = come_in(home, feed)
    assert "remark" in report.tables[0].notes
    assert report.kept == 1


# ── Encodings ──


def test_gb18030_is_read_and_said(home: Home, feed: Path) -> None:
    write_journal(feed, entry("E1", purpose="购买货物款"), encoding="gb18030")
    report = come_in(home, feed)
    assert report.tables[0].encodings == ("GB18030",)
    assert "GB18030" in report.tables[0].notes
    assert kept(home)[0]["purpose"] == "购买货物款"


def test_a_byte_order_mark_is_no_part_of_a_name(home: Home, feed: Path) -> None:
    write_journal(feed, entry("E1"), encoding="utf-8-sig")
    assert come_in(home, feed).kept == 1


@pytest.mark.parametrize("text", ["Müller", "café", "Ångström", "naïve façade", "ÀÉÎõü"])
def test_latin1_is_refused(feed: Path, text: str) -> None:
    write_journal(feed, entry("E1", purpose=text), encoding="latin-1")
    with pytest.raises(BadInput, match=r"journal\.csv is neither UTF-8 nor GB18030"):
        encoding_of(feed / "journal.csv")


# ── Refused whole ──


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nowhere is not a folder"):
        deliveries(tmp_path / "nowhere")


def test_a_folder_without_tables(feed: Path) -> None:
    (feed / "readme.txt").write_text("hello")
    with pytest.raises(BadInput, match="holds no canonical table"):
        deliveries(feed)


def test_a_missing_column(feed: Path) -> None:
    (feed / "accounts.csv").write_text("account_id,kind\nP1,card\n")
    with pytest.raises(BadInput, match=r"accounts\.csv has no column unit_id, currency"):
        deliveries(feed)


def test_an_empty_file(feed: Path) -> None:
    (feed / "journal.csv").touch()
    with pytest.raises(BadInput, match=r"journal\.csv is empty"):
        deliveries(feed)


def test_a_truncated_parquet_file(feed: Path) -> None:
    pq.write_table(arrow_table("journal", [{"entry_id": "E1"}], DAY), feed / "journal.parquet")
    whole = (feed / "journal.parquet").read_bytes()
    (feed / "journal.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInput, match=r"journal\.parquet is no whole Parquet file"):
        deliveries(feed)


def test_a_parquet_file_with_a_hole(home: Home, feed: Path) -> None:
    """Its footer is whole and a page is not: nothing of it comes in."""
    rows = arrow_table("journal", [{"entry_id": f"E{n}"} for n in range(5000)], DAY)
    pq.write_table(rows, feed / "journal.parquet", compression="zstd")
    broken = bytearray((feed / "journal.parquet").read_bytes())
    broken[200:1200] = bytes(1000)
    (feed / "journal.parquet").write_bytes(broken)
    with pytest.raises(BadInput, match=r"journal\.parquet"):
        come_in(home, feed)
    assert Lake(home).days("journal") == []


def test_a_table_twice(feed: Path) -> None:
    write_journal(feed, entry("E1"))
    write_journal(feed, entry("E1"), name="journal/booked_on=2024-03-15/a.csv")
    with pytest.raises(BadInput, match="journal twice"):
        deliveries(feed)


@pytest.mark.parametrize("part", ["booked_on=yesterday", "as_of=2024-03-15", "2024-03-15"])
def test_a_partition_that_is_none(feed: Path, part: str) -> None:
    write_journal(feed, entry("E1"), name=f"journal/{part}/a.csv")
    with pytest.raises(BadInput, match="is not a partition of journal"):
        deliveries(feed)
