"""The real Czech bank, from its files into the lake."""

import csv
from pathlib import Path

from riskloop.bank.feeds.berka import deliveries
from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.bank.load import load


def test_the_czech_bank_comes_in_and_a_second_time_changes_nothing(shared_data: Path, tmp_path: Path) -> None:
    home = Home(tmp_path)
    first = load(home, deliveries(shared_data / "berka"), feed="berka")
    assert {t.table: (t.rows_in, t.kept, t.set_aside, t.days_written) for t in first.tables} == {
        "units": (86, 86, 0, 1),
        "customers": (5_369, 5_369, 0, 1),
        "accounts": (4_500, 4_500, 0, 1),
        "journal": (49_103, 49_102, 1, 455),
        "balances": (39_960, 39_960, 0, 455),
        "card_events": (892, 892, 0, 607),
    }
    assert {n for t in first.tables for n in t.unknown.values()} == {0}
    (rejects,) = home.rejects.rglob("*.csv")
    with rejects.open(newline="") as file:
        (torn,) = csv.DictReader(file)
    assert (torn["source"], torn["row"], torn["content"]) == (
        "trans.asc",
        "49103",
        '3526882;11021;940331;"PRIJE',
    )

    second = load(home, deliveries(shared_data / "berka"), feed="berka")
    assert not second.changed
    assert (second.rows_in, second.kept, second.set_aside) == (first.rows_in, first.kept, first.set_aside)
    assert "teller_id" not in Lake(home).columns("journal")
