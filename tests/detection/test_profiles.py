"""What columns looked like is counted once a day, without keeping a row; a drifted column is told."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.bank.memory import arrow_table
from riskloop.detection import profiles
from riskloop.detection.drift import drift_of, mean_of, nulls_of, quantile_of
from riskloop.detection.profiles import (
    NULL,
    ColumnProfile,
    Profile,
    added_up,
    columns_read,
    edges,
    keep_profiles,
    kept_profiles,
)
from riskloop.models.catalogue import model_of

DAY = dt.date(2024, 3, 29)


def works(day: dt.date) -> bool:
    return day.weekday() < 5


def write(home: Home, day: dt.date, *amounts: str, teller: str | None = "T1") -> None:
    rows = [
        {"entry_id": f"E{n}", "amount": Decimal(amount), "teller_id": teller, "channel": "counter"}
        | {"posted_at": dt.datetime.combine(day, dt.time(10)), "value_on": day - dt.timedelta(days=n)}
        for n, amount in enumerate(amounts)
    ]
    Lake(home).write_facts("journal", day, arrow_table("journal", rows, day))


def kept(home: Home, day: dt.date = DAY) -> Profile:
    return kept_profiles(home, "journal", day, day)[day]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path)
    write(found, DAY, "0.00", "1.00", "9.99", "100.00")
    return found


def test_a_day_is_counted_by_class(home: Home) -> None:
    assert keep_profiles(home) == 1
    profile = kept(home)
    assert profile.rows == 4
    amounts = profile.columns["amount_cny"]
    assert set(amounts.classes.values()) == {1}
    assert sorted(edges(name) for name in amounts.classes) == [
        (0.0, 0.0),
        (1.0, pytest.approx(10**0.25)),
        (pytest.approx(10**0.75), pytest.approx(10)),
        (100.0, pytest.approx(10**2.25)),
    ]
    assert mean_of(amounts) == pytest.approx(110.99 / 4)
    assert profile.columns["channel"].classes == {"counter": 4}
    assert profile.columns["posted_at"].classes == {"10": 4}
    assert mean_of(profile.columns["value_on"]) == pytest.approx(1.5)
    assert nulls_of(profile.columns["authoriser_id"]) == 1


def test_no_id_and_no_words_are_kept(home: Home) -> None:
    keep_profiles(home)
    columns = kept(home).columns
    assert columns["entry_id"].classes == {"there": 4}
    assert columns["teller_id"].classes == {"there": 4}
    assert "purpose" not in columns


def test_a_day_is_counted_once_and_anew_when_its_facts_change(home: Home) -> None:
    write(home, DAY - dt.timedelta(days=1), "5.00")
    assert keep_profiles(home) == 2
    assert keep_profiles(home) == 0
    write(home, DAY, "7.00", teller=None)
    assert keep_profiles(home, DAY - dt.timedelta(days=9), DAY - dt.timedelta(days=1)) == 0
    assert keep_profiles(home, DAY, DAY) == 1
    assert (kept(home).rows, nulls_of(kept(home).columns["teller_id"])) == (1, 1)


def test_a_day_that_is_missing_is_filled_by_any_run(home: Home) -> None:
    earlier = DAY - dt.timedelta(days=3)
    write(home, earlier, "5.00")
    assert keep_profiles(home, DAY, DAY) == 2
    assert kept(home, earlier).rows == 1


def test_a_changed_definition_counts_everything_anew(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_profiles(home)
    monkeypatch.setattr(profiles, "_DEFINITION", "another")
    assert keep_profiles(home) == 1


def test_a_home_without_profiles_has_none(tmp_path: Path) -> None:
    assert kept_profiles(Home(tmp_path), "journal", DAY, DAY) == {}
    assert keep_profiles(Home(tmp_path)) == 0


@pytest.mark.parametrize("value", ["0.01", "0.02", "1", "3.33", "99999.99", "-0.5", "-12345"])
def test_every_number_lies_in_its_class(tmp_path: Path, value: str) -> None:
    home, day = Home(tmp_path), DAY
    rows = [{"account_id": "A", "closing": Decimal(value)}]
    Lake(home).write_facts("balances", day, arrow_table("balances", rows, day))
    keep_profiles(home)
    (name,) = kept_profiles(home, "balances", day, day)[day].columns["closing"].classes
    low, high = edges(name)
    assert low <= float(value) <= high


def test_what_a_model_reads_is_read_through_what_is_derived() -> None:
    read = columns_read(model_of("A04"))
    assert "amount_cny" in read["journal"]
    assert "booked_on" not in read["journal"]
    assert set(read) <= set(profiles.profiled())


# ── drift ──


def day_of(
    day: dt.date, rng: np.random.Generator, share: float, scale: float = 1.0, rows: int = 400
) -> Profile:
    """A day of which `share` came by the internet, with amounts around 1,000 times `scale`."""
    rows = int(rng.poisson(rows if works(day) else rows / 3))
    online = int(rng.binomial(rows, share))
    amounts = np.maximum(rng.lognormal(np.log(1000 * scale), 1, rows), 0.01)
    places = np.floor(4 * np.log10(amounts)).astype(int) + 9
    classes = {str(place): int((places == place).sum()) for place in np.unique(places)}
    columns = {
        "channel": ColumnProfile({"internet": online, "counter": rows - online}),
        "amount_cny": ColumnProfile(classes, float(amounts.sum())),
        "teller_id": ColumnProfile({"there": rows}),
    }
    return Profile(day, rows, columns, dt.datetime(2024, 4, 1, tzinfo=dt.UTC))


def weeks(rng: np.random.Generator, number: int = 9) -> dict[dt.date, Profile]:
    """Every week leans a little to one channel or the other."""
    found: dict[dt.date, Profile] = {}
    for n in range(7 * number):
        share = 0.4 + 0.02 * np.sin(n // 7)
        found[DAY - dt.timedelta(days=n)] = day_of(DAY - dt.timedelta(days=n), rng, share)
    return found


def test_a_drifted_column_is_marked_and_its_neighbours_are_not() -> None:
    rng = np.random.default_rng(5)
    usual = weeks(rng)
    drifted = usual | {d: day_of(d, rng, 0.7) for n in range(7) if (d := DAY - dt.timedelta(days=n))}
    found = drift_of("journal", drifted, DAY, works)
    assert {c.column: c.marked for c in found.columns} == {
        "channel": True,
        "amount_cny": False,
        "teller_id": False,
    }
    assert (found.rows.way, found.marks) == ("", 1)
    assert found.only(["amount_cny"]).marks == 0
    channel = found.columns[0].shares["internet"]
    assert channel == (pytest.approx(0.7, abs=0.05), pytest.approx(0.4, abs=0.05))


def test_amounts_that_treble_and_a_column_that_falls_empty_are_marked() -> None:
    rng = np.random.default_rng(6)
    usual = weeks(rng)
    now = {DAY - dt.timedelta(days=n): day_of(DAY - dt.timedelta(days=n), rng, 0.4, 3) for n in range(7)}
    for one in now.values():
        rows = one.rows
        one.columns["teller_id"].classes.clear()  # pyright: ignore[reportAttributeAccessIssue]
        one.columns["teller_id"].classes.update({NULL: rows // 2, "there": rows - rows // 2})  # pyright: ignore[reportAttributeAccessIssue]
    marks = {c.column: c.marked for c in drift_of("journal", usual | now, DAY, works).columns}
    assert marks == {"channel": False, "amount_cny": True, "teller_id": True}


def test_half_the_rows_are_missed() -> None:
    rng = np.random.default_rng(7)
    fewer = {
        DAY - dt.timedelta(days=n): day_of(DAY - dt.timedelta(days=n), rng, 0.4, rows=150) for n in range(7)
    }
    found = drift_of("journal", weeks(rng) | fewer, DAY, works)
    assert found.rows.way == "quiet"


def test_columns_without_enough_past_are_not_judged() -> None:
    found = drift_of("journal", weeks(np.random.default_rng(8), 4), DAY, works)
    assert [c.marked for c in found.columns] == [None, None, None]
    assert found.columns[0].shares


def test_few_columns_drift_by_chance() -> None:
    """200 usual weeks of three columns: none is marked, though single weeks lean to one side."""
    marked = 0
    for seed in range(200):
        marked += drift_of("journal", weeks(np.random.default_rng(1000 + seed)), DAY, works).marks
    assert marked <= 3


def test_days_are_added_up() -> None:
    whole = added_up([ColumnProfile({"9": 1, NULL: 1}, 1.5), ColumnProfile({"9": 2}, 3.0)])
    assert (whole.classes, mean_of(whole), nulls_of(whole)) == ({"9": 3, NULL: 1}, 1.5, 0.25)
    assert quantile_of(whole, 0.5) == pytest.approx(1 + (10**0.25 - 1) / 2)
