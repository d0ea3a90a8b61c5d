"""Cases moved into a bank: what changes about them, and what may not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from riskloop.bank.simulator.planting import Case, Ground, Planted, plant
from riskloop.bank.simulator.shape import is_working
from riskloop.bank.simulator.simulate import simulate
from riskloop.bank.simulator.spec import Spec
from riskloop.bank.tables import TABLES

FRIDAY = dt.date(2024, 3, 15)
THURSDAY = FRIDAY - dt.timedelta(days=1)
DAYS = [dt.date(2024, 1, 1) + dt.timedelta(days=n) for n in range(10)]
AROUND = [DAYS[0] + dt.timedelta(days=n) for n in range(-60, 70)]
GROUND = Ground(
    days=DAYS,
    working={day: is_working(day) for day in AROUND},
    outlets=["51", "52", "53"],
    branches={"head_office": "0", "tier1_branch": "1", "tier2_branch": "2", "sub_branch": "3"},
)
Rows = Mapping[str, Sequence[Mapping[str, Any]]]
PAYMENT: Rows = {
    "accounts": [{"account_id": "P1", "kind": "personal_settlement", "customer_id": "K1"}],
    "journal": [
        {
            "entry_id": "E1",
            "debit_account_id": "P1",
            "amount": Decimal("500000.00"),
            "teller_id": "T1",
            "posted_at": dt.datetime.combine(FRIDAY, dt.time(9, 30)),
            "original_entry_id": "E0",
        }
    ],
}


def case(rows: Rows, subject_id: str | None = "E1", kind: str = "entry", **more: Any) -> Case:
    return Case("X01", "a case", kind, subject_id, FRIDAY, rows, **more)


def planted(*cases: Case, times: int = 1, ground: Ground = GROUND, chosen: int = 0) -> Planted:
    return plant(cases, ground, times, lambda n: chosen % n)


def only(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    (row,) = rows
    return row


def facts(found: Planted, table: str) -> list[dict[str, Any]]:
    return [row for (name, _), rows in found.facts.items() if name == table for row in rows]


def test_ids_become_fresh_and_go_on_referring_to_each_other() -> None:
    found = planted(case(PAYMENT))
    entry, account = only(facts(found, "journal")), only(found.standing["accounts"])
    assert entry["entry_id"] != "E1"
    assert entry["debit_account_id"] == account["account_id"] != "P1"
    assert only(found.labels) == {
        "model": "X01",
        "subject_kind": "entry",
        "subject": entry["entry_id"],
        "day": DAYS[0],
    }
    assert found.near_misses == found.unplanted == []
    # An original that the case only names is renamed like the others.
    assert entry["original_entry_id"].removesuffix("E0") == entry["entry_id"].removesuffix("E1")


def test_figures_and_codes_stay() -> None:
    entry = only(facts(planted(case(PAYMENT)), "journal"))
    assert (entry["amount"], entry["amount_cny"]) == (Decimal("500000.00"), Decimal("500000.00"))
    assert (entry["kind"], entry["channel"], entry["currency"], entry["code"]) == (
        "normal",
        "counter",
        "CNY",
        "0000",
    )


def test_dates_and_times_shift_together() -> None:
    found = planted(case(PAYMENT), chosen=3)
    entry, account = only(facts(found, "journal")), only(found.standing["accounts"])
    assert entry["booked_on"] == DAYS[3]
    assert entry["posted_at"] == dt.datetime.combine(DAYS[3], dt.time(9, 30))
    assert account["opened_on"] == DAYS[3]
    assert ("journal", DAYS[3]) in found.facts


def test_two_places_and_two_cases_share_no_id() -> None:
    found = planted(case(PAYMENT), case(PAYMENT), times=3)
    entries = facts(found, "journal")
    assert len(entries) == 6
    assert len({row["entry_id"] for row in entries}) == 6
    assert len({row["debit_account_id"] for row in entries}) == 6
    assert len({(row["subject"], row["day"]) for row in found.labels}) == 6


def test_the_same_day_of_two_years_shares_no_id() -> None:
    years = replace(GROUND, days=[dt.date(2024, 1, 5), dt.date(2025, 1, 5)])
    entries = facts(planted(case(PAYMENT), times=2, ground=years), "journal")
    assert len({row["entry_id"] for row in entries}) == 2


def test_a_case_is_planted_on_different_days() -> None:
    found = planted(case(PAYMENT), times=10)
    assert sorted(row["booked_on"] for row in facts(found, "journal")) == DAYS
    assert len(planted(case(PAYMENT), times=99).labels) == len(DAYS)


def test_whoever_is_only_named_gets_a_row() -> None:
    found = planted(case(PAYMENT), chosen=1)
    entry = only(facts(found, "journal"))
    teller, person = only(found.standing["tellers"]), only(found.standing["staff"])
    customer = only(found.standing["customers"])
    assert teller["teller_id"] == entry["teller_id"]
    assert teller["staff_id"] == person["staff_id"]
    assert {teller["unit_id"], person["unit_id"], entry["unit_id"]} == {"52"}
    assert (customer["kind"], customer["customer_id"]) == (
        "personal",
        only(found.standing["accounts"])["customer_id"],
    )
    assert "of staff" not in person["name"] + person["post"]


def test_a_company_is_given_the_face_of_one() -> None:
    rows = PAYMENT | {"accounts": [{"account_id": "P1", "kind": "corporate_current", "customer_id": "K1"}]}
    assert only(planted(case(rows)).standing["customers"])["kind"] == "corporate"


def test_who_has_a_row_is_given_no_other() -> None:
    rows = PAYMENT | {
        "customers": [{"customer_id": "K1", "kind": "corporate"}],
        "tellers": [{"teller_id": "T1", "staff_id": "S1", "unit_id": "U1"}],
        "staff": [{"staff_id": "S1", "name": "赵一", "unit_id": "U1", "post": "主管"}],
    }
    found = planted(case(rows))
    assert only(found.standing["customers"])["kind"] == "corporate"
    assert only(found.standing["staff"])["name"] == "赵一"
    assert len(found.standing["tellers"]) == 1


def test_an_account_that_nobody_knows_stays_unknown() -> None:
    """It may be what the case is about."""
    assert "accounts" not in planted(case({"journal": PAYMENT["journal"]})).standing


def test_a_birthday_keeps_its_age() -> None:
    def born(day: dt.date, chosen: int) -> dt.date:
        rows = {"customers": [{"customer_id": "K1", "kind": "personal", "born_on": day}]}
        return only(planted(case(rows, "K1", "customer"), chosen=chosen).standing["customers"])["born_on"]

    # 65 today, and a day short of 65.
    assert born(dt.date(1959, 3, 15), 4) == dt.date(1959, 1, 5)
    assert born(dt.date(1959, 3, 16), 4) == dt.date(1959, 1, 6)
    # A birthday that the shift moves into another year.
    assert born(dt.date(1959, 1, 10), 0) == dt.date(1958, 10, 28)


# ── subjects ──


def test_every_subject_of_a_case_is_labelled() -> None:
    entries = [{"entry_id": e, "debit_account_id": "P1", "amount": 1} for e in ("E1", "E2", "E3")]
    found = planted(case({"journal": entries}, "E1", also=("E3",)))
    first, _, third = (row["entry_id"] for row in facts(found, "journal"))
    assert [label["subject"] for label in found.labels] == [first, third]


def test_a_subject_of_another_table_names_its_table() -> None:
    rows = {"ebank_events": [{"event_id": "V1", "customer_id": "K1"}]}
    found = planted(case(rows, "ebank_events:V1"))
    assert only(found.labels)["subject"] == f"ebank_events:{only(facts(found, 'ebank_events'))['event_id']}"


@pytest.mark.parametrize(
    ("kind", "table", "column"),
    [
        ("entry", "journal", "entry_id"),
        ("account", "accounts", "account_id"),
        ("teller", "journal", "teller_id"),
        ("customer", "accounts", "customer_id"),
    ],
)
def test_a_near_miss_names_what_might_have_been_hit(kind: str, table: str, column: str) -> None:
    found = planted(case(PAYMENT, None, kind))
    rows = facts(found, table) or found.standing[table]
    assert found.labels == []
    assert only(found.near_misses)["subject"] == only(rows)[column]
    assert only(found.near_misses)["subject_kind"] == kind


def test_a_near_miss_about_a_fact_names_all_of_its_facts() -> None:
    rows = PAYMENT | {
        "maintenance_events": [{"event_id": "M1", "account_id": "P1"}],
        "hosted_accounts": [{"hosting_id": "H1", "account_id": "P1", "grantor_id": "K1"}],
        "balances": [{"account_id": "P1"}],
        "calendar": [],
    }
    subjects = [row["subject"].partition(":") for row in planted(case(rows, None)).near_misses]
    assert [(table if colon else "journal") for table, colon, _ in subjects] == [
        "journal",
        "maintenance_events",
        "hosted_accounts",
    ]


def test_consecutive_cards_stay_consecutive() -> None:
    cards = ["6222000000000017", "6222000000000025"]
    rows = {"card_events": [{"event_id": f"W{c}", "card_no": c, "customer_id": "K1"} for c in cards]}
    found = planted(case(rows, cards[1], "card"))
    moved = [row["card_no"] for row in facts(found, "card_events")]
    assert all(no.isdigit() for no in moved)
    assert int(moved[1]) - int(moved[0]) == int(cards[1]) - int(cards[0])
    assert moved[0] not in cards
    assert only(found.labels)["subject"] == moved[1]
    near = planted(case(rows, None, "card")).near_misses
    assert [row["subject"] for row in near] == moved


# ── units ──


def entry_at(unit: str, entry_id: str) -> dict[str, Any]:
    return {"entry_id": entry_id, "unit_id": unit, "amount": 1}


def test_units_go_to_outlets_of_the_bank_and_stay_apart() -> None:
    rows = {"journal": [entry_at("U1", "E1"), entry_at("U2", "E2"), entry_at("U1", "E3")]}
    found = planted(case(rows), chosen=2)
    units = [row["unit_id"] for row in facts(found, "journal")]
    assert units == ["53", "51", "53"]
    assert "units" not in found.standing


def test_a_case_that_needs_more_outlets_than_there_are_is_told() -> None:
    rows = {"journal": [entry_at(f"U{n}", f"E{n}") for n in range(4)]}
    found = planted(case(rows))
    assert found.labels == []
    assert only([{"why": why} for why in found.unplanted])["why"] == "X01 a case: it needs more outlets"


def test_an_outlet_that_is_the_subject_is_the_cases_own() -> None:
    rows = {"journal": [entry_at("U1", "E1"), entry_at("U2", "E2")]}
    found = planted(case(rows, "U1", "outlet"))
    own, other = found.standing["units"]
    assert only(found.labels)["subject"] == own["unit_id"] == facts(found, "journal")[0]["unit_id"]
    assert other["unit_id"] == facts(found, "journal")[1]["unit_id"] != own["unit_id"]
    assert (own["level"], own["parent_id"]) == ("outlet", "3")
    assert own["unit_id"] not in GROUND.outlets


def test_a_tree_of_units_is_planted_as_it_is_under_the_banks_own() -> None:
    rows = {
        "units": [
            {"unit_id": "H", "level": "head_office", "parent_id": None},
            {"unit_id": "B", "level": "tier2_branch", "parent_id": None},
            {"unit_id": "S", "level": "sub_branch", "parent_id": "B"},
        ],
        "reserve_positions": [
            {"upper_unit_id": "B", "lower_unit_id": "S", "upper_balance": 1, "lower_balance": 2},
            {"upper_unit_id": "H", "lower_unit_id": "B", "upper_balance": 1, "lower_balance": 1},
        ],
    }
    found = planted(case(rows, "S", "outlet"))
    assert [row["name"].split()[0] for row in found.standing["units"]] == ["演示二级分行", "演示支行"]
    branch, sub = found.standing["units"]
    assert (branch["level"], branch["parent_id"]) == ("tier2_branch", "1")
    assert (sub["level"], sub["parent_id"]) == ("sub_branch", branch["unit_id"])
    positions = [(r["upper_unit_id"], r["lower_unit_id"]) for r in facts(found, "reserve_positions")]
    assert positions == [(branch["unit_id"], sub["unit_id"]), ("0", branch["unit_id"])]
    assert only(found.labels)["subject"] == sub["unit_id"]


# ── days ──


def window(*ago: int) -> Rows:
    entries = [
        {"entry_id": f"E{n}", "amount": 1, "booked_on": FRIDAY - dt.timedelta(days=back)}
        for n, back in enumerate(ago)
    ]
    return {"journal": entries}


def days_of(found: Planted) -> list[dt.date]:
    return sorted(label["day"] for label in found.labels)


def test_the_window_lies_inside_the_simulated_days() -> None:
    assert days_of(planted(case(window(4, 0), "E0"), times=99)) == DAYS[4:]
    # Facts that come after the day too: they must be there to be left out.
    assert days_of(planted(case(window(1, 0, -2), "E0"), times=99)) == DAYS[1:-2]


def test_a_case_with_no_room_is_told() -> None:
    found = planted(case(window(10, 0), "E0"))
    assert found.labels == []
    assert found.facts == {}
    assert found.unplanted == ["X01 a case: no simulated day has its window and calendar"]


def test_a_calendar_must_agree() -> None:
    weekend = [
        {"on": FRIDAY, "working": True},
        {"on": FRIDAY + dt.timedelta(days=1), "working": False},
        {"on": FRIDAY + dt.timedelta(days=2), "working": False},
        {"on": FRIDAY + dt.timedelta(days=3), "working": True},
    ]
    found = planted(case(PAYMENT | {"calendar": weekend}), times=99)
    # 5 January 2024 is the only Friday of the ten days.
    assert days_of(found) == [dt.date(2024, 1, 5)]
    assert "calendar" not in found.standing
    holiday = [{"on": THURSDAY, "working": False}, {"on": FRIDAY, "working": True}]
    assert days_of(planted(case(PAYMENT | {"calendar": holiday}), times=99)) == [
        dt.date(2024, 1, 2),
        dt.date(2024, 1, 8),
    ]


def test_a_day_between_two_listed_ones_counts_as_the_models_read_it() -> None:
    """What the calendar of the case leaves out works from Monday to Friday."""
    ends = [{"on": FRIDAY - dt.timedelta(days=2), "working": True}, {"on": FRIDAY, "working": True}]
    assert days_of(planted(case(PAYMENT | {"calendar": ends}), times=99)) == [
        dt.date(2024, 1, 4),
        dt.date(2024, 1, 5),
        dt.date(2024, 1, 10),
    ]


# ── in the files ──


def test_planted_rows_lie_in_their_days_in_the_order_of_the_keys(tmp_path: Path) -> None:
    spec = Spec(outlets=2, days=4, per_day=200, seed=1)
    cases = [
        case(window(1, 0), "E1"),
        case(PAYMENT | {"balances": [{"account_id": "P1", "closing": Decimal(-1)}]}, None),
        case({"ebank_events": [{"event_id": "V1", "customer_id": "K1"}]}, "ebank_events:V1"),
        case(window(9, 0), "E1"),
    ]
    report = simulate(spec, tmp_path, cases)
    labels = pq.read_table(tmp_path / "labels.parquet").to_pylist()
    assert (report.labels, report.near_misses) == (len(labels), 3)
    assert len(labels) == 6
    assert report.unplanted == ["X01 a case: no simulated day has its window and calendar"]
    for name in ("journal", "balances", "ebank_events"):
        table = TABLES[name]
        for day in spec.all_days:
            file = tmp_path / name / f"{table.date_column}={day}" / "data.parquet"
            rows = pq.read_table(file)
            assert rows.schema.equals(table.arrow_schema)
            assert set(rows[table.date_column].to_pylist()) == {day}
            keys = rows[table.key[0]].to_pylist()
            assert keys == sorted(set(keys))
            expected = {row["subject"].split(":")[-1] for row in labels if row["day"] == day}
            if name != "balances":
                there = {row["subject"].split(":")[-1] for row in labels} & set(keys)
                assert there <= expected
    planted_everywhere = {
        key
        for name in ("journal", "ebank_events")
        for file in (tmp_path / name).rglob("*.parquet")
        for key in pq.read_table(file)[TABLES[name].key[0]].to_pylist()
    }
    assert {row["subject"].split(":")[-1] for row in labels} <= planted_everywhere


def test_units_of_cases_stand_apart_from_the_banks_own(tmp_path: Path) -> None:
    tree: Rows = {"units": [{"unit_id": "U2", "level": "tier2_branch"}, {"unit_id": "U1", "parent_id": "U2"}]}
    simulate(Spec(outlets=2, days=4, per_day=200, seed=1), tmp_path, [case(tree, "U1", "outlet")])
    units = {row["unit_id"]: row for row in pq.read_table(tmp_path / "units.parquet").to_pylist()}
    own = {unit_id for unit_id in units if not unit_id.startswith("Q")}
    assert all(units[u]["parent_id"] in own | {None} for u in own)
    below = [row for row in units.values() if row["parent_id"] in own and row["unit_id"] not in own]
    assert [row["level"] for row in below] == ["tier1_branch"]
    planted_tier2 = {row["parent_id"] for row in units.values() if row["unit_id"].endswith("U2")}
    assert planted_tier2 == {below[0]["unit_id"]}


def test_the_dates_of_a_cases_own_units_move_with_it() -> None:
    rows: Rows = {"units": [{"unit_id": "U1", "level": "outlet", "opened_on": THURSDAY}]}
    found = planted(case(rows, "U1", "outlet"))
    label, unit = only(found.labels), only(found.standing["units"])
    assert label["day"] - unit["opened_on"] == FRIDAY - THURSDAY
