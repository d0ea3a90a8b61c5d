"""The command line as a script sees it: exit status, standard output, one sentence on standard error."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.slow.conftest import RISKLOOP


def riskloop(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RISKLOOP, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three accounts and two entries of one day, one of them large enough for A11."""
    folder = tmp_path_factory.mktemp("feed")
    (folder / "accounts.csv").write_text(
        "account_id,kind,customer_id,unit_id,currency,opened_on,status,special,auto_only,zero_at_close,"
        "overdraft_allowed\n"
        "P1,personal_settlement,K1,U1,CNY,2020-01-01,normal,0,0,0,0\n"
        "I1,internal,,U1,CNY,2020-01-01,normal,0,0,0,1\n"
    )
    (folder / "journal.csv").write_text(
        "entry_id,booked_on,posted_at,unit_id,channel,code,kind,debit_account_id,credit_account_id,"
        "currency,amount,amount_cny,cash,remote,automatic\n"
        "E1,2024-03-15,2024-03-15 10:00:00,U1,counter,01,normal,P1,I1,CNY,600000.00,600000.00,0,0,0\n"
        "E2,2024-03-15,2024-03-15 10:01:00,U1,counter,01,normal,P1,,CNY,10.00,10.00,0,0,0\n"
        "E3,2024-03-15,2024-03-15 10:02:00,U1,counter,01,normal,P1,,CNY,-1.00,1.00,0,0,0\n"
    )
    return folder


@pytest.fixture(scope="module")
def home(feed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("home")
    loaded = riskloop("import", "tables", feed, "--home", place, "--json")
    assert loaded.returncode == 0, loaded.stderr
    report = json.loads(loaded.stdout)
    assert (report["rows_in"], report["kept"], report["set_aside"]) == (5, 4, 1)
    return place


def test_hits_go_to_a_file_without_a_database(home: Path, tmp_path: Path) -> None:
    some = ("--model", "A01", "--model", "A11", "--model", "B16")
    done = riskloop("detect", "--home", home, *some, "--out", tmp_path / "hits.csv", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["hits"]["A11"] == 1
    assert "B16" in report["not_applicable"]
    with (tmp_path / "hits.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(r["model"], r["subject_id"]) for r in rows} == {("A11", "E1"), ("A01", "E1")}
    assert not (home / "db").exists()


def test_a_parameter_can_be_set(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "hits.parquet"
    done = riskloop(
        "detect", "--home", home, "--model", "a11", "--set", "A11.amount=600000.01", "--out", file
    )
    assert done.returncode == 0, done.stderr
    assert pq.read_table(file).num_rows == 0


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--from", "2024-03-16", "--to", "2024-03-15"), "--from"),
        (("--from", "yesterday"), "--from is yesterday"),
        (("--model", "A99"), "A99"),
        (("--set", "A11.amout=1"), "amout"),
        (("--set", "A11.amount=-5"), "A11.amount"),
        (("--set", "A11.amount=much"), "A11.amount is much"),
        (("--set", "amount"), "--set"),
        (("--engine", "abacus"), "--engine"),
        (("--fill",), "--fill"),
    ],
)
def test_bad_usage_of_detect_is_one_sentence(
    home: Path, tmp_path: Path, arguments: tuple[str, ...], named: str
) -> None:
    done = riskloop("detect", "--home", home, "--out", tmp_path / "hits.csv", *arguments)
    assert done.returncode == 2
    assert named in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "hits.csv").exists()


def test_an_ending_that_is_neither_parquet_nor_csv(home: Path, tmp_path: Path) -> None:
    done = riskloop("detect", "--home", home, "--out", tmp_path / "hits.xlsx")
    assert done.returncode == 2
    assert "hits.xlsx" in done.stderr


def test_a_home_without_a_bank(tmp_path: Path) -> None:
    done = riskloop("detect", "--home", tmp_path, "--out", tmp_path / "hits.csv")
    assert done.returncode == 2
    assert "riskloop import" in done.stderr


@pytest.mark.parametrize("feed_name", ["tables", "berka"])
def test_a_folder_without_tables(tmp_path: Path, feed_name: str) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        done = riskloop("import", feed_name, folder, "--home", tmp_path / "home")
        assert done.returncode == 2
        assert str(folder) in done.stderr.replace("\n", "")
        assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("option", ["--outlets", "--days", "--per-day"])
def test_a_bank_of_no_size(tmp_path: Path, option: str) -> None:
    done = riskloop("simulate", option, "0", "--home", tmp_path)
    assert done.returncode == 2
    assert option in done.stderr


def test_models_are_told_in_both_languages() -> None:
    listed = riskloop("models", "list", "--json")
    codes = [m["code"] for m in json.loads(listed.stdout)]
    assert codes == sorted(codes)
    assert "个人结算账户单笔大额支付" in riskloop("models", "show", "A11", "--language", "zh").stdout
    assert "single large payment" in riskloop("models", "show", "a11").stdout
    unknown = riskloop("models", "show", "A99")
    assert unknown.returncode == 2
    assert "A99" in unknown.stderr


def test_what_if_says_what_other_values_would_have_hit(home: Path) -> None:
    """The second payment leaves the same account: it makes the bundle larger, and no second one."""
    asked = ("whatif", "--sweep", "A11.amount=10,700000", "--from", "2024-03-15", "--minutes", "30")
    done = riskloop(*asked, "--home", home, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    low, high = told["alternatives"]
    assert (told["swept"], told["in_force"]["hits"], low["hits"], high["hits"]) == ("amount", 1, 2, 0)
    assert (low["bundles"], low["hours_gained"], high["hours_lost"]) == (1, 0, 0.5)
    assert high["by_unit"] == {"U1": {"gained": 0, "lost": 1, "missed": 0, "saved": 0}}
    printed = riskloop(*asked, "--home", home).stdout
    assert "in force" in printed
    assert "amount=700000" in printed
    assert riskloop("runs", "--home", home, "--json").stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((), "names none"),
        (("A11.amount=1", "A12.amount=1"), "A11, A12"),
        (("A11.amount=much",), "A11.amount is much"),
        (("--sweep", "A11.amount=5..1/3"), "--sweep is A11.amount=5..1/3"),
        (("A11.amount=1", "--from", "2031-01-01"), "no day from 2031-01-01"),
        (("B16.days=1",), "B16"),
    ],
)
def test_bad_usage_of_what_if_is_one_sentence(home: Path, arguments: tuple[str, ...], named: str) -> None:
    done = riskloop("whatif", *arguments, "--home", home)
    assert done.returncode == 2
    assert named in done.stderr
    assert done.stderr.count("\n") == 1
